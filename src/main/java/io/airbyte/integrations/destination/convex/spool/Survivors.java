package io.airbyte.integrations.destination.convex.spool;

import java.util.Arrays;

/** Which documents of a spool are the last of their key. Takes a bit for each document. For use by any thread. */
public final class Survivors {

    private final long[] kept;
    private final long[] firstDocuments;
    private final long[] bytes;
    private final int[] documents;

    /**
     * @param firstDocuments of each segment, and behind them the number of all documents
     * @param bytes of the surviving lines of each segment
     * @param documents that survive in each segment
     */
    Survivors(final long[] kept, final long[] firstDocuments, final long[] bytes, final int[] documents) {
        this.kept = kept;
        this.firstDocuments = firstDocuments;
        this.bytes = bytes;
        this.documents = documents;
    }

    /** How many documents survive. */
    public long documents() {
        return Arrays.stream(documents).asLongStream().sum();
    }

    /** The bytes of all surviving lines. */
    public long bytes() {
        return Arrays.stream(bytes).sum();
    }

    /**
     * Whether a document survives.
     *
     * @param document how many documents of the stream are before it
     */
    public boolean contains(final long document) {
        return (kept[(int) (document >>> 6)] & (1L << document)) != 0;
    }

    /** The bytes of the surviving lines in a segment: what {@link Segment#lines(Survivors)} gives. */
    public long bytes(final Segment segment) {
        return bytes[index(segment)];
    }

    /** How many documents of a segment survive. */
    public int documents(final Segment segment) {
        return documents[index(segment)];
    }

    private int index(final Segment segment) {
        final int index = Arrays.binarySearch(firstDocuments, 0, bytes.length, segment.firstDocument());
        if (index < 0) {
            throw new IllegalArgumentException("The segment is of another spool.");
        }
        return index;
    }
}
