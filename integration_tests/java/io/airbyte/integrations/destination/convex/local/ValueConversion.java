package io.airbyte.integrations.destination.convex.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * JSON becomes a stored value: every number a double, every object's keys in stored order, within the limits of any
 * value (convex-api §4). After a conversion {@link #size()} and {@link #nesting()} speak of the converted value.
 */
final class ValueConversion {

    private static final int MAX_NESTING = 64;
    private static final int MAX_ELEMENTS = 8_192;
    static final int MAX_FIELDS = 1_024;
    private static final long MAX_SIZE = 32L << 20;

    private final Function<ObjectNode, Map<String, JsonNode>> naming;
    private long size;
    private int nesting;

    /** @param naming the fields of an object under the names they are stored by, in stored order */
    ValueConversion(final Function<ObjectNode, Map<String, JsonNode>> naming) {
        this.naming = naming;
    }

    /** Bytes, by the formula of convex-api §4.3. */
    long size() {
        return size;
    }

    /** 0 for a primitive; each array or object around it adds 1. */
    int nesting() {
        return nesting;
    }

    JsonNode convert(final JsonNode value) {
        if (value instanceof ObjectNode object) {
            return convertObject(object);
        } else if (value instanceof ArrayNode array) {
            return convertArray(array);
        }
        nesting = 0;
        if (value.isNumber()) {
            size = 9;
            return DoubleNode.valueOf(value.doubleValue());
        }
        size = value.isTextual() ? sizeOf(value.textValue()) : 1;
        return value;
    }

    ObjectNode convertObject(final ObjectNode object) {
        final ObjectNode converted = JsonNodeFactory.instance.objectNode();
        long sum = 2;
        int deepest = 0;
        for (final Map.Entry<String, JsonNode> field : naming.apply(object).entrySet()) {
            converted.set(field.getKey(), convert(field.getValue()));
            sum += field.getKey().length() + 1 + size;
            deepest = Math.max(deepest, nesting);
        }
        if (converted.size() > MAX_FIELDS) {
            throw tooManyFields(converted.size());
        }
        measured(sum, deepest + 1);
        return converted;
    }

    private ArrayNode convertArray(final ArrayNode array) {
        final ArrayNode converted = JsonNodeFactory.instance.arrayNode(array.size());
        long sum = 2;
        int deepest = 0;
        for (final JsonNode element : array) {
            converted.add(convert(element));
            sum += size;
            deepest = Math.max(deepest, nesting);
        }
        if (converted.size() > MAX_ELEMENTS) {
            throw ApiError.badRequest(
                    "ArrayTooLong",
                    "Array length is too long (%d > maximum length %d)".formatted(converted.size(), MAX_ELEMENTS));
        }
        measured(sum, deepest + 1);
        return converted;
    }

    private void measured(final long bytes, final int levels) {
        if (levels > MAX_NESTING) {
            throw ApiError.badRequest(
                    "TooNestedError",
                    "Value is too nested (nested %d levels deep > maximum nesting %d)".formatted(levels, MAX_NESTING));
        }
        if (bytes > MAX_SIZE) {
            throw tooLarge(bytes, MAX_SIZE);
        }
        size = bytes;
        nesting = levels;
    }

    static ApiError tooManyFields(final int fields) {
        return ApiError.badRequest(
                "TooManyFieldsError",
                "Object has too many fields (%d > maximum number %d)".formatted(fields, MAX_FIELDS));
    }

    static ApiError tooLarge(final long bytes, final long limit) {
        return ApiError.badRequest(
                "ValueTooLargeError",
                String.format(
                        Locale.ROOT,
                        "Value is too large (%.2f MiB > maximum size %d MiB)",
                        bytes / (1024.0 * 1024.0),
                        limit >> 20));
    }

    static long sizeOf(final String text) {
        long bytes = 2;
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            // Each half of a surrogate pair stands for two of its four bytes.
            bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return bytes;
    }
}
