package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.convex.FailuresInARow;
import io.airbyte.integrations.destination.convex.convex.Outcome;
import io.airbyte.integrations.destination.convex.convex.Refusals;
import io.airbyte.integrations.destination.convex.convex.RetryPolicy;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.logging.Logger;

/**
 *Requests that may always be sent again, one after the other: each is, until it is done or refused for good, or has
 * failed too often in a row.
 */
final class RepeatableRequests {

    private static final Logger LOG = Logger.getLogger(RepeatableRequests.class.getName());

    private static final long LONGEST_PAUSE_SECONDS = 60;

    private final Sending sending;
    private final String subject;
    private FailuresInARow failures = FailuresInARow.NONE;

    /** @param subject what the requests are about, for the log: the beginning of a sentence */
    RepeatableRequests(final Sending sending, final String subject) {
        this.sending = sending;
        this.subject = subject;
    }

    /**
     * Sends a request in its turn, and again.
     *
     * @param age decides whose turn it is, as in {@link InFlightWindow#request}
     * @param otherwise takes the last outcome if the request was refused or given up
     */
    <T> void send(
            final long age,
            final Supplier<CompletableFuture<Outcome<T>>> request,
            final Consumer<T> done,
            final Consumer<Outcome<T>> otherwise) {
        sending.window().request(age, request, outcome -> {
            if (outcome instanceof Outcome.Done<T> answer) {
                forgetFailures();
                done.accept(answer.value());
            } else {
                again(outcome, () -> send(age, request, done, otherwise), () -> otherwise.accept(outcome));
            }
        });
    }

    /** One more request has ended in {@code outcome}: does {@code again} later, or {@code otherwise} now if that is no use. */
    void again(final Outcome<?> outcome, final Runnable again, final Runnable otherwise) {
        failures = failures.and(outcome);
        delayAfter(failures, outcome).ifPresentOrElse(pause -> later(pause, reason(outcome), again), otherwise);
    }

    /** How long to wait after so many failures in a row, the last of which was {@code outcome}; empty when it is no use. */
    Optional<Duration> delayAfter(final FailuresInARow failures, final Outcome<?> outcome) {
        if (sending.failures().areOfAnOutage()) {
            return Optional.empty();
        }
        return outcome instanceof Outcome.Refused<?> refused
                ? delayAfterRefusal(failures.all(), refused)
                : sending.retries().delayAfter(failures, outcome);
    }

    /** What a refusal waits for, such as an index that is being built, may take a while. */
    private static Optional<Duration> delayAfterRefusal(final int failures, final Outcome.Refused<?> refused) {
        if (failures >= RetryPolicy.ATTEMPTS || !Refusals.maySucceedLater(refused)) {
            return Optional.empty();
        }
        return Optional.of(Duration.ofSeconds(Math.min(LONGEST_PAUSE_SECONDS, 1L << failures)));
    }

    static String reason(final Outcome<?> outcome) {
        return outcome instanceof Outcome.Refused<?> refused
                ? refused.code() + ": " + refused.message()
                : Refusals.reason(outcome);
    }

    /** Does {@code again} after a pause, and says so in the log. */
    void later(final Duration pause, final String reason, final Runnable again) {
        sending.statistics().retried();
        LOG.info(() -> "%s: %s. Trying again in %.1f s (attempt %d)."
                .formatted(subject, reason, pause.toMillis() / 1000.0, failures.all() + 1));
        sending.timers().after(pause.toMillis(), again);
    }

    /** What follows is another matter: it gets all its attempts. */
    void forgetFailures() {
        failures = FailuresInARow.NONE;
    }

    /**
     * The last request was refused, or has failed too often; where the deployment is out of reach, others give up sooner.
     *
     * @return what it means to the user
     */
    Failure giveUp(final Outcome<?> outcome, final String doing) {
        if (!(outcome instanceof Outcome.Refused<?>) && !outcome.isServerError()) {
            sending.failures().foundOutage();
        }
        return Refusals.exhausted(outcome, failures.ofTheLastKind(), doing);
    }
}
