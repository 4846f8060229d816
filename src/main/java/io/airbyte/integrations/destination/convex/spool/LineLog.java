package io.airbyte.integrations.destination.convex.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lines of bytes with a number each, added one by one and read back in order. Has a few of them in memory. */
public final class LineLog {

    private static final int BUFFERED_BYTES = 8192;
    private static final int HEADER_BYTES = Integer.BYTES + Long.BYTES;

    private final SpoolFolder folder;
    private final SpoolFile file;
    private @Nullable ByteBuffer buffer;
    private long lines;

    LineLog(final SpoolFolder folder) {
        this.folder = folder;
        this.file = folder.newFile();
    }

    /** What a line is handed to. */
    @FunctionalInterface
    public interface Visitor {
        void line(byte[] line, long number);
    }

    /**
     * Adds a line.
     *
     * @throws IOException if the disk cannot take it or those before it: the log is of no use then
     */
    public void add(final byte[] line, final long number) throws IOException {
        final int size = HEADER_BYTES + line.length;
        if (buffer == null) {
            buffer = ByteBuffer.allocate(BUFFERED_BYTES);
        } else if (buffer.remaining() < size) {
            flush();
        }
        if (size > buffer.capacity()) {
            final ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES)
                    .putInt(line.length)
                    .putLong(number)
                    .flip();
            folder.frames().append(file, List.of(header, ByteBuffer.wrap(line)), size, false);
        } else {
            buffer.putInt(line.length).putLong(number).put(line);
        }
        lines++;
    }

    private void flush() throws IOException {
        if (buffer != null && buffer.position() > 0) {
            folder.frames().append(file, List.of(buffer.duplicate().flip()), buffer.position(), false);
            buffer.clear();
        }
    }

    /**
     * Hands over all lines, in the order in which they were added.
     *
     * @throws IOException if they cannot be read back as they were added; some may have been handed over
     */
    public void forEach(final Visitor visitor) throws IOException {
        flush();
        final FrameReader frames = new FrameReader(file);
        while (frames.hasNext()) {
            final ByteBuffer frame = ByteBuffer.wrap(frames.next());
            while (frame.hasRemaining()) {
                final byte[] line = new byte[frame.getInt()];
                final long number = frame.getLong();
                frame.get(line);
                visitor.line(line, number);
            }
        }
    }

    /** How many lines were added. */
    public long lines() {
        return lines;
    }

    /** Gives disk and memory back. Nothing is added or read afterwards. */
    public void delete() {
        buffer = null;
        file.delete();
    }
}
