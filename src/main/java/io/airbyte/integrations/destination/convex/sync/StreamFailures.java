package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.protocol.Failure;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The failure that a sync ends with: the first one. What fails after it is a consequence, or will be met again by the
 * next attempt.
 */
final class StreamFailures {

    private final Consumer<Failure> whenFirst;
    private Optional<Failure> first = Optional.empty();
    private boolean outage;

    /** @param whenFirst called once, at the first failure */
    StreamFailures(final Consumer<Failure> whenFirst) {
        this.whenFirst = whenFirst;
    }

    void report(final Failure failure) {
        if (first.isEmpty()) {
            first = Optional.of(failure);
            whenFirst.accept(failure);
        }
    }

    /** A stream has given up on a deployment that was out of reach, or too busy, for too long; it reports that itself. */
    void foundOutage() {
        outage = true;
    }

    Optional<Failure> first() {
        return first;
    }

    /**
     * The deployment could not be reached for so long that a stream has given up; the others, which have been waiting
     * just as long, then give up at their next failed request.
     */
    boolean areOfAnOutage() {
        return outage;
    }
}
