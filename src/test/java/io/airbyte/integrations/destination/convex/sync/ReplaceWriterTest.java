package io.airbyte.integrations.destination.convex.sync;

import static io.airbyte.integrations.destination.convex.sync.SyncRig.append;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.record;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.state;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.stream;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.airbyte.integrations.destination.convex.convex.Outcome;
import io.airbyte.integrations.destination.convex.convex.Outcome.Doubt;
import io.airbyte.integrations.destination.convex.protocol.ConfiguredStream;
import io.airbyte.integrations.destination.convex.protocol.DestinationSyncMode;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.spool.SpoolFolder;
import io.airbyte.integrations.destination.convex.sync.FakeImports.Route;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplaceWriterTest {

    private static final Duration LONG = Duration.ofMinutes(40);
    private static final Outcome<?> BUSY = new Outcome.Busy<>("HTTP status 503", Optional.empty());

    @TempDir
    private Path folder;

    private SpoolFolder spool;
    private final FakeDeployment deployment = new FakeDeployment();
    private final FakeImports imports = deployment.snapshots();

    @BeforeEach
    void open() throws IOException {
        spool = SpoolFolder.open(folder);
        deployment.holds("users", JsonNodeFactory.instance.objectNode().put("id", -1));
    }

    @AfterEach
    void close() {
        spool.close();
    }

    private SyncRig sync(final ConfiguredStream... streams) {
        return SyncRig.replacing(spool, deployment, Map.of(), streams);
    }

    private static ConfiguredStream overwrite(final String name) {
        return stream(name, DestinationSyncMode.OVERWRITE, List.of());
    }

    private static Outcome<?> unknown(final Doubt doubt) {
        return new Outcome.Unknown<>(doubt, "nobody knows", Optional.empty());
    }

    private static String user(final int id) {
        return record("users", "{\"id\":%d}".formatted(id));
    }

    /** About 23 MB in 300 records: three parts. */
    private static Stream<String> manyUsers() {
        return IntStream.range(0, 300)
                .mapToObj(i -> record("users", "{\"id\":%d,\"name\":\"%s\"}".formatted(i, "x".repeat(78_000))));
    }

    private List<Integer> ids() {
        return deployment.documents("users").stream()
                .map(document -> Integer.valueOf(document.replaceAll("\\{\"id\":(-?\\d+).*", "$1")))
                .toList();
    }

    private static List<Integer> allIds() {
        return IntStream.range(0, 300).boxed().toList();
    }

    private Optional<Failure> endOf(final SyncRig sync) {
        return sync.reachesEndOfInput().waits(LONG).conclusion();
    }

    @Test
    void new_documents_take_the_place_of_the_old_ones_in_order_of_arrival() {
        final SyncRig sync = sync(overwrite("users")).reads(user(2), user(1), state("users", 1));

        assertThat(endOf(sync)).isEmpty();
        assertThat(ids()).containsExactly(2, 1);
        assertThat(sync.states()).containsExactly(1);
        assertThat(sync.recordCounts()).containsExactly(2.0);
    }

    @Test
    void nothing_of_the_table_is_touched_before_the_end_of_the_input() {
        final SyncRig sync = sync(overwrite("users")).reads(manyUsers()).waits(LONG);

        assertThat(ids()).containsExactly(-1);
        assertThat(imports.calls()).containsExactly(Route.START_UPLOAD, Route.UPLOAD_PART, Route.UPLOAD_PART);
        assertThat(endOf(sync)).isEmpty();
        assertThat(ids()).isEqualTo(allIds());
    }

    @Test
    void a_stream_without_records_empties_its_table() {
        final SyncRig sync = sync(overwrite("users"), overwrite("pets")).reads(state("users", 1));

        assertThat(endOf(sync)).isEmpty();
        assertThat(deployment.documents("users")).isEmpty();
        assertThat(deployment.hasTable("pets")).isTrue();
        assertThat(sync.states()).containsExactly(1);
    }

    @Test
    void nothing_is_left_on_disk() {
        endOf(sync(overwrite("users")).reads(manyUsers()));

        assertThat(spool.used()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Route.class)
    void a_request_that_is_turned_away_is_sent_again(final Route route) {
        final SyncRig sync = sync(overwrite("users"), overwrite("pets")).reads(manyUsers());
        imports.answersWithout(route, BUSY).answersWithout(route, BUSY);

        assertThat(endOf(sync)).isEmpty();
        assertThat(ids()).isEqualTo(allIds());
    }

    @ParameterizedTest
    @EnumSource(Doubt.class)
    void a_part_of_unknown_outcome_begins_the_upload_anew_where_parts_have_no_number(final Doubt doubt) {
        imports.behavesNormally(Route.UPLOAD_PART).landsButAnswers(Route.UPLOAD_PART, unknown(doubt));
        final SyncRig sync = sync(overwrite("users")).reads(manyUsers());

        assertThat(endOf(sync)).isEmpty();
        assertThat(ids()).isEqualTo(allIds());
        assertThat(imports.count(Route.START_UPLOAD)).isEqualTo(2);
        assertThat(imports.count(Route.UPLOAD_PART)).isEqualTo(5);
    }

    @ParameterizedTest
    @EnumSource(Doubt.class)
    void a_part_of_unknown_outcome_is_sent_again_where_parts_have_a_number(final Doubt doubt) {
        imports.keepsUploadsInAnObjectStore();
        imports.behavesNormally(Route.UPLOAD_PART).landsButAnswers(Route.UPLOAD_PART, unknown(doubt));
        final SyncRig sync = sync(overwrite("users")).reads(manyUsers());

        assertThat(endOf(sync)).isEmpty();
        assertThat(ids()).isEqualTo(allIds());
        assertThat(imports.count(Route.START_UPLOAD)).isEqualTo(1);
        assertThat(imports.count(Route.UPLOAD_PART)).isEqualTo(4);
    }

    @Test
    void an_upload_that_does_not_hold_what_was_sent_is_never_performed() {
        imports.answersWithout(Route.UPLOAD_PART, new Outcome.Done<>(""));
        final SyncRig sync = sync(overwrite("users")).reads(user(1), user(2));

        assertThat(endOf(sync)).isEmpty();
        assertThat(ids()).containsExactly(1, 2);
        assertThat(imports.count(Route.PERFORM_IMPORT)).isEqualTo(1);
        assertThat(imports.count(Route.START_UPLOAD)).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(Doubt.class)
    void a_lost_answer_to_the_finished_upload_begins_it_anew(final Doubt doubt) {
        imports.landsButAnswers(Route.FINISH_UPLOAD, unknown(doubt));
        final SyncRig sync = sync(overwrite("users")).reads(user(1));

        assertThat(endOf(sync)).isEmpty();
        assertThat(ids()).containsExactly(1);
    }

    @ParameterizedTest
    @EnumSource(Doubt.class)
    void a_lost_answer_to_the_confirmation_is_looked_into(final Doubt doubt) {
        imports.landsButAnswers(Route.PERFORM_IMPORT, unknown(doubt));
        final SyncRig sync = sync(overwrite("users")).reads(user(1));

        assertThat(endOf(sync)).isEmpty();
        assertThat(ids()).containsExactly(1);
        assertThat(imports.count(Route.PERFORM_IMPORT)).isEqualTo(1);
    }

    @Test
    void a_confirmation_that_did_not_arrive_is_given_again() {
        imports.answersWithout(Route.PERFORM_IMPORT, unknown(Doubt.ANSWER_LOST));
        final SyncRig sync = sync(overwrite("users")).reads(user(1));

        assertThat(endOf(sync)).isEmpty();
        assertThat(ids()).containsExactly(1);
        assertThat(imports.count(Route.PERFORM_IMPORT)).isEqualTo(2);
    }

    @Test
    void a_confirmation_that_is_never_taken_is_given_up() {
        IntStream.range(0, 50).forEach(i -> imports.answersWithout(Route.PERFORM_IMPORT, BUSY));
        final SyncRig sync = sync(overwrite("users")).reads(user(1), state("users", 1));

        assertThat(endOf(sync))
                .hasValueSatisfying(failure -> assertThat(failure.kind()).isEqualTo(Failure.Kind.TRANSIENT_ERROR));
        assertThat(imports.count(Route.PERFORM_IMPORT)).isEqualTo(10);
        assertThat(sync.states()).isEmpty();
    }

    @Test
    void an_import_that_fails_because_the_schema_changed_is_made_again() {
        imports.failsTheNextImportWith(new Outcome.Refused<>(400, "ImportSchemaChanged", "Schema was modified"));
        final SyncRig sync = sync(overwrite("users")).reads(user(1));

        assertThat(endOf(sync)).isEmpty();
        assertThat(ids()).containsExactly(1);
    }

    @Test
    void an_import_that_the_schema_refuses_fails_the_stream_and_the_table_keeps_what_it_held() {
        imports.failsTheNextImportWith(new Outcome.Refused<>(
                400,
                "SchemaEnforcementError",
                "Failed to insert or update a document in table \"users\" because it does not match the schema:"
                        + " Object contains extra field `name` that is not in the validator."));
        final SyncRig sync = sync(overwrite("users")).reads(user(1), state("users", 1));

        assertThat(endOf(sync)).hasValueSatisfying(failure -> {
            assertThat(failure.kind()).isEqualTo(Failure.Kind.CONFIG_ERROR);
            assertThat(failure.message()).contains("users", "name");
        });
        assertThat(ids()).containsExactly(-1);
        assertThat(sync.states()).isEmpty();
    }

    @Test
    void an_upload_that_never_succeeds_is_given_up_and_the_table_keeps_what_it_held() {
        IntStream.range(0, 50).forEach(i -> imports.answersWithout(Route.UPLOAD_PART, unknown(Doubt.ANSWER_LOST)));
        final SyncRig sync = sync(overwrite("users")).reads(user(1), state("users", 1));

        assertThat(endOf(sync))
                .hasValueSatisfying(failure -> assertThat(failure.kind()).isEqualTo(Failure.Kind.TRANSIENT_ERROR));
        assertThat(ids()).containsExactly(-1);
        assertThat(sync.states()).isEmpty();
        assertThat(imports.count(Route.UPLOAD_PART)).isEqualTo(10);
    }

    @Test
    void an_import_that_takes_long_is_waited_for_and_the_log_says_so() {
        imports.holdsImports(true);
        try (LoggedLines logged = LoggedLines.of(ImportWatch.class)) {
            final SyncRig sync = sync(overwrite("users")).reads(user(1)).reachesEndOfInput();
            sync.waits(Duration.ofMinutes(2));

            assertThat(sync.isFinished()).isFalse();
            assertThat(logged.at(Level.INFO))
                    .hasSizeBetween(3, 5)
                    .allSatisfy(line -> assertThat(line).contains("users", "s so far", "one import at a time"));
            imports.holdsImports(false);
            assertThat(sync.waits(LONG).conclusion()).isEmpty();
        }
        assertThat(ids()).containsExactly(1);
    }

    @Test
    void many_streams_replace_their_tables_in_one_sync() {
        final ConfiguredStream[] streams =
                IntStream.range(0, 30).mapToObj(i -> overwrite("s" + i)).toArray(ConfiguredStream[]::new);
        final SyncRig sync =
                sync(streams).reads(IntStream.range(0, 30).mapToObj(i -> record("s" + i, "{\"id\":%d}".formatted(i))));

        assertThat(endOf(sync)).isEmpty();
        assertThat(IntStream.range(0, 30))
                .allSatisfy(i -> assertThat(deployment.documents("s" + i)).containsExactly("{\"id\":%d}".formatted(i)));
    }

    @Test
    void a_table_that_is_being_emptied_is_so_although_another_stream_fails_meanwhile() {
        imports.holds(Route.CLEAR_TABLE);
        imports.failsTheNextImportWith(new Outcome.Refused<>(400, "ImportForeignKey", ""));
        final SyncRig sync = sync(overwrite("users"), overwrite("pets"))
                .reads(record("pets", "{\"id\":7}"))
                .reachesEndOfInput()
                .waits(LONG);
        assertThat(sync.isFinished()).isFalse();

        imports.answersHeld();
        sync.settle();
        assertThat(sync.waits(LONG).conclusion()).hasValueSatisfying(failure -> {
            assertThat(failure.kind()).isEqualTo(Failure.Kind.CONFIG_ERROR);
            assertThat(failure.message()).contains("pets");
        });
        assertThat(ids()).isEmpty();
    }

    @Test
    void a_table_that_cannot_be_emptied_fails_its_stream_alone() {
        imports.answersWithout(Route.CLEAR_TABLE, new Outcome.Refused<>(400, "ImportForeignKey", ""));
        deployment.answersWithout(new Outcome.Busy<>("HTTP status 503", Optional.empty()));
        final SyncRig sync =
                sync(overwrite("users"), append("pets")).reads(record("pets", "{\"id\":7}"), state("pets", 2));

        assertThat(endOf(sync))
                .hasValueSatisfying(failure -> assertThat(failure.message()).contains("users"));
        assertThat(deployment.documents("pets")).containsExactly("{\"id\":7}");
        assertThat(sync.states()).containsExactly(2);
    }

    @Test
    void a_deployment_that_is_gone_is_given_up_for_all_streams_at_once() {
        final ConfiguredStream[] streams =
                IntStream.range(0, 40).mapToObj(i -> overwrite("s" + i)).toArray(ConfiguredStream[]::new);
        IntStream.range(0, 1_000).forEach(i -> imports.answersWithout(Route.START_UPLOAD, BUSY));
        final SyncRig sync =
                sync(streams).reads(IntStream.range(0, 40).mapToObj(i -> record("s" + i, "{\"id\":%d}".formatted(i))));

        assertThat(endOf(sync))
                .hasValueSatisfying(failure -> assertThat(failure.kind()).isEqualTo(Failure.Kind.TRANSIENT_ERROR));
        assertThat(imports.count(Route.START_UPLOAD)).isLessThan(100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"states", "documents"})
    void a_temporary_folder_that_vanishes_is_for_the_user_to_mend(final String what) throws IOException {
        final SyncRig sync = sync(overwrite("users"));
        Files.delete(spool.path().resolve("lock"));
        Files.delete(spool.path());
        sync.reads(
                what.equals("documents") ? manyUsers() : IntStream.range(0, 200).mapToObj(i -> state("users", i)));

        assertThat(sync.waits(LONG).conclusion()).hasValueSatisfying(failure -> {
            assertThat(failure.kind()).isEqualTo(Failure.Kind.CONFIG_ERROR);
            assertThat(failure.message()).contains(folder.toString(), "removed", "TMPDIR");
        });
    }

    @Test
    void streams_that_only_append_are_written_and_acknowledged_meanwhile() {
        final SyncRig sync = sync(overwrite("users"), append("pets"))
                .reads(user(1), state("users", 1), record("pets", "{\"id\":7}"), state("pets", 2))
                .waits(Duration.ofSeconds(30));

        assertThat(deployment.documents("pets")).containsExactly("{\"id\":7}");
        assertThat(sync.states()).containsExactly(2);
        assertThat(endOf(sync)).isEmpty();
        assertThat(sync.states()).containsExactly(2, 1);
    }

    @Test
    void a_mistake_in_the_input_replaces_nothing() {
        final SyncRig sync = sync(overwrite("users")).reads(user(1), state("users", 1), "{\"type\":");

        assertThat(sync.waits(LONG).conclusion()).isPresent();
        assertThat(ids()).containsExactly(-1);
        assertThat(sync.states()).isEmpty();
    }

    @Test
    void a_request_to_end_replaces_nothing() {
        final SyncRig sync = sync(overwrite("users")).reads(manyUsers()).isTerminated();

        assertThat(sync.waits(LONG).isFinished()).isTrue();
        assertThat(ids()).containsExactly(-1);
    }

    @Test
    void a_hundred_thousand_states_wait_on_disk() {
        final SyncRig sync = sync(overwrite("users"))
                .reads(user(1))
                .reads(IntStream.range(0, 100_000).mapToObj(i -> state("users", i)));

        assertThat(sync.states()).isEmpty();
        assertThat(endOf(sync)).isEmpty();
        assertThat(sync.states()).isEqualTo(IntStream.range(0, 100_000).boxed().toList());
    }

    /** The deploy key may not watch imports. */
    @Nested
    class In_one_request {

        @BeforeEach
        void mayNotWatch() {
            imports.mayNotBeWatched();
        }

        @Test
        void all_documents_replace_the_table() {
            final SyncRig sync = sync(overwrite("users"), overwrite("pets")).reads(manyUsers());

            assertThat(endOf(sync)).isEmpty();
            assertThat(ids()).isEqualTo(allIds());
            assertThat(imports.calls()).containsExactlyInAnyOrder(Route.IMPORT_AT_ONCE, Route.CLEAR_TABLE);
        }

        @Test
        void a_time_out_is_not_tried_again_and_the_error_names_the_permission() {
            imports.landsButAnswers(Route.IMPORT_AT_ONCE, unknown(Doubt.TIMED_OUT));
            final SyncRig sync = sync(overwrite("users")).reads(user(1), state("users", 1));

            assertThat(endOf(sync)).hasValueSatisfying(failure -> {
                assertThat(failure.kind()).isEqualTo(Failure.Kind.CONFIG_ERROR);
                assertThat(failure.message()).contains("users", "not known", "300 seconds", "deployment:backups:view");
            });
            assertThat(imports.count(Route.IMPORT_AT_ONCE)).isEqualTo(1);
            assertThat(sync.states()).isEmpty();
        }

        @Test
        void a_lost_answer_is_left_to_the_next_attempt() {
            imports.landsButAnswers(Route.IMPORT_AT_ONCE, unknown(Doubt.ANSWER_LOST));
            final SyncRig sync = sync(overwrite("users")).reads(user(1));

            assertThat(endOf(sync)).hasValueSatisfying(failure -> {
                assertThat(failure.kind()).isEqualTo(Failure.Kind.TRANSIENT_ERROR);
                assertThat(failure.message()).contains("users", "not known", "deployment:backups:view");
            });
            assertThat(imports.count(Route.IMPORT_AT_ONCE)).isEqualTo(1);
        }
    }
}
