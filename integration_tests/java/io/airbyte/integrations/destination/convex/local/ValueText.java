package io.airbyte.integrations.destination.convex.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** How the server writes a stored value in its error texts. */
final class ValueText {

    private ValueText() {}

    static String of(final JsonNode value) {
        if (value instanceof ObjectNode object) {
            final List<String> fields = new ArrayList<>();
            for (final Map.Entry<String, JsonNode> field : object.properties()) {
                fields.add(key(field.getKey()) + ": " + of(field.getValue()));
            }
            return "{" + String.join(", ", fields) + "}";
        } else if (value.isArray()) {
            return value.valueStream().map(ValueText::of).collect(Collectors.joining(", ", "[", "]"));
        } else if (value.isNumber()) {
            return number(value.doubleValue());
        }
        return value.toString();
    }

    static String quoted(final String text) {
        return TextNode.valueOf(text).toString();
    }

    private static String key(final String name) {
        return Sanitiser.isIdentifier(name) ? name : quoted(name);
    }

    /** Plain from 1e-5 up to below 1e16, with one decimal at least; beyond that with an exponent. */
    private static String number(final double number) {
        final double size = Math.abs(number);
        if (size == 0) {
            return Double.toString(number);
        }
        if (size >= 1e-5 && size < 1e16) {
            final String plain = new BigDecimal(Double.toString(number)).toPlainString();
            return plain.contains(".") ? plain : plain + ".0";
        }
        return Double.toString(number).replace(".0E", "e").replace("E", "e");
    }
}
