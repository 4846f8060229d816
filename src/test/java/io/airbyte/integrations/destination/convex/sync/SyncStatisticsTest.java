package io.airbyte.integrations.destination.convex.sync;

import static io.airbyte.integrations.destination.convex.sync.SyncRig.append;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.record;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.state;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.airbyte.integrations.destination.convex.protocol.Terminal;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.logging.Level;
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
