package io.airbyte.integrations.destination.convex.validator;

import io.airbyte.integrations.destination.convex.json.JsonString;
import io.airbyte.integrations.destination.convex.validator.Validator.Field;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Writes validators in TypeScript, as an application's author writes them. */
public final class ValidatorText {

    private static final String INDENT = "  ";

    private ValidatorText() {}

    static String inOneLine(final Validator validator) {
        return text(validator, Optional.empty());
    }

    /**
     * The fields of an object, a line each, their own objects over several lines.
     *
     * @param margin what each line begins with
     */
    public static String fields(final Map<String, Field> fields, final String margin) {
        return fields.entrySet().stream()
                .map(field -> margin + member(field, Optional.of(margin)) + ",\n")
                .collect(Collectors.joining());
    }

    /** A name, or any other printable ASCII text, as a string in TypeScript. */
    public static String quoted(final String text) {
        return new String(JsonString.quoted(text), StandardCharsets.US_ASCII);
    }

    /** @param margin what the line begins with that the validator stands in; without one everything stays in that line */
    private static String text(final Validator validator, final Optional<String> margin) {
        if (validator instanceof Validator.Of of) {
            return of.kind().text();
        }
        if (validator instanceof Validator.Literal literal) {
            return "v.literal(" + literal.value() + ")";
        }
        if (validator instanceof Validator.Id id) {
            return "v.id(" + quoted(id.table()) + ")";
        }
        if (validator instanceof Validator.ArrayOf array) {
            return "v.array(" + text(array.elements(), margin) + ")";
        }
        if (validator instanceof Validator.RecordOf record) {
            return "v.record(v.string(), " + text(record.values(), margin) + ")";
        }
        if (validator instanceof Validator.Union union) {
            return union.choices().stream()
                    .map(choice -> text(choice, margin))
                    .collect(Collectors.joining(", ", "v.union(", ")"));
        }
        if (validator instanceof Validator.ObjectOf object) {
            return object(object.fields(), margin);
        }
        return "v.any()";
    }

    private static String object(final Map<String, Field> fields, final Optional<String> margin) {
        if (fields.isEmpty()) {
            return "v.object({})";
        }
        return margin.map(outer -> "v.object({\n" + fields(fields, outer + INDENT) + outer + "})")
                .orElseGet(() -> fields.entrySet().stream()
                        .map(field -> member(field, Optional.empty()))
                        .collect(Collectors.joining(", ", "v.object({ ", " })")));
    }

    private static String member(final Map.Entry<String, Field> field, final Optional<String> margin) {
        final String value = text(field.getValue().value(), margin);
        return key(field.getKey()) + ": " + (field.getValue().optional() ? "v.optional(" + value + ")" : value);
    }

    private static String key(final String name) {
        return name.matches("[A-Za-z_][A-Za-z0-9_]*") ? name : quoted(name);
    }
}
