package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.convex.FailuresInARow;
import io.airbyte.integrations.destination.convex.convex.Outcome;
import io.airbyte.integrations.destination.convex.convex.Refusals;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Uploads a stream's parts in order, one request at a time, as they become ready. Nothing in Convex changes by it.
 *
 * <p>Whether a part has arrived whose answer was lost nobody can ask. An object store goes by the part's number, so it is
 * sent again; a deployment that keeps uploads on its own disk would have it twice, so everything is uploaded anew, as long
 * as it is still on disk here (convex-api §5.2).
 */
final class PartUpload {

    /** Object stores take no more (convex-api §5.2). */
    private static final int MOST_PARTS = 9_999;

    private final PlannedStream stream;
    private final Sending sending;
    private final StagedDocuments documents;
    private final BiConsumer<String, List<String>> complete;
    private final Consumer<Failure> failed;
    private final RepeatableRequests requests;
    private final long age;

    private Optional<String> token = Optional.empty();
    private List<String> partTokens = new ArrayList<>();
    private int letGo;
    private FailuresInARow restarts = FailuresInARow.NONE;
    private boolean busy;
    private boolean ended;

    /**
     * @param complete takes the upload's token and those of its parts when all are there
     * @param failed takes the reason when the upload cannot be completed
     */
    PartUpload(
            final PlannedStream stream,
            final Sending sending,
            final StagedDocuments documents,
            final BiConsumer<String, List<String>> complete,
            final Consumer<Failure> failed) {
        this.stream = stream;
        this.sending = sending;
        this.documents = documents;
        this.complete = complete;
        this.failed = failed;
        this.requests = new RepeatableRequests(sending, "Stream " + stream.descriptor());
        this.age = sending.timers().now();
    }

    /** Sends what is ready, unless something is on its way. */
    void advance() {
        if (busy || ended || documents.parts().isEmpty()) {
            return;
        }
        if (token.isEmpty()) {
            start();
        } else if (partTokens.size() < documents.parts().size()) {
            sendPart();
        } else if (documents.isFinished()) {
            busy = true;
            complete.accept(token.orElseThrow(), List.copyOf(partTokens));
        }
    }

    private void start() {
        busy = true;
        requests.send(
                age,
                () -> sending.deployment().startUpload(),
                started -> {
                    token = Optional.of(started);
                    goOn();
                },
                this::fail);
    }

    private void goOn() {
        busy = false;
        advance();
    }

    private void sendPart() {
        final int index = partTokens.size();
        if (index == MOST_PARTS) {
            end(Failure.config(
                    "Stream %s is larger than what Convex imports at once (%,d parts of 10 MB). Sync it incrementally instead of replacing the table."
                            .formatted(stream.descriptor(), MOST_PARTS)));
            return;
        }
        busy = true;
        final String upload = token.orElseThrow();
        sending.window()
                .request(
                        age,
                        () -> sending.deployment()
                                .uploadPart(
                                        upload,
                                        index + 1,
                                        documents.parts().get(index).body()),
                        this::partAnswered);
    }

    private void partAnswered(final Outcome<String> outcome) {
        if (ended) {
            return;
        }
        if (outcome instanceof Outcome.Done<String> done) {
            requests.forgetFailures();
            partTokens.add(done.value());
            goOn();
        } else if (outcome instanceof Outcome.Unknown<String> && !isNumbered()) {
            beginAnew(outcome);
        } else {
            requests.again(outcome, this::goOn, () -> fail(outcome));
        }
    }

    /** The deployment keeps parts by their number, so that one that is sent twice counts once. */
    private boolean isNumbered() {
        return partTokens.stream().anyMatch(given -> !given.isEmpty());
    }

    /** Uploads everything again, since nobody knows what the upload holds; gives up after several times. */
    void beginAnew(final Outcome<?> because) {
        restarts = restarts.and(because);
        final Optional<Duration> delay = requests.delayAfter(restarts, because);
        if (delay.isEmpty()) {
            end(Refusals.exhausted(because, restarts.ofTheLastKind(), doing()));
        } else if (!documents.areAllOnDisk()) {
            end(Failure.transientError(
                    ("Stream %s has to be uploaded anew, since the answer to a request was lost or its import failed, and it is too"
                                    + " large to be kept on disk here meanwhile. Run the sync again; the table keeps what it held.")
                            .formatted(stream.descriptor())));
        } else {
            busy = true;
            token = Optional.empty();
            partTokens = new ArrayList<>();
            requests.later(delay.get(), RepeatableRequests.reason(because) + ", so the upload begins anew", this::goOn);
        }
    }

    private void fail(final Outcome<?> outcome) {
        end(requests.giveUp(outcome, doing()));
    }

    private String doing() {
        return "replacing table " + stream.table();
    }

    private void end(final Failure failure) {
        ended = true;
        failed.accept(failure);
    }

    /** Nothing more is sent. */
    void stop() {
        ended = true;
    }

    /** There are parts that are not there yet. */
    boolean hasMoreToSend() {
        return !ended && partTokens.size() < documents.parts().size();
    }

    /** Bytes of disk that {@link #letGo()} would give back. */
    long bytesToLetGo() {
        return letGo < partTokens.size() ? documents.parts().get(letGo).bytesOnDisk() : 0;
    }

    /** The oldest part that has arrived is on disk no more. */
    void letGo() {
        documents.parts().get(letGo++).delete();
    }
}
