package io.airbyte.integrations.destination.convex.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A Convex validator in its JSON form: what it refuses, and the words it says so with. */
final class Validator {

    private final JsonNode json;
    private final Ids ids;

    /** Whether a text is the id of a document of the named table. */
    interface Ids {
        boolean belongs(String id, String table);
    }

    /** A value is not what its validator asks for. */
    static final class Mismatch extends Exception {
        private final String text;

        Mismatch(final String text) {
            super(text);
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    Validator(final JsonNode json, final Ids ids) {
        this.json = json;
        this.ids = ids;
    }

    void check(final JsonNode value) throws Mismatch {
        check(value, json, "");
    }

    private void check(final JsonNode value, final JsonNode validator, final String path) throws Mismatch {
        switch (validator.path("type").asText()) {
            case "object" -> checkObject(value, validator, path);
            case "record" -> checkRecord(value, validator, path);
            case "array" -> checkArray(value, validator, path);
            case "union" -> checkUnion(value, validator, path);
            default -> {
                if (!holds(value, validator)) {
                    throw noMatch(value, validator, path);
                }
            }
        }
    }

    private boolean holds(final JsonNode value, final JsonNode validator) {
        return switch (validator.path("type").asText()) {
            case "null" -> value.isNull();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            case "string" -> value.isTextual();
            case "literal" -> equal(value, validator.path("value"));
            case "id" ->
                value.isTextual()
                        && ids.belongs(
                                value.textValue(), validator.path("tableName").asText());
            // Nothing stored through these routes is an integer or bytes.
            case "bigint", "bytes" -> false;
            default -> true;
        };
    }

    private static boolean equal(final JsonNode value, final JsonNode literal) {
        if (value.isNumber() && literal.isNumber()) {
            return value.doubleValue() == literal.doubleValue();
        }
        return value.equals(literal);
    }

    private void checkObject(final JsonNode value, final JsonNode validator, final String path) throws Mismatch {
        if (!(value instanceof ObjectNode object)) {
            throw noMatch(value, validator, path);
        }
        for (final Map.Entry<String, JsonNode> field : sortedFields(validator).entrySet()) {
            final String name = field.getKey();
            if (object.has(name)) {
                check(object.path(name), field.getValue().path("fieldType"), path + "." + name);
            } else if (!field.getValue().path("optional").asBoolean()) {
                throw objectMismatch(
                        ("Object is missing the required field `%s`. Consider wrapping the field validator in"
                                        + " `v.optional(...)` if this is expected.")
                                .formatted(name),
                        object,
                        validator,
                        path);
            }
        }
        for (final Map.Entry<String, JsonNode> field : object.properties()) {
            if (!validator.path("value").has(field.getKey())) {
                throw objectMismatch(
                        "Object contains extra field `%s` that is not in the validator.".formatted(field.getKey()),
                        object,
                        validator,
                        path);
            }
        }
    }

    private void checkRecord(final JsonNode value, final JsonNode validator, final String path) throws Mismatch {
        if (!(value instanceof ObjectNode object)) {
            throw noMatch(value, validator, path);
        }
        for (final Map.Entry<String, JsonNode> field : object.properties()) {
            check(object.textNode(field.getKey()), validator.path("keys"), path);
            final JsonNode values = validator.path("values");
            check(
                    field.getValue(),
                    values.has("fieldType") ? values.path("fieldType") : values,
                    path + "." + field.getKey());
        }
    }

    private void checkArray(final JsonNode value, final JsonNode validator, final String path) throws Mismatch {
        if (!value.isArray()) {
            throw noMatch(value, validator, path);
        }
        for (int i = 0; i < value.size(); i++) {
            check(value.path(i), validator.path("value"), path + "[" + i + "]");
        }
    }

    private void checkUnion(final JsonNode value, final JsonNode validator, final String path) throws Mismatch {
        for (final JsonNode choice : validator.path("value")) {
            try {
                check(value, choice, path);
                return;
            } catch (final Mismatch e) {
                // Perhaps the next choice holds.
            }
        }
        throw noMatch(value, validator, path);
    }

    private static Mismatch noMatch(final JsonNode value, final JsonNode validator, final String path) {
        final String where = path.isEmpty() ? "" : "Path: " + path + "\n";
        return new Mismatch("Value does not match validator.\n%sValue: %s\nValidator: %s"
                .formatted(where, ValueText.of(value), text(validator)));
    }

    private static Mismatch objectMismatch(
            final String what, final ObjectNode object, final JsonNode validator, final String path) {
        final String where = path.isEmpty() ? "" : "Path: " + path;
        return new Mismatch(
                "%s\n%s\nObject: %s\nValidator: %s".formatted(what, where, ValueText.of(object), text(validator)));
    }

    private static Map<String, JsonNode> sortedFields(final JsonNode validator) {
        return validator
                .path("value")
                .propertyStream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> b, TreeMap::new));
    }

    /** The validator as an application writes it. */
    private static String text(final JsonNode validator) {
        final JsonNode value = validator.path("value");
        return switch (validator.path("type").asText()) {
            case "number" -> "v.float64()";
            case "bigint" -> "v.int64()";
            case "literal" -> "v.literal(%s)".formatted(ValueText.of(value));
            case "id" ->
                "v.id(%s)"
                        .formatted(ValueText.quoted(validator.path("tableName").asText()));
            case "array" -> "v.array(%s)".formatted(text(value));
            case "record" -> "v.record(%s, %s)".formatted(text(validator.path("keys")), text(fieldType(validator)));
            case "union" -> value.valueStream().map(Validator::text).collect(Collectors.joining(", ", "v.union(", ")"));
            case "object" ->
                sortedFields(validator).entrySet().stream()
                        .map(field -> field.getKey() + ": " + fieldText(field.getValue()))
                        .collect(Collectors.joining(", ", "v.object({", "})"));
            default -> "v.%s()".formatted(validator.path("type").asText());
        };
    }

    private static JsonNode fieldType(final JsonNode record) {
        final JsonNode values = record.path("values");
        return values.has("fieldType") ? values.path("fieldType") : values;
    }

    private static String fieldText(final JsonNode field) {
        final String type = text(field.path("fieldType"));
        return field.path("optional").asBoolean() ? "v.optional(%s)".formatted(type) : type;
    }
}
