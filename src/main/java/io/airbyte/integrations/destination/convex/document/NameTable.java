package io.airbyte.integrations.destination.convex.document;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Names by the bytes that spell them in the source: looked up without allocating. */
final class NameTable {

    private @Nullable FieldName[] slots = new FieldName[64];
    private int count;
    private long bytes;

    @Nullable
    FieldName find(final byte[] array, final int from, final int to) {
        int slot = hash(array, from, to) & (slots.length - 1);
        while (true) {
            final FieldName candidate = slots[slot];
            if (candidate == null || candidate.is(array, from, to)) {
                return candidate;
            }
            slot = (slot + 1) & (slots.length - 1);
        }
    }

    /** Adds a name that is not yet in the table. */
    void add(final FieldName name) {
        if (2 * (count + 1) > slots.length) {
            final FieldName[] all = Arrays.copyOf(slots, slots.length);
            slots = new FieldName[2 * all.length];
            for (final FieldName known : all) {
                if (known != null) {
                    place(known);
                }
            }
        }
        place(name);
        count++;
        bytes += name.source().length;
    }

    private void place(final FieldName name) {
        int slot = hash(name.source(), 0, name.source().length) & (slots.length - 1);
        while (slots[slot] != null) {
            slot = (slot + 1) & (slots.length - 1);
        }
        slots[slot] = name;
    }

    int count() {
        return count;
    }

    /** The length of all source names together. */
    long bytes() {
        return bytes;
    }

    private static int hash(final byte[] array, final int from, final int to) {
        int hash = to - from;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + array[i];
        }
        return hash ^ (hash >>> 16);
    }
}
