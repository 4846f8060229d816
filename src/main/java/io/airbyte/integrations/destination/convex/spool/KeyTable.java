package io.airbyte.integrations.destination.convex.spool;

import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * The last document of each key, of the keys of one slice of all. A slice begins as wide as its user hopes; when the
 * memory is full, it becomes narrower at its end, and what is no longer in it is forgotten: a later pass has it.
 *
 * <p>An open-addressing table of fixed size: linear probing, and removal that leaves no tombstones.
 */
final class KeyTable {

    /** Where the last slice ends. */
    static final long END = 1L << 62;

    /** A key's two halves and the number of its last document plus one, which is 0 in a free slot. */
    private static final int WORDS = 3;

    private static final int FEWEST_SLOTS = 16;
    private static final int MOST_SLOTS = Integer.MAX_VALUE / WORDS;

    private final long[] words;
    private final int slots;
    private final int mostKeys;
    private int keys;
    private long sliceStart;
    private long sliceEnd;

    /**
     * @param memoryBytes what the table may take
     * @param mostKeys there are no more keys than this altogether
     */
    KeyTable(final long memoryBytes, final long mostKeys) {
        final long affordable = memoryBytes / (WORDS * Long.BYTES);
        final long needed = mostKeys + mostKeys / 2 + 4;
        slots = (int) Math.max(FEWEST_SLOTS, Math.min(MOST_SLOTS, Math.min(affordable, needed)));
        this.mostKeys = slots / 4 * 3;
        words = new long[slots * WORDS];
    }

    /** Forgets all keys, and takes those from {@code start} up to {@code end} from now on. */
    void beginSlice(final long start, final long end) {
        Arrays.fill(words, 0);
        keys = 0;
        sliceStart = start;
        sliceEnd = end;
    }

    /** Where the slice ends now. */
    long sliceEnd() {
        return sliceEnd;
    }

    /** {@code document} is the last of its key so far. */
    void put(final long high, final long low, final long document) {
        final long hash = hash(high, low);
        if (!isInSlice(hash)) {
            return;
        }
        int slot = find(high, low, hash);
        if (isFree(slot)) {
            if (keys == mostKeys) {
                narrow();
                if (!isInSlice(hash)) {
                    return;
                }
                slot = find(high, low, hash);
            }
            keys++;
            words[slot * WORDS] = high;
            words[slot * WORDS + 1] = low;
        }
        words[slot * WORDS + 2] = document + 1;
    }

    /** No document of the key so far is left. */
    void remove(final long high, final long low) {
        final long hash = hash(high, low);
        if (isInSlice(hash)) {
            final int slot = find(high, low, hash);
            if (!isFree(slot)) {
                free(slot);
            }
        }
    }

    /** Tells the last document of each key of the slice, in no order. */
    void forEachDocument(final LongConsumer consumer) {
        for (int slot = 0; slot < slots; slot++) {
            if (!isFree(slot)) {
                consumer.accept(words[slot * WORDS + 2] - 1);
            }
        }
    }

    /** Digests are even already; this only makes sure that slices and slots have nothing to do with one another. */
    private static long hash(final long high, final long low) {
        long hash = high ^ Long.rotateLeft(low, 29);
        hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return hash ^ (hash >>> 33);
    }

    private boolean isInSlice(final long hash) {
        final long place = hash >>> 2;
        return place >= sliceStart && place < sliceEnd;
    }

    private int home(final long hash) {
        return (int) (((hash & 0xffff_ffffL) * slots) >>> 32);
    }

    /** The key's slot, or the free one that it would take. */
    private int find(final long high, final long low, final long hash) {
        int slot = home(hash);
        while (!isFree(slot) && (words[slot * WORDS] != high || words[slot * WORDS + 1] != low)) {
            slot = following(slot);
        }
        return slot;
    }

    private boolean isFree(final int slot) {
        return words[slot * WORDS + 2] == 0;
    }

    private int following(final int slot) {
        return slot + 1 == slots ? 0 : slot + 1;
    }

    private long hashAt(final int slot) {
        return hash(words[slot * WORDS], words[slot * WORDS + 1]);
    }

    /** Frees a slot, and closes the gap so that every key behind it is still found. */
    private void free(final int slot) {
        int gap = slot;
        int next = following(gap);
        while (!isFree(next)) {
            final int home = home(hashAt(next));
            final boolean staysReachable = gap < next ? (gap < home && home <= next) : (gap < home || home <= next);
            if (!staysReachable) {
                System.arraycopy(words, next * WORDS, words, gap * WORDS, WORDS);
                gap = next;
            }
            next = following(next);
        }
        words[gap * WORDS + 2] = 0;
        keys--;
    }

    /** Lets go of the last quarter of the slice, until there is room. */
    private void narrow() {
        while (keys == mostKeys) {
            final long width = sliceEnd - sliceStart;
            if (width < 4) {
                throw new IllegalStateException("The keys' digests are not evenly distributed.");
            }
            sliceEnd -= width / 4;
            for (int slot = 0; slot < slots; slot++) {
                while (!isFree(slot) && !isInSlice(hashAt(slot))) {
                    free(slot);
                }
            }
        }
    }
}
