package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.convex.GenerationMarker;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.StreamDescriptor;
import io.airbyte.integrations.destination.convex.sync.SyncPlan.Imports;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * Sees to it at the end of the input that those tables are replaced whose streams are complete, and that the states of such
 * streams leave last: after every table is replaced, everything else is durable, and the deployment knows which generation
 * its tables hold (DESIGN rule 9). If anything fails they do not leave.
 */
final class Replacements {

    private static final Logger LOG = Logger.getLogger(Replacements.class.getName());

    /** Longer than a platform takes to tell that the source has failed: 60 s, then a look every 10 s (airbyte-semantics §2). */
    private static final long DENIAL_MILLIS = 90_000;

    /** The deployment imports one table at a time; while it does, the next ones are made ready. */
    private static final int AT_ONCE = 4;

    /** How far it has come. */
    private enum Stage {
        READING,
        REPLACING,
        RELEASING,
        SETTLED
    }

    private final SyncPlan plan;
    private final List<ReplaceWriter> all;
    private final Completion completion;
    private final Sending sending;
    private final IndexPreparation indexes;
    private final RepeatableRequests requests;
    private final Deque<ReplaceWriter> waiting = new ArrayDeque<>();
    private int underWay;
    private boolean incomplete;
    private Stage stage;

    Replacements(
            final SyncPlan plan,
            final List<ReplaceWriter> all,
            final Completion completion,
            final Sending sending,
            final IndexPreparation indexes) {
        this.plan = plan;
        this.all = all;
        this.completion = completion;
        this.sending = sending;
        this.indexes = indexes;
        this.requests = new RepeatableRequests(sending, "Table " + GenerationMarker.TABLE);
        stage = all.isEmpty() ? Stage.SETTLED : Stage.READING;
    }

    /** The streams of replaced tables that the source has not read to their end. */
    List<StreamDescriptor> incomplete() {
        return all.stream()
                .map(writer -> writer.stream().descriptor())
                .filter(stream -> !isComplete(stream))
                .toList();
    }

    private boolean isComplete(final StreamDescriptor stream) {
        return completion.isComplete(stream, sending.checkpoints().of(stream));
    }

    /** The input has ended as it should: what is complete is replaced. */
    void inputEnded() {
        if (stage != Stage.READING) {
            return;
        }
        stage = Stage.REPLACING;
        for (final ReplaceWriter replacement : all) {
            if (isComplete(replacement.stream().descriptor())) {
                waiting.add(replacement);
            } else {
                incomplete = true;
                replacement.abandon();
            }
        }
        if (!waiting.isEmpty() && completion.mayStillBeDenied()) {
            LOG.info("The input has ended. This platform does not confirm that the source has succeeded, but ends this"
                    + " process if it has failed: waiting 90 seconds for that before the tables are replaced (%s)."
                            .formatted(tables()));
            underWay++;
            sending.timers().after(DENIAL_MILLIS, () -> {
                underWay--;
                replaceNext();
            });
        } else {
            replaceNext();
        }
    }

    private String tables() {
        return waiting.stream().map(each -> each.stream().table()).collect(Collectors.joining(", "));
    }

    private void replaceNext() {
        while (underWay < (plan.imports() == Imports.WATCHED ? AT_ONCE : 1) && !waiting.isEmpty()) {
            underWay++;
            waiting.remove().replace(() -> {
                underWay--;
                replaceNext();
            });
        }
    }

    /** The input will not end as it should: no table is replaced. */
    void abandon() {
        if (stage == Stage.READING) {
            stage = Stage.SETTLED;
            all.forEach(replacement -> replacement.abandon());
        }
    }

    /** Lets the states go that were withheld, once nothing is left to be done. */
    void settle(final boolean everythingElseIsDone) {
        if (stage != Stage.REPLACING || !waiting.isEmpty() || underWay > 0 || !everythingElseIsDone) {
            return;
        }
        if (incomplete || sending.failures().first().isPresent()) {
            stage = Stage.SETTLED;
        } else {
            stage = Stage.RELEASING;
            markGenerations();
        }
    }

    private void markGenerations() {
        final List<GenerationMarker> markers = plan.replacedOnceAGeneration().stream()
                .map(PlannedStream::marker)
                .toList();
        if (markers.isEmpty()) {
            release();
            return;
        }
        indexes.begin(Map.of(GenerationMarker.TABLE, GenerationMarker.PRIMARY_KEY));
        indexes.whenReady(
                GenerationMarker.TABLE,
                () -> requests.send(
                        Long.MIN_VALUE,
                        () -> sending.deployment().writeGenerationMarkers(markers),
                        written -> release(),
                        outcome -> fail(requests.giveUp(outcome, "writing to table " + GenerationMarker.TABLE))),
                this::fail);
    }

    private void release() {
        sending.checkpoints().releaseWithheld();
        stage = Stage.SETTLED;
    }

    private void fail(final Failure failure) {
        sending.failures().report(failure);
        stage = Stage.SETTLED;
    }

    /** Nothing will happen any more. */
    boolean isSettled() {
        return stage == Stage.SETTLED;
    }
}
