package io.airbyte.integrations.destination.convex.convex;

import io.airbyte.integrations.destination.convex.convex.Outcome.Busy;
import io.airbyte.integrations.destination.convex.convex.Outcome.Doubt;
import io.airbyte.integrations.destination.convex.convex.Outcome.Refused;
import io.airbyte.integrations.destination.convex.convex.Outcome.Unknown;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * What a reply proves (convex-api §2.6). Only a deployment's own words prove anything: what stands between here and it
 * (a proxy, an edge) may answer in its place after the request was carried out, so its answers leave the outcome
 * unknown.
 */
final class OutcomeReader {

    private static final Set<String> TURNED_AWAY = Set.of(
            "OptimisticConcurrencyControlFailure",
            "CommitterFullError",
            "SubscriptionsWorkerFullError",
            "TableSummariesUnavailable");

    private final InstantSource clock;
    private final UnaryOperator<String> withoutKey;

    /**
     * @param clock for a {@code Retry-After} that is a date
     * @param withoutKey takes the deploy key out of a text, should anyone ever quote it
     */
    OutcomeReader(final InstantSource clock, final UnaryOperator<String> withoutKey) {
        this.clock = clock;
        this.withoutKey = withoutKey;
    }

    /** How the body of a 200 becomes an outcome. */
    interface Success<T> {
        /** The outcome; nothing where the body is not what the deployment answers to this request. */
        Optional<Outcome<T>> read(Reply.Answer answer);
    }

    <T> Outcome<T> read(final Reply reply, final Success<T> success) {
        if (reply instanceof Reply.Answer answer) {
            return answer.status() == 200
                    ? success.read(answer).orElseGet(() -> lost(answer))
                    : failure(answer, ErrorAnswer.of(answer, withoutKey));
        }
        return fault((Reply.Fault) reply);
    }

    private static <T> Outcome<T> fault(final Reply.Fault fault) {
        final String reason =
                fault.detail().isEmpty() ? fault.cause().words() : fault.cause().words() + " (" + fault.detail() + ")";
        if (fault.cause().beforeSending()) {
            return new Busy<>(reason, Optional.empty());
        }
        final Doubt doubt = fault.cause() == Reply.Cause.TIMED_OUT ? Doubt.TIMED_OUT : Doubt.ANSWER_LOST;
        return new Unknown<>(doubt, reason, Optional.empty());
    }

    private <T> Outcome<T> failure(final Reply.Answer answer, final Optional<ErrorAnswer> error) {
        return switch (answer.status()) {
            case 408 -> new Unknown<>(Doubt.TIMED_OUT, reason(answer, error), retryAfter(answer));
            case 425, 429 -> new Busy<>(reason(answer, error), retryAfter(answer));
            case 500 -> new Unknown<>(Doubt.SERVER_ERROR, reason(answer, error), retryAfter(answer));
            case 503 ->
                error.filter(known -> turnsAway(known.code())).isPresent()
                        ? new Busy<>(reason(answer, error), retryAfter(answer))
                        : lost(answer);
            default -> answer.status() >= 300 && answer.status() < 500 ? refused(answer, error) : lost(answer);
        };
    }

    private <T> Refused<T> refused(final Reply.Answer answer, final Optional<ErrorAnswer> error) {
        return error.<Refused<T>>map(told -> new Refused<>(answer.status(), told.code(), told.message()))
                .orElseGet(() -> new Refused<>(answer.status(), "", description(answer)));
    }

    /** Convex's own codes for a request that was not carried out (convex-api §2.6); an edge's codes prove nothing. */
    private static boolean turnsAway(final String code) {
        return TURNED_AWAY.contains(code) || code.endsWith("IndexTooLarge");
    }

    /** Nobody can tell whether the deployment ever saw the request, or what became of it. */
    private <T> Unknown<T> lost(final Reply.Answer answer) {
        return new Unknown<>(Doubt.ANSWER_LOST, reason(answer, ErrorAnswer.of(answer, withoutKey)), retryAfter(answer));
    }

    private String reason(final Reply.Answer answer, final Optional<ErrorAnswer> error) {
        return error.map(told -> "HTTP status " + answer.status() + ", " + told.code() + ": " + told.message())
                .orElseGet(() -> description(answer));
    }

    /** What has answered, in words that hold nothing of the body but Convex's own code. */
    String summary(final Reply.Answer answer) {
        return ErrorAnswer.of(answer, withoutKey)
                .map(told -> "HTTP status " + answer.status() + ", " + told.code())
                .orElseGet(() -> description(answer));
    }

    /** A header may repeat the key as well as a body. */
    private String description(final Reply.Answer answer) {
        return withoutKey.apply(answer.description());
    }

    private Optional<Duration> retryAfter(final Reply.Answer answer) {
        return answer.retryAfter().flatMap(header -> RetryAfter.parse(header, clock.instant()));
    }
}
