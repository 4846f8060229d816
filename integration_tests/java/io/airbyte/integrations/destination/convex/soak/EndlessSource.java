package io.airbyte.integrations.destination.convex.soak;

import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector;
import io.airbyte.integrations.destination.convex.acceptance.SourceLines;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A source that writes at an even pace until its time is over: records of three streams in turns, and their states. */
final class EndlessSource {

    private static final List<String> STREAMS = List.of("events", "events", "users", "events", "countries");
    private static final int RECORDS_A_BURST = 500;
    private static final int BURSTS_A_STATE = 5;
    private static final Duration BETWEEN_BURSTS = Duration.ofMillis(100);

    /** So that rows come again and again, and what knows them is full long before the end. */
    private static final int USERS = 5_000;

    private final Duration length;
    private final Map<String, Integer> sent = new HashMap<>();
    private int states;

    EndlessSource(final Duration length) {
        this.length = length;
    }

    void feed(final PackagedConnector connector) {
        final long end = System.nanoTime() + length.toNanos();
        for (int burst = 1; System.nanoTime() < end && connector.isAlive(); burst++) {
            connector.reads(burst(burst));
            try {
                Thread.sleep(BETWEEN_BURSTS.toMillis());
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
    }

    private Stream<String> burst(final int burst) {
        final Stream.Builder<String> lines = Stream.builder();
        for (int i = 0; i < RECORDS_A_BURST; i++) {
            final String stream = STREAMS.get(i % STREAMS.size());
            final int n = sent.merge(stream, 1, Integer::sum);
            final int id = stream.equals("users") ? n % USERS : n;
            lines.add(SourceLines.record(
                    stream,
                    "{\"id\":%d,\"n\":%d,\"größe\":1.5,\"text\":\"%s\"}".formatted(id, n, "abcdefgh".repeat(n % 40))));
        }
        if (burst % BURSTS_A_STATE == 0) {
            for (final String stream : STREAMS.subList(1, 3)) {
                states++;
                lines.add(SourceLines.state(stream, sent.getOrDefault(stream, 0)));
            }
        }
        return lines.build();
    }

    int records() {
        return sent.values().stream().mapToInt(Integer::intValue).sum();
    }

    int recordsOf(final String stream) {
        return sent.getOrDefault(stream, 0);
    }

    int states() {
        return states;
    }
}
