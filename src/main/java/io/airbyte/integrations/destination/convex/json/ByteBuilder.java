package io.airbyte.integrations.destination.convex.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes that are still being written: a growing array that can be cut back and used again. */
public final class ByteBuilder {

    private byte[] bytes;
    private int length;

    public ByteBuilder(final int capacity) {
        bytes = new byte[capacity];
    }

    public ByteBuilder append(final byte next) {
        ensureRoomFor(1);
        bytes[length++] = next;
        return this;
    }

    public ByteBuilder append(final char ascii) {
        return append((byte) ascii);
    }

    public ByteBuilder append(final byte[] source) {
        return append(source, 0, source.length);
    }

    public ByteBuilder append(final byte[] source, final int offset, final int count) {
        ensureRoomFor(count);
        System.arraycopy(source, offset, bytes, length, count);
        length += count;
        return this;
    }

    public ByteBuilder append(final ByteSlice slice) {
        return append(slice.array(), slice.offset(), slice.length());
    }

    /** Appends text as UTF-8. */
    public ByteBuilder append(final String text) {
        return append(text.getBytes(StandardCharsets.UTF_8));
    }

    public int length() {
        return length;
    }

    /** Forgets everything after the first {@code newLength} bytes. */
    public void truncate(final int newLength) {
        length = Math.min(length, newLength);
    }

    /** Takes out the bytes from {@code from} up to {@code to}; those behind them close the gap. */
    public void remove(final int from, final int to) {
        System.arraycopy(bytes, to, bytes, from, length - to);
        length -= to - from;
    }

    /** What has been written, valid until the next change. */
    public ByteSlice slice() {
        return new ByteSlice(bytes, 0, length);
    }

    /** Lets go of an array larger than {@code capacity} that one large document left behind; forgets the content. */
    public void reset(final int capacity) {
        length = 0;
        if (bytes.length > capacity) {
            bytes = new byte[capacity];
        }
    }

    private void ensureRoomFor(final int count) {
        final long needed = (long) length + count;
        if (needed > bytes.length) {
            final long grown = Math.max(needed, Math.min(2L * bytes.length, Integer.MAX_VALUE - 8));
            bytes = Arrays.copyOf(bytes, Math.toIntExact(grown));
        }
    }
}
