package io.airbyte.integrations.destination.convex.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import io.airbyte.integrations.destination.convex.protocol.DeclaredType.Property;
import io.airbyte.integrations.destination.convex.protocol.DeclaredType.Struct;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the JSON schema of a stream. No schema is invalid: what makes no sense says nothing. */
final class JsonSchemaReader {

    /** Deeper values are not looked at: nothing that Convex stores nests as deep. */
    private static final int DEEPEST = 32;

    private static final BigDecimal LARGEST_EXACT = BigDecimal.valueOf((1L << 53) - 1);

    private JsonSchemaReader() {}

    /** What a stream's schema says about its records. */
    static Struct records(final JsonNode schema) {
        return new Struct(properties(schema, 1), !isClosed(schema));
    }

    private static Map<String, Property> properties(final JsonNode schema, final int depth) {
        final Set<String> required = new HashSet<>();
        schema.path("required").forEach(name -> required.add(name.asText()));
        final Map<String, Property> properties = new LinkedHashMap<>();
        schema.path("properties")
                .properties()
                .forEach(property -> properties.put(
                        property.getKey(),
                        new Property(type(property.getValue(), depth + 1), required.contains(property.getKey()))));
        return properties;
    }

    private static DeclaredType type(final JsonNode schema, final int depth) {
        if (!schema.isObject() || depth > DEEPEST) {
            return DeclaredType.unknown();
        }
        for (final String alternatives : List.of("oneOf", "anyOf")) {
            if (schema.path(alternatives).isArray()) {
                return oneOf(schema.path(alternatives), depth);
            }
        }
        final JsonNode type = schema.path("type");
        if (type.isArray() && !type.isEmpty()) {
            final List<DeclaredType> choices = new ArrayList<>();
            type.forEach(name -> choices.add(named(name.asText(), schema, depth)));
            return choices.size() == 1 ? choices.get(0) : new DeclaredType.OneOf(choices);
        }
        return named(type.isTextual() ? type.textValue() : "", schema, depth);
    }

    private static DeclaredType oneOf(final JsonNode schemas, final int depth) {
        final List<DeclaredType> choices = new ArrayList<>();
        schemas.forEach(choice -> choices.add(type(choice, depth + 1)));
        return choices.isEmpty() ? DeclaredType.unknown() : new DeclaredType.OneOf(choices);
    }

    private static DeclaredType named(final String name, final JsonNode schema, final int depth) {
        return switch (name) {
            case "null" -> new DeclaredType.Null();
            case "boolean" -> new DeclaredType.Bool();
            case "string" -> new DeclaredType.Text();
            case "integer", "number" -> new DeclaredType.Numeric(isExact(schema));
            case "array" -> new DeclaredType.ListOf(type(schema.path("items"), depth + 1));
            case "object" -> struct(schema, depth);
            default -> DeclaredType.unknown();
        };
    }

    /** An object whose properties nobody lists may have any; where some are listed, others are only if the schema says so. */
    private static DeclaredType struct(final JsonNode schema, final int depth) {
        final Map<String, Property> properties = properties(schema, depth);
        final JsonNode others = schema.path("additionalProperties");
        final boolean saysOthers = others.isObject() || others.asBoolean(false) || schema.has("patternProperties");
        return new Struct(properties, properties.isEmpty() ? !isClosed(schema) : saysOthers);
    }

    private static boolean isClosed(final JsonNode schema) {
        final JsonNode others = schema.path("additionalProperties");
        return others.isBoolean() && !others.booleanValue();
    }

    private static boolean isExact(final JsonNode schema) {
        return isWithin(schema, "minimum", "exclusiveMinimum") && isWithin(schema, "maximum", "exclusiveMaximum");
    }

    private static boolean isWithin(final JsonNode schema, final String bound, final String exclusive) {
        return isExactNumber(schema.path(bound)) || isExactNumber(schema.path(exclusive));
    }

    private static boolean isExactNumber(final JsonNode bound) {
        return bound.isNumber() && bound.decimalValue().abs().compareTo(LARGEST_EXACT) <= 0;
    }
}
