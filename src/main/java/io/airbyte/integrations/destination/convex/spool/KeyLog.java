package io.airbyte.integrations.destination.convex.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a stream's records, in order of arrival; tells which documents are the last of their key. On disk a record
 * takes 20 bytes: the key's digest and the length of the document's line, or a negative number for a deletion.
 */
public final class KeyLog {

    private static final int ENTRY_BYTES = 20;
    private static final int BUFFERED_BYTES = 8192 / ENTRY_BYTES * ENTRY_BYTES;
    private static final int READ_BYTES = (1 << 18) / ENTRY_BYTES * ENTRY_BYTES;
    private static final int DELETION = -1;

    private final SpoolFile file;
    private final CRC32C checksum = new CRC32C();
    private @Nullable ByteBuffer buffer;
    private long documents;
    private long entries;

    KeyLog(final SpoolFile file) {
        this.file = file;
    }

    /**
     * A record whose document is, or will be, in the stream's {@link DocumentSpool}, where documents have the same order.
     *
     * @param high one half of the 128 bits that stand for its key, which must be as good as random
     * @param low the other half
     * @param lineBytes the length of the document's line, with its end
     * @throws IOException if the disk cannot take what was added: the log is of no use then
     */
    public void add(final long high, final long low, final int lineBytes) throws IOException {
        put(high, low, lineBytes);
        documents++;
    }

    /** A record that deletes what has its key, and has no document. Otherwise like {@link #add}. */
    public void addDelete(final long high, final long low) throws IOException {
        put(high, low, DELETION);
    }

    private void put(final long high, final long low, final int length) throws IOException {
        if (buffer == null) {
            buffer = ByteBuffer.allocate(BUFFERED_BYTES);
        } else if (!buffer.hasRemaining()) {
            flush();
        }
        buffer.putLong(high).putLong(low).putInt(length);
        entries++;
    }

    private void flush() throws IOException {
        if (buffer != null && buffer.position() > 0) {
            final ByteBuffer full = buffer.duplicate().flip();
            file.append(full.duplicate());
            checksum.update(full);
            buffer.clear();
        }
    }

    /**
     * Finds the documents that are the last of their key and not deleted afterwards. Reads the log a few times, for
     * seconds if it is long; nothing may be added meanwhile. Other threads may read the result.
     *
     * @param segments the segments of the stream's spool, all of them from the first, deleted ones too
     * @param memoryBytes what the search may take, next to the result: a bit for each document
     * @throws IOException if the log cannot be read, or is not as it was written
     * @throws IllegalArgumentException if the segments do not hold the documents that the log tells of
     * @throws IllegalStateException if there are more than 2,147,483,647 documents
     */
    public Survivors survivors(final List<Segment> segments, final long memoryBytes) throws IOException {
        requireCountable(documents);
        flush();
        final SurvivorCount count = new SurvivorCount(segments, documents);
        final KeyTable table = new KeyTable(memoryBytes, entries);
        long start = 0;
        long width = KeyTable.END;
        while (start < KeyTable.END) {
            table.beginSlice(start, Math.min(KeyTable.END, start + width));
            read((high, low, length, document) -> {
                if (length == DELETION) {
                    table.remove(high, low);
                } else {
                    table.put(high, low, document);
                }
            });
            table.forEachDocument(count::keep);
            width = table.sliceEnd() - start;
            start = table.sliceEnd();
        }
        read((high, low, length, document) -> {
            if (length != DELETION) {
                count.count(document, length);
            }
        });
        return count.survivors();
    }

    /** A bitmap of more documents would not be small change any more. */
    static void requireCountable(final long documents) {
        if (documents > Integer.MAX_VALUE) {
            throw new IllegalStateException(
                    "A stream of %,d records is too long to find the last of each primary key: the limit is %,d."
                            .formatted(documents, Integer.MAX_VALUE));
        }
    }

    /** One entry: the document's number in the stream, or that of the next one if the entry is a deletion. */
    @FunctionalInterface
    private interface Entry {
        void read(long high, long low, int length, long document);
    }

    private void read(final Entry entry) throws IOException {
        if (file.length() == 0) {
            return;
        }
        final CRC32C found = new CRC32C();
        long document = 0;
        try (FileChannel channel = file.openForReading()) {
            final ByteBuffer chunk = ByteBuffer.allocate(READ_BYTES);
            for (long at = 0; at < file.length(); at += READ_BYTES) {
                chunk.clear().limit((int) Math.min(READ_BYTES, file.length() - at));
                SpoolFile.fill(chunk, channel, at);
                found.update(chunk.duplicate());
                while (chunk.hasRemaining()) {
                    final long high = chunk.getLong();
                    final long low = chunk.getLong();
                    final int length = chunk.getInt();
                    entry.read(high, low, length, document);
                    document += length == DELETION ? 0 : 1;
                }
            }
        }
        if (found.getValue() != checksum.getValue()) {
            throw new IOException("A spooled file is not as it was written: it is damaged.");
        }
    }

    /** Gives disk and memory back. Nothing is added or asked afterwards. */
    public void delete() {
        buffer = null;
        file.delete();
    }
}
