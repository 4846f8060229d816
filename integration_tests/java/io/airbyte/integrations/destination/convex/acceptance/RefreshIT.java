package io.airbyte.integrations.destination.convex.acceptance;

import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.append;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.catalog;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.dedup;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.inMode;
import static io.airbyte.integrations.destination.convex.acceptance.ConnectionStream.fullRefresh;
import static io.airbyte.integrations.destination.convex.acceptance.ConnectionStream.incremental;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertFailed;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertStates;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertSucceeded;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.statesAsSent;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.stored;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.record;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.state;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.status;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbyte.integrations.destination.convex.acceptance.ConnectionStream.Mode;
import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector.Result;
import io.airbyte.integrations.destination.convex.local.Fault;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import io.airbyte.integrations.destination.convex.local.LoggedRequest;
import io.airbyte.integrations.destination.convex.local.Permission;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a platform that knows refreshes asks for by its generations: a test for every row of the table in airbyte-semantics §1.2,
 * each with its retry, played as the platform plays it.
 */
class RefreshIT {

    private static final String MARKERS = "airbyte_generations";
    private static final String VIEWLESS_KEY = "local|3333a4b4c5d5e6f6";

    @TempDir
    private Path folder;

    private final LocalDeployment deployment = LocalDeployment.builder()
            .keepBodies(true)
            .key(VIEWLESS_KEY, Permission.IMPORT_BACKUPS, Permission.VIEW_BACKUPS)
            .start();

    @AfterEach
    void close() {
        deployment.close();
    }

    private AirbytePlatform platform(final ConnectionStream... streams) {
        return new AirbytePlatform(deployment, folder, streams);
    }

    private static String row(final int id, final String name) {
        return "{\"id\":%d,\"name\":\"%s\"}".formatted(id, name);
    }

    private static final List<String> OLD = List.of(row(1, "old"), row(2, "old"), row(3, "old"));
    private static final List<String> NEW = List.of(row(3, "new"), row(4, "new"), row(5, "new"), row(6, "new"));

    /** The same key twice: the last one counts where a stream is deduplicated. */
    private static final List<String> NEW_AND_NEWER = List.of(row(4, "new"), row(3, "new"), row(4, "newer"));

    private static List<String> both(final List<String> first, final List<String> second) {
        return Stream.of(first, second).flatMap(List::stream).toList();
    }

    /** The table holds these rows, as often and in the order in which they are listed. */
    private void assertHolds(final String table, final List<String> rows) {
        assertThat(deployment.records(table)).containsExactlyElementsOf(asStored(rows));
    }

    /** The table holds these rows, in whatever order. */
    private void assertHoldsByKey(final String table, final List<String> rows) {
        assertThat(deployment.records(table)).containsExactlyInAnyOrderElementsOf(asStored(rows));
    }

    private static List<ObjectNode> asStored(final List<String> rows) {
        return rows.stream().map(LocalSync::stored).toList();
    }

    /** The states that stand for rows {@code from} to {@code to} of a stream. */
    private static String[] states(final ConnectionStream stream, final int from, final int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(i -> state(stream.name(), i))
                .toArray(String[]::new);
    }

    private static void assertAcknowledged(final Result result, final ConnectionStream stream, final int rows) {
        assertSucceeded(result);
        assertStates(result, states(stream, 1, rows));
    }

    /** The source has failed, and not a single state of a stream that was to be replaced came back. */
    private static void assertNothingAcknowledged(final Result result) {
        assertFailed(result, "transient_error");
        assertThat(result.states()).isEmpty();
    }

    // The rows of the table, from its top.

    @Test
    void full_refresh_overwrite() {
        final var users = fullRefresh("users", Mode.OVERWRITE);
        final AirbytePlatform platform = platform(users);
        users.holds(OLD);
        final var first = platform.sync();
        assertAcknowledged(first.attempt(), users, 3);
        assertThat(first.ids(users)).isEqualTo("generation 1, minimum 1");
        assertHolds("users", OLD);

        users.holds(NEW);
        final var second = platform.sync();
        assertNothingAcknowledged(second.attemptInWhichTheSourceFailsAfter(2));
        assertThat(second.ids(users)).isEqualTo("generation 2, minimum 2");
        assertHolds("users", OLD);

        assertAcknowledged(second.attempt(), users, 4);
        assertThat(second.ids(users)).isEqualTo("generation 3, minimum 3");
        assertHolds("users", NEW);
    }

    @Test
    void full_refresh_overwrite_dedup() {
        final var users = fullRefresh("users", Mode.OVERWRITE_DEDUP);
        final AirbytePlatform platform = platform(users);
        users.holds(OLD);
        assertAcknowledged(platform.sync().attempt(), users, 3);
        assertHoldsByKey("users", OLD);

        users.holds(NEW_AND_NEWER);
        final var second = platform.sync();
        assertNothingAcknowledged(second.attemptInWhichTheSourceFailsAfter(2));
        assertHoldsByKey("users", OLD);

        assertAcknowledged(second.attempt(), users, 3);
        assertThat(second.ids(users)).isEqualTo("generation 3, minimum 3");
        assertHoldsByKey("users", List.of(row(3, "new"), row(4, "newer")));
    }

    @Test
    void full_refresh_append() {
        final var users = fullRefresh("users", Mode.APPEND);
        final AirbytePlatform platform = platform(users);
        users.holds(OLD);
        assertAcknowledged(platform.sync().attempt(), users, 3);

        users.holds(NEW);
        final var second = platform.sync();
        final Result failed = second.attemptInWhichTheSourceFailsAfter(2);
        assertFailed(failed, "transient_error");
        assertStates(failed, states(users, 1, 2));
        assertHolds("users", both(OLD, NEW.subList(0, 2)));

        assertAcknowledged(second.attempt(), users, 4);
        assertThat(second.ids(users)).isEqualTo("generation 3, minimum 0");
        assertHolds("users", both(both(OLD, NEW.subList(0, 2)), NEW));
    }

    @Test
    void incremental_append_plain_sync() {
        final var users = incremental("users", Mode.APPEND);
        final AirbytePlatform platform = platform(users);
        users.holds(OLD);
        assertAcknowledged(platform.sync().attempt(), users, 3);

        users.holds(both(OLD, NEW));
        final var second = platform.sync();
        final Result failed = second.attemptInWhichTheSourceFailsAfter(1);
        assertFailed(failed, "transient_error");
        assertStates(failed, states(users, 4, 4));

        final Result retried = second.attempt();
        assertSucceeded(retried);
        assertStates(retried, states(users, 5, 7));
        assertThat(second.ids(users)).isEqualTo("generation 0, minimum 0");
        assertHolds("users", both(OLD, NEW));
    }

    @Test
    void incremental_append_dedup_plain_sync() {
        final var users = incremental("users", Mode.APPEND_DEDUP);
        final AirbytePlatform platform = platform(users);
        users.holds(OLD);
        assertAcknowledged(platform.sync().attempt(), users, 3);

        users.holds(both(OLD, NEW_AND_NEWER));
        final var second = platform.sync();
        final Result failed = second.attemptInWhichTheSourceFailsAfter(1);
        assertFailed(failed, "transient_error");
        assertStates(failed, states(users, 4, 4));

        final Result retried = second.attempt();
        assertSucceeded(retried);
        assertStates(retried, states(users, 5, 6));
        assertThat(second.ids(users)).isEqualTo("generation 0, minimum 0");
        assertHoldsByKey("users", List.of(row(1, "old"), row(2, "old"), row(3, "new"), row(4, "newer")));
    }

    @Test
    void refresh_that_removes_records_of_an_incremental_append_stream() {
        final var users = incremental("users", Mode.APPEND);
        final AirbytePlatform platform = platform(users);
        users.holds(OLD);
        assertAcknowledged(platform.sync().attempt(), users, 3);

        users.holds(NEW);
        final var refresh = platform.refreshRemovingRecords(users);
        assertNothingAcknowledged(refresh.attemptInWhichTheSourceFailsAfter(2));
        assertThat(refresh.ids(users)).isEqualTo("generation 1, minimum 1");
        assertHolds("users", OLD);

        assertAcknowledged(refresh.attempt(), users, 4);
        assertThat(refresh.ids(users)).isEqualTo("generation 1, minimum 1");
        assertHolds("users", NEW);

        users.holds(both(NEW, List.of(row(7, "later"))));
        final var plain = platform.sync();
        assertSucceeded(plain.attempt());
        assertThat(plain.ids(users)).isEqualTo("generation 1, minimum 0");
        assertHolds("users", both(NEW, List.of(row(7, "later"))));
    }

    @Test
    void refresh_that_removes_records_of_an_incremental_append_dedup_stream() {
        final var users = incremental("users", Mode.APPEND_DEDUP);
        final AirbytePlatform platform = platform(users);
        users.holds(OLD);
        assertAcknowledged(platform.sync().attempt(), users, 3);

        users.holds(NEW_AND_NEWER);
        final var refresh = platform.refreshRemovingRecords(users);
        assertNothingAcknowledged(refresh.attemptInWhichTheSourceFailsAfter(2));
        assertHoldsByKey("users", OLD);

        assertAcknowledged(refresh.attempt(), users, 3);
        assertThat(refresh.ids(users)).isEqualTo("generation 1, minimum 1");
        assertHoldsByKey("users", List.of(row(3, "new"), row(4, "newer")));

        users.holds(both(NEW_AND_NEWER, List.of(row(3, "later"))));
        assertSucceeded(platform.sync().attempt());
        assertHoldsByKey("users", List.of(row(3, "later"), row(4, "newer")));
    }

    @Test
    void refresh_that_retains_records() {
        final var users = incremental("users", Mode.APPEND);
        final var pets = incremental("pets", Mode.APPEND_DEDUP);
        final AirbytePlatform platform = platform(users, pets);
        users.holds(OLD);
        pets.holds(OLD);
        assertSucceeded(platform.sync().attempt());

        users.holds(NEW);
        pets.holds(NEW);
        final var refresh = platform.refreshRetainingRecords(users, pets);
        final Result failed = refresh.attemptInWhichTheSourceFailsAfter(2);
        assertFailed(failed, "transient_error");
        assertThat(failed.states()).hasSize(4);

        assertSucceeded(refresh.attempt());
        assertThat(refresh.ids(users)).isEqualTo("generation 1, minimum 0");
        assertThat(refresh.ids(pets)).isEqualTo("generation 1, minimum 0");
        assertHolds("users", both(OLD, NEW));
        assertHoldsByKey("pets", both(OLD.subList(0, 2), NEW));
    }

    @Test
    void streams_of_the_same_connection_that_are_not_in_the_refresh() {
        final var refreshed = incremental("refreshed", Mode.APPEND);
        final var orders = incremental("orders", Mode.APPEND);
        final var pets = incremental("pets", Mode.APPEND_DEDUP);
        final var prices = fullRefresh("prices", Mode.OVERWRITE);
        final var readings = fullRefresh("readings", Mode.APPEND);
        final List<ConnectionStream> all = List.of(refreshed, orders, pets, prices, readings);
        final AirbytePlatform platform = platform(all.toArray(ConnectionStream[]::new));
        all.forEach(stream -> stream.holds(OLD));
        assertSucceeded(platform.sync().attempt());

        List.of(refreshed, prices, readings).forEach(stream -> stream.holds(NEW));
        List.of(orders, pets).forEach(stream -> stream.holds(both(OLD, NEW)));
        final var refresh = platform.refreshRemovingRecords(refreshed);
        final Result failed = refresh.attemptInWhichTheSourceFailsAfter(1);
        assertFailed(failed, "transient_error");
        assertThat(statesAsSent(failed))
                .containsExactlyInAnyOrder(state("orders", 4), state("pets", 4), state("readings", 1));
        assertHolds("refreshed", OLD);
        assertHolds("prices", OLD);

        assertSucceeded(refresh.attempt());
        assertThat(all.stream().map(refresh::ids))
                .containsExactly(
                        "generation 1, minimum 1",
                        "generation 0, minimum 0",
                        "generation 0, minimum 0",
                        "generation 3, minimum 3",
                        "generation 3, minimum 0");
        assertHolds("refreshed", NEW);
        assertHolds("orders", both(OLD, NEW));
        assertHoldsByKey("pets", both(OLD.subList(0, 2), NEW));
        assertHolds("prices", NEW);
        assertHolds("readings", both(both(OLD, NEW.subList(0, 1)), NEW));
    }

    /** What a clear's empty source says. */
    private record Clear(String name, List<String> lines) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Clear> clears() {
        return Stream.of(
                new Clear("no states", List.of()),
                new Clear("a state of each stream, without a stream_state", List.of(emptied("users"), emptied("pets"))),
                new Clear("a global state whose cleared entries are null", List.of(emptiedGlobally("{\"lsn\":7}"))),
                new Clear("a global state with nothing left", List.of(emptiedGlobally("null"))));
    }

    private static String emptied(final String stream) {
        return ("{\"type\":\"STATE\",\"state\":{\"type\":\"STREAM\",\"stream\":{\"stream_descriptor\":{\"name\":\"%s\"}},"
                        + "\"id\":1,\"sourceStats\":{\"recordCount\":0.0}}}")
                .formatted(stream);
    }

    private static String emptiedGlobally(final String shared) {
        return ("{\"type\":\"STATE\",\"state\":{\"type\":\"GLOBAL\",\"global\":{\"shared_state\":%s,\"stream_states\":["
                        + "{\"stream_descriptor\":{\"name\":\"users\"},\"stream_state\":null},"
                        + "{\"stream_descriptor\":{\"name\":\"pets\"},\"stream_state\":null},"
                        + "{\"stream_descriptor\":{\"name\":\"of another catalog\"},\"stream_state\":{\"cursor\":1}}]},"
                        + "\"id\":1,\"sourceStats\":{\"recordCount\":0.0}}}")
                .formatted(shared);
    }

    @ParameterizedTest(name = "clear_or_reset: {0}")
    @MethodSource("clears")
    void clear_or_reset(final Clear clear) {
        final var users = incremental("users", Mode.APPEND);
        final var pets = fullRefresh("pets", Mode.OVERWRITE_DEDUP);
        final var orders = incremental("orders", Mode.APPEND);
        final AirbytePlatform platform = platform(users, pets, orders);
        List.of(users, pets, orders).forEach(stream -> stream.holds(OLD));
        assertSucceeded(platform.sync().attempt());

        final var job = platform.clear(users, pets);
        for (int attempt = 1; attempt <= 2; attempt++) {
            final Result result = job.attemptWithLines(clear.lines());
            assertSucceeded(result);
            assertStates(result, clear.lines().toArray(String[]::new));
            assertHolds("users", List.of());
            assertHolds("pets", List.of());
            assertHolds("orders", OLD);
            assertThat(deployment.tables()).contains("users", "pets");
        }
        assertThat(job.ids(users)).isEqualTo("generation 2, minimum 2");

        assertSucceeded(platform.sync().attempt());
        assertHolds("users", OLD);
        assertHoldsByKey("pets", OLD);
        assertHolds("orders", OLD);
    }

    @Test
    void clear_whose_attempt_ends_without_confirmation_leaves_the_tables() {
        final var users = incremental("users", Mode.APPEND);
        final AirbytePlatform platform = platform(users);
        users.holds(OLD);
        assertSucceeded(platform.sync().attempt());

        final var job = platform.clear(users);
        assertNothingAcknowledged(job.attemptInWhichTheSourceFailsAfter(0));
        assertHolds("users", OLD);

        assertSucceeded(job.attempt());
        assertHolds("users", List.of());
    }

    /** A refresh of two incremental streams, not begun yet; their tables hold old rows, and the source new ones. */
    private record RemovingRefresh(ConnectionStream users, ConnectionStream pets, AirbytePlatform.Job job) {}

    private RemovingRefresh refreshRemovingOldRows() {
        final var users = incremental("users", Mode.APPEND);
        final var pets = incremental("pets", Mode.APPEND_DEDUP);
        final AirbytePlatform platform = platform(users, pets);
        users.holds(OLD);
        pets.holds(OLD);
        assertSucceeded(platform.sync().attempt());
        users.holds(NEW);
        pets.holds(NEW);
        return new RemovingRefresh(users, pets, platform.refreshRemovingRecords(users, pets));
    }

    @Test
    void retry_of_an_incremental_truncate_refresh_after_the_states_left_adds_and_truncates_nothing() {
        final RemovingRefresh refresh = refreshRemovingOldRows();
        assertSucceeded(refresh.job().attempt());
        refresh.users().holds(both(NEW, List.of(row(7, "later"))));
        refresh.pets().holds(both(NEW, List.of(row(6, "later"))));

        // The destination had succeeded, but something else had not: the platform tries again.
        final Result retried = refresh.job().attempt();

        assertSucceeded(retried);
        assertThat(refresh.job().ids(refresh.users())).isEqualTo("generation 1, minimum 1");
        assertThat(statesAsSent(retried)).containsExactlyInAnyOrder(state("users", 5), state("pets", 5));
        assertHolds("users", both(NEW, List.of(row(7, "later"))));
        assertHoldsByKey("pets", both(NEW.subList(0, 3), List.of(row(6, "later"))));
    }

    @Test
    void retry_of_an_incremental_truncate_refresh_with_nothing_more_to_read_leaves_the_tables() {
        final RemovingRefresh refresh = refreshRemovingOldRows();
        assertSucceeded(refresh.job().attempt());

        assertSucceeded(refresh.job().attempt());

        assertHolds("users", NEW);
        assertHoldsByKey("pets", NEW);
    }

    @Test
    void retry_of_an_incremental_truncate_refresh_killed_between_markers_and_states_ends_with_every_row() {
        final RemovingRefresh refresh = refreshRemovingOldRows();
        deployment.onRequest(RefreshIT::writesMarkers, Fault.stallAfterCommit());
        final Result killed = refresh.job().attemptKilledWhen(() -> deployment.size(MARKERS) == 2);
        deployment.clearFaults();
        assertThat(killed.states()).isEmpty();
        assertHolds("users", NEW);
        assertHoldsByKey("pets", NEW);

        assertAllSentAgain(refresh.job().attempt());
    }

    @Test
    void retry_of_an_incremental_truncate_refresh_killed_between_swaps_and_markers_replaces_again() {
        final RemovingRefresh refresh = refreshRemovingOldRows();
        deployment.onRequest(RefreshIT::writesMarkers, Fault.stallBeforeCommit());
        final Result killed = refresh.job()
                .attemptKilledWhen(() -> deployment.requests().stream().anyMatch(RefreshIT::writesMarkers));
        deployment.clearFaults();
        assertThat(killed.states()).isEmpty();
        assertThat(deployment.size(MARKERS)).isZero();
        assertHolds("users", NEW);

        assertAllSentAgain(refresh.job().attempt());
        assertHolds("users", NEW);
    }

    @Test
    void retry_of_an_incremental_truncate_refresh_killed_before_the_swaps_replaces_the_tables() {
        final RemovingRefresh refresh = refreshRemovingOldRows();
        deployment.holdImports();
        final Result killed = refresh.job()
                .attemptKilledWhen(
                        () -> !deployment.requests("/api/import/finish_upload").isEmpty());
        assertThat(killed.states()).isEmpty();
        assertHolds("users", OLD);
        assertHoldsByKey("pets", OLD);
        deployment.finishImports();

        assertAllSentAgain(refresh.job().attempt());
        assertHolds("users", NEW);
    }

    /** Nothing was acknowledged, so that the source began anew: whatever was added to, no row is missing or old. */
    private void assertAllSentAgain(final Result retried) {
        assertSucceeded(retried);
        assertThat(retried.states()).hasSize(8);
        assertThat(deployment.records("users")).containsAll(asStored(NEW)).isSubsetOf(asStored(NEW));
        assertThat(deployment.size("users")).isLessThanOrEqualTo(2L * NEW.size());
        assertHoldsByKey("pets", NEW);
    }

    private static boolean writesMarkers(final LoggedRequest request) {
        return request.path().equals("/api/streaming_import/import_airbyte_records")
                && request.tables().contains(MARKERS);
    }

    @Test
    void retry_of_a_full_refresh_stream_that_was_swapped_already_has_a_generation_more_and_replaces_again() {
        final var users = fullRefresh("users", Mode.OVERWRITE);
        final AirbytePlatform platform = platform(users);
        users.holds(OLD);
        final var job = platform.sync();
        assertSucceeded(job.attempt());

        users.holds(NEW);
        assertAcknowledged(job.attempt(), users, 4);

        assertThat(job.ids(users)).isEqualTo("generation 2, minimum 2");
        assertHolds("users", NEW);
    }

    @Test
    void retry_of_a_resumable_full_refresh_before_the_swap_has_the_same_generation_and_replaces() {
        final var users = fullRefresh("users", Mode.OVERWRITE);
        final AirbytePlatform platform = platform(users).resumingFullRefreshes();
        users.holds(OLD);
        assertSucceeded(platform.sync().attempt());

        users.holds(NEW);
        final var job = platform.sync();
        assertNothingAcknowledged(job.attemptInWhichTheSourceFailsAfter(2));
        assertHolds("users", OLD);

        assertAcknowledged(job.attempt(), users, 4);
        assertThat(job.ids(users)).isEqualTo("generation 2, minimum 2");
        assertHolds("users", NEW);
    }

    @Test
    void retry_of_a_resumable_full_refresh_after_the_swap_has_the_same_generation_and_adds() {
        final var users = fullRefresh("users", Mode.OVERWRITE);
        final var pets = fullRefresh("pets", Mode.OVERWRITE_DEDUP);
        final AirbytePlatform platform = platform(users, pets).resumingFullRefreshes();
        users.holds(NEW);
        pets.holds(NEW);
        final var job = platform.sync();
        assertSucceeded(job.attempt());
        users.holds(both(NEW, List.of(row(7, "later"))));

        assertSucceeded(job.attempt());

        assertThat(job.ids(users)).isEqualTo("generation 1, minimum 1");
        assertHolds("users", both(NEW, List.of(row(7, "later"))));
        assertHoldsByKey("pets", NEW);
    }

    // What follows a refresh that never succeeded.

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"APPEND", "APPEND_DEDUP"})
    void a_refresh_that_failed_for_good_is_followed_by_a_plain_sync_of_its_generation_which_adds(final Mode mode) {
        final var users = incremental("users", mode);
        final AirbytePlatform platform = platform(users);
        users.holds(OLD);
        assertSucceeded(platform.sync().attempt());

        users.holds(NEW);
        assertNothingAcknowledged(platform.refreshRemovingRecords(users).attemptInWhichTheSourceFailsAfter(2));
        final var plain = platform.sync();
        assertAcknowledged(plain.attempt(), users, 4);

        assertThat(plain.ids(users)).isEqualTo("generation 1, minimum 0");
        if (mode == Mode.APPEND) {
            assertHolds("users", both(OLD, NEW));
        } else {
            assertHoldsByKey("users", both(OLD.subList(0, 2), NEW));
        }
    }

    // The marker.

    @Test
    void the_marker_says_which_generation_a_table_holds() {
        final var users = incremental("users", Mode.APPEND);
        final var orders = incremental("orders", Mode.APPEND);
        final AirbytePlatform platform = platform(users, orders);
        users.holds(OLD);
        orders.holds(OLD);

        assertSucceeded(platform.refreshRemovingRecords(users).attempt());
        assertThat(deployment.records(MARKERS))
                .containsExactly(stored("{\"table\":\"users\",\"stream\":\"users\",\"generation\":1,\"sync_id\":7}"));

        assertSucceeded(platform.refreshRemovingRecords(users).attempt());
        assertThat(deployment.records(MARKERS))
                .containsExactly(stored("{\"table\":\"users\",\"stream\":\"users\",\"generation\":2,\"sync_id\":8}"));
    }

    @Test
    void a_namespace_is_part_of_the_marker() {
        final Result result = platformSync()
                .write(
                        catalog(append("users").namespace("erp").ids(4, 4, 7)),
                        record("erp", "users", row(1, "new")),
                        status("users", "COMPLETE")
                                .replace("{\"name\":\"users\"}", "{\"name\":\"users\",\"namespace\":\"erp\"}"));

        assertSucceeded(result);
        assertThat(deployment.records(MARKERS))
                .containsExactly(
                        stored(
                                "{\"table\":\"erp_users\",\"stream\":\"users\",\"namespace\":\"erp\",\"generation\":4,\"sync_id\":7}"));
    }

    private LocalSync platformSync() {
        return new LocalSync(deployment, folder).environment("WORKER_JOB_ID", "7");
    }

    @Test
    void a_sync_that_truncates_nothing_neither_reads_nor_writes_markers() {
        final LocalSync pipe = new LocalSync(deployment, folder);
        final String lines = record("users", row(1, "new"));

        assertSucceeded(platformSync()
                .write(
                        catalog(
                                append("users").ids(3, 0, 7),
                                dedup("pets", "id").ids(2, 0, 7)),
                        lines,
                        record("pets", row(1, "new")),
                        status("users", "COMPLETE"),
                        status("pets", "COMPLETE")));
        assertSucceeded(platformSync().write(catalog(append("users")), lines));
        assertSucceeded(pipe.write(catalog(append("users").ids(1, 1, 1)), lines));
        assertSucceeded(pipe.write(catalog(inMode("users", "overwrite").ids(1, 1, 1)), lines));

        assertThat(deployment.requests()).noneMatch(RefreshIT::mentionsMarkers);
        assertThat(deployment.tables()).containsExactlyInAnyOrder("users", "pets");
    }

    private static boolean mentionsMarkers(final LoggedRequest request) {
        return request.body()
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .orElse("")
                .contains(MARKERS);
    }

    @Test
    void a_sync_that_truncates_reads_the_markers_before_anything_is_written() {
        final var users = incremental("users", Mode.APPEND);
        users.holds(NEW);

        assertSucceeded(platform(users).refreshRemovingRecords(users).attempt());

        final List<LoggedRequest> requests = deployment.requests();
        final int read =
                firstIndex(requests, request -> request.path().equals("/api/query") && mentionsMarkers(request));
        final int written = firstIndex(requests, RefreshIT::changesSomething);
        assertThat(read).isBetween(0, written);
    }

    private static int firstIndex(final List<LoggedRequest> requests, final Predicate<LoggedRequest> which) {
        return IntStream.range(0, requests.size())
                .filter(i -> which.test(requests.get(i)))
                .findFirst()
                .orElse(-1);
    }

    private static boolean changesSomething(final LoggedRequest request) {
        return request.path().startsWith("/api/import")
                || request.path().equals("/api/perform_import")
                || List.of("import_airbyte_records", "add_primary_key_indexes", "clear_tables").stream()
                        .anyMatch(route -> request.path().endsWith("/" + route));
    }

    @Test
    void a_key_that_may_not_read_markers_is_refused_an_incremental_refresh_that_removes_records() {
        final var users = incremental("users", Mode.APPEND);
        final var orders = incremental("orders", Mode.APPEND);
        final AirbytePlatform platform = platform(users, orders).key(VIEWLESS_KEY);
        users.holds(OLD);
        orders.holds(OLD);
        assertSucceeded(platform.sync().attempt());
        final int before = deployment.requests().size();

        users.holds(NEW);
        orders.holds(both(OLD, NEW));
        final Result refused = platform.refreshRemovingRecords(users).attempt();

        assertThat(assertFailed(refused, "config_error"))
                .contains("users", "deployment:data:view")
                .doesNotContain("orders");
        assertThat(refused.states()).isEmpty();
        assertThat(deployment.requests().stream().skip(before)).noneMatch(RefreshIT::changesSomething);
        assertHolds("users", OLD);
        assertHolds("orders", OLD);
    }

    @Test
    void a_key_that_may_not_read_markers_serves_full_refreshes_and_the_log_says_what_it_lacks() {
        final var users = fullRefresh("users", Mode.OVERWRITE);
        final AirbytePlatform platform = platform(users).key(VIEWLESS_KEY);
        users.holds(OLD);
        assertSucceeded(platform.sync().attempt());
        users.holds(NEW);

        final Result result = platform.sync().attempt();

        assertAcknowledged(result, users, 4);
        assertHolds("users", NEW);
        assertThat(Stream.of("INFO", "WARN").flatMap(level -> result.logged(level).stream()))
                .anyMatch(line -> line.contains("deployment:data:view"));
    }

    @Test
    void a_key_that_may_only_import_serves_full_refreshes() {
        final var users = fullRefresh("users", Mode.OVERWRITE);
        final AirbytePlatform platform = platform(users).key(deployment.importOnlyKey());
        users.holds(OLD);
        assertSucceeded(platform.sync().attempt());
        users.holds(NEW);

        assertAcknowledged(platform.sync().attempt(), users, 4);

        assertHolds("users", NEW);
    }

    // Mistakes.

    @Test
    void a_stream_may_not_be_written_to_the_table_of_markers() {
        for (final ConfiguredStreamJson stream :
                List.of(append(MARKERS), append("generations").namespace("airbyte"), inMode(MARKERS, "overwrite"))) {
            final Result result = new LocalSync(deployment, folder).write(catalog(append("orders"), stream));

            assertThat(assertFailed(result, "config_error")).contains(MARKERS).doesNotContain("orders");
        }
        assertThat(deployment.tables()).isEmpty();
    }

    @Test
    void a_minimum_generation_between_nothing_and_the_generation_is_a_mistake() {
        try (PackagedConnector connector = platformSync()
                .start(catalog(append("users").ids(3, 2, 7), append("pets").ids(3, 4, 7)))) {
            assertThat(assertFailed(connector.ended(), "config_error"))
                    .contains(
                            "Stream users has generation 3 and minimum generation 2",
                            "Stream pets has generation 3 and minimum generation 4");
        }
        assertThat(deployment.requests()).noneMatch(RefreshIT::changesSomething);
    }
}
