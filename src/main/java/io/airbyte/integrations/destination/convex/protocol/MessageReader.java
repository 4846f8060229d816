package io.airbyte.integrations.destination.convex.protocol;

import io.airbyte.integrations.destination.convex.json.ByteSlice;

/** Skeleton. */
public final class MessageReader {

    public Message read(final ByteSlice line, final long lineNumber) {
        throw Failure.system(line.length() + " " + lineNumber);
    }
}
