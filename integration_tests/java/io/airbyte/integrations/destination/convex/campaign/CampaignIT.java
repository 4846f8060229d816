package io.airbyte.integrations.destination.convex.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Syncs drawn from a seed: nothing is lost, nothing doubled that need not be, and no state leaves before its time. The seed
 * and the number of runs are {@code campaign.seed} and {@code campaign.runs}; run i has the seed plus i.
 */
class CampaignIT {

    /** Runs mostly wait for their back-offs. */
    private static final int AT_ONCE = 3;

    private static final int MOST_SHRINKING_RUNS = 40;

    @TempDir
    private Path folder;

    @Test
    void whatever_happens_the_deployment_holds_what_the_source_has_sent_and_every_state_was_true() {
        final long seed = Long.getLong("campaign.seed", 1);
        final int runs = Integer.getInteger("campaign.runs", 40);
        final long began = System.nanoTime();
        final ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        final List<Verdict> verdicts;
        try {
            final List<CompletableFuture<Verdict>> all = LongStream.range(seed, seed + runs)
                    .mapToObj(each ->
                            CompletableFuture.supplyAsync(() -> told(tried(new CaseDraw(each).drawn())), threads))
                    .toList();
            verdicts = all.stream().map(CompletableFuture::join).toList();
        } finally {
            threads.shutdownNow();
        }
        tellTotals(verdicts, Duration.ofNanos(System.nanoTime() - began));
        final Optional<Verdict> failed =
                verdicts.stream().filter(verdict -> !verdict.wrong().isEmpty()).findFirst();
        assertThat(failed.map(this::shrunk).map(Verdict::text)).isEmpty();
    }

    private Verdict tried(final Case which) {
        try {
            return CampaignRun.of(which, Files.createTempDirectory(folder, "run"));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Verdict told(final Verdict verdict) {
        System.out.println(verdict.text());
        return verdict;
    }

    private static void tellTotals(final List<Verdict> verdicts, final Duration time) {
        final Map<String, Integer> happened = new TreeMap<>();
        verdicts.forEach(
                verdict -> verdict.happened().forEach((name, times) -> happened.merge(name, times, Integer::sum)));
        System.out.printf(
                "campaign: %d runs, %d wrong, %d records, %d states, %d doubled where they may be, %s, %d s%n",
                verdicts.size(),
                verdicts.stream().filter(verdict -> !verdict.wrong().isEmpty()).count(),
                verdicts.stream().mapToInt(verdict -> verdict.tried().records()).sum(),
                verdicts.stream().mapToInt(Verdict::states).sum(),
                verdicts.stream().mapToInt(Verdict::doubled).sum(),
                happened,
                time.toSeconds());
    }

    /** The smallest case that still fails, as far as a bounded number of runs finds it. */
    private Verdict shrunk(final Verdict failed) {
        Verdict smallest = failed;
        int runs = 0;
        boolean shrinks = true;
        while (shrinks && runs < MOST_SHRINKING_RUNS) {
            shrinks = false;
            for (final Case smaller : smallest.tried().smaller().toList()) {
                if (++runs > MOST_SHRINKING_RUNS) {
                    break;
                }
                final Verdict verdict = tried(smaller);
                if (!verdict.wrong().isEmpty()) {
                    smallest = told(verdict);
                    shrinks = true;
                    break;
                }
            }
        }
        return smallest;
    }
}
