package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.document.EncodedDocument;
import io.airbyte.integrations.destination.convex.json.ByteSlice;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * A stream's records on their way into requests: one batch that is open, and full ones before it. A batch is sealed when
 * it is full, when its first record has lingered long enough, or when it is asked for.
 */
final class BatchQueue {

    /** How long a record waits for company, in milliseconds. */
    static final long LINGER_MILLIS = 10_000;

    private final RequestFrame frame;
    private final BatchLimits limits;
    private final MemoryPool pool;
    private final Timers timers;
    private final Checkpoints checkpoints;
    private final StreamCheckpoint checkpoint;
    private final Runnable whenSealed;
    private final Deque<Batch> sealed = new ArrayDeque<>();
    private Optional<Batch> open = Optional.empty();
    private boolean lingerTimerRuns;

    /** @param whenSealed called each time that a batch has become ready to leave */
    BatchQueue(
            final PlannedStream stream,
            final RequestFrame frame,
            final BatchLimits limits,
            final Sending sending,
            final Runnable whenSealed) {
        this.frame = frame;
        this.limits = limits;
        this.pool = sending.pool();
        this.timers = sending.timers();
        this.checkpoints = sending.checkpoints();
        this.checkpoint = checkpoints.of(stream.descriptor());
        this.whenSealed = whenSealed;
    }

    /** Takes the stream's next record; the document is copied. */
    void add(final EncodedDocument document) {
        final ByteSlice json = document.json();
        final long bytes = Batch.messageBytes(frame, json.length(), document.delete());
        requireSendable(bytes);
        open.filter(batch -> limits.areReachedBy(batch, bytes, document.size())).ifPresent(full -> seal());
        final long sequence = checkpoint.recordArrived();
        final Batch batch = open.orElseGet(() -> openBatch(sequence));
        if (document.delete()) {
            batch.addDelete(json, document.size());
        } else {
            batch.add(json, document.size());
        }
    }

    /** A document within Convex's limits can still be long to write down: escapes, white space, numbers of many digits. */
    private void requireSendable(final long messageBytes) {
        final long length = messageBytes + frame.overhead();
        if (length > BatchLimits.LONGEST_BODY) {
            throw Failure.config(
                    "Record %d of its stream takes a request of %d bytes, and Convex accepts %d. Leave the stream's largest columns out, or shorten them at the source."
                            .formatted(checkpoint.arrived() + 1, length, BatchLimits.LONGEST_BODY));
        }
    }

    private Batch openBatch(final long firstSequence) {
        final Batch batch = new Batch(frame, pool, timers.now(), firstSequence);
        open = Optional.of(batch);
        checkpoints.batchOpened(batch);
        if (!lingerTimerRuns) {
            lingerTimerRuns = true;
            timers.after(LINGER_MILLIS, this::sealLingering);
        }
        return batch;
    }

    private void sealLingering() {
        lingerTimerRuns = false;
        open.ifPresent(batch -> {
            final long left = batch.openedAt() + LINGER_MILLIS - timers.now();
            if (left <= 0) {
                seal();
            } else {
                lingerTimerRuns = true;
                timers.after(left, this::sealLingering);
            }
        });
    }

    /** Every record that was taken is ready to leave. */
    void seal() {
        open.ifPresent(batch -> {
            open = Optional.empty();
            batch.seal();
            sealed.add(batch);
            whenSealed.run();
        });
    }

    /** The oldest batch that is ready to leave, which then is the caller's. */
    Optional<Batch> poll() {
        return Optional.ofNullable(sealed.poll());
    }

    boolean isEmpty() {
        return sealed.isEmpty() && open.isEmpty();
    }

    /** What sealing now would send, in bytes. */
    long openBytes() {
        return open.map(Batch::bodyBytes).orElse(0L);
    }

    /** Forgets every record; their states never leave. */
    void discard() {
        seal();
        sealed.forEach(Batch::release);
        sealed.clear();
    }
}
