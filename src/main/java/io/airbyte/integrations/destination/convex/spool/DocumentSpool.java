package io.airbyte.integrations.destination.convex.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Documents of one stream as JSON lines: written once, in order, and read any number of times. One thread writes and
 * asks; the segments that are complete may be read on others.
 */
public final class DocumentSpool {

    private final SpoolFolder folder;
    private final boolean compressed;
    private final List<Segment> sealed = new ArrayList<>();

    private @Nullable SpoolFile open;
    private int openDocuments;
    private long openBytes;
    private long documents;
    private long bytes;

    DocumentSpool(final SpoolFolder folder, final boolean compressed) {
        this.folder = folder;
        this.compressed = compressed;
    }

    /**
     * Appends whole lines as one frame, best of some 256 KiB: readers have one frame in memory at a time.
     *
     * @param lines the lines, each ending in a line feed, from each buffer's position to its limit; positions stay, and
     *     the buffers are free again afterwards
     * @param size the bytes of all lines together
     * @param count how many lines they are
     * @throws IOException if the disk does not have all of them; it has none of them then, and all that was written before
     */
    public void write(final List<ByteBuffer> lines, final int size, final int count) throws IOException {
        if (size == 0) {
            return;
        }
        requireWholeLines(lines, size);
        if (open == null) {
            open = folder.newFile();
        }
        folder.frames().append(open, lines, size, compressed);
        openDocuments += count;
        openBytes += size;
        documents += count;
        bytes += size;
        if (openBytes >= Segment.BYTES) {
            seal();
        }
    }

    private static void requireWholeLines(final List<ByteBuffer> lines, final int size) {
        long remaining = 0;
        byte last = 0;
        for (final ByteBuffer buffer : lines) {
            remaining += buffer.remaining();
            last = buffer.hasRemaining() ? buffer.get(buffer.limit() - 1) : last;
        }
        if (remaining != size || last != '\n') {
            throw new IllegalArgumentException(
                    "The buffers hold %d bytes, not %d, or do not end with a line's end.".formatted(remaining, size));
        }
    }

    /** Nothing more is added to the segment that is being written, so that it can be read; without one nothing happens. */
    public void seal() {
        if (open != null && openBytes > 0) {
            sealed.add(new Segment(open, documents - openDocuments, openDocuments, openBytes));
            open = null;
            openDocuments = 0;
            openBytes = 0;
        }
    }

    /** The segments that are complete, oldest first: a view for the thread that writes. Deleted ones stay in it. */
    public List<Segment> sealed() {
        return Collections.unmodifiableList(sealed);
    }

    /** All documents that were written. */
    public long documents() {
        return documents;
    }

    /** The bytes of all lines that were written, as text. */
    public long bytes() {
        return bytes;
    }

    /** The bytes of the lines that are in no complete segment yet. */
    public long openBytes() {
        return openBytes;
    }

    /** Gives the disk of all segments back, also of the one that is being written. Nothing is written afterwards. */
    public void delete() {
        seal();
        sealed.forEach(Segment::delete);
        if (open != null) {
            open.delete();
        }
    }
}
