package io.airbyte.integrations.destination.convex.json;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * JSON as a tree, for what comes once: a catalog, an answer, a query. Jackson's mapper reads and writes the same, but it
 * prepares itself for dates, beans and locales first, and that takes a sixth of the time of a {@code check}.
 */
public final class JsonTree {

    private static final JsonFactory JSON = new JsonFactory();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private JsonTree() {}

    /**
     * Reads one value and nothing behind it; missing if there is none.
     *
     * @throws JsonProcessingException if the text is not JSON, or nests more than 1,000 deep
     * @throws IOException if it is not Unicode
     */
    public static JsonNode read(final byte[] json) throws IOException {
        try (JsonParser parser = JSON.createParser(json)) {
            return onlyValue(parser);
        }
    }

    /**
     * Reads one value and nothing behind it; missing if there is none.
     *
     * @throws JsonProcessingException if the text is not JSON, or nests more than 1,000 deep
     */
    public static JsonNode read(final String json) throws JsonProcessingException {
        try (JsonParser parser = JSON.createParser(json)) {
            return onlyValue(parser);
        } catch (final JsonProcessingException e) {
            throw e;
        } catch (final IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** Writes a tree of objects, arrays and scalars as UTF-8. */
    public static byte[] bytes(final JsonNode tree) {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator generator = JSON.createGenerator(bytes, JsonEncoding.UTF8)) {
            write(tree, generator);
        } catch (final IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    private static JsonNode onlyValue(final JsonParser parser) throws IOException {
        if (parser.nextToken() == null) {
            return MissingNode.getInstance();
        }
        final JsonNode value = value(parser);
        if (parser.nextToken() != null) {
            throw new JsonParseException(parser, "Something follows the value");
        }
        return value;
    }

    /** The value that starts with the current token; the parser then stands at its last one. */
    private static JsonNode value(final JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> NODES.textNode(parser.getText());
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            case VALUE_NULL -> NODES.nullNode();
            case VALUE_NUMBER_INT ->
                switch (parser.getNumberType()) {
                    case INT -> NODES.numberNode(parser.getIntValue());
                    case LONG -> NODES.numberNode(parser.getLongValue());
                    default -> NODES.numberNode(parser.getBigIntegerValue());
                };
            case VALUE_NUMBER_FLOAT -> NODES.numberNode(parser.getDoubleValue());
            default -> throw new JsonParseException(parser, "A value is wanted");
        };
    }

    /** Of equal names the last one counts. */
    private static JsonNode object(final JsonParser parser) throws IOException {
        final ObjectNode object = NODES.objectNode();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            parser.nextToken();
            object.set(name, value(parser));
        }
        return object;
    }

    private static JsonNode array(final JsonParser parser) throws IOException {
        final ArrayNode array = NODES.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            array.add(value(parser));
        }
        return array;
    }

    private static void write(final JsonNode tree, final JsonGenerator generator) throws IOException {
        if (tree.isObject()) {
            generator.writeStartObject();
            for (final Map.Entry<String, JsonNode> member : tree.properties()) {
                generator.writeFieldName(member.getKey());
                write(member.getValue(), generator);
            }
            generator.writeEndObject();
        } else if (tree.isArray()) {
            generator.writeStartArray();
            for (final JsonNode element : tree) {
                write(element, generator);
            }
            generator.writeEndArray();
        } else {
            writeScalar(tree, generator);
        }
    }

    private static void writeScalar(final JsonNode scalar, final JsonGenerator generator) throws IOException {
        switch (scalar.getNodeType()) {
            case STRING -> generator.writeString(scalar.textValue());
            case NUMBER -> generator.writeNumber(scalar.asText());
            case BOOLEAN -> generator.writeBoolean(scalar.booleanValue());
            case NULL -> generator.writeNull();
            default -> throw new IllegalArgumentException("No JSON: " + scalar.getNodeType());
        }
    }
}
