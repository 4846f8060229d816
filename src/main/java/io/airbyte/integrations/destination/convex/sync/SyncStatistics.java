package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.protocol.Terminal;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/** What is told about a sync: its progress, to the log every ten seconds or live to a terminal, and what it came to. */
final class SyncStatistics {

    private static final Logger LOG = Logger.getLogger(SyncStatistics.class.getName());

    private static final long PROGRESS_EVERY_MILLIS = 10_000;
    private static final long LIVE_EVERY_MILLIS = 200;
    private static final double MEGABYTE = 1_000_000;
    /** The totals of more streams than this are not told before the end. */
    private static final int STREAMS_IN_PROGRESS = 20;

    private final Timers timers;
    private final InFlightWindow window;
    private final Checkpoints checkpoints;
    private final Terminal terminal;
    private final Map<PlannedStream, StreamStatistics> streams = new LinkedHashMap<>();
    private final long startedAt;
    private long inputBytes;
    private long retries;
    private long toldAt;
    private long receivedWhenTold;
    private long inputBytesWhenTold;

    SyncStatistics(
            final Timers timers,
            final InFlightWindow window,
            final Checkpoints checkpoints,
            final Collection<PlannedStream> streams,
            final Terminal terminal) {
        this.timers = timers;
        this.window = window;
        this.checkpoints = checkpoints;
        this.terminal = terminal;
        streams.forEach(stream -> this.streams.put(stream, new StreamStatistics(stream)));
        startedAt = timers.now();
        toldAt = startedAt;
    }

    StreamStatistics of(final PlannedStream stream) {
        final StreamStatistics statistics = streams.get(stream);
        if (statistics == null) {
            throw new IllegalArgumentException("Not in the catalog: " + stream.descriptor());
        }
        return statistics;
    }

    void inputRead(final int bytes) {
        inputBytes += bytes;
    }

    void retried() {
        retries++;
    }

    /** From now on it is told how far the sync has come: live where somebody may be looking, elsewhere in the log. */
    void tellProgressRegularly() {
        if (terminal.isPresent()) {
            every(LIVE_EVERY_MILLIS, () -> terminal.show(progress()));
        } else {
            every(PROGRESS_EVERY_MILLIS, this::tellProgress);
        }
    }

    private void every(final long millis, final Runnable action) {
        timers.after(millis, () -> {
            action.run();
            every(millis, action);
        });
    }

    private String progress() {
        return "%s: %,d records read, %,d written, %.1f MB/s, %,d states acknowledged"
                .formatted(
                        streams.size() == 1 ? "1 stream" : streams.size() + " streams",
                        received(),
                        written(),
                        inputBytes / MEGABYTE / seconds(),
                        checkpoints.released());
    }

    /** Since the beginning. */
    private double seconds() {
        return Math.max(1, timers.now() - startedAt) / 1000.0;
    }

    private void tellProgress() {
        final long now = timers.now();
        final double seconds = Math.max(1, now - toldAt) / 1000.0;
        final long received = received();
        LOG.info(() -> "%,d records read (%,.0f a second, %.1f MB/s), %,d written, %d requests in flight, %d retries.%s"
                .formatted(
                        received,
                        (received - receivedWhenTold) / seconds,
                        (inputBytes - inputBytesWhenTold) / MEGABYTE / seconds,
                        written(),
                        window.inFlight(),
                        retries,
                        streams.size() > STREAMS_IN_PROGRESS ? "" : streamTotals()));
        toldAt = now;
        receivedWhenTold = received;
        inputBytesWhenTold = inputBytes;
    }

    private String streamTotals() {
        return streams.values().stream()
                .filter(stream -> stream.received() > 0)
                .map(stream ->
                        "%s %,d of %,d".formatted(stream.stream().descriptor(), stream.written(), stream.received()))
                .collect(Collectors.joining("; ", " Written: ", "."));
    }

    /** Tells what the sync came to, stream by stream. */
    void tellSummary() {
        streams.values().forEach(StreamStatistics::tellSummary);
        LOG.info(() ->
                "%,d records read and %,d written in %.1f s (%,.0f a second, %.1f MB/s); %,d states returned, %d retries."
                        .formatted(
                                received(),
                                written(),
                                seconds(),
                                written() / seconds(),
                                inputBytes / MEGABYTE / seconds(),
                                checkpoints.released(),
                                retries));
        terminal.say(progress());
    }

    private long received() {
        return streams.values().stream().mapToLong(StreamStatistics::received).sum();
    }

    private long written() {
        return streams.values().stream().mapToLong(StreamStatistics::written).sum();
    }
}
