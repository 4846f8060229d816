package io.airbyte.integrations.destination.convex.convex;

import com.fasterxml.jackson.databind.JsonNode;
import io.airbyte.integrations.destination.convex.validator.Validator;
import io.airbyte.integrations.destination.convex.validator.Validator.Field;
import io.airbyte.integrations.destination.convex.validator.Validator.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a validator as a deployment describes it (convex-api §7). One of an unknown kind takes everything. */
final class ValidatorReader {

    private ValidatorReader() {}

    static Validator read(final JsonNode json) {
        return switch (json.path("type").asText()) {
            case "null" -> Validator.of(Kind.NULL);
            case "boolean" -> Validator.of(Kind.BOOLEAN);
            case "number" -> Validator.of(Kind.NUMBER);
            case "bigint" -> Validator.of(Kind.INT64);
            case "string" -> Validator.of(Kind.STRING);
            case "bytes" -> Validator.of(Kind.BYTES);
            case "literal" -> literal(json.path("value"));
            case "id" -> new Validator.Id(json.path("tableName").asText());
            case "array" -> new Validator.ArrayOf(read(json.path("value")));
            case "record" -> new Validator.RecordOf(read(values(json.path("values"))));
            case "object" -> object(json.path("value"));
            case "union" -> union(json.path("value"));
            default -> Validator.any();
        };
    }

    private static Validator literal(final JsonNode value) {
        if (value.isTextual()) {
            return new Validator.Literal(Kind.STRING, value.toString());
        }
        if (value.isBoolean()) {
            return new Validator.Literal(Kind.BOOLEAN, value.asText());
        }
        return value.isNumber() ? new Validator.Literal(Kind.NUMBER, value.asText()) : Validator.any();
    }

    /** Values of a record are described as fields are, or alone. */
    private static JsonNode values(final JsonNode values) {
        return values.has("fieldType") ? values.path("fieldType") : values;
    }

    private static Validator object(final JsonNode fields) {
        final Map<String, Field> read = new LinkedHashMap<>();
        fields.properties()
                .forEach(field -> read.put(
                        field.getKey(),
                        new Field(
                                read(field.getValue().path("fieldType")),
                                field.getValue().path("optional").asBoolean())));
        return new Validator.ObjectOf(read);
    }

    private static Validator union(final JsonNode choices) {
        final List<Validator> read = new ArrayList<>();
        choices.forEach(choice -> read.add(read(choice)));
        return Validator.union(read);
    }
}
