package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.json.ByteSlice;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Bytes written once, in blocks of the memory pool, and read any number of times until they are released. */
final class BlockBytes {

    private final MemoryPool pool;
    private final List<byte[]> blocks = new ArrayList<>();
    private int length;

    BlockBytes(final MemoryPool pool) {
        this.pool = pool;
    }

    void append(final ByteSlice source) {
        int from = source.offset();
        while (from < source.end()) {
            final int at = length % MemoryPool.BLOCK_BYTES;
            if (at == 0) {
                blocks.add(pool.takeBlock());
            }
            final int count = Math.min(source.end() - from, MemoryPool.BLOCK_BYTES - at);
            System.arraycopy(source.array(), from, blocks.get(blocks.size() - 1), at, count);
            length += count;
            from += count;
        }
    }

    int length() {
        return length;
    }

    /** Adds buffers over the bytes from {@code from} (inclusive) to {@code to} (exclusive) to {@code buffers}. */
    void addRange(final int from, final int to, final List<ByteBuffer> buffers) {
        int position = from;
        while (position < to) {
            final int at = position % MemoryPool.BLOCK_BYTES;
            final int count = Math.min(to - position, MemoryPool.BLOCK_BYTES - at);
            buffers.add(ByteBuffer.wrap(blocks.get(position / MemoryPool.BLOCK_BYTES), at, count));
            position += count;
        }
    }

    /** Nothing more will be written. */
    void complete() {
        pool.expectBack((long) blocks.size() * MemoryPool.BLOCK_BYTES);
    }

    /** The blocks of these complete bytes are the pool's again; nothing may be read afterwards. */
    void release() {
        pool.cameBack((long) blocks.size() * MemoryPool.BLOCK_BYTES);
        blocks.forEach(pool::giveBack);
        blocks.clear();
    }
}
