package io.airbyte.integrations.destination.convex.protocol;

import io.airbyte.integrations.destination.convex.json.ByteSlice;

/** Skeleton. */
public final class LineReader {

    private final int longestLine;

    public LineReader(final int longestLine) {
        this.longestLine = longestLine;
    }

    public void add(final ByteSlice chunk) {
        throw new UnsupportedOperationException(chunk.length() + " " + longestLine);
    }

    public void endOfInput() {}

    public boolean nextLine() {
        return false;
    }

    public ByteSlice line() {
        throw new UnsupportedOperationException();
    }

    public long number() {
        return 0;
    }
}
