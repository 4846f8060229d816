package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.convex.Deployment;
import io.airbyte.integrations.destination.convex.convex.FailuresInARow;
import io.airbyte.integrations.destination.convex.convex.GenerationMarker;
import io.airbyte.integrations.destination.convex.convex.Outcome;
import io.airbyte.integrations.destination.convex.convex.Refusals;
import io.airbyte.integrations.destination.convex.convex.RetryPolicy;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.SyncMode;
import io.airbyte.integrations.destination.convex.sync.SyncPlan.Imports;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * Asks the deployment what must be known before the first record of a sync that replaces tables: whether imports can be
 * watched, and which tables hold the generation already that they are to hold. Other syncs ask nothing.
 */
public final class SyncPreparation {

    private static final Logger LOG = Logger.getLogger(SyncPreparation.class.getName());

    private final Deployment deployment;
    private final RetryPolicy retries;
    private final Pause pause;

    /** Lets time go by. */
    @FunctionalInterface
    public interface Pause {
        void last(Duration duration) throws InterruptedException;
    }

    public SyncPreparation(final Deployment deployment, final RetryPolicy retries, final Pause pause) {
        this.deployment = deployment;
        this.retries = retries;
        this.pause = pause;
    }

    /**
     * The plan as the deployment lets it be carried out.
     *
     * @throws Failure if the deploy key may not read what must be known, or the deployment does not answer
     */
    public SyncPlan prepared(final SyncPlan plan) throws InterruptedException {
        return plan.replacesTables() ? withImports(withGenerations(plan)) : plan;
    }

    private SyncPlan withGenerations(final SyncPlan plan) throws InterruptedException {
        final List<PlannedStream> asked = plan.replacedOnceAGeneration();
        if (asked.isEmpty()) {
            return plan;
        }
        final String doing = "reading table " + GenerationMarker.TABLE;
        final Outcome<List<GenerationMarker>> outcome = answer(deployment::generationMarkers, doing);
        if (outcome instanceof Outcome.Done<List<GenerationMarker>> done) {
            return continued(plan, done.value());
        }
        if (outcome instanceof Outcome.Refused<?> refused && Refusals.isAboutPermission(refused)) {
            requireNoGenerations(asked);
            return plan;
        }
        throw Refusals.exhausted(outcome, RetryPolicy.ATTEMPTS, doing);
    }

    /** What a retry of a refresh sends belongs to what the attempt before it has written. */
    private static SyncPlan continued(final SyncPlan plan, final List<GenerationMarker> markers) {
        final Map<String, GenerationMarker> held = markers.stream()
                .collect(Collectors.toMap(GenerationMarker::table, marker -> marker, (one, other) -> other));
        return plan.with(plan.streams().stream()
                .map(stream -> holdsGeneration(stream, held) ? toldOf(stream.continued()) : stream)
                .toList());
    }

    /**
     * Every attempt of a job has the job's number, and another job of the same connection another generation
     * (airbyte-semantics §1.1): what another job has written under this number belongs to another connection.
     */
    private static boolean holdsGeneration(final PlannedStream stream, final Map<String, GenerationMarker> held) {
        if (stream.content() != PlannedStream.Content.REPLACED_ONCE_A_GENERATION) {
            return false;
        }
        final GenerationMarker asked = stream.marker();
        return Optional.ofNullable(held.get(stream.table()))
                .filter(marker -> marker.generation() == asked.generation() && marker.sync() == asked.sync())
                .isPresent();
    }

    private static PlannedStream toldOf(final PlannedStream stream) {
        LOG.info(() -> "Stream %s: table %s holds generation %d already, so this sync adds to it."
                .formatted(
                        stream.descriptor(),
                        stream.table(),
                        stream.configured().generationId().orElseThrow()));
        return stream;
    }

    /** A full refresh that is tried again starts again, so that it may always replace; an incremental one may not. */
    private static void requireNoGenerations(final List<PlannedStream> streams) {
        final List<String> incremental = streams.stream()
                .filter(stream -> stream.configured().sourceSyncMode() == SyncMode.INCREMENTAL)
                .map(stream -> stream.descriptor().toString())
                .toList();
        if (!incremental.isEmpty()) {
            throw Failure.config(
                    ("A refresh that removes records needs to know what an attempt before it has written, and the deploy key"
                                    + " lacks the permission deployment:data:view. Generate a key that has it and enter it in the"
                                    + " connector's settings, or refresh without removing records. Streams: %s.")
                            .formatted(String.join(", ", incremental)));
        }
        LOG.info("The deploy key lacks the permission deployment:data:view, so nobody can look which generation a table"
                + " holds; every attempt at a full refresh replaces it.");
    }

    private SyncPlan withImports(final SyncPlan plan) throws InterruptedException {
        final Outcome<Boolean> outcome = answer(deployment::mayWatchImports, "asking for imports");
        if (outcome instanceof Outcome.Done<Boolean> done && !done.value()) {
            LOG.info(
                    "The deploy key lacks the permission deployment:backups:view, so that imports cannot be watched: each"
                            + " table that is replaced has to be imported within a single request of 300 seconds.");
            return plan.with(Imports.IN_ONE_REQUEST);
        }
        return plan;
    }

    private <T> Outcome<T> answer(final Supplier<CompletableFuture<Outcome<T>>> question, final String doing)
            throws InterruptedException {
        FailuresInARow failures = FailuresInARow.NONE;
        while (true) {
            final Outcome<T> outcome = question.get().join();
            failures = failures.and(outcome);
            final Optional<Duration> delay = retries.delayAfter(failures, outcome);
            if (delay.isEmpty()) {
                return outcome;
            }
            LOG.info("%s: %s. Trying again in %.1f s (attempt %d)."
                    .formatted(doing, Refusals.reason(outcome), delay.get().toMillis() / 1000.0, failures.all() + 1));
            pause.last(delay.get());
        }
    }
}
