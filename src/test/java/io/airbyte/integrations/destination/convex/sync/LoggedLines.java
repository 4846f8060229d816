package io.airbyte.integrations.destination.convex.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What a class logs for as long as this is open. */
final class LoggedLines extends Handler implements AutoCloseable {

    private final Logger logger;
    private final List<LogRecord> lines = new ArrayList<>();

    private LoggedLines(final Logger logger) {
        this.logger = logger;
    }

    static LoggedLines of(final Class<?> type) {
        final LoggedLines lines = new LoggedLines(Logger.getLogger(type.getName()));
        lines.logger.addHandler(lines);
        return lines;
    }

    List<String> at(final Level level) {
        return lines.stream()
                .filter(line -> line.getLevel().equals(level))
                .map(LogRecord::getMessage)
                .toList();
    }

    @Override
    public void publish(final LogRecord line) {
        lines.add(line);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
