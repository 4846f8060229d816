package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.convex.Outcome;
import io.airbyte.integrations.destination.convex.convex.RequestBody;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Replaces a table within a single request, for deploy keys that may not watch imports (convex-api §5.2). Sent again, a
 * request whose answer was lost would be a second import, which might end before the first; so it is not, and the user
 * learns what may have happened.
 */
final class ImportInOneRequest {

    private final PlannedStream stream;
    private final Sending sending;
    private final Runnable completed;
    private final Consumer<Failure> failed;
    private final RepeatableRequests requests;

    /** @param completed called when the table holds the documents */
    ImportInOneRequest(
            final PlannedStream stream,
            final Sending sending,
            final Runnable completed,
            final Consumer<Failure> failed) {
        this.stream = stream;
        this.sending = sending;
        this.completed = completed;
        this.failed = failed;
        this.requests = new RepeatableRequests(sending, "Stream " + stream.descriptor());
    }

    /** @param documents how many lines the body has */
    void send(final Supplier<RequestBody> body, final long documents) {
        sending.window()
                .request(
                        Long.MIN_VALUE,
                        () -> sending.deployment().importAtOnce(stream.table(), body.get()),
                        outcome -> answered(outcome, body, documents));
    }

    private void answered(final Outcome<Long> outcome, final Supplier<RequestBody> body, final long documents) {
        if (outcome instanceof Outcome.Done<Long> done) {
            imported(done.value(), documents);
        } else if (outcome instanceof Outcome.Unknown<Long> unknown) {
            failed.accept(unknown(unknown));
        } else {
            requests.again(
                    outcome,
                    () -> send(body, documents),
                    () -> failed.accept(requests.giveUp(outcome, "replacing table " + stream.table())));
        }
    }

    private void imported(final long written, final long documents) {
        if (written == documents) {
            completed.run();
        } else {
            failed.accept(Failure.system(
                    "Convex says that %,d documents replaced those of table %s, but %,d were sent. Please report it."
                            .formatted(written, stream.table(), documents)));
        }
    }

    private Failure unknown(final Outcome.Unknown<Long> outcome) {
        final String what =
                ("Whether table %s was replaced is not known, since the request for it was not answered (%s). It"
                                + " holds either all of the old documents or all of the new ones, and Convex may still be at work on it.")
                        .formatted(stream.table(), RepeatableRequests.reason(outcome));
        return outcome.doubt() == Outcome.Doubt.TIMED_OUT
                ? Failure.config(what
                        + " Convex gives such a request 300 seconds, which is not enough for this stream. Generate a deploy key"
                        + " with the permission deployment:backups:view and enter it in the connector's settings: with it the"
                        + " connector watches the import however long it takes.")
                : Failure.transientError(what
                        + " The next attempt replaces it again. A deploy key with the permission deployment:backups:view lets the"
                        + " connector find out.");
    }
}
