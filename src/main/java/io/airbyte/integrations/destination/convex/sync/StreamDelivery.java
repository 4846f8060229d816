package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.convex.FailuresInARow;
import io.airbyte.integrations.destination.convex.convex.Outcome;
import io.airbyte.integrations.destination.convex.convex.Refusals;
import io.airbyte.integrations.destination.convex.convex.RequestBody;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.logging.Logger;

/**
 * Carries a stream's batches to the deployment, one request at a time, so that records become durable in arrival order.
 * A batch that is refused is halved until the record at fault stands alone; those before it become durable.
 *
 * <p>What an outcome proves differs from one way of writing to another, so it is the writer that decides: each outcome
 * ends in exactly one of {@link #landed()}, {@link #send()}, {@link #retry}, {@link #refused} or {@link #fail}.
 */
final class StreamDelivery {

    private static final Logger LOG = Logger.getLogger(StreamDelivery.class.getName());

    private static final Duration SETTLING = Duration.ofSeconds(2);

    private final PlannedStream stream;
    private final BatchQueue queue;
    private final Sending sending;
    private final StreamCheckpoint checkpoint;
    private final StreamStatistics statistics;
    private final Runnable begin;
    private final Consumer<Outcome<Void>> answered;

    private Optional<Batch> batch = Optional.empty();
    /** What of the batch is not durable yet; the first range is the one being sent. */
    private final Deque<Batch.Range> ranges = new ArrayDeque<>();

    private FailuresInARow failures = FailuresInARow.NONE;
    private boolean failed;

    /**
     * @param begin called when a batch's turn has come: it leads to {@link #send()} or {@link #fail}
     * @param answered takes the outcome of each request
     */
    StreamDelivery(
            final PlannedStream stream,
            final RequestFrame frame,
            final BatchLimits limits,
            final Sending sending,
            final Runnable begin,
            final Consumer<Outcome<Void>> answered) {
        this.stream = stream;
        this.queue = new BatchQueue(stream, frame, limits, sending, this::beginNext);
        this.sending = sending;
        this.checkpoint = sending.checkpoints().of(stream.descriptor());
        this.statistics = sending.statistics().of(stream);
        this.begin = begin;
        this.answered = answered;
    }

    BatchQueue queue() {
        return queue;
    }

    private void beginNext() {
        if (batch.isEmpty() && !failed) {
            batch = queue.poll();
            batch.ifPresent(next -> {
                ranges.add(next.all());
                begin.run();
            });
        }
    }

    /** The records being sent. */
    Batch.Range current() {
        return ranges.element();
    }

    Batch batch() {
        return batch.orElseThrow();
    }

    /** Sends the current records. */
    void send() {
        send(() -> batch().body(current()));
    }

    /** Sends {@code body} in their place. */
    void send(final Supplier<RequestBody> body) {
        send(body, answered);
    }

    /** Sends a request that changes nothing, to see whether the deployment serves it. */
    void sendNoRecords(final Consumer<Outcome<Void>> seen) {
        send(() -> batch().noRecords(), seen);
    }

    private void send(final Supplier<RequestBody> body, final Consumer<Outcome<Void>> taker) {
        sending.window().request(batch().openedAt(), () -> sending.deployment().importRecords(body.get()), taker);
    }

    /** The current records are durable. */
    void landed() {
        forgetFailures();
        final Batch delivered = batch();
        statistics.recordsWritten(current().records());
        checkpoint.recordsDurable(ranges.remove().records());
        if (ranges.isEmpty()) {
            batch = Optional.empty();
            delivered.release();
            sending.checkpoints().batchDurable(delivered);
            beginNext();
        } else {
            send();
        }
    }

    /** Makes two halves of the current records, the first of which is then current; false if there is but one record. */
    boolean split() {
        if (current().records() == 1) {
            return false;
        }
        final Batch.Range whole = ranges.remove();
        final int middle = whole.from() + whole.records() / 2;
        ranges.push(new Batch.Range(middle, whole.to()));
        ranges.push(new Batch.Range(whole.from(), middle));
        return true;
    }

    /**
     * How long to wait after one more failure; empty when it is time to give up. Part of a batch that was halved is not
     * tried again before the record at fault stands alone: only then does a repeated failure prove anything.
     */
    Optional<Duration> delayAfter(final Outcome<?> outcome) {
        failures = failures.and(outcome);
        final boolean halved = current().records() > 1 && current().records() < batch().records();
        if (sending.failures().areOfAnOutage() || (halved && outcome.isServerError())) {
            return Optional.empty();
        }
        return sending.retries().delayAfter(failures, outcome).map(delay -> atLeastUntilSettled(delay, outcome));
    }

    /** Without an answer the deployment may still be at work on the request; what comes next should not meet it. */
    private static Duration atLeastUntilSettled(final Duration delay, final Outcome<?> outcome) {
        return outcome instanceof Outcome.Unknown<?> && !outcome.isServerError() && delay.compareTo(SETTLING) < 0
                ? SETTLING
                : delay;
    }

    /** Does {@code again} later, or gives up if it was tried often enough. */
    void retry(final Outcome<?> outcome, final Runnable again) {
        retry(outcome, again, () -> giveUp(outcome));
    }

    /** Does {@code again} later, or {@code otherwise} now if it was tried often enough. */
    void retry(final Outcome<?> outcome, final Runnable again, final Runnable otherwise) {
        delayAfter(outcome).ifPresentOrElse(delay -> later(delay, outcome, again), otherwise);
    }

    void later(final Duration delay, final Outcome<?> outcome, final Runnable again) {
        sending.statistics().retried();
        LOG.info(() -> "Stream %s: %s. Trying again in %.1f s (attempt %d)."
                .formatted(
                        stream.descriptor(), Refusals.reason(outcome), delay.toMillis() / 1000.0, failures.all() + 1));
        sending.timers().after(delay.toMillis(), again);
    }

    /** Too many attempts failed: a stubborn server error is narrowed down to its record, anything else ends the stream. */
    void giveUp(final Outcome<?> outcome) {
        if (outcome.isServerError()) {
            narrowDown(exhausted(outcome));
        } else {
            giveUpOnDeployment(outcome);
        }
    }

    /** Too many attempts failed, and no record can be at fault. */
    void giveUpOnDeployment(final Outcome<?> outcome) {
        sending.failures().foundOutage();
        fail(exhausted(outcome));
    }

    /** What follows is another matter: it gets all its attempts. */
    void forgetFailures() {
        failures = FailuresInARow.NONE;
    }

    /** The failure of having tried often enough. */
    Failure exhausted(final Outcome<?> outcome) {
        return Refusals.exhausted(outcome, failures.ofTheLastKind(), doing());
    }

    private String doing() {
        return "writing to table " + stream.table();
    }

    /** The current records will be refused again. */
    void refused(final Outcome.Refused<Void> refusal) {
        final Failure failure = Refusals.failure(refusal, doing());
        if (Refusals.mayBeAboutOneRecord(refusal)) {
            narrowDown(failure);
        } else {
            fail(failure);
        }
    }

    /** Finds the record at fault, by halves; once it stands alone, the stream fails with {@code failure}. */
    void narrowDown(final Failure failure) {
        if (split()) {
            forgetFailures();
            send();
        } else {
            fail(failure.and(" It was record %d of stream %s in this sync%s; the records before it were written."
                    .formatted(checkpoint.durable() + 1, stream.descriptor(), stream.primaryKeyText())));
        }
    }

    /** The stream ends here: what is not durable is forgotten, and its states never leave. */
    void fail(final Failure failure) {
        failed = true;
        sending.failures().report(failure.ofStream(stream.descriptor()));
        batch.ifPresent(Batch::release);
        batch = Optional.empty();
        ranges.clear();
        queue.discard();
    }

    /** How many bytes would leave if the open batch were sealed now. */
    long bytesToFlush() {
        return batch.isPresent() || failed ? 0 : queue.openBytes();
    }

    /** Everything is durable, or the stream has failed. */
    boolean isDone() {
        return failed || (batch.isEmpty() && queue.isEmpty());
    }
}
