package io.airbyte.integrations.destination.convex.local;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** JSON as the server reads it: 127 levels deep at most, no lone surrogates, no number beyond a double. */
final class Json {

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(127)
                            .maxStringLength(Integer.MAX_VALUE)
                            .maxNameLength(Integer.MAX_VALUE)
                            .maxNumberLength(1 << 20)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    /** The text is not JSON as the server reads it; the message is the parser's. */
    static final class Unreadable extends Exception {
        Unreadable(final String message) {
            super(message);
        }
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    static byte[] bytes(final JsonNode value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (final JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode read(final byte[] text) throws Unreadable {
        if (text.length >= 3 && text[0] == (byte) 0xEF) {
            throw new Unreadable("expected value at line 1 column 1");
        }
        final JsonNode value;
        try {
            value = MAPPER.readTree(text);
        } catch (final JsonProcessingException e) {
            throw new Unreadable(e.getOriginalMessage().lines().findFirst().orElse("expected value"));
        } catch (final IOException e) {
            throw new Unreadable("invalid text");
        }
        if (value.isMissingNode()) {
            throw new Unreadable("EOF while parsing a value");
        }
        refuseWhatNoValueHolds(value);
        return value;
    }

    private static void refuseWhatNoValueHolds(final JsonNode value) throws Unreadable {
        if (value instanceof ObjectNode object) {
            for (final Map.Entry<String, JsonNode> field : object.properties()) {
                refuseLoneSurrogate(field.getKey());
                refuseWhatNoValueHolds(field.getValue());
            }
        } else if (value.isArray()) {
            for (final JsonNode element : value) {
                refuseWhatNoValueHolds(element);
            }
        } else if (value.isTextual()) {
            refuseLoneSurrogate(value.textValue());
        } else if (value.isNumber() && Double.isInfinite(value.doubleValue())) {
            throw new Unreadable("number out of range");
        }
    }

    private static void refuseLoneSurrogate(final String text) throws Unreadable {
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    throw new Unreadable("unexpected end of hex escape");
                }
                i++;
            }
        }
    }

    // What a request's body must look like. A failure is the caller's: 400 BadJsonBody.

    static JsonNode required(final JsonNode parent, final String field) {
        if (!parent.isObject()) {
            throw mismatch("invalid type: expected a map");
        }
        if (!parent.has(field)) {
            throw mismatch("missing field `%s`".formatted(field));
        }
        return parent.path(field);
    }

    static String requiredText(final JsonNode parent, final String field) {
        return text(required(parent, field));
    }

    static String text(final JsonNode value) {
        if (!value.isTextual()) {
            throw mismatch("invalid type: expected a string");
        }
        return value.textValue();
    }

    static ArrayNode arrayOf(final JsonNode value) {
        if (value instanceof ArrayNode array) {
            return array;
        }
        throw mismatch("invalid type: expected a sequence");
    }

    static ObjectNode objectOf(final JsonNode value) {
        if (value instanceof ObjectNode object) {
            return object;
        }
        throw mismatch("invalid type: expected a map");
    }

    static ApiError mismatch(final String what) {
        return ApiError.badJsonBody("Failed to deserialize the JSON body into the target type: " + what);
    }
}
