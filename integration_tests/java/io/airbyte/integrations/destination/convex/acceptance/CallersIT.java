package io.airbyte.integrations.destination.convex.acceptance;

import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.append;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.catalog;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.dedup;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.inMode;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.CANARY;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertFailed;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertStates;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertSucceeded;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.stored;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.globalState;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.record;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.state;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector.Result;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may complete a stream that replaces its table, and when its states leave (DESIGN rule 9). */
class CallersIT {

    private static final Pattern WAIT = Pattern.compile("(?<![\\d.,])90 s");
    private static final ObjectNode OLD = stored("{\"id\":1,\"name\":\"old\"}");
    private static final ObjectNode NEW = stored("{\"id\":2,\"name\":\"new\"}");

    @TempDir
    private Path folder;

    private final LocalDeployment deployment = LocalDeployment.start();

    @AfterEach
    void close() {
        deployment.close();
    }

    /** Who runs a sync, and how it asks for a table to be replaced. */
    private enum Caller {
        REFRESH_PLATFORM,
        LEGACY_PLATFORM,
        NO_PLATFORM;

        LocalSync sync(final LocalDeployment deployment, final Path folder) {
            final LocalSync sync = new LocalSync(deployment, folder);
            return this == NO_PLATFORM ? sync : sync.environment("WORKER_JOB_ID", "7");
        }

        ConfiguredStreamJson replacing(final String stream) {
            return this == REFRESH_PLATFORM
                    ? append(stream).ids(2, 2, 7).with("sync_mode", JsonNodeFactory.instance.textNode("full_refresh"))
                    : inMode(stream, "overwrite");
        }

        ConfiguredStreamJson appending(final String stream) {
            return this == REFRESH_PLATFORM ? append(stream).ids(0, 0, 7) : append(stream);
        }
    }

    private LocalSync sync(final Caller caller) {
        return caller.sync(deployment, folder);
    }

    private static String oldRow(final String stream) {
        return record(stream, OLD.toString());
    }

    private static String newRow(final String stream) {
        return record(stream, NEW.toString());
    }

    private static List<String> both(final List<String> first, final List<String> second) {
        return Stream.of(first, second).flatMap(List::stream).toList();
    }

    /** What earlier syncs have left. */
    private void tablesHoldAnOldRow(final String... streams) {
        assertSucceeded(new LocalSync(deployment, folder)
                .write(
                        catalog(Stream.of(streams)
                                .map(ConfiguredStreamJson::append)
                                .toList()),
                        Stream.of(streams).map(CallersIT::oldRow).toList()));
    }

    private void assertOld(final String table) {
        assertThat(deployment.records(table)).as(table).containsExactly(OLD);
    }

    private void assertNew(final String table) {
        assertThat(deployment.records(table)).as(table).containsExactly(NEW);
    }

    private void assertOldOrNew(final String table) {
        assertThat(deployment.records(table)).as(table).isIn(List.of(OLD), List.of(NEW));
    }

    private void assertNothingWasReplaced() {
        assertThat(deployment.requests())
                .noneMatch(
                        request -> List.of("/api/perform_import", "/api/import", "/api/streaming_import/clear_tables")
                                .contains(request.path()));
    }

    /** The log speaks of the 90 seconds. */
    private static boolean speaksOfTheWait(final PackagedConnector connector) {
        return connector.saidSoFar().stream().anyMatch(WAIT.asPredicate());
    }

    private static void assertDidNotWait(final Result result) {
        assertThat(result.stdout()).noneMatch(WAIT.asPredicate());
    }

    // Confirmation, and what counts as none.

    @ParameterizedTest
    @EnumSource(Caller.class)
    void a_stream_that_the_source_completed_replaces_its_table_at_once(final Caller caller) {
        tablesHoldAnOldRow("users", "pets");

        final Result result = sync(caller)
                .write(
                        catalog(caller.replacing("users"), caller.replacing("pets")),
                        newRow("users"),
                        state("users", 1),
                        newRow("pets"),
                        state("pets", 1),
                        status("users", "COMPLETE"),
                        status("pets", "COMPLETE"));

        assertSucceeded(result);
        assertDidNotWait(result);
        assertNew("users");
        assertNew("pets");
        assertThat(result.states()).hasSize(2);
    }

    static Stream<Arguments> unconfirmedEnds() {
        final List<List<String>> statuses = List.of(
                List.of("STARTED", "RUNNING"), List.of("STARTED", "INCOMPLETE"), List.of("COMPLETE", "INCOMPLETE"));
        return Stream.concat(
                Stream.of(Arguments.of(Caller.REFRESH_PLATFORM, List.of())),
                Stream.of(Caller.values())
                        .flatMap(caller -> statuses.stream().map(some -> Arguments.of(caller, some))));
    }

    @ParameterizedTest(name = "{0}, statuses {1}")
    @MethodSource("unconfirmedEnds")
    void where_confirmation_is_missing_nothing_is_replaced_but_other_streams_are_written_and_acknowledged(
            final Caller caller, final List<String> statuses) {
        tablesHoldAnOldRow("users", "orders");

        final Result result = sync(caller)
                .write(
                        catalog(caller.replacing("users"), caller.appending("orders")),
                        both(
                                List.of(newRow("users"), state("users", 1), newRow("orders"), state("orders", 1)),
                                both(
                                        List.of(status("orders", "COMPLETE")),
                                        statuses.stream()
                                                .map(each -> status("users", each))
                                                .toList())));

        assertThat(assertFailed(result, "transient_error")).contains("users").doesNotContain("orders");
        assertOld("users");
        assertNothingWasReplaced();
        assertThat(deployment.records("orders")).containsExactly(OLD, NEW);
        assertStates(result, state("orders", 1));
    }

    @Test
    void a_stream_that_did_not_complete_keeps_its_table_whatever_becomes_of_others_and_no_state_of_either_leaves() {
        tablesHoldAnOldRow("users", "pets");

        final Result result = sync(Caller.REFRESH_PLATFORM)
                .write(
                        catalog(Caller.REFRESH_PLATFORM.replacing("users"), Caller.REFRESH_PLATFORM.replacing("pets")),
                        newRow("users"),
                        state("users", 1),
                        newRow("pets"),
                        state("pets", 1),
                        status("users", "COMPLETE"));

        assertThat(assertFailed(result, "transient_error")).contains("pets");
        assertOldOrNew("users");
        assertOld("pets");
        assertThat(result.states()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Caller.class)
    void a_sync_that_is_asked_to_end_replaces_nothing(final Caller caller) {
        tablesHoldAnOldRow("users");
        final int before = deployment.requests().size();

        try (PackagedConnector connector = sync(caller).start(catalog(caller.replacing("users")))) {
            connector.reads(newRow("users"), state("users", 1), status("users", "COMPLETE"));
            await().until(() -> deployment.requests().size() > before);
            connector.terminate();
            final Result result = connector.ended();

            assertThat(result.exitCode()).isEqualTo(143);
            assertThat(result.states()).isEmpty();
        }
        assertOld("users");
        assertNothingWasReplaced();
    }

    @ParameterizedTest
    @EnumSource(Caller.class)
    void a_sync_whose_input_is_broken_replaces_nothing(final Caller caller) {
        tablesHoldAnOldRow("users");

        final Result result = sync(caller)
                .write(
                        catalog(caller.replacing("users")),
                        newRow("users"),
                        state("users", 1),
                        "{\"type\":\"RECORD\",\"record\":",
                        status("users", "COMPLETE"));

        assertFailed(result, "system_error");
        assertThat(result.states()).isEmpty();
        assertOld("users");
        assertNothingWasReplaced();
    }

    // A platform that knows no refreshes, and confirms nothing.

    @Test
    void on_a_platform_that_confirms_nothing_records_after_a_streams_last_state_mean_that_it_is_not_complete() {
        tablesHoldAnOldRow("users");

        final Result result = sync(Caller.LEGACY_PLATFORM)
                .write(
                        catalog(Caller.LEGACY_PLATFORM.replacing("users"), append("orders")),
                        newRow("orders"),
                        state("orders", 1),
                        newRow("users"),
                        state("users", 1),
                        newRow("users"));

        assertThat(assertFailed(result, "transient_error")).contains("users").doesNotContain("orders");
        assertOld("users");
        assertNothingWasReplaced();
        assertStates(result, state("orders", 1));
    }

    @Test
    void on_a_platform_that_confirms_nothing_SIGTERM_within_90_seconds_of_the_end_says_that_the_source_has_failed() {
        tablesHoldAnOldRow("users");

        try (PackagedConnector connector =
                sync(Caller.LEGACY_PLATFORM).start(catalog(Caller.LEGACY_PLATFORM.replacing("users")))) {
            final CompletableFuture<Result> end =
                    connector.reads(newRow("users")).closesInput();
            await().atMost(Duration.ofSeconds(60)).until(() -> speaksOfTheWait(connector));
            connector.terminate();
            final Result result = end.join();

            assertThat(result.exitCode()).isEqualTo(143);
            assertThat(result.states()).isEmpty();
        }
        assertOld("users");
        assertNothingWasReplaced();
    }

    @Test
    void on_a_platform_that_confirms_nothing_90_quiet_seconds_after_the_end_complete_every_stream_at_once() {
        tablesHoldAnOldRow("users", "pets", "cleared", "orders");
        final Instant begin = Instant.now();

        try (PackagedConnector connector = sync(Caller.LEGACY_PLATFORM)
                .start(catalog(
                        Caller.LEGACY_PLATFORM.replacing("users"),
                        Caller.LEGACY_PLATFORM.replacing("pets"),
                        Caller.LEGACY_PLATFORM.replacing("cleared"),
                        append("orders")))) {
            final CompletableFuture<Result> end = connector
                    .reads(newRow("users"), newRow("pets"), state("pets", 1), newRow("orders"), state("orders", 1))
                    .closesInput();
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> speaksOfTheWait(connector)
                            && connector.saidSoFar().stream().anyMatch(line -> line.contains("\"name\":\"orders\"")));
            assertOld("users");
            assertOld("cleared");

            final Result result = end.join();

            assertSucceeded(result);
            assertStates(result, state("orders", 1), state("pets", 1));
            assertThat(Duration.between(begin, Instant.now()))
                    .isBetween(Duration.ofSeconds(90), Duration.ofSeconds(2 * 90));
        }
        assertNew("users");
        assertNew("pets");
        assertThat(deployment.size("cleared")).isZero();
        assertThat(deployment.tables()).contains("cleared");
        assertThat(deployment.records("orders")).containsExactly(OLD, NEW);
    }

    // No platform.

    @Test
    void the_ids_of_PyAirbyte_truncate_neither_append_nor_append_dedup() {
        final String pyAirbyte = catalog(
                append("users").ids(1, 1, 1).with("sync_mode", JsonNodeFactory.instance.textNode("full_refresh")),
                dedup("pets", "id").ids(1, 1, 1));
        tablesHoldAnOldRow("users", "pets");

        final Result result = sync(Caller.NO_PLATFORM)
                .write(
                        pyAirbyte,
                        newRow("users"),
                        newRow("pets"),
                        status("users", "COMPLETE"),
                        status("pets", "COMPLETE"));

        assertSucceeded(result);
        assertThat(deployment.records("users")).containsExactly(OLD, NEW);
        assertThat(deployment.records("pets")).containsExactly(OLD, NEW);
    }

    @Test
    void without_a_platform_literal_overwrite_replaces_at_a_clean_end_with_and_without_ids() {
        tablesHoldAnOldRow("users", "pets");

        final Result result = sync(Caller.NO_PLATFORM)
                .write(
                        catalog(
                                inMode("users", "overwrite"),
                                inMode("pets", "overwrite").ids(1, 1, 1)),
                        newRow("users"),
                        state("users", 1),
                        newRow("pets"));

        assertSucceeded(result);
        assertDidNotWait(result);
        assertNew("users");
        assertNew("pets");
        assertStates(result, state("users", 1));
    }

    // When states leave.

    private static final int BATCH = 8_000;

    private static Stream<String> orders(final int from, final int to) {
        return IntStream.range(from, to).mapToObj(i -> record("orders", "{\"id\":%d}".formatted(i)));
    }

    private static void awaitState(final PackagedConnector connector, final String words) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> connector.saidSoFar().stream()
                        .anyMatch(line -> line.startsWith("{\"type\":\"STATE\"") && line.contains(words)));
    }

    @ParameterizedTest
    @EnumSource(
            value = Caller.class,
            names = {"REFRESH_PLATFORM", "NO_PLATFORM"})
    void states_of_other_streams_leave_early_and_those_of_replaced_tables_last_and_in_order(final Caller caller) {
        tablesHoldAnOldRow("users");

        try (PackagedConnector connector =
                sync(caller).start(catalog(caller.replacing("users"), caller.appending("orders")))) {
            connector.reads(newRow("users"), state("users", 1), state("users", 2));
            connector
                    .reads(orders(0, BATCH))
                    .reads(state("orders", 1))
                    .reads(orders(BATCH, BATCH + 1))
                    .reads(state("orders", 2), state("users", 3));
            awaitState(connector, "\"name\":\"orders\"");
            assertThat(connector.saidSoFar()).noneMatch(line -> line.contains("\"name\":\"users\""));
            assertOld("users");

            final Result result = connector
                    .reads(status("users", "COMPLETE"), status("orders", "COMPLETE"))
                    .result();

            assertSucceeded(result);
            assertStates(
                    result,
                    state("orders", 1),
                    state("orders", 2),
                    state("users", 1),
                    state("users", 2),
                    state("users", 3));
            assertThat(LocalSync.recordCounts(result)).containsExactly("8000.0", "1.0", "1.0", "0.0", "0.0");
        }
        assertNew("users");
    }

    @Test
    void global_states_wait_for_the_tables_that_are_replaced() {
        tablesHoldAnOldRow("users");

        try (PackagedConnector connector =
                sync(Caller.NO_PLATFORM).start(catalog(inMode("users", "overwrite"), append("orders")))) {
            deployment.holdImports();
            connector
                    .reads(newRow("users"), globalState(1))
                    .reads(orders(0, BATCH))
                    .reads(globalState(2))
                    .reads(orders(BATCH, BATCH + 1))
                    .reads(globalState(3));
            final CompletableFuture<Result> end = connector.closesInput();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> deployment.size("orders") == BATCH + 1
                            && !deployment.requests("/api/import/finish_upload").isEmpty());
            assertOld("users");
            assertThat(connector.saidSoFar()).noneMatch(line -> line.startsWith("{\"type\":\"STATE\""));
            deployment.finishImports();
            final Result result = end.join();

            assertSucceeded(result);
            assertStates(result, globalState(1), globalState(2), globalState(3));
        }
        assertNew("users");
    }

    /** Orders must have a number for an id. */
    private static final String SCHEMA = schemaOf("orders");

    private static String schemaOf(final String table) {
        return ("{\"schemaValidation\":true,\"tables\":[{\"tableName\":\"%s\",\"documentType\":{\"type\":\"object\","
                        + "\"value\":{\"id\":{\"fieldType\":{\"type\":\"number\"},\"optional\":false}}}}]}")
                .formatted(table);
    }

    private static String refusedRow(final String stream) {
        return record(stream, "{\"id\":\"%s\"}".formatted(CANARY));
    }

    @ParameterizedTest
    @EnumSource(
            value = Caller.class,
            names = {"REFRESH_PLATFORM", "NO_PLATFORM"})
    void where_another_stream_fails_before_the_end_nothing_is_replaced_and_no_state_of_it_leaves(final Caller caller) {
        tablesHoldAnOldRow("users");
        deployment.setSchema(SCHEMA);

        try (PackagedConnector connector =
                sync(caller).start(catalog(caller.replacing("users"), caller.appending("orders")))) {
            connector
                    .reads(newRow("users"), state("users", 1), refusedRow("orders"))
                    .reads(orders(1, BATCH + 1));
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> connector.saidSoFar().stream().anyMatch(line -> line.contains("going to fail")));
            final Result result = connector
                    .reads(state("users", 2), status("users", "COMPLETE"), status("orders", "COMPLETE"))
                    .result();

            assertThat(assertFailed(result, "config_error")).contains("orders");
            assertThat(result.states()).isEmpty();
        }
        assertOld("users");
        assertNothingWasReplaced();
    }

    @ParameterizedTest
    @EnumSource(
            value = Caller.class,
            names = {"REFRESH_PLATFORM", "NO_PLATFORM"})
    void where_another_stream_fails_at_the_end_no_state_of_a_replaced_table_leaves(final Caller caller) {
        tablesHoldAnOldRow("users");
        deployment.setSchema(SCHEMA);

        final Result result = sync(caller)
                .write(
                        catalog(caller.replacing("users"), caller.appending("orders")),
                        newRow("users"),
                        state("users", 1),
                        refusedRow("orders"),
                        state("orders", 1),
                        status("users", "COMPLETE"),
                        status("orders", "COMPLETE"));

        assertThat(assertFailed(result, "config_error")).contains("orders");
        assertThat(result.states()).isEmpty();
        assertOldOrNew("users");
    }

    @ParameterizedTest
    @EnumSource(
            value = Caller.class,
            names = {"REFRESH_PLATFORM", "NO_PLATFORM"})
    void where_one_table_cannot_be_replaced_the_states_of_another_stay_too(final Caller caller) {
        tablesHoldAnOldRow("pets");
        deployment.setSchema(schemaOf("users"));

        final Result result = sync(caller)
                .write(
                        catalog(caller.replacing("pets"), caller.replacing("users"), caller.appending("orders")),
                        newRow("pets"),
                        state("pets", 1),
                        refusedRow("users"),
                        state("users", 1),
                        newRow("orders"),
                        state("orders", 1),
                        status("users", "COMPLETE"),
                        status("pets", "COMPLETE"),
                        status("orders", "COMPLETE"));

        assertThat(assertFailed(result, "config_error")).contains("users", "id");
        assertOldOrNew("pets");
        assertThat(deployment.size("users")).isZero();
        assertThat(deployment.records("orders")).containsExactly(NEW);
        assertStates(result, state("orders", 1));
    }
}
