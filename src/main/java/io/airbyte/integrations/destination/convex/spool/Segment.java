package io.airbyte.integrations.destination.convex.spool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** A part of a stream's documents, in a file of its own, to which nothing is added any more. For use by any thread. */
public final class Segment {

    /** A segment is complete as soon as it holds at least this many bytes of text. */
    public static final int BYTES = 10 << 20;

    private final SpoolFile file;
    private final long firstDocument;
    private final int documents;
    private final long bytes;

    Segment(final SpoolFile file, final long firstDocument, final int documents, final long bytes) {
        this.file = file;
        this.firstDocument = firstDocument;
        this.documents = documents;
        this.bytes = bytes;
    }

    /** The bytes of its lines, as text. */
    public long bytes() {
        return bytes;
    }

    public int documents() {
        return documents;
    }

    /** How many documents of the stream are before its first. */
    public long firstDocument() {
        return firstDocument;
    }

    /** What its file takes; this many bytes are free again once it is deleted. */
    public long bytesOnDisk() {
        return file.length();
    }

    /**
     * All lines, {@link #bytes()} together, in buffers of whole lines that belong to the caller. They are read as they
     * are asked for, any number of times and on any thread.
     *
     * @return iterators of it throw {@link UncheckedIOException} if the file is gone, short or damaged
     */
    public Iterable<ByteBuffer> lines() {
        return () -> new Lines(null);
    }

    /** The same of the surviving documents only: {@link Survivors#bytes(Segment)} together. */
    public Iterable<ByteBuffer> lines(final Survivors survivors) {
        return () -> new Lines(survivors);
    }

    /** Gives the disk back; what is being read ends, sooner or later, with an {@link UncheckedIOException}. */
    public void delete() {
        file.delete();
    }

    public boolean isDeleted() {
        return file.isDeleted();
    }

    /** One reading of the segment. */
    private final class Lines implements Iterator<ByteBuffer> {

        private final FrameReader frames = new FrameReader(file);
        private final @Nullable Survivors survivors;
        private long document = firstDocument;
        private @Nullable ByteBuffer following;

        Lines(final @Nullable Survivors survivors) {
            this.survivors = survivors;
        }

        @Override
        public boolean hasNext() {
            while (following == null && frames.hasNext()) {
                final ByteBuffer frame = nextFrame();
                following = frame.hasRemaining() ? frame : null;
            }
            return following != null;
        }

        @Override
        public ByteBuffer next() {
            if (!hasNext() || following == null) {
                throw new NoSuchElementException();
            }
            final ByteBuffer next = following;
            following = null;
            return next;
        }

        private ByteBuffer nextFrame() {
            try {
                final byte[] frame = frames.next();
                return survivors == null ? ByteBuffer.wrap(frame) : surviving(frame, survivors);
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Moves the lines of surviving documents together at the frame's start, run by run. */
        private ByteBuffer surviving(final byte[] frame, final Survivors chosen) {
            int kept = 0;
            int runStart = 0;
            int lineStart = 0;
            while (lineStart < frame.length) {
                final int lineEnd = endOfLine(frame, lineStart);
                if (!chosen.contains(document++)) {
                    System.arraycopy(frame, runStart, frame, kept, lineStart - runStart);
                    kept += lineStart - runStart;
                    runStart = lineEnd;
                }
                lineStart = lineEnd;
            }
            System.arraycopy(frame, runStart, frame, kept, frame.length - runStart);
            return ByteBuffer.wrap(frame, 0, kept + frame.length - runStart);
        }

        /** A frame ends with a line's end, so there is one. */
        private static int endOfLine(final byte[] frame, final int from) {
            int at = from;
            while (frame[at] != '\n') {
                at++;
            }
            return at + 1;
        }
    }
}
