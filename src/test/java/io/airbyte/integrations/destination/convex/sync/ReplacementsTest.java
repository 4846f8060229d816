package io.airbyte.integrations.destination.convex.sync;

import static io.airbyte.integrations.destination.convex.sync.SyncRig.append;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.complete;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.dedup;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.globalState;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.record;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.state;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.status;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.stream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbyte.integrations.destination.convex.convex.GenerationMarker;
import io.airbyte.integrations.destination.convex.convex.Outcome;
import io.airbyte.integrations.destination.convex.protocol.ConfiguredStream;
import io.airbyte.integrations.destination.convex.protocol.DestinationSyncMode;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.StreamDescriptor;
import io.airbyte.integrations.destination.convex.protocol.SyncMode;
import io.airbyte.integrations.destination.convex.spool.SpoolFolder;
import io.airbyte.integrations.destination.convex.sync.FakeImports.Route;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.logging.Level;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may complete the replacement of a table, and when its states leave (DESIGN rule 9). */
class ReplacementsTest {

    private static final Duration LONG = Duration.ofMinutes(40);
    private static final Map<String, String> PLATFORM = Map.of("WORKER_JOB_ID", "7");

    @TempDir
    private Path folder;

    private SpoolFolder spool;
    private final FakeDeployment deployment = new FakeDeployment();
    private final FakeImports imports = deployment.snapshots();

    @BeforeEach
    void open() throws IOException {
        spool = SpoolFolder.open(folder);
        deployment.holds("users", user(-1));
        deployment.holds("pets", user(-1));
    }

    @AfterEach
    void close() {
        spool.close();
    }

    private static ObjectNode user(final int id) {
        return JsonNodeFactory.instance.objectNode().put("id", id);
    }

    private static String data(final String stream, final int id) {
        return record(stream, "{\"id\":%d}".formatted(id));
    }

    private static ConfiguredStream overwrite(final String name) {
        return stream(name, DestinationSyncMode.OVERWRITE, List.of());
    }

    private static ConfiguredStream generation(final ConfiguredStream like, final long generation, final long minimum) {
        return generation(like, SyncMode.INCREMENTAL, generation, minimum);
    }

    private static ConfiguredStream generation(
            final ConfiguredStream like, final SyncMode mode, final long generation, final long minimum) {
        return new ConfiguredStream(
                like.descriptor(),
                mode,
                like.destinationSyncMode(),
                like.primaryKey(),
                like.cursor(),
                like.records(),
                OptionalLong.of(generation),
                OptionalLong.of(minimum),
                OptionalLong.of(7));
    }

    private SyncRig sync(final Map<String, String> environment, final ConfiguredStream... streams) {
        return SyncRig.replacing(spool, deployment, environment, streams);
    }

    private Optional<Failure> endOf(final SyncRig sync) {
        return sync.reachesEndOfInput().waits(LONG).conclusion();
    }

    private void holdsNew(final String table, final int... ids) {
        assertThat(deployment.documents(table))
                .containsExactly(
                        Arrays.stream(ids).mapToObj("{\"id\":%d}"::formatted).toArray(String[]::new));
    }

    private void holdsOld(final String table) {
        assertThat(deployment.documents(table)).containsExactly("{\"id\":-1}");
    }

    private static void isTransient(final Optional<Failure> failure, final String stream) {
        assertThat(failure).hasValueSatisfying(is -> {
            assertThat(is.kind()).isEqualTo(Failure.Kind.TRANSIENT_ERROR);
            assertThat(is.message()).contains(stream);
        });
    }

    @Nested
    class On_a_refresh_platform {

        private final ConfiguredStream users = generation(append("users"), 3, 3);

        @Test
        void a_complete_stream_replaces_its_table_and_marks_its_generation() {
            final SyncRig sync = sync(PLATFORM, users).reads(data("users", 1), state("users", 1), complete("users"));

            assertThat(endOf(sync)).isEmpty();
            holdsNew("users", 1);
            assertThat(imports.markers())
                    .containsEntry("users", new GenerationMarker("users", StreamDescriptor.of("users"), 3, 7));
            assertThat(sync.states()).containsExactly(1);
        }

        @Test
        void a_stream_without_its_COMPLETE_keeps_its_table_and_others_are_written() {
            final SyncRig sync = sync(PLATFORM, users, generation(append("pets"), 1, 0))
                    .reads(data("users", 1), state("users", 1), data("pets", 2), state("pets", 2), complete("pets"));

            isTransient(endOf(sync), "users");
            holdsOld("users");
            assertThat(deployment.documents("pets")).hasSize(2);
            assertThat(sync.states()).containsExactly(2);
        }

        @Test
        void INCOMPLETE_counts_as_missing() {
            final SyncRig sync = sync(PLATFORM, users).reads(data("users", 1), status("users", "INCOMPLETE"));

            isTransient(endOf(sync), "users");
            holdsOld("users");
        }

        @Test
        void INCOMPLETE_takes_a_COMPLETE_back_and_the_log_says_so() {
            try (LoggedLines log = LoggedLines.of(MessageRouter.class)) {
                final SyncRig sync =
                        sync(PLATFORM, users).reads(data("users", 1), complete("users"), status("users", "INCOMPLETE"));

                isTransient(endOf(sync), "users");
                assertThat(log.at(Level.WARNING)).containsExactly("The source could not read all of stream users.");
            }
            holdsOld("users");
        }

        @Test
        void other_statuses_take_no_COMPLETE_back() {
            try (LoggedLines log = LoggedLines.of(MessageRouter.class)) {
                final SyncRig sync =
                        sync(PLATFORM, users).reads(data("users", 1), complete("users"), status("users", "RUNNING"));

                assertThat(endOf(sync)).isEmpty();
                assertThat(log.at(Level.WARNING)).isEmpty();
            }
            holdsNew("users", 1);
        }

        @Test
        void the_sync_does_not_end_before_the_generation_is_marked() {
            imports.holds(Route.WRITE_MARKERS);
            final SyncRig sync = sync(PLATFORM, users)
                    .reads(data("users", 1), state("users", 1), complete("users"))
                    .reachesEndOfInput()
                    .waits(LONG);
            assertThat(sync.isFinished()).isFalse();
            assertThat(sync.states()).isEmpty();

            imports.answersHeld();
            sync.settle();
            assertThat(sync.conclusion()).isEmpty();
            assertThat(sync.states()).containsExactly(1);
        }

        @Test
        void a_table_that_is_overwritten_every_time_is_so_beside_one_that_holds_its_generation() {
            imports.marks(new GenerationMarker("users", StreamDescriptor.of("users"), 3, 7));
            imports.marks(new GenerationMarker("pets", StreamDescriptor.of("pets"), 3, 7));
            final SyncRig sync = sync(PLATFORM, users, generation(overwrite("pets"), 3, 3))
                    .reads(data("users", 1), data("pets", 2), complete("users"), complete("pets"));

            assertThat(endOf(sync)).isEmpty();
            holdsNew("users", -1, 1);
            holdsNew("pets", 2);
        }

        @Test
        void a_deduplicated_stream_of_which_everything_was_deleted_empties_its_table() {
            final SyncRig sync = sync(PLATFORM, generation(dedup("users"), 3, 3))
                    .reads(
                            data("users", 1),
                            record("users", "{\"id\":1,\"_ab_cdc_deleted_at\":\"x\"}"),
                            complete("users"));

            assertThat(endOf(sync)).isEmpty();
            assertThat(deployment.documents("users")).isEmpty();
            assertThat(imports.count(Route.CLEAR_TABLE)).isEqualTo(1);
            assertThat(imports.count(Route.START_UPLOAD)).isZero();
        }

        @Test
        void of_two_streams_the_complete_one_is_replaced_but_its_states_stay_and_it_is_not_marked() {
            final SyncRig sync = sync(PLATFORM, users, generation(append("pets"), 3, 3))
                    .reads(data("users", 1), state("users", 1), data("pets", 2), state("pets", 2), complete("users"));

            isTransient(endOf(sync), "pets");
            holdsNew("users", 1);
            holdsOld("pets");
            assertThat(sync.states()).isEmpty();
            assertThat(imports.markers()).isEmpty();
        }

        @Test
        void a_table_that_holds_the_generation_already_is_added_to() {
            imports.marks(new GenerationMarker("users", StreamDescriptor.of("users"), 3, 7));
            final SyncRig sync = sync(PLATFORM, users).reads(data("users", 1), state("users", 1), complete("users"));

            assertThat(endOf(sync)).isEmpty();
            holdsNew("users", -1, 1);
            assertThat(imports.calls()).isEmpty();
            assertThat(sync.states()).containsExactly(1);
        }

        @Test
        void a_table_that_holds_the_same_generation_of_another_job_is_replaced() {
            imports.marks(new GenerationMarker("users", StreamDescriptor.of("users"), 3, 6));
            final SyncRig sync = sync(PLATFORM, users).reads(data("users", 1), complete("users"));

            assertThat(endOf(sync)).isEmpty();
            holdsNew("users", 1);
        }

        @Test
        void a_table_that_holds_another_generation_is_replaced() {
            imports.marks(new GenerationMarker("users", StreamDescriptor.of("users"), 2, 6));
            final SyncRig sync = sync(PLATFORM, users).reads(data("users", 1), complete("users"));

            assertThat(endOf(sync)).isEmpty();
            holdsNew("users", 1);
        }

        @Test
        void a_deduplicated_stream_keeps_the_last_record_of_each_key_and_its_table_has_the_index() {
            final SyncRig sync = sync(PLATFORM, generation(dedup("users"), 3, 3))
                    .reads(
                            record("users", "{\"id\":1,\"name\":\"a\"}"),
                            record("users", "{\"id\":2,\"name\":\"b\"}"),
                            record("users", "{\"id\":1,\"name\":\"c\"}"),
                            record("users", "{\"id\":3,\"name\":\"d\"}"),
                            record("users", "{\"id\":3,\"name\":\"d\",\"_ab_cdc_deleted_at\":\"x\"}"),
                            complete("users"));

            assertThat(endOf(sync)).isEmpty();
            assertThat(deployment.documents("users"))
                    .containsExactly("{\"id\":2,\"name\":\"b\"}", "{\"id\":1,\"name\":\"c\"}");
            assertThat(deployment.indexes()).containsEntry("users", List.of(List.of("id")));
        }

        @Test
        void the_key_of_a_deduplicated_table_is_indexed_only_when_the_new_documents_are_there() {
            final SyncRig sync = sync(PLATFORM, generation(dedup("users"), 3, 3))
                    .reads(data("users", 1))
                    .waits(LONG);

            assertThat(deployment.indexes()).isEmpty();
            assertThat(sync.isFinished()).isFalse();
        }

        @Test
        void global_states_wait_for_the_end_if_any_table_is_replaced() {
            final SyncRig sync = sync(PLATFORM, users, generation(append("pets"), 1, 0))
                    .reads(data("pets", 2), globalState(1), data("users", 1), globalState(2))
                    .waits(LONG);
            assertThat(sync.states()).isEmpty();

            assertThat(endOf(sync.reads(complete("users"), complete("pets")))).isEmpty();
            assertThat(sync.states()).containsExactly(1, 2);
            assertThat(sync.recordCounts()).containsExactly(1.0, 1.0);
        }

        @Test
        void states_of_replaced_tables_stay_if_another_stream_fails() {
            deployment.refusesDocumentsUnless(document -> document.get("id").asInt() != 66);
            final SyncRig sync = sync(PLATFORM, users, generation(append("pets"), 1, 0))
                    .reads(data("users", 1), state("users", 1), data("pets", 66), complete("users"), complete("pets"));

            assertThat(endOf(sync)).isPresent();
            assertThat(sync.states()).isEmpty();
            assertThat(imports.markers()).isEmpty();
        }

        @Test
        void states_stay_if_the_marker_cannot_be_written() {
            imports.answersWithout(Route.WRITE_MARKERS, new Outcome.Refused<>(400, "TooManyTables", ""));
            final SyncRig sync = sync(PLATFORM, users).reads(data("users", 1), state("users", 1), complete("users"));

            assertThat(endOf(sync)).isPresent();
            holdsNew("users", 1);
            assertThat(sync.states()).isEmpty();
        }

        @Test
        void an_incremental_refresh_needs_a_key_that_may_read_the_marker() {
            deployment.mayNotBeRead();

            assertThatThrownBy(() -> sync(PLATFORM, users)).isInstanceOfSatisfying(Failure.class, failure -> {
                assertThat(failure.kind()).isEqualTo(Failure.Kind.CONFIG_ERROR);
                assertThat(failure.message()).contains("users", "deployment:data:view");
            });
        }

        @Test
        void a_full_refresh_needs_none() {
            deployment.mayNotBeRead();
            final SyncRig sync = sync(PLATFORM, generation(append("users"), SyncMode.FULL_REFRESH, 3, 3))
                    .reads(data("users", 1), complete("users"));

            assertThat(endOf(sync)).isEmpty();
            holdsNew("users", 1);
        }

        @Test
        void a_clear_job_empties_the_tables_and_returns_its_states() {
            final SyncRig sync = sync(PLATFORM, generation(append("users"), SyncMode.FULL_REFRESH, 3, 3))
                    .reads(state("users", 1), complete("users"));

            assertThat(endOf(sync)).isEmpty();
            assertThat(deployment.documents("users")).isEmpty();
            assertThat(sync.states()).containsExactly(1);
        }
    }

    @Nested
    class On_a_legacy_platform {

        @Test
        void a_clean_end_without_any_status_replaces_after_90_seconds_without_SIGTERM() {
            try (LoggedLines logged = LoggedLines.of(Replacements.class)) {
                final SyncRig sync = sync(PLATFORM, overwrite("users"))
                        .reads(data("users", 1), state("users", 1))
                        .reachesEndOfInput()
                        .waits(Duration.ofSeconds(89));
                holdsOld("users");
                assertThat(logged.at(Level.INFO))
                        .singleElement()
                        .satisfies(line -> assertThat(line).contains("90 seconds", "users"));

                assertThat(sync.waits(LONG).conclusion()).isEmpty();
                holdsNew("users", 1);
                assertThat(sync.states()).containsExactly(1);
            }
        }

        @Test
        void not_more_than_four_tables_are_replaced_at_once_after_the_90_seconds() {
            imports.holds(Route.START_UPLOAD);
            final ConfiguredStream[] streams =
                    IntStream.range(0, 9).mapToObj(i -> overwrite("s" + i)).toArray(ConfiguredStream[]::new);
            final SyncRig sync = sync(PLATFORM, streams)
                    .reads(IntStream.range(0, 9).mapToObj(i -> data("s" + i, i)))
                    .reachesEndOfInput()
                    .waits(LONG);
            assertThat(imports.count(Route.START_UPLOAD)).isEqualTo(4);

            imports.answersHeld();
            sync.settle();
            assertThat(sync.waits(LONG).conclusion()).isEmpty();
            assertThat(imports.count(Route.START_UPLOAD)).isEqualTo(9);
        }

        @Test
        void SIGTERM_within_90_seconds_means_that_the_source_has_failed() {
            final SyncRig sync = sync(PLATFORM, overwrite("users"))
                    .reads(data("users", 1), state("users", 1))
                    .reachesEndOfInput()
                    .waits(Duration.ofSeconds(70))
                    .isTerminated()
                    .waits(LONG);

            assertThat(sync.isFinished()).isTrue();
            holdsOld("users");
            assertThat(sync.states()).isEmpty();
        }

        @Test
        void if_any_status_was_seen_COMPLETE_is_needed() {
            final SyncRig sync = sync(PLATFORM, overwrite("users"), overwrite("pets"))
                    .reads(data("users", 1), data("pets", 2), status("pets", "STARTED"), complete("users"));

            isTransient(endOf(sync), "pets");
            holdsNew("users", 1);
            holdsOld("pets");
        }

        @Test
        void a_status_makes_waiting_needless() {
            final SyncRig sync = sync(PLATFORM, overwrite("users")).reads(data("users", 1), complete("users"));

            assertThat(sync.reachesEndOfInput().waits(Duration.ofSeconds(30)).conclusion())
                    .isEmpty();
            holdsNew("users", 1);
        }

        @Test
        void records_after_the_last_state_mean_that_the_source_has_stopped_midway() {
            final SyncRig sync = sync(PLATFORM, overwrite("users"), overwrite("pets"))
                    .reads(data("users", 1), state("users", 1), data("users", 2), data("pets", 3));

            isTransient(endOf(sync), "users");
            holdsOld("users");
            holdsNew("pets", 3);
        }

        @Test
        void append_streams_are_written_and_acknowledged_meanwhile() {
            final SyncRig sync = sync(PLATFORM, overwrite("users"), append("pets"))
                    .reads(data("pets", 2), state("pets", 2))
                    .reachesEndOfInput()
                    .waits(Duration.ofSeconds(30));

            assertThat(sync.states()).containsExactly(2);
        }
    }

    @Nested
    class Without_a_platform {

        @Test
        void the_ids_that_PyAirbyte_sends_with_every_sync_truncate_nothing() {
            final SyncRig sync =
                    sync(Map.of(), generation(append("users"), 1, 1)).reads(data("users", 1));

            assertThat(endOf(sync)).isEmpty();
            holdsNew("users", -1, 1);
        }

        @Test
        void overwrite_replaces_at_a_clean_end_at_once() {
            final SyncRig sync = sync(Map.of(), generation(overwrite("users"), 1, 1))
                    .reads(data("users", 1), state("users", 1), data("users", 2));

            assertThat(sync.reachesEndOfInput().waits(Duration.ofSeconds(30)).conclusion())
                    .isEmpty();
            holdsNew("users", 1, 2);
            assertThat(imports.markers()).isEmpty();
        }

        @Test
        void COMPLETE_is_needed_where_statuses_are_seen() {
            final SyncRig sync = sync(Map.of(), overwrite("users")).reads(status("users", "STARTED"), data("users", 1));

            isTransient(endOf(sync), "users");
            holdsOld("users");
        }
    }
}
