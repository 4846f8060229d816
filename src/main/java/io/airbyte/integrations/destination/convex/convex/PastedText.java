package io.airbyte.integrations.destination.convex.convex;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text as people paste it: wrapped in whitespace, quotes, or the line of the file that it was copied from. */
final class PastedText {

    /** Straight and typographic quotes, and characters that show nothing: byte order mark, zero-width, no-break. */
    private static final String WRAPPING = "\"'`\u201c\u201d\u2018\u2019\ufeff\u200b\u200c\u200d\u2060\u00a0\u202f";

    private PastedText() {}

    /**
     * The text without what surrounds it.
     *
     * @param prefix what may stand in front of the text and does not belong to it
     */
    static String withoutWrapping(final String text, final Pattern prefix) {
        String before;
        String after = text;
        do {
            before = after;
            after = stripped(before);
            final Matcher matcher = prefix.matcher(after);
            if (matcher.lookingAt()) {
                after = after.substring(matcher.end());
            }
        } while (!after.equals(before));
        return after;
    }

    private static String stripped(final String text) {
        int start = 0;
        int end = text.length();
        while (start < end && isWrapping(text.charAt(start))) {
            start++;
        }
        while (end > start && isWrapping(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    private static boolean isWrapping(final char c) {
        return c <= ' ' || Character.isWhitespace(c) || WRAPPING.indexOf(c) >= 0;
    }
}
