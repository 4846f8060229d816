package io.airbyte.integrations.destination.convex.sync;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The one place that decides how much input is held: blocks for the documents of batches, and what waiting states weigh.
 * It never refuses, since a record that was read must go somewhere; but while it is {@linkplain #isExhausted() exhausted}
 * the pipeline reads on no further, and that is the back-pressure. So it is overdrawn by one record at most.
 */
final class MemoryPool {

    /** Bytes of a block: small, since every stream with an open batch holds one at least. */
    static final int BLOCK_BYTES = 32 * 1024;

    private static final long SMALLEST = 8L << 20;
    /** Eight requests of 16 MiB, which is all that can be in flight. */
    private static final long LARGEST = 128L << 20;

    private final long capacity;
    private final Deque<byte[]> idleBlocks = new ArrayDeque<>();
    private long used;
    private long charged;
    private long expectedBack;

    MemoryPool(final long capacity) {
        this.capacity = capacity;
    }

    /** A pool for a heap of {@code maxHeap} bytes: about a third, for the rest is copies in transit. */
    static MemoryPool forHeap(final long maxHeap) {
        return new MemoryPool(Math.max(SMALLEST, Math.min(LARGEST, maxHeap / 3)));
    }

    /** A block of {@link #BLOCK_BYTES}, with whatever content. */
    byte[] takeBlock() {
        used += BLOCK_BYTES;
        final byte[] idle = idleBlocks.poll();
        return idle == null ? new byte[BLOCK_BYTES] : idle;
    }

    void giveBack(final byte[] block) {
        used -= BLOCK_BYTES;
        if (used + (idleBlocks.size() + 1L) * BLOCK_BYTES <= capacity) {
            idleBlocks.push(block);
        }
    }

    /** Counts memory that does not come in blocks. */
    void charge(final long bytes) {
        charged += bytes;
        used += bytes;
        while (!idleBlocks.isEmpty() && used + (long) idleBlocks.size() * BLOCK_BYTES > capacity) {
            idleBlocks.pop();
        }
    }

    void discharge(final long bytes) {
        charged -= bytes;
        used -= bytes;
    }

    /** Nothing more may be read until something is durable. */
    boolean isExhausted() {
        return used >= capacity;
    }

    /** Says that {@code bytes} of what is taken are on their way, and so will come back by themselves. */
    void expectBack(final long bytes) {
        expectedBack += bytes;
    }

    /** What was expected is back. */
    void cameBack(final long bytes) {
        expectedBack -= bytes;
    }

    /**
     * Three quarters of the memory are held by batches that do not leave by themselves: they should leave before they are
     * full. The last quarter is for what is in flight then.
     */
    boolean isUnderPressure() {
        return used - charged - expectedBack >= capacity / 4 * 3;
    }
}
