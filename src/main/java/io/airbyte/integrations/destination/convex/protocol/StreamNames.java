package io.airbyte.integrations.destination.convex.protocol;

import io.airbyte.integrations.destination.convex.json.ByteSlice;
import io.airbyte.integrations.destination.convex.json.JsonString;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which bytes named which stream, so that a record of a stream seen before needs no decoding and no new
 * objects. Forgets streams whose names collide; never holds more than {@link #SLOTS} of them.
 */
final class StreamNames {

    private static final int SLOTS = 512;
    private static final int LONGEST_REMEMBERED = 512;

    private record Known(ByteSlice namespace, ByteSlice name, StreamDescriptor descriptor) {
        boolean isWrittenAs(final ByteSlice otherNamespace, final ByteSlice otherName) {
            return sameBytes(name, otherName) && sameBytes(namespace, otherNamespace);
        }
    }

    private final @Nullable Known[] slots = new @Nullable Known[SLOTS];

    /**
     * The stream of this namespace and name, each given as what stands between the quotes of its JSON string; an absent
     * namespace is empty.
     */
    StreamDescriptor descriptor(final ByteSlice namespace, final ByteSlice name) {
        final int slot = Math.floorMod(hash(hash(1, namespace), name), SLOTS);
        final Known known = slots[slot];
        if (known != null && known.isWrittenAs(namespace, name)) {
            return known.descriptor();
        }
        final StreamDescriptor descriptor =
                new StreamDescriptor(Optional.of(JsonString.decoded(namespace)), JsonString.decoded(name));
        if (namespace.length() + name.length() <= LONGEST_REMEMBERED) {
            slots[slot] = new Known(copyOf(namespace), copyOf(name), descriptor);
        }
        return descriptor;
    }

    private static int hash(final int seed, final ByteSlice bytes) {
        int hash = seed;
        for (int i = bytes.offset(); i < bytes.end(); i++) {
            hash = 31 * hash + bytes.array()[i];
        }
        return hash * 31 + bytes.length();
    }

    private static boolean sameBytes(final ByteSlice one, final ByteSlice other) {
        return Arrays.equals(one.array(), one.offset(), one.end(), other.array(), other.offset(), other.end());
    }

    private static ByteSlice copyOf(final ByteSlice slice) {
        return ByteSlice.of(Arrays.copyOfRange(slice.array(), slice.offset(), slice.end()));
    }
}
