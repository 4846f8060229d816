package io.airbyte.integrations.destination.convex.convex;

/**
 * How often a request has failed since it last succeeded. Plain 500s are counted by themselves, too, because so few of them are
 * tried again: a deployment that was away for a while and then answers with one has not failed often.
 *
 * @param all failures of whatever kind
 * @param serverErrors how many of the last ones were plain 500s, without another kind between them
 */
public record FailuresInARow(int all, int serverErrors) {

    public static final FailuresInARow NONE = new FailuresInARow(0, 0);

    /** One more, which ended in {@code outcome}. */
    public FailuresInARow and(final Outcome<?> outcome) {
        return new FailuresInARow(all + 1, outcome.isServerError() ? serverErrors + 1 : 0);
    }

    /** Those that the last one is to be told with: only plain 500s, or all of them. */
    public int ofTheLastKind() {
        return serverErrors > 0 ? serverErrors : all;
    }
}
