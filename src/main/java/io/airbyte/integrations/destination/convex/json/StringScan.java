package io.airbyte.integrations.destination.convex.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The strings of a document, one after the other: finds where each ends, and checks it strictly (RFC 8259), UTF-8 included
 * (RFC 3629). Most of what a source sends is strings, so most of them is looked at eight bytes at a time.
 */
final class StringScan {

    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    private byte[] bytes = new byte[0];
    private int start;
    private int end;
    private int position;
    private int utf8Length;
    private boolean hasEscapes;
    private boolean hasLoneSurrogate;

    void reset(final ByteSlice document) {
        bytes = document.array();
        start = document.offset();
        end = document.end();
    }

    /**
     * The index after the closing quote of the string whose first byte, behind its quote, is at {@code from}. Afterwards
     * the other methods tell about it.
     */
    int end(final int from) throws InvalidJson {
        position = from;
        hasEscapes = false;
        hasLoneSurrogate = false;
        int saved = 0;
        byte stop = passPlainCharacters();
        while (stop != '"') {
            if (stop == '\\') {
                final int before = position;
                final int decoded = passEscape();
                saved += position - before - decoded;
                hasEscapes = true;
            } else if (stop >= 0) {
                throw invalid("a control character stands in a string");
            } else {
                passMultiByteCharacter(stop);
            }
            stop = passPlainCharacters();
        }
        utf8Length = position - from - saved;
        return position + 1;
    }

    /** The length that the string has once decoded, in bytes of UTF-8; a lone surrogate counts three. */
    int utf8Length() {
        return utf8Length;
    }

    /** The string is written with escapes. */
    boolean hasEscapes() {
        return hasEscapes;
    }

    /** The string has half of a surrogate pair, which no UTF-8 text can hold. */
    boolean hasLoneSurrogate() {
        return hasLoneSurrogate;
    }

    /**
     * Moves to the next byte that is not plain, and tells it. Plain are ASCII characters that mean themselves, and
     * characters of two bytes; others are left to be looked at one by one.
     *
     * <p>In each word, the high bit of a byte tells about it. XOR takes the quote to where control characters are and the
     * backslash to zero, so that subtracting borrows the high bit; a borrow spoils the bytes behind only, and the first one
     * counts. After the first byte of a two-byte character, and nowhere else, a trailing byte is wanted; one that is
     * missing is told of where the character begins.
     */
    private byte passPlainCharacters() throws InvalidJson {
        final byte[] array = bytes;
        int at = position;
        long open = 0;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            final long word = (long) EIGHT_BYTES.get(array, at);
            final long ends = (((word ^ 0x02 * ONES) - '!' * ONES) | ((word ^ '\\' * ONES) - ONES)) & ~word;
            final long leads = word & (word << 1) & HIGH_BITS;
            final long wanted = leads << 8 | open;
            final long trails = word & ~(word << 1);
            final long longer = leads & (word << 2 | ~((word & 0x1E * ONES) + 0x7E * ONES));
            final long special = (ends | (trails ^ wanted) | longer) & HIGH_BITS;
            if (special != 0) {
                final int bit = Long.numberOfTrailingZeros(special);
                position = at + (bit >>> 3) - (int) (wanted >>> bit & 1);
                return array[position];
            }
            open = leads >>> 56;
        }
        if (open != 0) {
            at--;
        }
        while (at < end && array[at] >= ' ' && array[at] != '"' && array[at] != '\\') {
            at++;
        }
        position = at;
        if (at >= end) {
            throw truncated();
        }
        return array[at];
    }

    /** Passes one escape sequence, or a surrogate pair of two; returns its length in UTF-8. */
    private int passEscape() throws InvalidJson {
        if (position + 1 >= end) {
            throw truncated();
        }
        final byte kind = bytes[position + 1];
        switch (kind) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> {
                position += 2;
                return 1;
            }
            case 'u' -> {
                return passUnicodeEscape();
            }
            default -> throw invalid("an unknown escape stands in a string");
        }
    }

    private int passUnicodeEscape() throws InvalidJson {
        final int unit = hexUnit(position);
        position += 6;
        if (unit < 0x80) {
            return 1;
        }
        if (unit < 0x800) {
            return 2;
        }
        if (!isSurrogate(unit)) {
            return 3;
        }
        final boolean lowFollows = unit < 0xDC00
                && position + 1 < end
                && bytes[position] == '\\'
                && bytes[position + 1] == 'u'
                && hexUnit(position) >= 0xDC00
                && hexUnit(position) <= 0xDFFF;
        if (lowFollows) {
            position += 6;
            return 4;
        }
        hasLoneSurrogate = true;
        return 3;
    }

    private static boolean isSurrogate(final int unit) {
        return unit >= 0xD800 && unit <= 0xDFFF;
    }

    /** The UTF-16 unit of the {@code \}{@code uXXXX} escape that starts at {@code at}. */
    private int hexUnit(final int at) throws InvalidJson {
        if (at + 6 > end) {
            throw truncated();
        }
        int unit = 0;
        for (int i = at + 2; i < at + 6; i++) {
            final int digit = Character.digit(bytes[i], 16);
            if (digit < 0) {
                throw invalid("an unknown escape stands in a string");
            }
            unit = unit << 4 | digit;
        }
        return unit;
    }

    /** Checks one character of two to four bytes: no overlong form, no surrogate, nothing beyond U+10FFFF (RFC 3629). */
    private void passMultiByteCharacter(final byte lead) throws InvalidJson {
        final int first = lead & 0xFF;
        if (first >= 0xC2 && first <= 0xDF) {
            requireContinuations(1, 0x80, 0xBF);
        } else if (first >= 0xE0 && first <= 0xEF) {
            requireContinuations(2, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF);
        } else if (first >= 0xF0 && first <= 0xF4) {
            requireContinuations(3, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF);
        } else {
            throw invalid("it is not valid UTF-8");
        }
    }

    private void requireContinuations(final int count, final int secondFrom, final int secondTo) throws InvalidJson {
        if (position + count >= end) {
            throw truncated();
        }
        final int second = bytes[position + 1] & 0xFF;
        boolean valid = second >= secondFrom && second <= secondTo;
        for (int i = 2; i <= count; i++) {
            valid &= (bytes[position + i] & 0xC0) == 0x80;
        }
        if (!valid) {
            throw invalid("it is not valid UTF-8");
        }
        position += count + 1;
    }

    private InvalidJson invalid(final String reason) {
        return new InvalidJson(reason, position - start);
    }

    private InvalidJson truncated() {
        return new InvalidJson("it ends before it is complete", end - start);
    }
}
