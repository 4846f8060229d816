package io.airbyte.integrations.destination.convex.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Numbers as Convex stores them: every one a double (convex-api §4.1), so that {@code 1} and {@code 1.0} are equal. */
public final class Numbers {

    private Numbers() {}

    public static ObjectNode asStored(final ObjectNode document) {
        final ObjectNode stored = JsonNodeFactory.instance.objectNode();
        document.properties().forEach(field -> stored.set(field.getKey(), asStored(field.getValue())));
        return stored;
    }

    private static JsonNode asStored(final JsonNode value) {
        if (value instanceof ObjectNode object) {
            return asStored(object);
        }
        if (value instanceof ArrayNode array) {
            final ArrayNode stored = JsonNodeFactory.instance.arrayNode();
            array.forEach(element -> stored.add(asStored(element)));
            return stored;
        }
        return value.isNumber() ? DoubleNode.valueOf(value.asDouble()) : value;
    }
}
