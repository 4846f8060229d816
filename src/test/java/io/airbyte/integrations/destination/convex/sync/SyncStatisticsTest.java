package io.airbyte.integrations.destination.convex.sync;

import static io.airbyte.integrations.destination.convex.sync.SyncRig.append;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.dedup;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.record;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.state;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.airbyte.integrations.destination.convex.convex.Outcome;
import io.airbyte.integrations.destination.convex.protocol.ConfiguredStream;
import io.airbyte.integrations.destination.convex.protocol.Terminal;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SyncStatisticsTest {

    private final SyncRig sync = SyncRig.of(append("users"), append("orders"));

    @Test
    void the_log_tells_every_ten_seconds_how_far_the_sync_has_come() {
        try (LoggedLines log = LoggedLines.of(SyncStatistics.class)) {
            sync.reads(record("users", "{\"id\":1}"), record("users", "{\"id\":2}"))
                    .waits(Duration.ofSeconds(20));

            assertThat(log.at(Level.INFO)).hasSize(2);
            assertThat(log.at(Level.INFO).get(1))
                    .contains("2 records read", "MB/s", "2 written", "in flight", "0 retries", "users 2 of 2");
        }
    }

    /** Records of 20,000 bytes each, their line ends included. */
    private static Stream<String> users(final int count) {
        final String shell = record("users", "{\"id\":1,\"name\":\"\"}\n");
        return Stream.generate(() ->
                        record("users", "{\"id\":1,\"name\":\"%s\"}".formatted("x".repeat(20_000 - shell.length()))))
                .limit(count);
    }

    @Test
    void the_log_tells_the_speed_since_it_last_told_and_the_totals_since_the_beginning() {
        sync.deployment.answersWithout(new Outcome.Busy<>("HTTP status 503", Optional.empty()));
        try (LoggedLines log = LoggedLines.of(SyncStatistics.class)) {
            sync.reads(users(100))
                    .waits(Duration.ofSeconds(12))
                    .reads(users(50))
                    .waits(Duration.ofSeconds(8));

            assertThat(log.at(Level.INFO))
                    .containsExactly(
                            "100 records read (10 a second, 0.2 MB/s), 0 written, 0 requests in flight, 0 retries."
                                    + " Written: users 0 of 100.",
                            "150 records read (5 a second, 0.1 MB/s), 100 written, 0 requests in flight, 1 retries."
                                    + " Written: users 100 of 150.");
        }
    }

    @Test
    void the_summary_tells_the_speed_of_the_whole_sync() {
        sync.deployment.answersWithout(new Outcome.Busy<>("HTTP status 503", Optional.empty()));
        sync.reads(users(150)).waits(Duration.ofSeconds(25)).reachesEndOfInput();
        try (LoggedLines log = LoggedLines.of(SyncStatistics.class)) {
            assertThat(sync.conclusion()).isEmpty();

            assertThat(log.at(Level.INFO))
                    .containsExactly(
                            "150 records read and 150 written in 25.0 s (6 a second, 0.1 MB/s); 0 states returned, 1 retries.");
        }
    }

    @Test
    void the_totals_of_twenty_streams_are_told_but_not_of_more() {
        assertThat(progressOf(20)).contains(" Written: s0 1 of 1; s1 1 of 1; ");
        assertThat(progressOf(21)).endsWith(", 0 retries.");
    }

    private static String progressOf(final int streams) {
        final SyncRig many = SyncRig.of(
                IntStream.range(0, streams).mapToObj(i -> append("s" + i)).toArray(ConfiguredStream[]::new));
        try (LoggedLines log = LoggedLines.of(SyncStatistics.class)) {
            many.reads(IntStream.range(0, streams).mapToObj(i -> record("s" + i, "{\"id\":1}")))
                    .waits(Duration.ofSeconds(20));
            return log.at(Level.INFO).get(1);
        }
    }

    @Test
    void the_summary_counts_deletes_among_the_records() {
        final SyncRig deleting = SyncRig.of(dedup("users"));
        deleting.reads(
                        record("users", "{\"id\":1}"),
                        record("users", "{\"id\":2}"),
                        record("users", "{\"id\":2,\"_ab_cdc_deleted_at\":\"2026-01-01\"}"))
                .reachesEndOfInput();
        try (LoggedLines log = LoggedLines.of(StreamStatistics.class)) {
            assertThat(deleting.conclusion()).isEmpty();

            assertThat(log.at(Level.INFO))
                    .containsExactly("Stream users, table users: 3 records read, 1 of them deletes; 3 written;"
                            + " 0 documents with values that could not be stored.");
        }
    }

    @Test
    void somebody_at_a_terminal_sees_the_progress_live_and_the_log_has_none() {
        final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
        final SyncRig watched = SyncRig.watched(Terminal.of(stderr, 120, false), append("users"));
        try (LoggedLines log = LoggedLines.of(SyncStatistics.class)) {
            watched.reads(record("users", "{\"id\":1}"), record("users", "{\"id\":2}"), state("users", 1))
                    .waits(Duration.ofSeconds(20))
                    .reachesEndOfInput();

            assertThat(log.at(Level.INFO)).isEmpty();
            assertThat(stderr.toString(UTF_8))
                    .contains("1 stream: 2 records read, 2 written, ", " MB/s, 1 states acknowledged\r")
                    .doesNotContain("\n");

            assertThat(watched.conclusion()).isEmpty();
            assertThat(stderr.toString(UTF_8)).endsWith(" states acknowledged\n");
        }
    }

    @Test
    void somebody_at_a_terminal_sees_the_speed_since_the_beginning() {
        final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
        SyncRig.watched(Terminal.of(stderr, 120, false), append("users"))
                .reads(users(100))
                .waits(Duration.ofSeconds(5));

        assertThat(stderr.toString(UTF_8))
                .endsWith("1 stream: 100 records read, 0 written, 0.4 MB/s, 0 states acknowledged\r");
    }

    @Test
    void the_summary_tells_what_became_of_each_streams_records() {
        sync.reads(
                        record("users", "{\"id\":1,\"name\":1e400}"),
                        record("users", "{\"id\":2,\"name\":1e400}"),
                        state("users", 1))
                .reachesEndOfInput();
        try (LoggedLines log = LoggedLines.of(StreamStatistics.class);
                LoggedLines total = LoggedLines.of(SyncStatistics.class)) {
            assertThat(sync.conclusion()).isEmpty();

            assertThat(log.at(Level.INFO)).hasSize(2);
            assertThat(log.at(Level.INFO).get(0))
                    .contains("users", "2 records read", "2 written", "2 documents", "name 2 times");
            assertThat(total.at(Level.INFO))
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains("2 records read", "1 states returned", "0 retries"));
        }
    }

    @Test
    void a_field_that_cannot_be_stored_is_told_of_once() {
        try (LoggedLines log = LoggedLines.of(StreamStatistics.class)) {
            sync.reads(record("users", "{\"id\":1,\"name\":1e400}"), record("users", "{\"id\":2,\"name\":1e400}"));

            assertThat(log.at(Level.WARNING))
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains("users", "name", "airbyte_meta.changes"));
        }
    }
}
