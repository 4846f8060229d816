package io.airbyte.integrations.destination.convex.acceptance;

import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.append;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.catalog;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.dedup;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.record;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector.Result;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However many streams, records and states there are and however large they are, a small heap is enough. */
class MemoryIT {

    @TempDir
    private Path folder;

    private final LocalDeployment deployment =
            LocalDeployment.builder().keepDocuments(false).start();

    @AfterEach
    void close() {
        deployment.close();
    }

    private Result sync(final String heap, final Stream<String> lines, final ConfiguredStreamJson... streams) {
        final LocalSync sync = new LocalSync(deployment, folder).environment("JAVA_OPTS", "-Xmx" + heap);
        try (PackagedConnector connector = sync.start(catalog(streams))) {
            final Result result = connector.reads(lines).result();
            assertThat(result.exitCode()).as("%s", result.stderr()).isZero();
            return result;
        }
    }

    private static String document(final int id, final int bytes) {
        return "{\"id\":%d,\"text\":\"%s\"}".formatted(id, "x".repeat(bytes));
    }

    @Test
    void records_of_1_KiB_50_MB_of_them_with_128_MB_of_heap() {
        final Result result = sync(
                "128m",
                Stream.concat(
                        IntStream.range(0, 50_000).mapToObj(i -> record("users", document(i, 950))),
                        Stream.of(state("users", 1))),
                append("users"));

        assertThat(deployment.size("users")).isEqualTo(50_000);
        assertThat(result.states()).hasSize(1);
    }

    @Test
    void interleaved_streams_100_of_them_with_256_MB_of_heap() {
        deployment.setLatency(Duration.ofMillis(20));
        final ConfiguredStreamJson[] streams = IntStream.range(0, 100)
                .mapToObj(i -> i % 2 == 0 ? append("stream" + i) : dedup("stream" + i, "id"))
                .toArray(ConfiguredStreamJson[]::new);
        final Result result = sync(
                "256m",
                Stream.concat(
                        IntStream.range(0, 120_000).mapToObj(i -> record("stream" + i % 100, document(i, 950))),
                        IntStream.range(0, 100).mapToObj(i -> state("stream" + i, i))),
                streams);

        assertThat(IntStream.range(0, 100).mapToLong(i -> deployment.size("stream" + i)))
                .containsOnly(1_200L);
        assertThat(result.states()).hasSize(100);
    }

    @Test
    void records_of_1_MiB_with_128_MB_of_heap() {
        final Result result = sync(
                "128m",
                Stream.concat(
                        IntStream.range(0, 150).mapToObj(i -> record("users", document(i, 1_048_000))),
                        Stream.of(state("users", 1))),
                append("users"));

        assertThat(deployment.size("users")).isEqualTo(150);
        assertThat(result.states()).hasSize(1);
    }

    @Test
    void records_of_1_MB_that_have_to_be_rewritten_in_100_streams_with_256_MB_of_heap() {
        final ConfiguredStreamJson[] streams =
                IntStream.range(0, 100).mapToObj(i -> append("stream" + i)).toArray(ConfiguredStreamJson[]::new);
        sync(
                "256m",
                IntStream.range(0, 200)
                        .mapToObj(i -> record(
                                "stream" + i % 100,
                                "{\"id\":1,\"_b\":[\"%s\",12345678901234567890]}".formatted("x".repeat(1_000_000)))),
                streams);

        assertThat(IntStream.range(0, 100).mapToLong(i -> deployment.size("stream" + i)))
                .containsOnly(2L);
    }

    @Test
    void a_thousand_streams_with_128_MB_of_heap() {
        final ConfiguredStreamJson[] streams =
                IntStream.range(0, 1_000).mapToObj(i -> append("stream" + i)).toArray(ConfiguredStreamJson[]::new);
        sync("128m", IntStream.range(0, 10_000).mapToObj(i -> record("stream" + i % 1_000, "{\"id\":1}")), streams);

        assertThat(IntStream.range(0, 1_000).mapToLong(i -> deployment.size("stream" + i)))
                .containsOnly(10L);
    }

    @Test
    void a_million_states_with_128_MB_of_heap() {
        final Result result = sync(
                "128m",
                IntStream.rangeClosed(1, 1_000_000)
                        .mapToObj(i -> i % 1_000 == 1
                                ? record("users", document(i, 10)) + "\n" + state("users", i)
                                : state("users", i)),
                append("users"));

        assertThat(deployment.size("users")).isEqualTo(1_000);
        assertThat(result.stdout().stream().filter(line -> line.startsWith("{\"type\":\"STATE\"")))
                .hasSize(1_000_000);
    }

    @Test
    void a_million_states_that_wait_for_a_slow_deployment_with_128_MB_of_heap() {
        deployment.setLatency(Duration.ofMillis(500));
        final Result result = sync(
                "128m",
                IntStream.rangeClosed(1, 1_000_000)
                        .mapToObj(i -> i % 100_000 == 1
                                ? record("users", document(i, 10)) + "\n" + state("users", i)
                                : state("users", i)),
                append("users"));

        assertThat(result.stdout().stream().filter(line -> line.startsWith("{\"type\":\"STATE\"")))
                .hasSize(1_000_000);
    }
}
