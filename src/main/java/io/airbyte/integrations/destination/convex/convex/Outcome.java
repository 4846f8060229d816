package io.airbyte.integrations.destination.convex.convex;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the answer to a request, or its absence, proves. Each case says what is durable, for that decides what may be
 * sent again (convex-api §2.3, §2.6).
 */
public sealed interface Outcome<T> {

    /** The deployment did it: everything in the request is durable. */
    record Done<T>(T value) implements Outcome<T> {}

    /**
     * The deployment understood the request and will refuse it again. Nothing of its last transaction was written; a
     * request that fits one transaction left no trace at all.
     *
     * @param status the HTTP status
     * @param code Convex's own error code, or empty where the answer was not Convex's
     * @param message Convex's own text, without the stored data that it quotes
     */
    record Refused<T>(int status, String code, String message) implements Outcome<T> {}

    /**
     * The request was turned away before it was carried out, and may succeed later: nothing of its last transaction was
     * written.
     *
     * @param reason what was answered, for logs
     * @param retryAfter how long the deployment asked to wait, if it said so
     */
    record Busy<T>(String reason, Optional<Duration> retryAfter) implements Outcome<T> {}

    /** Nobody knows whether the request was carried out: all, some or nothing of it may be durable. */
    record Unknown<T>(Doubt doubt, String reason, Optional<Duration> retryAfter) implements Outcome<T> {}

    /** The same outcome, told of what {@code of} makes of the value where there is one. */
    default <U> Outcome<U> map(final Function<? super T, ? extends U> of) {
        if (this instanceof Done<T> done) {
            return new Done<>(of.apply(done.value));
        } else if (this instanceof Refused<T> refused) {
            return new Refused<>(refused.status, refused.code, refused.message);
        } else if (this instanceof Busy<T> busy) {
            return new Busy<>(busy.reason, busy.retryAfter);
        }
        final Unknown<T> unknown = (Unknown<T>) this;
        return new Unknown<>(unknown.doubt, unknown.reason, unknown.retryAfter);
    }

    /** Whether the answer was a plain 500, which is often deterministic (convex-api §2.6). */
    default boolean isServerError() {
        return this instanceof Unknown<T> unknown && unknown.doubt == Doubt.SERVER_ERROR;
    }

    /** The outcome of a request that is done and has nothing to tell. */
    @SuppressWarnings("NullAway") // Void has no other value
    static Outcome<Void> done() {
        return new Done<>(null);
    }

    /** Why an outcome is unknown. */
    enum Doubt {
        /** No complete answer came in time; the deployment may still be at work. */
        TIMED_OUT,
        /** The connection broke, or something between here and the deployment answered in its place. */
        ANSWER_LOST,
        /** A plain 500: often deterministic, so worth only a few retries. */
        SERVER_ERROR
    }
}
