package io.airbyte.integrations.destination.convex.sync;

/**
 * A state that has not left yet.
 *
 * @param line the message as received
 * @param records how many records have to be durable before it leaves
 * @param recordCount how many records arrived since the state before it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record WaitingState(byte[] line, long records, long recordCount) {

    /** What the object and its place in a queue take besides the line, in bytes. */
    private static final int OVERHEAD_BYTES = 96;

    long memory() {
        return line.length + (long) OVERHEAD_BYTES;
    }
}
