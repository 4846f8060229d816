package io.airbyte.integrations.destination.convex.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import java.util.zip.Deflater;

/**
 * Writes frames: a header (stored length, raw length, CRC-32C of both and of what is stored, each of four bytes) and the
 * content, deflated where that is smaller. The two lengths are equal exactly if it is not deflated.
 */
final class FrameWriter {

    static final int HEADER_BYTES = 12;

    /** A larger buffer, which one large document needed, is not kept. */
    private static final int KEPT_BUFFER = 1 << 19;

    private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    private byte[] deflated = new byte[0];
    private boolean ended;

    /**
     * Appends one frame.
     *
     * @param content what remains in these buffers, at least a byte together; their positions stay
     * @throws IOException if the file does not have the whole frame; it has none of it then
     */
    synchronized void append(
            final SpoolFile file, final List<ByteBuffer> content, final int bytes, final boolean compressed)
            throws IOException {
        if (ended) {
            throw new IOException("The spool folder is closed.");
        }
        final int stored = compressed ? deflate(content, bytes) : bytes;
        final List<ByteBuffer> body = new ArrayList<>(content.size() + 1);
        if (stored < bytes) {
            body.add(ByteBuffer.wrap(deflated, 0, stored));
        } else {
            content.forEach(buffer -> body.add(buffer.duplicate()));
        }
        body.add(0, header(stored, bytes, body));
        file.append(body.toArray(ByteBuffer[]::new));
        if (deflated.length > KEPT_BUFFER) {
            deflated = new byte[0];
        }
    }

    private static ByteBuffer header(final int stored, final int raw, final List<ByteBuffer> body) {
        final ByteBuffer header =
                ByteBuffer.allocate(HEADER_BYTES).putInt(stored).putInt(raw);
        final CRC32C checksum = new CRC32C();
        checksum.update(header.duplicate().flip());
        body.forEach(buffer -> checksum.update(buffer.duplicate()));
        return header.putInt((int) checksum.getValue()).flip();
    }

    /** Returns how many bytes of {@link #deflated} hold the content; {@code bytes} if they would not be fewer. */
    private int deflate(final List<ByteBuffer> content, final int bytes) {
        if (deflated.length < bytes) {
            deflated = new byte[bytes];
        }
        deflater.reset();
        int written = 0;
        for (final ByteBuffer buffer : content) {
            deflater.setInput(buffer.duplicate());
            while (!deflater.needsInput() && written < bytes) {
                written += deflater.deflate(deflated, written, bytes - written);
            }
        }
        deflater.finish();
        while (!deflater.finished() && written < bytes) {
            written += deflater.deflate(deflated, written, bytes - written);
        }
        return deflater.finished() ? written : bytes;
    }

    /** Gives the memory outside of the heap back; nothing is written afterwards. For any thread. */
    synchronized void end() {
        ended = true;
        deflater.end();
    }
}
