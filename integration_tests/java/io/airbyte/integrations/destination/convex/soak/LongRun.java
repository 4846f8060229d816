package io.airbyte.integrations.destination.convex.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson;
import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector;
import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector.Result;
import io.airbyte.integrations.destination.convex.acceptance.Workspace;
import io.airbyte.integrations.destination.convex.local.Fault;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One sync that lasts as long as {@code soak.minutes} says, of streams of every mode, while requests fail and the deployment
 * restarts: what the process holds does not grow with time. Writes its samples to {@code target/soak.tsv}.
 */
class LongRun {

    private static final Duration BETWEEN_SAMPLES = Duration.ofSeconds(10);
    private static final Duration DOWN = Duration.ofSeconds(2);

    private static final int SAMPLES_A_RESTART = 6;
    private static final int REQUESTS_A_FAULT = 8;

    private static final List<Fault> FAULTS = List.of(
            Fault.lostBeforeCommit(),
            Fault.lostAfterCommit(),
            new Fault.HalfAnswer(),
            new Fault.SlowAnswer(Duration.ofMillis(5)),
            Fault.conflict(),
            Fault.error(503, "CommitterFullError"),
            Fault.error(429, "TooManyWrites").with("Retry-After", "1"),
            Fault.error(500, "InternalServerError"));

    @TempDir
    private Path folder;

    private final LocalDeployment deployment =
            LocalDeployment.builder().keepDocuments(false).start();
    private final Random random = new Random(1);
    private int restarts;

    @Test
    void what_the_process_holds_does_not_grow_with_time() throws Exception {
        final Duration length = Duration.ofMinutes(Integer.getInteger("soak.minutes", 30));
        final Path spools = Files.createDirectory(folder.resolve("spools"));
        final Workspace files = new Workspace(folder);
        final Path config = files.config(deployment.url(), deployment.adminKey());
        final Path catalog = files.file(
                "catalog.json",
                ConfiguredStreamJson.catalog(List.of(
                        ConfiguredStreamJson.append("events"),
                        ConfiguredStreamJson.dedup("users", "id"),
                        ConfiguredStreamJson.inMode("countries", "overwrite"))));
        final List<Sample> samples = new ArrayList<>();
        final EndlessSource source = new EndlessSource(length);
        try (deployment;
                PackagedConnector connector = PackagedConnector.start(
                        // As it is for users, not as it is for short tests.
                        Map.of("TMPDIR", spools.toString(), "JAVA_OPTS", "-Xmx256m"),
                        "write",
                        "--config",
                        config.toString(),
                        "--catalog",
                        catalog.toString())) {
            final CompletableFuture<Void> feeding = CompletableFuture.runAsync(() -> source.feed(connector));
            letRequestsFail();
            final long began = System.nanoTime();
            while (!feeding.isDone()) {
                Thread.sleep(BETWEEN_SAMPLES.toMillis());
                if (connector.isAlive()) {
                    final long second =
                            Duration.ofNanos(System.nanoTime() - began).toSeconds();
                    samples.add(Sample.of(second, connector, spools));
                }
                if (samples.size() % SAMPLES_A_RESTART == 0) {
                    restart();
                }
            }
            deployment.clearFaults();
            feeding.join();
            final Result result = connector.result();
            save(samples);
            System.out.printf(
                    "soak: %d s, %d records, %d states sent, %d came back, %d requests, %d faults, %d restarts, exit %d%n",
                    length.toSeconds(),
                    source.records(),
                    source.states(),
                    result.messages("STATE").size(),
                    deployment.requests().size(),
                    deployment.requests().stream()
                            .filter(request -> request.fault().isPresent())
                            .count(),
                    restarts,
                    result.exitCode());
            assertThat(result.exitCode()).as("%s", result.messages("TRACE")).isZero();
            assertThat(result.messages("STATE")).hasSize(source.states());
        }
        assertThat(deployment.size("events")).isGreaterThanOrEqualTo(source.recordsOf("events"));
        assertThat(deployment.size("countries")).isEqualTo(source.recordsOf("countries"));
        assertThat(spools).isEmptyDirectory();
        assertFlat(samples);
    }

    /** Each request may go wrong, and so may the next: it is tried again until it does not. */
    private void letRequestsFail() {
        FAULTS.forEach(fault ->
                deployment.onRequest(request -> random.nextInt(FAULTS.size() * REQUESTS_A_FAULT) == 0, fault));
    }

    private void restart() throws InterruptedException {
        restarts++;
        deployment.goDown();
        Thread.sleep(DOWN.toMillis());
        deployment.comeUp();
    }

    private static void save(final List<Sample> samples) throws IOException {
        Files.write(
                Path.of("target/soak.tsv"),
                Stream.concat(Stream.of(Sample.HEADER), samples.stream().map(Sample::row))
                        .toList());
    }

    /** The last fifth of the time is as the second one, when everything was there that a sync needs. */
    private static void assertFlat(final List<Sample> samples) {
        final int fifth = samples.size() / 5;
        final List<Sample> early = samples.subList(fifth, 2 * fifth);
        final List<Sample> late = samples.subList(samples.size() - fifth, samples.size());
        assertThat(median(late, Sample::liveKib)).isLessThan(median(early, Sample::liveKib) * 5 / 4 + 4_096);
        assertThat(median(late, Sample::residentKib)).isLessThan(median(early, Sample::residentKib) * 5 / 4);
        assertThat(median(late, Sample::threads)).isLessThanOrEqualTo(median(early, Sample::threads) + 4);
        assertThat(median(late, Sample::openFiles)).isLessThanOrEqualTo(median(early, Sample::openFiles) + 4);
    }

    private static long median(final List<Sample> samples, final ToLongFunction<Sample> of) {
        final List<Long> values = samples.stream()
                .map(of::applyAsLong)
                .sorted(Comparator.naturalOrder())
                .toList();
        return values.get(values.size() / 2);
    }
}
