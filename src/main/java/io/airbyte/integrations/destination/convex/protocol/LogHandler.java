package io.airbyte.integrations.destination.convex.protocol;

import java.util.Collection;
import java.util.logging.Handler;
import java.util.logging.LogRecord;

/** Skeleton. */
public final class LogHandler extends Handler {

    private LogHandler() {}

    /** Makes {@code writer} the one place where the log goes, without {@code secrets} in it. */
    public static void install(final MessageWriter writer, final Collection<String> secrets) {
        writer.conceal(secrets);
    }

    @Override
    public void publish(final LogRecord logRecord) {}

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
