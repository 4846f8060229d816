package io.airbyte.integrations.destination.convex.sync;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How far one stream has come: records that arrived, records that are durable, and the states that wait in between. The
 * durable records are always the first ones of those that arrived, since a stream's batches become durable in order.
 */
final class StreamCheckpoint {

    private final Checkpoints checkpoints;
    private final Deque<WaitingState> waiting = new ArrayDeque<>();
    private long arrived;
    private long durable;
    private long arrivedAtLastState;

    StreamCheckpoint(final Checkpoints checkpoints) {
        this.checkpoints = checkpoints;
    }

    /** One more record has arrived; returns its number among all records of the sync. */
    long recordArrived() {
        arrived++;
        return checkpoints.recordArrived();
    }

    /** The next {@code records} of this stream are durable: the states that waited for them leave. */
    void recordsDurable(final int records) {
        durable += records;
        releaseStates();
    }

    void add(final byte[] state) {
        waiting.add(new WaitingState(state, arrived, arrived - arrivedAtLastState));
        arrivedAtLastState = arrived;
        releaseStates();
    }

    private void releaseStates() {
        while (!waiting.isEmpty() && waiting.peek().records() <= durable) {
            checkpoints.release(waiting.remove());
        }
    }

    long arrived() {
        return arrived;
    }

    long durable() {
        return durable;
    }
}
