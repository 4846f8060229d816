package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.convex.ImportState;
import io.airbyte.integrations.destination.convex.convex.Outcome;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.logging.Logger;

/**
 * Brings an upload into its table: a snapshot import that is watched until it is completed (convex-api §5.4). Readers see
 * the old documents until then, and all of the new ones afterwards.
 */
final class ImportWatch {

    private static final Logger LOG = Logger.getLogger(ImportWatch.class.getName());

    /** Polls are older than any record. */
    private static final long MOST_URGENT = Long.MIN_VALUE;

    private static final long FIRST_POLL_MILLIS = 100;
    private static final long SLOWEST_POLL_MILLIS = 5_000;
    private static final long TOLD_EVERY_MILLIS = 30_000;

    private final PlannedStream stream;
    private final Sending sending;
    private final long documents;
    private final Runnable completed;
    private final Consumer<Outcome<?>> anew;
    private final Consumer<Failure> failed;
    private final RepeatableRequests requests;
    /** Counts for itself: between two of these a poll succeeds. */
    private final RepeatableRequests confirmations;

    private long pollInterval = FIRST_POLL_MILLIS;
    private long waitingSince;
    private long toldAt;

    /**
     * @param documents how many were uploaded
     * @param completed called when the table holds them
     * @param anew takes the reason why this import cannot be completed, though another may; the table is what it was
     * @param failed takes the reason why it is no use
     */
    ImportWatch(
            final PlannedStream stream,
            final Sending sending,
            final long documents,
            final Runnable completed,
            final Consumer<Outcome<?>> anew,
            final Consumer<Failure> failed) {
        this.stream = stream;
        this.sending = sending;
        this.documents = documents;
        this.completed = completed;
        this.anew = anew;
        this.failed = failed;
        this.requests = new RepeatableRequests(sending, "Stream " + stream.descriptor());
        this.confirmations = new RepeatableRequests(sending, "Stream " + stream.descriptor());
    }

    /** Makes an import of a complete upload, and carries it out. */
    void begin(final String uploadToken, final List<String> partTokens) {
        waitingSince = sending.timers().now();
        toldAt = waitingSince;
        sending.window()
                .request(
                        MOST_URGENT,
                        () -> sending.deployment().finishUpload(stream.table(), uploadToken, partTokens),
                        outcome -> {
                            if (outcome instanceof Outcome.Done<String> done) {
                                requests.forgetFailures();
                                poll(done.value());
                            } else if (outcome instanceof Outcome.Unknown<String>) {
                                // What it has made, if anything, is never performed.
                                anew.accept(outcome);
                            } else {
                                requests.again(outcome, () -> begin(uploadToken, partTokens), () -> failed(outcome));
                            }
                        });
    }

    private void poll(final String importId) {
        requests.send(
                MOST_URGENT,
                () -> sending.deployment().importState(importId),
                state -> proceed(importId, state),
                this::failed);
    }

    private void proceed(final String importId, final ImportState state) {
        if (state instanceof ImportState.WaitingForConfirmation waiting) {
            confirm(importId, waiting.documents());
        } else if (state instanceof ImportState.Completed) {
            completed.run();
        } else if (state instanceof ImportState.Failed failure) {
            anew.accept(failure.refusal());
        } else if (state instanceof ImportState.Unknown) {
            anew.accept(lost("the deployment does not know the import any more"));
        } else {
            tell(state);
            pollLater(importId);
        }
    }

    /** A part that counts twice, or not at all, would show here. */
    private void confirm(final String importId, final long found) {
        if (found == documents) {
            perform(importId);
        } else {
            anew.accept(lost("the upload has %,d documents instead of %,d".formatted(found, documents)));
        }
    }

    private static Outcome<Void> lost(final String reason) {
        return new Outcome.Unknown<>(Outcome.Doubt.ANSWER_LOST, reason, Optional.empty());
    }

    /** Whatever becomes of the request, the next poll tells what to do. */
    private void perform(final String importId) {
        sending.window().request(MOST_URGENT, () -> sending.deployment().performImport(importId), outcome -> {
            if (outcome instanceof Outcome.Done<Void>) {
                pollInterval = FIRST_POLL_MILLIS;
                pollLater(importId);
            } else {
                confirmations.again(
                        outcome, () -> poll(importId), () -> failed.accept(confirmations.giveUp(outcome, doing())));
            }
        });
    }

    private void failed(final Outcome<?> outcome) {
        failed.accept(requests.giveUp(outcome, doing()));
    }

    private String doing() {
        return "replacing table " + stream.table();
    }

    private void pollLater(final String importId) {
        sending.timers().after(pollInterval, () -> poll(importId));
        pollInterval = Math.min(SLOWEST_POLL_MILLIS, pollInterval * 3 / 2);
    }

    private void tell(final ImportState state) {
        final long now = sending.timers().now();
        if (now - toldAt >= TOLD_EVERY_MILLIS) {
            toldAt = now;
            LOG.info(
                    "Waiting for the deployment to import table %s (%d s so far): %s. It carries out one import at a time."
                            .formatted(stream.table(), (now - waitingSince) / 1000, progress(state)));
        }
    }

    private static String progress(final ImportState state) {
        return state instanceof ImportState.InProgress importing
                ? "in progress, " + importing.progress()
                : "not read yet";
    }
}
