package io.airbyte.integrations.destination.convex.local;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;

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
        try (JsonParser parser = MAPPER.createParser(text)) {
            if (parser.nextToken() == null) {
                throw new Unreadable("EOF while parsing a value");
            }
            final JsonNode value = value(parser);
            if (parser.nextToken() != null) {
                throw new Unreadable("trailing characters");
            }
            return value;
        } catch (final JsonProcessingException e) {
            throw new Unreadable(e.getOriginalMessage().lines().findFirst().orElse("expected value"));
        } catch (final IOException e) {
            throw new Unreadable("invalid text");
        }
    }

    private static JsonNode value(final JsonParser parser) throws IOException, Unreadable {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                final ObjectNode object = object();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    final String name = whole(parser.currentName());
                    parser.nextToken();
                    object.set(name, value(parser));
                }
                yield object;
            }
            case START_ARRAY -> {
                final ArrayNode array = array();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    array.add(value(parser));
                }
                yield array;
            }
            case VALUE_STRING -> JsonNodeFactory.instance.textNode(whole(parser.getText()));
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser);
            case VALUE_TRUE -> JsonNodeFactory.instance.booleanNode(true);
            case VALUE_FALSE -> JsonNodeFactory.instance.booleanNode(false);
            default -> JsonNodeFactory.instance.nullNode();
        };
    }

    /** Whole numbers keep their digits for now; but "-0" is no whole number. */
    private static JsonNode number(final JsonParser parser) throws IOException, Unreadable {
        final double number = parser.getDoubleValue();
        if (Double.isInfinite(number)) {
            throw new Unreadable("number out of range");
        }
        final boolean whole = parser.currentToken() == JsonToken.VALUE_NUMBER_INT;
        if (!whole || (number == 0 && parser.getText().startsWith("-"))) {
            return JsonNodeFactory.instance.numberNode(whole ? -0.0 : number);
        }
        return switch (parser.getNumberType()) {
            case INT -> JsonNodeFactory.instance.numberNode(parser.getIntValue());
            case LONG -> JsonNodeFactory.instance.numberNode(parser.getLongValue());
            default -> JsonNodeFactory.instance.numberNode(parser.getBigIntegerValue());
        };
    }

    /** Refuses half of a surrogate pair. */
    private static String whole(final String text) throws Unreadable {
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
        return text;
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
