package io.airbyte.integrations.destination.convex.sync;

/**
 * How far one stream has come: records that arrived, records that are durable, and the states that wait in between. The
 * durable records are always the first ones of those that arrived, since a stream's batches become durable in order.
 */
final class StreamCheckpoint {

    private final Checkpoints checkpoints;
    private final StateQueue states;
    private long arrived;
    private long durable;

    StreamCheckpoint(final Checkpoints checkpoints, final StateQueue states) {
        this.checkpoints = checkpoints;
        this.states = states;
    }

    /** One more record has arrived; returns its number among all records of the sync. */
    long recordArrived() {
        arrived++;
        return checkpoints.recordArrived();
    }

    /** The next {@code records} of this stream are durable: the states that waited for them leave. */
    void recordsDurable(final int records) {
        durable += records;
        states.releaseUpTo(durable);
    }

    void add(final byte[] state) {
        states.add(state, arrived);
        states.releaseUpTo(durable);
    }

    long arrived() {
        return arrived;
    }

    long durable() {
        return durable;
    }

    /** How many of this stream's states have left. */
    long statesReleased() {
        return states.released();
    }
}
