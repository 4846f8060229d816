package io.airbyte.integrations.destination.convex.document;

import io.airbyte.integrations.destination.convex.protocol.DeclaredType;
import io.airbyte.integrations.destination.convex.protocol.DeclaredType.Property;
import io.airbyte.integrations.destination.convex.protocol.DeclaredType.Struct;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What a JSON schema may declare, and records that follow it, the awkward ones included, from a seed. */
final class DeclaredRecords {

    private static final List<String> NAMES = List.of(
            "id", "name", "_id", "$id", "é", "source_id", "a", "b", "ab_cdc_lsn", "_ab_cdc_lsn", "airbyte_meta", "x1");
    private static final List<String> AWKWARD_NAMES = List.of("order id", "a/b", "1st", "");
    private static final List<String> NUMBERS =
            List.of("0", "-1.5", "9007199254740993", "1e400", "12345678901234567890", "1e3");
    private static final List<String> EXACT_NUMBERS = List.of("0", "7", "-9007199254740991", "1.25");
    private static final List<String> TEXTS = List.of("\"\"", "\"a\"", "\"\\ud800\"", "\"2026-01-01\"", "\"é\"");

    private final Random random;

    DeclaredRecords(final long seed) {
        random = new Random(seed);
    }

    /** What a stream may declare about its records, the key {@code id} included. */
    Struct schema() {
        final Map<String, Property> columns = new LinkedHashMap<>();
        columns.put("id", new Property(random.nextBoolean() ? new DeclaredType.Text() : number(), false));
        columns.putAll(properties(0, 6));
        columns.computeIfPresent("id", (name, any) -> new Property(number(), random.nextBoolean()));
        return new Struct(columns, true);
    }

    private Map<String, Property> properties(final int depth, final int most) {
        final Map<String, Property> properties = new LinkedHashMap<>();
        for (int i = random.nextInt(most); i > 0; i--) {
            final List<String> names = random.nextInt(12) == 0 ? AWKWARD_NAMES : NAMES;
            properties.put(oneOf(names), new Property(type(depth), random.nextInt(4) == 0));
        }
        return properties;
    }

    private DeclaredType.Numeric number() {
        return new DeclaredType.Numeric(random.nextInt(3) == 0);
    }

    private DeclaredType type(final int depth) {
        return switch (random.nextInt(depth > 3 ? 5 : 8)) {
            case 0 -> new DeclaredType.Null();
            case 1 -> new DeclaredType.Bool();
            case 2 -> new DeclaredType.Text();
            case 3 -> number();
            case 4 -> DeclaredType.unknown();
            case 5 -> new DeclaredType.ListOf(type(depth + 1));
            case 6 -> {
                final Map<String, Property> properties = properties(depth + 1, 4);
                yield new Struct(properties, properties.isEmpty() || random.nextInt(4) == 0);
            }
            default -> new DeclaredType.OneOf(List.of(new DeclaredType.Null(), type(depth + 1), type(depth + 1)));
        };
    }

    /** A record of JSON that follows the schema. */
    String record(final Struct schema) {
        return object(schema, true);
    }

    private String object(final Struct struct, final boolean hasId) {
        final List<String> members = new ArrayList<>();
        struct.properties().forEach((name, property) -> {
            if (property.required() || (hasId && name.equals("id")) || random.nextInt(3) > 0) {
                members.add("\"" + name + "\":" + value(property.type()));
            }
        });
        if (!hasId && struct.open()) {
            members.add("\"another\":[1]");
        }
        return members.stream().collect(Collectors.joining(",", "{", "}"));
    }

    private String value(final DeclaredType type) {
        if (type instanceof DeclaredType.Bool) {
            return String.valueOf(random.nextBoolean());
        }
        if (type instanceof DeclaredType.Text) {
            return oneOf(TEXTS);
        }
        if (type instanceof DeclaredType.Numeric number) {
            return oneOf(number.exact() ? EXACT_NUMBERS : NUMBERS);
        }
        if (type instanceof DeclaredType.ListOf list) {
            return IntStream.range(0, random.nextInt(3))
                    .mapToObj(i -> value(list.elements()))
                    .collect(Collectors.joining(",", "[", "]"));
        }
        if (type instanceof Struct struct) {
            return object(struct, false);
        }
        if (type instanceof DeclaredType.OneOf oneOf) {
            return value(oneOf.choices().get(random.nextInt(oneOf.choices().size())));
        }
        return type instanceof DeclaredType.Unknown ? oneOf(List.of("[{}]", "\"x\"", "5", "{\"$y\":1}")) : "null";
    }

    private <T> T oneOf(final List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
