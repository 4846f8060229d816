package io.airbyte.integrations.destination.convex.protocol;

import io.airbyte.integrations.destination.convex.json.ByteSlice;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.Collection;

/** Skeleton. */
public final class MessageWriter {

    /** The protocol's log levels. */
    public enum Level {
        FATAL,
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }

    public MessageWriter(final OutputStream output) {
        this(output, InstantSource.system());
    }

    public MessageWriter(final OutputStream output, final InstantSource clock) {}

    public void conceal(final Collection<String> secrets) {}

    public void spec(final byte[] oneLineSpecification) {}

    public void connectionStatus(final boolean succeeded, final String message) {}

    public void state(final ByteSlice line, final long recordCount) {}

    public void log(final Level level, final String message) {}

    public void trace(final Failure failure) {}

    public void flush() {}
}
