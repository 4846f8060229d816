package io.airbyte.integrations.destination.convex.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.airbyte.integrations.destination.convex.json.ByteSlice;
import java.util.Arrays;

/**
 * Finds, without reading a record, where its data most likely end: sources write {@code emitted_at} behind them, and little
 * more. It is a guess, for the same bytes may be part of the data.
 */
final class RecordTail {

    private static final byte[] EMITTED_AT = "\"emitted_at\"".getBytes(US_ASCII);

    /** Whatever a source writes behind the data is shorter, unless it tells of changes. */
    private static final int LONGEST = 512;

    private RecordTail() {}

    /** The index after the object that stands right before the last {@code emitted_at}; 0 if there is none. */
    static int start(final ByteSlice line) {
        final byte[] bytes = line.array();
        final int first = Math.max(line.offset(), line.end() - LONGEST);
        for (int at = line.end() - EMITTED_AT.length; at > first; at--) {
            if (bytes[at] == '"'
                    && Arrays.equals(bytes, at, at + EMITTED_AT.length, EMITTED_AT, 0, EMITTED_AT.length)) {
                return endOfObjectBefore(bytes, first, at);
            }
        }
        return 0;
    }

    private static int endOfObjectBefore(final byte[] bytes, final int first, final int key) {
        final int comma = lastOtherThanBlank(bytes, first, key - 1);
        if (comma <= first || bytes[comma] != ',') {
            return 0;
        }
        final int brace = lastOtherThanBlank(bytes, first, comma - 1);
        return bytes[brace] == '}' ? brace + 1 : 0;
    }

    private static int lastOtherThanBlank(final byte[] bytes, final int first, final int from) {
        int at = from;
        while (at > first && bytes[at] == ' ') {
            at--;
        }
        return at;
    }
}
