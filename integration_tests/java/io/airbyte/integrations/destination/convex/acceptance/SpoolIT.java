package io.airbyte.integrations.destination.convex.acceptance;

import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.append;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.catalog;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.inMode;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.CANARY;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertFailed;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertSucceeded;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.record;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector.Result;
import io.airbyte.integrations.destination.convex.local.Fault;
import io.airbyte.integrations.destination.convex.local.Fault.When;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What waits on disk to replace a table is private, is where the system's temporary files are, and is gone when the program is. The key
 * may only import, so that everything has to wait there until the input ends.
 */
class SpoolIT {

    private static final int MEGABYTES = 30;
    private static final String LARGE = "x".repeat(1_000_000);

    @TempDir
    private Path folder;

    @TempDir
    private Path temporary;

    private final LocalDeployment deployment = LocalDeployment.start();
    private LocalSync sync;

    @BeforeEach
    void use_a_temporary_folder_of_the_tests_own() {
        sync = sync("first");
    }

    @AfterEach
    void close() {
        deployment.close();
    }

    private LocalSync sync(final String name) {
        try {
            return new LocalSync(deployment, Files.createDirectory(folder.resolve(name)))
                    .key(deployment.importOnlyKey())
                    .environment("TMPDIR", temporary.toString());
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String overwrite(final String stream) {
        return catalog(inMode(stream, "overwrite"));
    }

    private static Stream<String> large(final String stream) {
        return IntStream.range(0, MEGABYTES)
                .mapToObj(id -> record(stream, "{\"id\":%d,\"text\":\"%s%s\"}".formatted(id, CANARY, LARGE)));
    }

    private List<Path> spools() {
        try (Stream<Path> files = Files.list(temporary)) {
            return files.filter(file -> file.getFileName().toString().startsWith("destination-convex-spool-"))
                    .toList();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything that was sent waits on disk; the input has not ended. */
    private PackagedConnector spooling(final LocalSync with, final String stream) {
        final PackagedConnector connector = with.start(overwrite(stream)).reads(large(stream));
        awaitSpools(1);
        return connector;
    }

    private void awaitSpools(final int number) {
        await().atMost(Duration.ofSeconds(30)).until(() -> spools().size() >= number);
    }

    private void assertNothingLeft() {
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void nothing_remains_after_success_and_meanwhile_only_its_owner_can_read_it() throws IOException {
        try (PackagedConnector connector = spooling(sync, "users")) {
            for (final Path spool : spools()) {
                assertThat(Files.getPosixFilePermissions(spool))
                        .isSubsetOf(
                                PosixFilePermission.OWNER_READ,
                                PosixFilePermission.OWNER_WRITE,
                                PosixFilePermission.OWNER_EXECUTE);
            }
            assertSucceeded(connector.result());
        }
        assertThat(deployment.size("users")).isEqualTo(MEGABYTES);
        assertNothingLeft();
    }

    @Test
    void nothing_remains_after_a_failure_of_the_input() {
        try (PackagedConnector connector = spooling(sync, "users")) {
            assertFailed(connector.reads("{\"type\":\"RECORD\",\"record\":").result(), "system_error");
        }
        assertNothingLeft();
    }

    @Test
    void nothing_remains_after_an_end_that_was_not_confirmed() {
        try (PackagedConnector connector = spooling(sync, "users")) {
            assertFailed(connector.reads(status("users", "INCOMPLETE")).result(), "transient_error");
        }
        assertNothingLeft();
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 408})
    void nothing_remains_after_a_refusal_and_after_a_time_out(final int status) {
        deployment.onRequest(
                request -> request.path().equals("/api/import"),
                status == 400 ? Fault.error(400, "ImportFailed") : Fault.emptyAnswer(When.BEFORE_COMMIT, status));
        try (PackagedConnector connector = spooling(sync, "users")) {
            assertThat(connector.result().exitCode()).isEqualTo(1);
        }
        assertNothingLeft();
    }

    @Test
    void nothing_remains_after_SIGTERM_in_the_middle_of_the_input() {
        try (PackagedConnector connector = spooling(sync, "users")) {
            connector.terminate();
            assertThat(connector.ended().exitCode()).isEqualTo(143);
        }
        assertNothingLeft();
    }

    @Test
    void nothing_remains_after_SIGTERM_while_the_table_is_being_replaced() {
        deployment.failNext("/api/import", Fault.stallBeforeCommit());
        try (PackagedConnector connector = spooling(sync, "users")) {
            final CompletableFuture<Result> end = connector.closesInput();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> !deployment.requests("/api/import").isEmpty());
            connector.terminate();
            assertThat(end.join().exitCode()).isEqualTo(143);
        }
        assertNothingLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {"overwrite", "append"})
    void what_SIGKILL_has_left_is_removed_by_the_next_sync_of_whatever_mode(final String mode) {
        try (PackagedConnector connector = spooling(sync, "users")) {
            connector.kill();
            connector.ended();
        }
        final String catalog = mode.equals("append") ? catalog(append("pets")) : overwrite("pets");

        assertSucceeded(sync.write(catalog, record("pets", "{\"id\":1}")));

        assertNothingLeft();
    }

    @Test
    void what_another_sync_needs_is_left_to_it() {
        try (PackagedConnector running = spooling(sync, "users")) {
            final List<Path> ofTheOther = spools();

            assertSucceeded(sync("second").write(overwrite("pets"), record("pets", "{\"id\":1}")));

            assertThat(spools()).containsAll(ofTheOther);
            assertSucceeded(running.result());
        }
        assertThat(deployment.size("users")).isEqualTo(MEGABYTES);
        assertNothingLeft();
    }

    @Test
    void a_sync_that_replaces_nothing_leaves_the_disk_alone() {
        try (PackagedConnector connector = sync.start(catalog(append("users"))).reads(large("users"))) {
            await().atMost(Duration.ofSeconds(30)).until(() -> deployment.size("users") > 0);
            assertNothingLeft();
            assertSucceeded(connector.result());
        }
        assertNothingLeft();
    }
}
