package io.airbyte.integrations.destination.convex.acceptance;

import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.append;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.catalog;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.record;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector.Result;
import io.airbyte.integrations.destination.convex.local.Fault;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM: the process ends with 143 in time, and what it acknowledged stays true. */
class TerminationIT {

    private static final String IMPORT = "/api/streaming_import/import_airbyte_records";

    @TempDir
    private Path folder;

    private final LocalDeployment deployment = LocalDeployment.start();

    @AfterEach
    void close() {
        deployment.close();
    }

    private PackagedConnector start() {
        return new LocalSync(deployment, folder).start(catalog(append("users")));
    }

    @Test
    void nothing_that_was_not_durable_is_acknowledged_and_the_exit_code_is_143() {
        try (PackagedConnector connector = start()) {
            connector.reads(record("users", "{\"id\":1}"), state("users", 1));
            await().until(() ->
                    !deployment.requests("/api/streaming_import/get_schema").isEmpty());
            connector.terminate();
            final Result result = connector.ended();

            assertThat(result.exitCode()).isEqualTo(143);
            assertThat(deployment.size("users")).isZero();
            assertThat(result.states()).isEmpty();
        }
    }

    @Test
    void a_request_in_flight_is_waited_for_and_its_states_leave() {
        deployment.setLatency(Duration.ofSeconds(2));
        try (PackagedConnector connector = start()) {
            connector.reads(IntStream.range(0, 8_000).mapToObj(i -> record("users", "{\"id\":%d}".formatted(i))));
            connector.reads(state("users", 1), record("users", "{\"id\":8000}"));
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> !deployment.requests(IMPORT).isEmpty());
            connector.terminate();
            final Result result = connector.ended();

            assertThat(result.exitCode()).isEqualTo(143);
            assertThat(deployment.size("users")).isEqualTo(8_000);
            assertThat(result.logged("WARN"))
                    .anySatisfy(line -> assertThat(line).contains("SIGTERM"));
            assertThat(result.states()).as("%s", result.stdout()).hasSize(1);
        }
    }

    @Test
    void a_deployment_that_does_not_answer_does_not_keep_the_process_beyond_ten_seconds() {
        deployment.failNext(IMPORT, Fault.stallBeforeCommit());
        try (PackagedConnector connector = start()) {
            connector.reads(IntStream.range(0, 8_001).mapToObj(i -> record("users", "{\"id\":%d}".formatted(i))));
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> !deployment.requests(IMPORT).isEmpty());
            connector.terminate();
            await().atMost(Duration.ofSeconds(10)).until(() -> !connector.isAlive());

            assertThat(connector.ended().exitCode()).isEqualTo(143);
        }
    }

    /** PyAirbyte does that, and takes 143 for a failure. */
    @RepeatedTest(3)
    void a_check_that_is_ended_as_soon_as_it_has_answered_has_succeeded() throws Exception {
        final String config = new Workspace(folder)
                .config(deployment.url(), deployment.adminKey())
                .toString();
        final CompletableFuture<PackagedConnector> started = new CompletableFuture<>();
        try (PackagedConnector connector = PackagedConnector.startHeard(
                Map.of(),
                line -> {
                    if (line.contains("CONNECTION_STATUS")) {
                        started.join().terminate();
                    }
                },
                "check",
                "--config",
                config)) {
            started.complete(connector);

            assertThat(connector.result().exitCode()).isZero();
        }
    }
}
