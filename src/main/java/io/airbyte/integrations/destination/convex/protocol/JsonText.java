package io.airbyte.integrations.destination.convex.protocol;

import io.airbyte.integrations.destination.convex.json.ByteBuilder;
import io.airbyte.integrations.destination.convex.json.ByteSlice;
import java.nio.charset.StandardCharsets;

/** Text as JSON strings write it. */
final class JsonText {

    private static final String HEX = "0123456789abcdef";

    private JsonText() {}

    /** What stands between the quotes of {@code string}, the bytes of a JSON string. */
    static ByteSlice content(final ByteSlice string) {
        return new ByteSlice(string.array(), string.offset() + 1, string.length() - 2);
    }

    /** Appends {@code text} as a JSON string, quotes included. A lone surrogate, which UTF-8 cannot hold, becomes "?". */
    static void appendQuoted(final ByteBuilder output, final String text) {
        output.append('"');
        for (final byte next : text.getBytes(StandardCharsets.UTF_8)) {
            if (next == '"' || next == '\\') {
                output.append('\\').append(next);
            } else if (next >= 0 && next < ' ') {
                appendControlCharacter(output, next);
            } else {
                output.append(next);
            }
        }
        output.append('"');
    }

    private static void appendControlCharacter(final ByteBuilder output, final byte character) {
        switch (character) {
            case '\n' -> output.append("\\n");
            case '\r' -> output.append("\\r");
            case '\t' -> output.append("\\t");
            default -> output.append("\\u00").append(HEX.charAt(character >> 4)).append(HEX.charAt(character & 15));
        }
    }
}
