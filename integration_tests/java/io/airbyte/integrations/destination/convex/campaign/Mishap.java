package io.airbyte.integrations.destination.convex.campaign;

import io.airbyte.integrations.destination.convex.local.Fault;
import io.airbyte.integrations.destination.convex.local.Fault.When;
import java.time.Duration;

/** What may go wrong with a request. */
enum Mishap {
    LOST_BEFORE_COMMIT,
    LOST_AFTER_COMMIT,
    HALF_ANSWER,
    STALL_BEFORE_COMMIT,
    STALL_AFTER_COMMIT,
    TIMED_OUT_408,
    TOO_EARLY_425,
    TOO_MANY_429,
    SERVER_ERROR_500_BEFORE,
    SERVER_ERROR_500_AFTER,
    GATEWAY_502_AFTER,
    GATEWAY_503_BEFORE,
    CONFLICT_503,
    OVERLOAD_503,
    SLOW_ANSWER;

    private static final Duration BETWEEN_BYTES = Duration.ofMillis(2);

    /** Bursts of these are all retried; a plain 500 only a few times. */
    boolean comesInBursts() {
        return this == TOO_MANY_429 || this == CONFLICT_503 || this == OVERLOAD_503 || this == TIMED_OUT_408;
    }

    Fault fault() {
        return switch (this) {
            case LOST_BEFORE_COMMIT -> Fault.lostBeforeCommit();
            case LOST_AFTER_COMMIT -> Fault.lostAfterCommit();
            case HALF_ANSWER -> new Fault.HalfAnswer();
            case STALL_BEFORE_COMMIT -> Fault.stallBeforeCommit();
            case STALL_AFTER_COMMIT -> Fault.stallAfterCommit();
            case TIMED_OUT_408 -> Fault.emptyAnswer(When.AFTER_COMMIT, 408);
            case TOO_EARLY_425 -> Fault.error(425, "TooEarly");
            case TOO_MANY_429 -> Fault.error(429, "TooManyWrites").with("Retry-After", "1");
            case SERVER_ERROR_500_BEFORE -> Fault.error(500, "InternalServerError");
            case SERVER_ERROR_500_AFTER -> Fault.error(When.AFTER_COMMIT, 500, "InternalServerError");
            case GATEWAY_502_AFTER -> Fault.answer(When.AFTER_COMMIT, 502, "text/html", "<html>Bad gateway</html>");
            case GATEWAY_503_BEFORE -> Fault.answer(When.BEFORE_COMMIT, 503, "text/html", "<html>Unavailable</html>");
            case CONFLICT_503 -> Fault.conflict();
            case OVERLOAD_503 -> Fault.error(503, "CommitterFullError");
            case SLOW_ANSWER -> new Fault.SlowAnswer(BETWEEN_BYTES);
        };
    }
}
