package io.airbyte.integrations.destination.convex.document;

import io.airbyte.integrations.destination.convex.json.InvalidJson;
import io.airbyte.integrations.destination.convex.json.JsonScanner;
import java.util.Arrays;

/**
 * The fast look at a value: its size in Convex (convex-api §4.3) if it can be stored byte for byte as it is. Says
 * {@link #NEEDS_CARE} as soon as anything might have to change, and leaves the decision to {@link ValueRewriter}.
 * Allocates nothing.
 */
final class ValueMeasure {

    /** The value must change, cannot be stored, or is rare enough to deserve the slow look. */
    static final long NEEDS_CARE = -1;

    static final int DEEPEST = 16;
    static final int LONGEST_ARRAY = 8192;
    static final int MOST_FIELDS = 1024;

    private static final long LARGEST_EXACT = (1L << 53) - 1;
    private static final int DIGITS_OF_LARGEST_EXACT = 16;

    /** Numbers of fewer characters, without exponent, are within a double's range. */
    private static final int SURELY_FINITE_LENGTH = 200;

    private int[] keyHashes = new int[64];
    private int keys;
    private boolean needsCare;
    private boolean integersAsText;

    /**
     * Consumes the value before the cursor.
     *
     * @param depth how many objects and arrays the value is in
     * @param largeIntegersAsText integers that a double cannot hold exactly have to become text
     * @return the value's size in bytes, or {@link #NEEDS_CARE}
     */
    long measure(final JsonScanner scanner, final int depth, final boolean largeIntegersAsText) throws InvalidJson {
        needsCare = false;
        integersAsText = largeIntegersAsText;
        keys = 0;
        final long size = value(scanner, depth);
        return needsCare ? NEEDS_CARE : size;
    }

    private long value(final JsonScanner scanner, final int depth) throws InvalidJson {
        final byte first = scanner.peek();
        switch (first) {
            case '"' -> {
                scanner.consumeString();
                needsCare |= scanner.stringHasLoneSurrogate();
                return scanner.stringUtf8Length() + 2L;
            }
            case '{', '[' -> {
                if (depth == DEEPEST) {
                    needsCare = true;
                    scanner.skipValue();
                    return 0;
                }
                return first == '{' ? object(scanner, depth + 1) : array(scanner, depth + 1);
            }
            case 't', 'f', 'n' -> {
                scanner.consumeScalar(first);
                return 1;
            }
            default -> {
                final int from = scanner.position();
                scanner.consumeScalar(first);
                needsCare |= !isPlainNumber(scanner, from);
                return 9;
            }
        }
    }

    private long array(final JsonScanner scanner, final int depth) throws InvalidJson {
        long size = 2;
        int count = 0;
        scanner.enterArray();
        while (scanner.nextElement()) {
            size += value(scanner, depth);
            count++;
        }
        needsCare |= count > LONGEST_ARRAY;
        return size;
    }

    private long object(final JsonScanner scanner, final int depth) throws InvalidJson {
        final int firstKey = keys;
        long seen = 0;
        boolean seenTwice = false;
        int count = 0;
        long size = 2;
        scanner.enterObject();
        while (scanner.nextKey()) {
            final int hash = keyHash(scanner);
            final long bit = 1L << (hash >>> 26);
            seenTwice |= (seen & bit) != 0;
            seen |= bit;
            if (++count <= MOST_FIELDS) {
                remember(hash);
            }
            size += scanner.keyEnd() - scanner.keyStart() + 1L + value(scanner, depth);
        }
        needsCare |= count > MOST_FIELDS || (seenTwice && hasEqualHashes(firstKey));
        keys = firstKey;
        return size;
    }

    /** A hash of the current key; on the way, finds out whether a deployment keeps it as it is. */
    private int keyHash(final JsonScanner scanner) {
        final byte[] bytes = scanner.array();
        final int from = scanner.keyStart();
        final int to = scanner.keyEnd();
        int hash = 0;
        boolean printable = true;
        for (int i = from; i < to; i++) {
            final byte character = bytes[i];
            printable &= character >= ' ' && character != 0x7f && character != '\\';
            hash = 31 * hash + character;
        }
        final boolean reserved = from < to && (bytes[from] == '_' || bytes[from] == '$');
        needsCare |= !printable || reserved || to - from > NameRule.LONGEST_FIELD_NAME;
        return hash * 0x9e3779b9;
    }

    private void remember(final int hash) {
        if (keys == keyHashes.length) {
            keyHashes = Arrays.copyOf(keyHashes, 2 * keys);
        }
        keyHashes[keys++] = hash;
    }

    /** Two keys since {@code from} may be equal. */
    private boolean hasEqualHashes(final int from) {
        Arrays.sort(keyHashes, from, keys);
        for (int i = from + 1; i < keys; i++) {
            if (keyHashes[i] == keyHashes[i - 1]) {
                return true;
            }
        }
        return false;
    }

    private boolean isPlainNumber(final JsonScanner scanner, final int from) {
        final int to = scanner.position();
        if (scanner.numberIsInteger()) {
            return integersAsText ? isExactInteger(scanner.array(), from, to) : to - from < SURELY_FINITE_LENGTH;
        }
        return to - from < SURELY_FINITE_LENGTH && !hasLargeExponent(scanner.array(), from, to);
    }

    /** An integer within ±(2^53−1), which a double holds exactly. */
    static boolean isExactInteger(final byte[] bytes, final int from, final int to) {
        final int first = bytes[from] == '-' ? from + 1 : from;
        final int digits = to - first;
        if (digits != DIGITS_OF_LARGEST_EXACT) {
            return digits < DIGITS_OF_LARGEST_EXACT;
        }
        long magnitude = 0;
        for (int i = first; i < to; i++) {
            magnitude = 10 * magnitude + (bytes[i] - '0');
        }
        return magnitude <= LARGEST_EXACT;
    }

    /** Perhaps three digits of exponent, and so perhaps beyond a double. */
    private static boolean hasLargeExponent(final byte[] bytes, final int from, final int to) {
        for (int i = to - 1; i > from; i--) {
            final byte character = bytes[i];
            if (character == 'e' || character == 'E') {
                return to - i > 3;
            }
            if (character == '.') {
                return false;
            }
        }
        return false;
    }
}
