package io.airbyte.integrations.destination.convex.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Reads the frames of a file, one after the other, each into memory of its own. Opens the file for each anew. */
final class FrameReader {

    /** The checksum is of the header's other fields too. */
    private static final int HEADER_CHECKED = FrameWriter.HEADER_BYTES - Integer.BYTES;

    private final SpoolFile file;
    private final long end;
    private long position;

    /** Reads what {@code file} holds now. */
    FrameReader(final SpoolFile file) {
        this.file = file;
        this.end = file.length();
    }

    boolean hasNext() {
        return position < end;
    }

    /**
     * The content of the next frame, in an array that belongs to the caller.
     *
     * @throws IOException if the file is gone, short or damaged
     */
    byte[] next() throws IOException {
        try (FileChannel channel = file.openForReading()) {
            final ByteBuffer header = ByteBuffer.allocate(FrameWriter.HEADER_BYTES);
            SpoolFile.fill(header, channel, position);
            final int stored = header.getInt();
            final int raw = header.getInt();
            final long next = position + FrameWriter.HEADER_BYTES + stored;
            if (stored <= 0 || raw < stored || next > end) {
                throw damaged();
            }
            final byte[] body = new byte[stored];
            SpoolFile.fill(ByteBuffer.wrap(body), channel, position + FrameWriter.HEADER_BYTES);
            final CRC32C checksum = new CRC32C();
            checksum.update(header.array(), 0, HEADER_CHECKED);
            checksum.update(body);
            if ((int) checksum.getValue() != header.getInt()) {
                throw damaged();
            }
            position = next;
            return stored == raw ? body : inflated(body, raw);
        }
    }

    private static byte[] inflated(final byte[] deflated, final int length) throws IOException {
        final Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(deflated);
            final byte[] raw = new byte[length];
            int count = 0;
            while (count < length) {
                final int more = inflater.inflate(raw, count, length - count);
                if (more == 0) {
                    throw damaged();
                }
                count += more;
            }
            return raw;
        } catch (final DataFormatException e) {
            throw damaged();
        } finally {
            inflater.end();
        }
    }

    private static IOException damaged() {
        return new IOException("A spooled file is not as it was written: it is damaged.");
    }
}
