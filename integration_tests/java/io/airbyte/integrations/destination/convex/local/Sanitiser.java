package io.airbyte.integrations.destination.convex.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbyte.integrations.destination.convex.document.Slug;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The names that the Airbyte routes make of what they are sent (convex-api §3.3). */
final class Sanitiser {

    private static final Pattern IDENTIFIER = Pattern.compile("(?=.*[A-Za-z0-9])[A-Za-z_][A-Za-z0-9_]{0,63}");
    private static final String PREFIX = "source_";
    private static final int MAX_TABLE_NAME = 64;
    private static final int MAX_FIELD_NAME = 1024;
    private static final int MAX_PREFIXES = 3;

    private Sanitiser() {}

    static boolean isIdentifier(final String name) {
        return IDENTIFIER.matcher(name).matches();
    }

    /** Whether a stored object may have this key, at whatever depth (convex-api §3.2). */
    static boolean isFieldName(final String name) {
        return name.length() <= MAX_FIELD_NAME
                && !name.startsWith("$")
                && name.chars().allMatch(c -> c >= ' ' && c <= '~');
    }

    static String tableName(final String name) {
        if (isIdentifier(name) && !name.startsWith("_")) {
            return name;
        }
        return atMost(MAX_TABLE_NAME, PREFIX + Slug.of(name));
    }

    /** The fields of an object under their stored names, in stored order. Of two renamed alike, the later one wins. */
    static Map<String, JsonNode> fields(final ObjectNode object) {
        final Map<String, JsonNode> fields = new TreeMap<>();
        for (final Map.Entry<String, JsonNode> field : object.properties()) {
            fields.put(fieldName(field.getKey(), object), field.getValue());
        }
        return fields;
    }

    private static String fieldName(final String name, final ObjectNode object) {
        if (isFieldName(name) && !name.startsWith("_")) {
            return name;
        }
        String renamed = atMost(MAX_FIELD_NAME, PREFIX + Slug.of(name));
        for (int prefixes = 1; object.has(renamed); prefixes++) {
            if (prefixes == MAX_PREFIXES) {
                throw ApiError.internal();
            }
            renamed = atMost(MAX_FIELD_NAME, PREFIX + renamed);
        }
        return renamed;
    }

    private static String atMost(final int length, final String name) {
        if (name.length() > length) {
            throw ApiError.internal();
        }
        return name;
    }
}
