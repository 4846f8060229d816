package io.airbyte.integrations.destination.convex.protocol;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * Turns everything that is logged through {@code java.util.logging}, the connector's own lines as those of libraries, into
 * LOG messages. Nothing is written to stderr, which the platform shows as errors (airbyte-semantics §5.4).
 */
public final class LogHandler extends Handler {

    private final MessageWriter writer;
    private final SimpleFormatter formatter = new SimpleFormatter();

    private LogHandler(final MessageWriter writer) {
        this.writer = writer;
    }

    /** Makes {@code writer} the one place where the log goes. */
    public static void install(final MessageWriter writer) {
        install(writer, List.of());
    }

    /**
     * Makes {@code writer} the one place where the log goes, and has it conceal {@code secrets}. May be called again once
     * the secrets are known.
     */
    public static void install(final MessageWriter writer, final Collection<String> secrets) {
        writer.conceal(secrets);
        final Logger root = Logger.getLogger("");
        for (final Handler other : root.getHandlers()) {
            root.removeHandler(other);
        }
        root.addHandler(new LogHandler(writer));
    }

    @Override
    public void publish(final LogRecord line) {
        if (isLoggable(line)) {
            final String message = formatter.formatMessage(line);
            writer.log(level(line.getLevel()), message == null ? "" : message, Optional.ofNullable(line.getThrown()));
        }
    }

    private static MessageWriter.Level level(final Level level) {
        final int severity = level.intValue();
        if (severity >= Level.SEVERE.intValue()) {
            return MessageWriter.Level.ERROR;
        }
        if (severity >= Level.WARNING.intValue()) {
            return MessageWriter.Level.WARN;
        }
        if (severity >= Level.INFO.intValue()) {
            return MessageWriter.Level.INFO;
        }
        return severity >= Level.FINE.intValue() ? MessageWriter.Level.DEBUG : MessageWriter.Level.TRACE;
    }

    /** Nothing to do: a log line never waits. */
    @Override
    public void flush() {}

    /** Nothing to do: stdout belongs to the writer. */
    @Override
    public void close() {}
}
