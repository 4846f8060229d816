package io.airbyte.integrations.destination.convex.spool;

import java.util.Arrays;
import java.util.List;

/** Survivors while they are found: first which documents they are, then what they come to in each segment. */
final class SurvivorCount {

    private final long[] kept;
    private final long[] firstDocuments;
    private final long[] expectedBytes;
    private final long[] seenBytes;
    private final long[] bytes;
    private final int[] documents;
    private int segment;

    /** @param total the documents of all segments together */
    SurvivorCount(final List<Segment> segments, final long total) {
        final int count = segments.size();
        kept = new long[Math.toIntExact((total + 63) >> 6)];
        firstDocuments = new long[count + 1];
        expectedBytes = new long[count];
        seenBytes = new long[count];
        bytes = new long[count];
        documents = new int[count];
        long next = 0;
        for (int i = 0; i < count; i++) {
            requireConsistent(segments.get(i).firstDocument() == next);
            firstDocuments[i] = next;
            expectedBytes[i] = segments.get(i).bytes();
            next += segments.get(i).documents();
        }
        requireConsistent(next == total);
        firstDocuments[count] = next;
    }

    void keep(final long document) {
        kept[(int) (document >>> 6)] |= 1L << document;
    }

    /** Documents are counted in order, each once, when it is known which are kept. */
    void count(final long document, final int lineBytes) {
        while (document >= firstDocuments[segment + 1]) {
            segment++;
        }
        seenBytes[segment] += lineBytes;
        if ((kept[(int) (document >>> 6)] & (1L << document)) != 0) {
            bytes[segment] += lineBytes;
            documents[segment]++;
        }
    }

    /** The result, once every document is counted. */
    Survivors survivors() {
        requireConsistent(Arrays.equals(seenBytes, expectedBytes));
        return new Survivors(kept, firstDocuments, bytes, documents);
    }

    private static void requireConsistent(final boolean consistent) {
        if (!consistent) {
            throw new IllegalArgumentException(
                    "The segments do not hold the documents that the key log tells of, in the same order.");
        }
    }
}
