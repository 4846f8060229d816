package io.airbyte.integrations.destination.convex.convex;

import io.airbyte.integrations.destination.convex.convex.Outcome.Busy;
import io.airbyte.integrations.destination.convex.convex.Outcome.Unknown;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * When a request may be sent again (DESIGN rule 4): exponential back-off with full jitter, and at least as long as the
 * deployment asked for. Whether sending it again is safe is not decided here: an append of unknown outcome needs proof
 * first.
 */
public final class RetryPolicy {

    /** Attempts at one request, the first included. */
    public static final int ATTEMPTS = 10;

    /** Attempts that may end in a plain 500, one after the other; it is often deterministic (convex-api §2.6). */
    public static final int ATTEMPTS_AFTER_SERVER_ERROR = 4;

    /** No retry comes sooner, so that even the luckiest jitter is not a busy loop. */
    static final Duration SHORTEST = Duration.ofMillis(50);

    static final Duration FIRST_CEILING = Duration.ofMillis(500);
    static final Duration HIGHEST_CEILING = Duration.ofSeconds(30);

    /** The longest that a {@code Retry-After} is obeyed; a quiet stream's platform gives up on much longer silence. */
    static final Duration LONGEST_REQUESTED = Duration.ofMinutes(5);

    private final RandomGenerator random;

    /** @param random the source of the jitter; used by the caller's thread only */
    public RetryPolicy(final RandomGenerator random) {
        this.random = random;
    }

    /**
     * How long to wait before the next attempt, or nothing where there must be none: the request is done, was refused,
     * or has used up its attempts.
     *
     * @param failures of the attempts so far, the one that ended in {@code outcome} included
     * @param outcome of the last attempt
     */
    public Optional<Duration> delayAfter(final FailuresInARow failures, final Outcome<?> outcome) {
        if (failures.all() >= ATTEMPTS || failures.serverErrors() >= ATTEMPTS_AFTER_SERVER_ERROR) {
            return Optional.empty();
        }
        if (outcome instanceof Busy<?> busy) {
            return Optional.of(delay(failures.all(), busy.retryAfter()));
        }
        return outcome instanceof Unknown<?> unknown
                ? Optional.of(delay(failures.all(), unknown.retryAfter()))
                : Optional.empty();
    }

    private Duration delay(final int failures, final Optional<Duration> requested) {
        final long ceiling =
                Math.min(FIRST_CEILING.toMillis() << Math.min(failures - 1, 16), HIGHEST_CEILING.toMillis());
        final Duration jittered = Duration.ofMillis(random.nextLong(SHORTEST.toMillis(), ceiling + 1));
        return requested
                .map(asked -> shorter(asked, LONGEST_REQUESTED))
                .filter(asked -> asked.compareTo(jittered) > 0)
                .orElse(jittered);
    }

    private static Duration shorter(final Duration one, final Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
