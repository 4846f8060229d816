package io.airbyte.integrations.destination.convex.json;

import java.nio.charset.StandardCharsets;

/**
 * A range of a byte array. The bytes are borrowed, not owned: whoever made the slice says how long they stay valid.
 *
 * @param array where the bytes are
 * @param offset the index of the first byte
 * @param length how many bytes belong to the slice
 */
@SuppressWarnings("ArrayRecordComponent") // a view: comparing contents is the holder's business
public record ByteSlice(byte[] array, int offset, int length) {

    public static ByteSlice of(final byte[] bytes) {
        return new ByteSlice(bytes, 0, bytes.length);
    }

    public static ByteSlice of(final String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The index after the last byte. */
    public int end() {
        return offset + length;
    }

    /** The bytes as text, decoded as UTF-8. */
    public String text() {
        return new String(array, offset, length, StandardCharsets.UTF_8);
    }
}
