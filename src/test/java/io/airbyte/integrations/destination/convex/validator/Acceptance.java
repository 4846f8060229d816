package io.airbyte.integrations.destination.convex.validator;

import com.fasterxml.jackson.databind.JsonNode;
import io.airbyte.integrations.destination.convex.validator.Validator.Field;
import java.util.Map;

/** Whether a validator takes a value of JSON, as a deployment decides it. */
public final class Acceptance {

    private Acceptance() {}

    /** Every number of JSON is a double. */
    public static boolean takes(final Validator validator, final JsonNode value) {
        if (validator instanceof Validator.Of of) {
            return switch (of.kind()) {
                case NULL -> value.isNull();
                case BOOLEAN -> value.isBoolean();
                case NUMBER -> value.isNumber();
                case STRING -> value.isTextual();
                case INT64, BYTES -> false;
            };
        }
        if (validator instanceof Validator.ArrayOf array) {
            return value.isArray() && value.valueStream().allMatch(element -> takes(array.elements(), element));
        }
        if (validator instanceof Validator.RecordOf record) {
            return value.isObject() && value.valueStream().allMatch(element -> takes(record.values(), element));
        }
        if (validator instanceof Validator.ObjectOf object) {
            return value.isObject() && takes(object.fields(), value);
        }
        if (validator instanceof Validator.Union union) {
            return union.choices().stream().anyMatch(choice -> takes(choice, value));
        }
        return validator instanceof Validator.Any;
    }

    private static boolean takes(final Map<String, Field> fields, final JsonNode object) {
        final boolean allTaken = fields.entrySet().stream().allMatch(field -> {
            final JsonNode value = object.path(field.getKey());
            return value.isMissingNode()
                    ? field.getValue().optional()
                    : takes(field.getValue().value(), value);
        });
        return allTaken && object.propertyStream().allMatch(member -> fields.containsKey(member.getKey()));
    }
}
