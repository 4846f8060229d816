package io.airbyte.integrations.destination.convex.json;

import java.nio.charset.StandardCharsets;

/** JSON's string notation, one string at a time, for where speed does not matter. */
public final class JsonString {

    private JsonString() {}

    /**
     * The text of a string that {@link JsonScanner} has accepted.
     *
     * @param content the bytes between the quotes
     */
    public static String decoded(final ByteSlice content) {
        final String text = content.text();
        if (text.indexOf('\\') < 0) {
            return text;
        }
        final StringBuilder decoded = new StringBuilder(text.length());
        int position = 0;
        while (position < text.length()) {
            final char next = text.charAt(position);
            if (next != '\\') {
                decoded.append(next);
                position++;
            } else if (text.charAt(position + 1) == 'u') {
                decoded.append((char) Integer.parseInt(text, position + 2, position + 6, 16));
                position += 6;
            } else {
                decoded.append(escaped(text.charAt(position + 1)));
                position += 2;
            }
        }
        return decoded.toString();
    }

    private static char escaped(final char kind) {
        return switch (kind) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> kind;
        };
    }

    /** {@code text} between quotes, as bytes: a complete JSON string. Printable ASCII only. */
    public static byte[] quoted(final String text) {
        final String escaped = text.replace("\\", "\\\\").replace("\"", "\\\"");
        return ('"' + escaped + '"').getBytes(StandardCharsets.US_ASCII);
    }
}
