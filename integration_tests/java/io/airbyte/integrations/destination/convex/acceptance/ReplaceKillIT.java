package io.airbyte.integrations.destination.convex.acceptance;

import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.catalog;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertSucceeded;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.said;
import static io.airbyte.integrations.destination.convex.acceptance.ReplacedTable.MARKERS;
import static io.airbyte.integrations.destination.convex.acceptance.ReplacedTable.USERS;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.state;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector.Result;
import io.airbyte.integrations.destination.convex.local.Fault;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import io.airbyte.integrations.destination.convex.local.LoggedRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The process is killed while it replaces a table, at every point that can be told apart from outside, and then the caller
 * tries again in its own way. Readers see the old table or the new one, whole, at all times; after the retry there is the new
 * one; no state came back that was not true.
 */
class ReplaceKillIT {

    private static final String RECORDS = "/api/streaming_import/import_airbyte_records";
    private static final String INDEXES = "/api/streaming_import/add_primary_key_indexes";

    @TempDir
    private Path folder;

    @TempDir
    private Path temporary;

    private final LocalDeployment deployment = LocalDeployment.start();
    private final ReplacedTable table = new ReplacedTable(deployment);

    @AfterEach
    void close() {
        table.close();
        deployment.close();
    }

    /** How the process is ended. */
    enum Signal {
        SIGKILL,
        SIGTERM
    }

    /** Where the process is held when it is killed. */
    enum Boundary {
        BEFORE_THE_FIRST_PART("before the first part", false),
        BETWEEN_PARTS("between parts", false),
        AFTER_FINISH_UPLOAD("after finish_upload", false),
        WAITING_FOR_CONFIRMATION("while the import waits for confirmation", false),
        AFTER_PERFORM_IMPORT("after perform_import, the import ending before the retry", false),
        AFTER_PERFORM_IMPORT_SLOW("after perform_import, the import ending during the retry", false),
        AFTER_COMPLETION("after completion", true),
        BEFORE_THE_INDEX("after completion, before the index", true),
        BEFORE_THE_MARKER("after completion, before the marker", true),
        BEFORE_THE_STATES("after the marker, before the states", true);

        private final String name;
        private final boolean completed;

        Boundary(final String name, final boolean completed) {
            this.name = name;
            this.completed = completed;
        }

        boolean concerns(final ReplacingPlatform platform, final boolean deduplicated) {
            return switch (this) {
                case BEFORE_THE_INDEX -> deduplicated;
                case BEFORE_THE_MARKER, BEFORE_THE_STATES -> platform.knowsRefreshes();
                default -> true;
            };
        }

        /** The deployment does not go on with its imports until the test tells it to. */
        boolean holdsImports() {
            return List.of(AFTER_PERFORM_IMPORT, AFTER_PERFORM_IMPORT_SLOW, AFTER_COMPLETION)
                    .contains(this);
        }
    }

    private record Case(Signal signal, Boundary boundary, ReplacingPlatform platform, boolean deduplicated) {

        @Override
        public String toString() {
            return "%s %s, %s%s"
                    .formatted(
                            signal,
                            boundary.name,
                            platform,
                            platform.knowsRefreshes() ? (deduplicated ? ", append_dedup" : ", append") : "");
        }

        /** Parts need many megabytes, all else only a few records. */
        boolean isLarge() {
            return boundary == Boundary.BETWEEN_PARTS;
        }

        int records() {
            return isLarge() ? 1_250 : 100;
        }

        /** The source's lines from this record on, with a state in the middle and one at the end. */
        List<String> lines(final int from) {
            final int middle = records() / 2;
            final Stream<String> lines = Stream.of(
                            from < middle ? records(from, middle) : Stream.<String>of(),
                            from < middle ? Stream.of(state(USERS, middle)) : Stream.<String>of(),
                            records(Math.max(from, middle), records()),
                            Stream.of(state(USERS, records())),
                            platform.confirms() ? Stream.of(status(USERS, "COMPLETE")) : Stream.<String>of())
                    .flatMap(each -> each);
            return lines.toList();
        }

        private Stream<String> records(final int from, final int to) {
            return isLarge() ? ReplacedTable.largeNewRecords(from, to) : ReplacedTable.newRecords(from, to);
        }
    }

    static Stream<Case> cases() {
        return Arrays.stream(Boundary.values())
                .flatMap(boundary -> Arrays.stream(ReplacingPlatform.values())
                        .flatMap(platform -> Stream.of(false, true)
                                .filter(dedup -> platform.knowsRefreshes() || !dedup)
                                .filter(dedup -> boundary.concerns(platform, dedup))
                                .flatMap(dedup -> Arrays.stream(Signal.values())
                                        .map(signal -> new Case(signal, boundary, platform, dedup)))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void a_killed_process_leaves_a_whole_table_and_its_retry_the_new_one(final Case which) {
        prepare(which);
        final List<Integer> acknowledged = killAt(which);

        assertThat(acknowledged)
                .as("states that came back are true")
                .allSatisfy(records -> assertThat(table.holdsNewBelow(records)).isTrue());
        letTheDeploymentGoOn(which);
        final int last = acknowledged.stream().mapToInt(Integer::intValue).max().orElse(0);
        retry(which, which.platform().resumesFromLastState() ? last : 0);

        if (mayHoldRecordsTwice(which)) {
            table.assertNewAtLeastOnce(which.records());
        } else {
            table.assertNew(which.records());
            table.assertReadersSawWholeTables(which.records());
        }
        if (which.platform().knowsRefreshes()) {
            assertThat(table.markedGenerations())
                    .containsExactly((long) which.platform().generation(1));
        }
        assertNothingLeftOnDisk();
    }

    /** The retry cannot know that the states were the only thing missing, and the source begins anew. */
    private static boolean mayHoldRecordsTwice(final Case which) {
        return which.boundary() == Boundary.BEFORE_THE_STATES
                && which.platform() == ReplacingPlatform.INCREMENTAL_TRUNCATE
                && !which.deduplicated();
    }

    private void prepare(final Case which) {
        if (which.deduplicated()) {
            table.index(USERS, "id");
        }
        table.fill();
        if (which.platform().knowsRefreshes()) {
            table.mark(1);
        }
        table.watch();
        deployment.forgetRequests();
        if (which.boundary().holdsImports()) {
            deployment.holdImports();
        }
        switch (which.boundary()) {
            case BEFORE_THE_FIRST_PART -> stall("/api/import/upload_part", request -> true, false);
            case BETWEEN_PARTS ->
                stall(
                        "/api/import/upload_part",
                        request -> "2".equals(request.query().get("partNumber")),
                        false);
            case AFTER_FINISH_UPLOAD -> stall("/api/import/finish_upload", request -> true, true);
            case WAITING_FOR_CONFIRMATION -> stall("/api/perform_import", request -> true, false);
            case BEFORE_THE_INDEX ->
                stall(INDEXES, request -> request.concerns().contains(USERS), false);
            case BEFORE_THE_MARKER ->
                stall(RECORDS, request -> request.concerns().contains(MARKERS), false);
            case BEFORE_THE_STATES ->
                stall(RECORDS, request -> request.concerns().contains(MARKERS), true);
            case AFTER_PERFORM_IMPORT, AFTER_PERFORM_IMPORT_SLOW, AFTER_COMPLETION -> {}
        }
    }

    private void stall(final String path, final Predicate<LoggedRequest> which, final boolean carriedOut) {
        deployment.onRequest(
                request -> request.path().equals(path) && which.test(request),
                carriedOut ? Fault.stallAfterCommit() : Fault.stallBeforeCommit());
    }

    private LocalSync sync(final Case which, final int attempt) {
        return which.platform()
                .around(new LocalSync(deployment, folder), attempt)
                .environment("TMPDIR", temporary.toString());
    }

    private PackagedConnector start(final Case which, final int attempt) {
        return sync(which, attempt).start(catalog(which.platform().stream(which.deduplicated(), attempt)));
    }

    /** Feeds and kills the first attempt; the answer is what its states stand for, in records. */
    private List<Integer> killAt(final Case which) {
        try (PackagedConnector connector = start(which, 0)) {
            // In the background, for the process may be held before it has read everything.
            final CompletableFuture<?> feeding = CompletableFuture.runAsync(
                    () -> connector.reads(which.lines(0).stream()).endOfInput());
            reach(which.boundary(), connector);
            assertThat(connector.saidSoFar())
                    .as("no state leaves before everything else is done")
                    .noneMatch(line -> line.startsWith("{\"type\":\"STATE\""));
            final Result result = end(which.signal(), connector);
            assertThat(feeding).succeedsWithin(Duration.ofSeconds(10));

            if (which.boundary().completed) {
                table.assertNew(which.records());
            } else {
                table.assertOld();
            }
            // Only these lines are read: the last one of a killed process may be half a line.
            return result.stdout().stream()
                    .filter(line -> line.startsWith("{\"type\":\"STATE\"") && line.endsWith("}"))
                    .map(line -> LocalSync.json(line)
                            .at("/state/stream/stream_state/cursor")
                            .asInt())
                    .toList();
        }
    }

    private void reach(final Boundary boundary, final PackagedConnector connector) {
        if (boundary.holdsImports()) {
            performed(connector);
            if (boundary == Boundary.AFTER_COMPLETION) {
                completedUnheard(connector);
            }
        } else {
            until(connector).untilAsserted(() -> assertThat(stalled()).isNotEmpty());
        }
        if (boundary == Boundary.AFTER_FINISH_UPLOAD) {
            until(connector).until(() -> !deployment.imports().isEmpty());
        }
        if (boundary == Boundary.BEFORE_THE_STATES) {
            until(connector).until(() -> table.markedGenerations().contains(2L));
        }
    }

    private ConditionFactory until(final PackagedConnector connector) {
        return await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(10))
                .failFast("the process ended by itself", () -> !connector.isAlive());
    }

    private List<LoggedRequest> stalled() {
        return deployment.requests().stream()
                .filter(request -> request.fault().isPresent())
                .toList();
    }

    /** The import was read, and is confirmed, but the deployment does not begin with it. */
    private void performed(final PackagedConnector connector) {
        until(connector).until(() -> answered("/api/import/finish_upload"));
        deployment.stepBackgroundWork();
        until(connector).until(() -> answered("/api/perform_import"));
    }

    private boolean answered(final String path) {
        return deployment.requests(path).stream()
                .anyMatch(request -> request.status().isPresent());
    }

    /** The import completes, but the process hears nothing of it. */
    private void completedUnheard(final PackagedConnector connector) {
        deployment.onRequest(request -> request.systemQuery().equals("queryImport"), Fault.stallAfterCommit());
        // Polls follow each other, so none is left that would still be answered.
        until(connector).until(() -> !stalled().isEmpty());
        deployment.finishImports();
    }

    private Result end(final Signal signal, final PackagedConnector connector) {
        if (signal == Signal.SIGKILL) {
            connector.kill();
            return connector.ended();
        }
        connector.terminate();
        await().atMost(Duration.ofSeconds(10))
                .until(() -> connector.saidSoFar().stream().anyMatch(line -> line.contains("SIGTERM")));
        deployment.breakStalled();
        await().atMost(Duration.ofSeconds(10)).until(() -> !connector.isAlive());
        final Result result = connector.ended();
        assertThat(result.exitCode()).as(said(result)).isEqualTo(143);
        return result;
    }

    private void letTheDeploymentGoOn(final Case which) {
        deployment.clearFaults();
        deployment.breakStalled();
        if (which.boundary() == Boundary.AFTER_PERFORM_IMPORT) {
            deployment.finishImports();
            table.assertNew(which.records());
        }
        deployment.forgetRequests();
    }

    private void retry(final Case which, final int from) {
        try (PackagedConnector connector = start(which, 1)) {
            final List<String> lines = which.lines(from);
            connector.reads(lines.stream()).endOfInput();
            if (which.boundary() == Boundary.AFTER_PERFORM_IMPORT_SLOW) {
                until(connector).until(() -> !deployment.requests().isEmpty());
                deployment.finishImports();
            }
            final Result result = connector.ended();

            assertSucceeded(result);
            assertThat(LocalSync.statesAsSent(result))
                    .containsExactlyElementsOf(lines.stream()
                            .filter(line -> line.startsWith("{\"type\":\"STATE\""))
                            .toList());
        }
    }

    /** What a killed process left behind, its successor has removed. */
    private void assertNothingLeftOnDisk() {
        try (Stream<Path> files = Files.walk(temporary)) {
            assertThat(files.filter(Files::isRegularFile)).isEmpty();
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void sigterm_ends_a_process_whose_part_is_never_answered_within_ten_seconds() {
        final Case which =
                new Case(Signal.SIGTERM, Boundary.BEFORE_THE_FIRST_PART, ReplacingPlatform.INCREMENTAL_TRUNCATE, false);
        prepare(which);
        try (PackagedConnector connector = start(which, 0)) {
            connector.reads(which.lines(0).stream()).endOfInput();
            reach(which.boundary(), connector);
            connector.terminate();
            await().atMost(Duration.ofSeconds(10)).until(() -> !connector.isAlive());
            final Result result = connector.ended();

            assertThat(result.exitCode()).as(said(result)).isEqualTo(143);
            assertThat(result.states()).isEmpty();
        }
        table.assertOld();
        assertNothingLeftOnDisk();
    }

    @Test
    void several_kills_in_a_row_end_in_the_new_table() {
        final Case last =
                new Case(Signal.SIGKILL, Boundary.AFTER_FINISH_UPLOAD, ReplacingPlatform.INCREMENTAL_TRUNCATE, true);
        prepare(last);
        deployment.clearFaults();
        IntStream.range(0, 3).forEach(attempt -> {
            try (PackagedConnector connector = start(last, attempt)) {
                connector.reads(last.lines(0).stream()).endOfInput();
                until(connector).until(() -> deployment.imports().size() > attempt);
                connector.kill();
                connector.ended();
            }
        });
        retry(last, 0);

        table.assertNew(last.records());
        table.assertReadersSawWholeTables(last.records());
        assertNothingLeftOnDisk();
    }
}
