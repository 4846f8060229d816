package io.airbyte.integrations.destination.convex.acceptance;

import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.append;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.catalog;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.CANARY;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertFailed;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertStates;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertSucceeded;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.said;
import static io.airbyte.integrations.destination.convex.acceptance.ReplacedTable.MARKERS;
import static io.airbyte.integrations.destination.convex.acceptance.ReplacedTable.USERS;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.record;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.state;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector.Result;
import io.airbyte.integrations.destination.convex.local.Fault;
import io.airbyte.integrations.destination.convex.local.Fault.When;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import io.airbyte.integrations.destination.convex.local.LoggedRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the network and the deployment do while a table is replaced, readers see the old one or the new one, whole. */
class ReplaceFaultsIT {

    private static final String RECORDS = "/api/streaming_import/import_airbyte_records";
    private static final String INDEXES = "/api/streaming_import/add_primary_key_indexes";
    private static final String QUERY = "/api/query";
    private static final String AT_ONCE = "/api/import";

    private static final ReplacingPlatform PLATFORM = ReplacingPlatform.INCREMENTAL_TRUNCATE;
    private static final int FEW = 200;

    /** About 25 MB: two parts of 10 MiB, and a last one. */
    private static final int MANY = 1_250;

    @TempDir
    private Path folder;

    private LocalDeployment deployment = LocalDeployment.start();
    private ReplacedTable table = new ReplacedTable(deployment);

    @AfterEach
    void close() {
        table.close();
        deployment.close();
    }

    private void restart(final LocalDeployment.Builder builder) {
        close();
        deployment = builder.start();
        table = new ReplacedTable(deployment);
    }

    /** A request that replacing a table needs. */
    enum Route {
        START_UPLOAD("/api/import/start_upload", "start_upload", true),
        UPLOAD_PART("/api/import/upload_part", "upload_part", true),
        FINISH_UPLOAD("/api/import/finish_upload", "finish_upload", true),
        QUERY_IMPORT(QUERY, "queryImport", true),
        PERFORM_IMPORT("/api/perform_import", "perform_import", true),
        CLEAR_TABLES("/api/streaming_import/clear_tables", "clear_tables", true),
        READ_MARKERS(QUERY, "query of the markers", true),
        INDEX_MARKERS(INDEXES, "add_primary_key_indexes of the markers", false),
        WRITE_MARKERS(RECORDS, "import_airbyte_records of the markers", false);

        private final String path;
        private final String name;
        private final boolean beforeTheSwap;

        Route(final String path, final String name, final boolean beforeTheSwap) {
            this.path = path;
            this.name = name;
            this.beforeTheSwap = beforeTheSwap;
        }

        boolean takes(final LoggedRequest request) {
            return request.path().equals(path)
                    && switch (this) {
                        case QUERY_IMPORT -> request.systemQuery().equals("queryImport");
                        case READ_MARKERS, INDEX_MARKERS, WRITE_MARKERS ->
                            request.concerns().contains(MARKERS);
                        default -> true;
                    };
        }

        /** How many records the source must have for this request to be made. */
        int records() {
            return this == CLEAR_TABLES ? 0 : FEW;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static final Map<String, Fault> FAULTS = Map.ofEntries(
            Map.entry("lost before the commit", Fault.lostBeforeCommit()),
            Map.entry("lost after the commit", Fault.lostAfterCommit()),
            Map.entry("half answer", new Fault.HalfAnswer()),
            Map.entry("408 after the commit", Fault.emptyAnswer(When.AFTER_COMMIT, 408)),
            Map.entry("429", Fault.error(429, "TooManyRequests")),
            Map.entry("500 before the commit", Fault.error(500, "InternalServerError")),
            Map.entry("500 after the commit", Fault.error(When.AFTER_COMMIT, 500, "InternalServerError")),
            Map.entry(
                    "502 of a proxy after the commit",
                    Fault.answer(When.AFTER_COMMIT, 502, "text/html", "<html>Bad gateway</html>")),
            Map.entry("503 write conflict", Fault.conflict()),
            Map.entry("503 overload", Fault.error(503, "CommitterFullError")),
            Map.entry("503 after a restart", Fault.error(503, "TableSummariesUnavailable")));

    static Stream<Arguments> routesAndFaults() {
        return Arrays.stream(Route.values())
                .flatMap(route -> FAULTS.keySet().stream().sorted().map(fault -> Arguments.of(route, fault)));
    }

    private LocalSync sync() {
        return PLATFORM.around(new LocalSync(deployment, folder), 0);
    }

    private static String users(final boolean deduplicated) {
        return catalog(PLATFORM.stream(deduplicated, 0));
    }

    private static List<String> lines(final int records) {
        return Stream.of(
                        ReplacedTable.newRecords(0, records),
                        Stream.of(state(USERS, records), status(USERS, "COMPLETE")))
                .flatMap(each -> each)
                .toList();
    }

    /** From here on faults are met and requests counted. */
    private void ready() {
        table.watch();
        deployment.forgetRequests();
    }

    private ConditionFactory until(final PackagedConnector connector) {
        return await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(10))
                .failFast("the process ended by itself", () -> !connector.isAlive());
    }

    private List<LoggedRequest> spoiled() {
        return deployment.requests().stream()
                .filter(request -> request.fault().isPresent())
                .toList();
    }

    private void assertReplaced(final Result result, final int records) {
        assertSucceeded(result);
        assertStates(result, state(USERS, records));
        if (records == 0) {
            assertThat(deployment.tables()).contains(USERS);
            assertThat(deployment.size(USERS)).isZero();
        } else {
            table.assertNew(records);
        }
        table.assertReadersSawWholeTables(records);
        assertThat(table.markedGenerations()).containsExactly((long) PLATFORM.generation(0));
    }

    @Nested
    class A_single_fault {

        @ParameterizedTest(name = "{0}: {1}")
        @MethodSource("io.airbyte.integrations.destination.convex.acceptance.ReplaceFaultsIT#routesAndFaults")
        void does_no_harm(final Route route, final String fault) {
            table.fill();
            ready();
            deployment.onNextRequest(route::takes, fault(fault));

            final Result result = sync().write(users(false), lines(route.records()));

            assertReplaced(result, route.records());
            assertThat(spoiled()).hasSize(1);
        }

        @ParameterizedTest(name = "{0}")
        @EnumSource(Route.class)
        void does_no_harm_to_a_deduplicated_stream_either(final Route route) {
            table.index(USERS, "id").fill();
            ready();
            deployment.onNextRequest(route::takes, Fault.lostAfterCommit());

            final Result result = sync().write(users(true), lines(route.records()));

            assertReplaced(result, route.records());
            assertThat(spoiled()).hasSize(1);
        }

        @ParameterizedTest(name = "{0}")
        @EnumSource(Route.class)
        void does_no_harm_where_there_is_no_table_yet(final Route route) {
            deployment.onNextRequest(route::takes, Fault.lostAfterCommit());

            final Result result = sync().write(users(false), lines(route.records()));

            assertSucceeded(result);
            assertThat(deployment.tables()).contains(USERS);
            assertThat(deployment.size(USERS)).isEqualTo(route.records());
        }
    }

    private static Fault fault(final String name) {
        return Objects.requireNonNull(FAULTS.get(name), name);
    }

    @Nested
    class An_upload_of_several_parts {

        static Stream<Arguments> partsAndFaults() {
            return Stream.of(false, true)
                    .flatMap(objectStore -> Stream.of(1, 2, 3)
                            .flatMap(part -> Stream.of(
                                            "lost before the commit",
                                            "lost after the commit",
                                            "half answer",
                                            "503 overload")
                                    .map(fault -> Arguments.of(objectStore, part, fault))));
        }

        private void onPart(final int number, final Fault fault) {
            deployment.onNextRequest(
                    request -> Route.UPLOAD_PART.takes(request)
                            && Integer.toString(number).equals(request.query().get("partNumber")),
                    fault);
        }

        private Result write(final boolean deduplicated) {
            try (PackagedConnector connector = sync().start(users(deduplicated))) {
                return connector
                        .reads(ReplacedTable.largeNewRecords(0, MANY))
                        .reads(state(USERS, MANY), status(USERS, "COMPLETE"))
                        .result();
            }
        }

        private void assertThreeParts() {
            assertThat(deployment.requests("/api/import/upload_part").stream()
                            .map(request -> request.query().getOrDefault("partNumber", ""))
                            .distinct())
                    .as("25 MB are three parts")
                    .containsExactlyInAnyOrder("1", "2", "3");
        }

        @ParameterizedTest(name = "object store: {0}, part {1}, {2}")
        @MethodSource("partsAndFaults")
        void holds_each_part_once(final boolean objectStore, final int part, final String fault) {
            restart(LocalDeployment.builder().objectStoreUploads(objectStore));
            table.fill();
            ready();
            onPart(part, fault(fault));

            final Result result = write(false);

            assertReplaced(result, MANY);
            assertThat(spoiled()).hasSize(1);
            assertThreeParts();
        }

        @ParameterizedTest(name = "object store: {0}")
        @ValueSource(booleans = {false, true})
        void holds_each_part_once_for_a_deduplicated_stream(final boolean objectStore) {
            restart(LocalDeployment.builder().objectStoreUploads(objectStore));
            table.index(USERS, "id").fill();
            ready();
            onPart(2, Fault.lostAfterCommit());

            final Result result = write(true);

            assertReplaced(result, MANY);
            assertThat(spoiled()).hasSize(1);
            assertThreeParts();
        }

        @Test
        void begins_anew_where_a_part_of_unknown_outcome_may_be_there_twice() {
            table.fill();
            ready();
            onPart(2, Fault.lostAfterCommit());

            assertReplaced(write(false), MANY);
            assertThat(deployment.requests("/api/import/start_upload")).hasSize(2);
        }

        @Test
        void sends_only_the_part_again_where_an_object_store_goes_by_its_number() {
            restart(LocalDeployment.builder().objectStoreUploads(true));
            table.fill();
            ready();
            onPart(2, Fault.lostAfterCommit());

            assertReplaced(write(false), MANY);
            assertThat(deployment.requests("/api/import/start_upload")).hasSize(1);
            assertThat(deployment.requests("/api/import/upload_part")).hasSize(4);
        }

        @Test
        void is_not_performed_where_something_on_the_way_has_doubled_a_part() {
            table.fill();
            ready();
            onPart(2, new Fault.Doubled());

            assertReplaced(write(false), MANY);
            assertThat(deployment.requests("/api/perform_import")).hasSize(1);
        }

        @Test
        void is_not_performed_where_something_on_the_way_has_swallowed_a_part() {
            table.fill();
            ready();
            onPart(2, Fault.answer(When.BEFORE_COMMIT, 200, "application/json", "\"\""));

            assertReplaced(write(false), MANY);
            assertThat(deployment.requests("/api/perform_import")).hasSize(1);
        }
    }

    @Nested
    class A_key_that_may_not_watch_imports {

        private Result write() {
            return ReplacingPlatform.NONE
                    .around(new LocalSync(deployment, folder), 0)
                    .key(deployment.importOnlyKey())
                    .write(
                            catalog(ReplacingPlatform.NONE.stream(false, 0)),
                            Stream.concat(ReplacedTable.newRecords(0, FEW), Stream.of(state(USERS, FEW)))
                                    .toList());
        }

        private void spoil(final Fault fault) {
            table.fill();
            ready();
            deployment.failNext(AT_ONCE, fault);
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(strings = {"429", "503 write conflict", "503 overload", "503 after a restart"})
        void tries_again_what_was_not_carried_out(final String fault) {
            spoil(fault(fault));

            final Result result = write();

            assertSucceeded(result);
            assertStates(result, state(USERS, FEW));
            table.assertNew(FEW);
            table.assertReadersSawWholeTables(FEW);
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(
                strings = {
                    "lost before the commit",
                    "lost after the commit",
                    "half answer",
                    "408 after the commit",
                    "502 of a proxy after the commit"
                })
        void does_not_blindly_try_again_what_may_have_been_carried_out(final String fault) {
            spoil(fault(fault));

            final Result result = write();

            // What takes too long once takes too long again, until somebody gives the key its permission.
            final String kind = fault.startsWith("408") ? "config_error" : "transient_error";
            assertThat(assertFailed(result, kind)).contains("deployment:backups:view", USERS);
            assertThat(result.states()).isEmpty();
            assertThat(deployment.requests(AT_ONCE)).hasSize(1);
            table.assertReadersSawWholeTables(FEW);
        }
    }

    @Nested
    class An_import_that_fails {

        /** What the deployment says where another transaction came between. */
        private static final String CONFLICT = "Hit an error while importing:\n"
                + "Documents read from or written to the \"users\" table changed while this mutation was being run.";

        @Test
        void because_the_schema_changed_meanwhile_is_begun_anew() {
            table.fill();
            ready();
            deployment.holdImports();
            try (PackagedConnector connector = sync().start(users(false))) {
                final CompletableFuture<Result> ended = ending(connector, lines(FEW));
                performed(connector);
                deployment.stepBackgroundWork();
                deployment.setSchema("{\"schemaValidation\":true,\"tables\":[]}");
                deployment.finishImports();

                assertReplaced(ended.join(), FEW);
            }
            assertThat(states()).containsExactly("failed", "completed");
        }

        @Test
        void because_of_a_conflict_is_begun_anew() {
            table.fill();
            ready();
            deployment.failNextImport(CONFLICT);

            assertReplaced(sync().write(users(false), lines(FEW)), FEW);
            assertThat(states()).containsExactly("failed", "completed");
        }

        @Test
        void because_an_index_of_the_old_table_is_being_built_waits_for_it() {
            deployment.holdIndexBackfills();
            table.fill().index(USERS, "other");
            ready();
            try (PackagedConnector connector = sync().start(users(false))) {
                final CompletableFuture<Result> ended = ending(connector, lines(FEW));
                until(connector).until(() -> states().contains("failed"));
                table.assertOld();
                deployment.finishIndexBackfills();

                assertReplaced(ended.join(), FEW);
            }
        }

        /** Whoever cancels an import may want it not to happen at all, or once more: but never half. */
        @Test
        void because_somebody_cancelled_it_leaves_the_old_table_or_is_begun_anew() {
            table.fill();
            ready();
            deployment.holdImports();
            try (PackagedConnector connector = sync().start(users(false))) {
                final CompletableFuture<Result> ended = ending(connector, lines(FEW));
                performed(connector);
                table.cancelImport(deployment.imports().get(0).path("_id").asText());
                deployment.finishImports();
                final Result result = ended.join();

                if (result.exitCode() == 0) {
                    assertReplaced(result, FEW);
                } else {
                    assertThat(assertFailed(result, "transient_error")).contains("cancel", USERS);
                    assertThat(result.states()).isEmpty();
                    table.assertOld();
                }
            }
        }

        @Test
        void because_the_schema_refuses_a_document_is_a_mistake_of_the_configuration() {
            table.fill();
            deployment.setSchema("{\"schemaValidation\":true,\"tables\":[{\"tableName\":\"users\",\"documentType\":"
                    + "{\"type\":\"object\",\"value\":{\"id\":{\"fieldType\":{\"type\":\"number\"},\"optional\":false},"
                    + "\"v\":{\"fieldType\":{\"type\":\"string\"},\"optional\":false}}}}]}");
            ready();
            final List<String> lines = new ArrayList<>(lines(FEW));
            lines.add(0, record(USERS, "{\"id\":-1,\"v\":[\"%s\"]}".formatted(CANARY)));

            final Result result = sync().write(users(false), lines);

            assertThat(assertFailed(result, "config_error")).contains("\"users\"", "\"v\"");
            assertThat(result.states()).isEmpty();
            assertThat(table.markedGenerations()).isEmpty();
            table.assertOld();
        }

        private List<String> states() {
            return deployment.imports().stream()
                    .map(row -> row.at("/state/state").asText())
                    .toList();
        }
    }

    private static CompletableFuture<Result> ending(final PackagedConnector connector, final List<String> lines) {
        connector.reads(lines.stream()).endOfInput();
        return CompletableFuture.supplyAsync(connector::ended);
    }

    /** The import was read and is confirmed, but held. */
    private void performed(final PackagedConnector connector) {
        until(connector).until(() -> answered("/api/import/finish_upload"));
        deployment.stepBackgroundWork();
        until(connector).until(() -> answered("/api/perform_import"));
    }

    private boolean answered(final String path) {
        return deployment.requests(path).stream()
                .anyMatch(request -> request.status().isPresent());
    }

    @Nested
    class A_slow_import {

        @Test
        void is_waited_for() {
            table.fill();
            ready();
            deployment.importStepTime(Duration.ofMillis(300));

            assertReplaced(sync().write(users(false), lines(FEW)), FEW);
        }

        @Test
        void is_waited_for_behind_those_of_others_and_the_log_says_for_what() {
            table.fill();
            ready();
            deployment.holdImports();
            try (PackagedConnector connector = sync().start(users(false))) {
                final CompletableFuture<Result> ended = ending(connector, lines(FEW));
                until(connector)
                        .until(() -> connector.saidSoFar().stream()
                                .filter(line -> line.contains("\"type\":\"LOG\""))
                                .anyMatch(line ->
                                        line.contains(USERS) && line.matches("(?i).*wait.*import.*|.*import.*wait.*")));
                deployment.finishImports();

                assertReplaced(ended.join(), FEW);
            }
        }
    }

    @Nested
    class A_deployment_that_goes_down_and_comes_back {

        static Stream<Arguments> routes() {
            return Stream.of(false, true)
                    .flatMap(carriedOut -> Arrays.stream(Route.values())
                            .filter(route -> route != Route.CLEAR_TABLES)
                            .map(route -> Arguments.of(route, carriedOut)));
        }

        @ParameterizedTest(name = "{0}, carried out: {1}")
        @MethodSource("routes")
        void is_waited_for(final Route route, final boolean carriedOut) {
            table.fill();
            ready();
            deployment.onNextRequest(route::takes, carriedOut ? Fault.stallAfterCommit() : Fault.stallBeforeCommit());
            try (PackagedConnector connector = sync().start(users(false))) {
                final CompletableFuture<Result> ended = ending(connector, lines(FEW));
                until(connector).until(() -> !spoiled().isEmpty());
                deployment.goDown();
                deployment.breakStalled();
                until(connector)
                        .until(() -> connector.saidSoFar().stream().anyMatch(line -> line.contains("Trying again")));
                deployment.comeUp();

                assertReplaced(ended.join(), FEW);
            }
        }
    }

    @Nested
    class A_fault_that_stays {

        private static String usersAndOrders() {
            return catalog(PLATFORM.stream(false, 0), append("orders").ids(2, 0, 7));
        }

        private static List<String> linesOfBoth(final Route route) {
            return Stream.of(
                            ReplacedTable.newRecords(0, route.records()),
                            Stream.of(
                                    record("orders", "{\"id\":1}"),
                                    state("orders", 1),
                                    state(USERS, route.records()),
                                    status("orders", "COMPLETE"),
                                    status(USERS, "COMPLETE")))
                    .flatMap(each -> each)
                    .toList();
        }

        private void assertGivenUp(final Result result, final Route route) {
            assertThat(result.exitCode()).as(said(result)).isEqualTo(1);
            assertThat(result.error().path("failure_type").asText()).isIn("transient_error", "system_error");
            assertThat(LocalSync.statesAsSent(result))
                    .as("no state of the stream that was not replaced for certain")
                    .doesNotContain(state(USERS, route.records()));
            if (route.beforeTheSwap) {
                table.assertOld();
            } else {
                table.assertNew(route.records());
            }
            table.assertReadersSawWholeTables(route.records());
            assertThat(deployment.requests().stream().filter(route::takes))
                    .as("attempts are bounded")
                    .hasSizeBetween(2, 40);
        }

        @ParameterizedTest(name = "{0}")
        @EnumSource(Route.class)
        void is_given_up_and_the_other_stream_is_written(final Route route) {
            table.fill();
            ready();
            deployment.onRequest(route::takes, Fault.error(500, "InternalServerError"));

            final Result result = sync().write(usersAndOrders(), linesOfBoth(route));

            assertGivenUp(result, route);
            if (route != Route.READ_MARKERS) {
                assertThat(deployment.size("orders")).isEqualTo(1);
                assertThat(LocalSync.statesAsSent(result)).containsExactly(state("orders", 1));
            }
        }

        /** All at the same time, for each of these waits long between its attempts. */
        @Test
        void is_given_up_even_where_the_deployment_only_says_that_it_is_busy() {
            close();
            final List<CompletableFuture<Void>> syncs = Stream.of(
                            Route.START_UPLOAD, Route.UPLOAD_PART, Route.QUERY_IMPORT, Route.PERFORM_IMPORT)
                    .map(route -> CompletableFuture.runAsync(() -> givesUp(route)))
                    .toList();

            assertThat(CompletableFuture.allOf(syncs.toArray(CompletableFuture[]::new)))
                    .succeedsWithin(Duration.ofMinutes(5));
        }

        private void givesUp(final Route route) {
            try (LocalDeployment busy = LocalDeployment.start();
                    ReplacedTable there = new ReplacedTable(busy)) {
                there.fill().watch();
                busy.onRequest(route::takes, Fault.error(503, "CommitterFullError"));

                final Path own = Files.createDirectory(folder.resolve(route.name()));
                final Result result =
                        PLATFORM.around(new LocalSync(busy, own), 0).write(users(false), lines(FEW));

                assertFailed(result, "transient_error");
                assertThat(result.states()).isEmpty();
                there.assertOld();
                there.assertReadersSawWholeTables(FEW);
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
