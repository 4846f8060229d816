package io.airbyte.integrations.destination.convex.sync;

/**
 * How far one stream has come: records that arrived, records that are durable, and the states that wait in between. The
 * durable records are always the first ones of those that arrived, since a stream's batches become durable in order.
 */
final class StreamCheckpoint {

    private final Checkpoints checkpoints;
    private final StateQueue states;
    private final boolean withheld;
    private long arrived;
    private long durable;

    /** @param withheld states go to where they wait for the end of the sync, whatever is durable */
    StreamCheckpoint(final Checkpoints checkpoints, final StateQueue states, final boolean withheld) {
        this.checkpoints = checkpoints;
        this.states = states;
        this.withheld = withheld;
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
        states.releaseUpTo(withheld ? arrived : durable);
    }

    /** The stream sends states, and the last of its records came after the last of them. */
    boolean endsWithoutItsState() {
        return states.endsWithoutState(arrived);
    }

    long arrived() {
        return arrived;
    }

    long durable() {
        return durable;
    }
}
