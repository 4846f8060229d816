package io.airbyte.integrations.destination.convex.sync;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * States that wait for records to be durable, in arrival order: those of one stream, or the global ones. What waits counts
 * in the memory pool.
 */
final class StateQueue {

    /** What a waiting state takes in memory besides its line: the object and its place in the queue, in bytes. */
    private static final int OVERHEAD_BYTES = 96;

    /**
     * A state that has not left yet.
     *
     * @param line the message as received
     * @param lastRecord the number of the last record before it
     * @param recordCount how many records arrived since the state before it
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Waiting(byte[] line, long lastRecord, long recordCount) {}

    /** Takes states that may leave. */
    @FunctionalInterface
    interface Sink {
        /**
         * Takes a state that may leave.
         *
         * @param line the message as received
         * @param recordCount how many records arrived since the state before it
         */
        void state(byte[] line, long recordCount);
    }

    private final Sink sink;
    private final MemoryPool pool;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private boolean added;
    private long lastRecordOfLastState;

    StateQueue(final Sink sink, final MemoryPool pool) {
        this.sink = sink;
        this.pool = pool;
    }

    /** Takes a state that came after {@code lastRecord} records. */
    void add(final byte[] line, final long lastRecord) {
        pool.charge(memory(line));
        waiting.add(new Waiting(line, lastRecord, lastRecord - lastRecordOfLastState));
        lastRecordOfLastState = lastRecord;
        added = true;
    }

    /** The states leave that came after no more than {@code durable} records. */
    void releaseUpTo(final long durable) {
        while (!waiting.isEmpty() && waiting.element().lastRecord() <= durable) {
            final Waiting state = waiting.remove();
            sink.state(state.line(), state.recordCount());
            pool.discharge(memory(state.line()));
        }
    }

    /** States have come, and more records after the last of them. */
    boolean endsWithoutState(final long arrived) {
        return added && arrived > lastRecordOfLastState;
    }

    private static long memory(final byte[] line) {
        return line.length + (long) OVERHEAD_BYTES;
    }
}
