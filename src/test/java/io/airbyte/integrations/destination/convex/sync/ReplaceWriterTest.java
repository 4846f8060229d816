package io.airbyte.integrations.destination.convex.sync;

import static io.airbyte.integrations.destination.convex.sync.SyncRig.append;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.record;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.state;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.stream;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.airbyte.integrations.destination.convex.convex.ImportState;
import io.airbyte.integrations.destination.convex.convex.Outcome;
import io.airbyte.integrations.destination.convex.convex.Outcome.Doubt;
import io.airbyte.integrations.destination.convex.protocol.ConfiguredStream;
import io.airbyte.integrations.destination.convex.protocol.DestinationSyncMode;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.spool.SpoolFolder;
import io.airbyte.integrations.destination.convex.sync.FakeImports.Route;
import java.io.IOException;
import java.nio.file.DirectoryStream;
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

    @Test
    void nothing_is_left_on_disk_of_states_that_have_left() {
        final SyncRig sync = sync(overwrite("users")).reads(user(1), state("users", 1));
        sync.reads(IntStream.range(2, 500).mapToObj(i -> state("users", i)));
        assertThat(spool.used()).isPositive();

        assertThat(endOf(sync)).isEmpty();
        assertThat(spool.used()).isZero();
    }

    @Test
    void states_that_cannot_be_read_back_from_disk_end_the_sync_with_an_error_that_says_so() throws IOException {
        final SyncRig sync = sync(overwrite("users")).reads(user(1));
        sync.reads(IntStream.range(0, 500).mapToObj(i -> state("users", i)));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(spool.path(), "[0-9]*")) {
            for (final Path file : files) {
                Files.delete(file);
            }
        }

        assertThat(endOf(sync)).hasValueSatisfying(failure -> {
            assertThat(failure.kind()).isEqualTo(Failure.Kind.SYSTEM_ERROR);
            assertThat(failure.message()).contains("temporary folder", "TMPDIR");
        });
        assertThat(sync.states()).isEmpty();
    }

    @Test
    void the_summary_counts_what_was_replaced_as_written() {
        final SyncRig sync = sync(overwrite("users")).reads(user(1), user(2));
        try (LoggedLines log = LoggedLines.of(StreamStatistics.class)) {
            assertThat(endOf(sync)).isEmpty();

            assertThat(log.at(Level.INFO))
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains("2 records read", "2 written"));
        }
    }

    @Test
    void an_upload_that_is_turned_away_at_its_end_is_not_made_again() {
        imports.answersWithout(Route.FINISH_UPLOAD, BUSY);
        final SyncRig sync = sync(overwrite("users")).reads(user(1));

        assertThat(endOf(sync)).isEmpty();
        assertThat(ids()).containsExactly(1);
        assertThat(imports.count(Route.START_UPLOAD)).isEqualTo(1);
    }

    @Test
    void an_upload_whose_end_is_never_taken_is_given_up_and_the_failure_names_the_table() {
        IntStream.range(0, 50).forEach(i -> imports.answersWithout(Route.FINISH_UPLOAD, BUSY));
        final SyncRig sync = sync(overwrite("users")).reads(user(1), state("users", 1));

        assertThat(endOf(sync)).hasValueSatisfying(failure -> {
            assertThat(failure.kind()).isEqualTo(Failure.Kind.TRANSIENT_ERROR);
            assertThat(failure.message()).contains("replacing table users, 10 times in a row");
        });
        assertThat(imports.count(Route.FINISH_UPLOAD)).isEqualTo(10);
        assertThat(ids()).containsExactly(-1);
    }

    @Test
    void an_import_that_the_deployment_has_forgotten_is_made_again() {
        imports.answersWithout(Route.IMPORT_STATE, new Outcome.Done<ImportState>(new ImportState.Unknown()));
        final SyncRig sync = sync(overwrite("users")).reads(user(1));

        assertThat(endOf(sync)).isEmpty();
        assertThat(ids()).containsExactly(1);
        assertThat(imports.count(Route.START_UPLOAD)).isEqualTo(2);
    }

    @Test
    void a_part_that_is_refused_fails_the_stream() {
        imports.answersWithout(Route.UPLOAD_PART, new Outcome.Refused<>(403, "OperationNotPermitted", ""));
        final SyncRig sync = sync(overwrite("users")).reads(user(1), state("users", 1));

        assertThat(endOf(sync)).hasValueSatisfying(failure -> {
            assertThat(failure.kind()).isEqualTo(Failure.Kind.CONFIG_ERROR);
            assertThat(failure.message()).contains("replacing table users");
        });
        assertThat(ids()).containsExactly(-1);
        assertThat(sync.states()).isEmpty();
    }

    @Test
    void each_request_of_an_upload_gets_all_its_attempts() {
        final int often = 6;
        IntStream.range(0, often).forEach(i -> imports.answersWithout(Route.START_UPLOAD, BUSY));
        IntStream.range(0, often).forEach(i -> imports.answersWithout(Route.UPLOAD_PART, BUSY));
        imports.behavesNormally(Route.UPLOAD_PART);
        IntStream.range(0, often).forEach(i -> imports.answersWithout(Route.UPLOAD_PART, BUSY));
        IntStream.range(0, often).forEach(i -> imports.answersWithout(Route.FINISH_UPLOAD, BUSY));
        IntStream.range(0, often).forEach(i -> imports.answersWithout(Route.IMPORT_STATE, BUSY));
        final SyncRig sync = sync(overwrite("users")).reads(manyUsers());

        assertThat(endOf(sync)).isEmpty();
        assertThat(ids()).isEqualTo(allIds());
        assertThat(imports.count(Route.START_UPLOAD)).isEqualTo(often + 1);
    }

    @Test
    void no_further_part_is_sent_once_the_table_is_not_to_be_replaced() {
        imports.holds(Route.UPLOAD_PART);
        imports.answersWithout(Route.UPLOAD_PART, new Outcome.Done<>(""));
        final SyncRig sync = sync(overwrite("users")).reads(manyUsers()).reads("broken");
        assertThat(sync.isFinished()).isTrue();

        imports.answersHeld();
        sync.settle();

        assertThat(imports.count(Route.UPLOAD_PART)).isEqualTo(1);
        assertThat(sync.conclusion()).isPresent();
    }

    @Test
    void an_import_is_polled_after_a_tenth_of_a_second_and_then_ever_less_often() {
        imports.holdsImports(true);
        final SyncRig sync = sync(overwrite("users")).reads(user(1)).reachesEndOfInput();
        sync.waits(Duration.ofMillis(99));
        final long atFirst = imports.count(Route.IMPORT_STATE);

        // 100, 250, 475, 812 and 1318 ms after the upload
        sync.waits(Duration.ofMillis(1));
        assertThat(imports.count(Route.IMPORT_STATE)).isEqualTo(atFirst + 1);
        assertThat(imports.count(Route.PERFORM_IMPORT)).isEqualTo(1);
        // and as often again after the confirmation
        sync.waits(Duration.ofSeconds(1));
        assertThat(imports.count(Route.IMPORT_STATE)).isEqualTo(atFirst + 5);
    }

    @Test
    void the_log_tells_for_how_long_an_import_is_waited_for_and_what_the_deployment_says_of_it() {
        imports.holdsImports(true);
        try (LoggedLines logged = LoggedLines.of(ImportWatch.class)) {
            sync(overwrite("users")).reads(user(1)).reachesEndOfInput().waits(Duration.ofSeconds(40));

            assertThat(logged.at(Level.INFO))
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .matches(
                                    "Waiting for the deployment to import table users \\(3\\d s so far\\): in progress,"
                                            + " Importing \"users\"\\. It carries out one import at a time\\."));
        }
    }

    @Test
    void a_refusal_that_may_pass_is_waited_for_twice_as_long_each_time_up_to_a_minute() {
        IntStream.range(0, 50)
                .forEach(i -> imports.answersWithout(
                        Route.CLEAR_TABLE, new Outcome.Refused<>(400, "TableConflict", "a table was changed")));
        try (LoggedLines log = LoggedLines.of(RepeatableRequests.class)) {
            final SyncRig sync = sync(overwrite("users")).reachesEndOfInput();
            // 2 + 4 + 8 + 16 + 32 + 4 * 60 seconds
            sync.waits(Duration.ofSeconds(301));
            assertThat(imports.count(Route.CLEAR_TABLE)).isEqualTo(9);
            sync.waits(Duration.ofSeconds(1));
            assertThat(imports.count(Route.CLEAR_TABLE)).isEqualTo(10);

            assertThat(sync.conclusion()).isPresent();
            assertThat(log.at(Level.INFO))
                    .hasSize(9)
                    .startsWith(
                            "Stream users: TableConflict: a table was changed. Trying again in 2.0 s (attempt 2).",
                            "Stream users: TableConflict: a table was changed. Trying again in 4.0 s (attempt 3).");
        }
    }

    @Test
    void requests_that_are_sent_again_count_as_retries_in_the_summary() {
        imports.answersWithout(Route.CLEAR_TABLE, BUSY).answersWithout(Route.CLEAR_TABLE, BUSY);
        final SyncRig sync = sync(overwrite("users"));
        try (LoggedLines log = LoggedLines.of(SyncStatistics.class)) {
            sync.reachesEndOfInput().waits(Duration.ofSeconds(5));
            assertThat(sync.conclusion()).isEmpty();

            assertThat(log.at(Level.INFO)).last().asString().contains("2 retries");
        }
    }

    @Test
    void a_stream_whose_upload_fails_while_it_waits_for_its_turn_does_not_hold_up_the_others() {
        final ConfiguredStream[] streams = Stream.concat(
                        IntStream.range(0, 6).mapToObj(i -> overwrite("s" + i)), Stream.of(overwrite("users")))
                .toArray(ConfiguredStream[]::new);
        imports.holds(Route.START_UPLOAD);
        imports.answersWithout(Route.START_UPLOAD, new Outcome.Refused<>(403, "OperationNotPermitted", ""));
        final SyncRig sync = sync(streams)
                .reads(manyUsers())
                .reads(IntStream.range(0, 6).mapToObj(i -> record("s" + i, "{\"id\":%d}".formatted(i))))
                .reachesEndOfInput();
        imports.answersHeld();
        sync.settle();

        assertThat(sync.waits(LONG).conclusion())
                .hasValueSatisfying(failure -> assertThat(failure.stream()).hasToString("Optional[users]"));
        assertThat(ids()).containsExactly(-1);
        assertThat(IntStream.range(0, 6))
                .allSatisfy(i -> assertThat(deployment.documents("s" + i)).containsExactly("{\"id\":%d}".formatted(i)));
    }

    @Test
    void documents_wait_in_memory_until_there_are_256_KiB_of_them() {
        final SyncRig sync = sync(overwrite("users"));
        final int shell = "{\"id\":1,\"name\":\"\"}\n".length();
        final String half = record("users", "{\"id\":1,\"name\":\"%s\"}".formatted("x".repeat((128 << 10) - shell)));
        sync.reads(half);
        assertThat(spool.used()).isZero();

        sync.reads(half);
        assertThat(spool.used()).isGreaterThanOrEqualTo(256 << 10);
    }

    @Test
    void documents_of_many_streams_go_to_disk_when_memory_is_short() {
        final int many = 600;
        final ConfiguredStream[] streams =
                IntStream.range(0, many).mapToObj(i -> overwrite("s" + i)).toArray(ConfiguredStream[]::new);
        final SyncRig sync = SyncRig.replacingWithHeap(24 << 20, spool, deployment, streams)
                .reads(IntStream.range(0, many).mapToObj(i -> record("s" + i, "{\"id\":%d}".formatted(i))));

        assertThat(sync.wantsInput()).isTrue();
        assertThat(spool.used()).isPositive();
        assertThat(endOf(sync)).isEmpty();
    }

    @Test
    void documents_that_went_to_disk_are_no_pressure_on_memory_afterwards() {
        final SyncRig sync = SyncRig.replacingWithHeap(
                        24 << 20, spool, deployment, overwrite("users"), overwrite("pets"))
                .reads(manyUsers());
        final long used = spool.used();
        sync.reads(record("pets", "{\"id\":1}"));

        assertThat(spool.used()).isEqualTo(used);
    }

    /** The deploy key may not watch imports. */
    @Nested
    class In_one_request {

        @Test
        void tables_are_replaced_one_after_the_other() {
            imports.holds(Route.IMPORT_AT_ONCE);
            final SyncRig sync = sync(overwrite("users"), overwrite("pets"))
                    .reads(user(1), record("pets", "{\"id\":2}"))
                    .reachesEndOfInput();
            assertThat(imports.count(Route.IMPORT_AT_ONCE)).isEqualTo(1);

            imports.answersHeld();
            sync.settle();
            assertThat(sync.waits(LONG).conclusion()).isEmpty();
            assertThat(imports.count(Route.IMPORT_AT_ONCE)).isEqualTo(2);
        }

        @Test
        void a_request_that_was_turned_away_is_sent_again() {
            imports.answersWithout(Route.IMPORT_AT_ONCE, BUSY);
            final SyncRig sync = sync(overwrite("users")).reads(user(1));

            assertThat(endOf(sync)).isEmpty();
            assertThat(ids()).containsExactly(1);
            assertThat(imports.count(Route.IMPORT_AT_ONCE)).isEqualTo(2);
        }

        @Test
        void a_deployment_that_stays_busy_is_given_up_and_the_table_keeps_what_it_held() {
            IntStream.range(0, 50).forEach(i -> imports.answersWithout(Route.IMPORT_AT_ONCE, BUSY));
            final SyncRig sync = sync(overwrite("users")).reads(user(1), state("users", 1));

            assertThat(endOf(sync)).hasValueSatisfying(failure -> {
                assertThat(failure.kind()).isEqualTo(Failure.Kind.TRANSIENT_ERROR);
                assertThat(failure.message()).contains("replacing table users, 10 times in a row");
            });
            assertThat(ids()).containsExactly(-1);
            assertThat(sync.states()).isEmpty();
        }

        @Test
        void another_number_of_documents_than_were_sent_is_an_error() {
            imports.landsButAnswers(Route.IMPORT_AT_ONCE, new Outcome.Done<>(1L));
            final SyncRig sync = sync(overwrite("users")).reads(user(1), user(2), state("users", 1));

            assertThat(endOf(sync)).hasValueSatisfying(failure -> {
                assertThat(failure.kind()).isEqualTo(Failure.Kind.SYSTEM_ERROR);
                assertThat(failure.message()).contains("1 documents replaced those of table users, but 2 were sent");
            });
            assertThat(sync.states()).isEmpty();
        }

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
