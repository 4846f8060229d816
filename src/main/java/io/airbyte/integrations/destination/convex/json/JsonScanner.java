package io.airbyte.integrations.destination.convex.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A cursor over one JSON document (RFC 8259) in a byte array: checks it strictly, UTF-8 included, and lets its reader cut
 * values out by position. Builds nothing, so scanning costs no memory however large or deep the document is.
 *
 * <p>Objects are walked with {@link #enterObject()} and {@link #nextKey()}; after each key the reader consumes exactly one
 * value, by {@link #skipValue()} or by walking into it. One scanner serves many documents, one after the other.
 */
public final class JsonScanner {

    private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
    private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};

    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    private byte[] bytes = new byte[0];
    private int start;
    private int end;
    private int position;

    /** One bit for each open level of {@link #skipValue()}: set for an object, clear for an array. */
    private long[] openLevels = new long[1];

    private boolean beforeFirstMember;
    private int keyStart;
    private int keyEnd;

    private int stringUtf8Length;
    private boolean stringHasEscapes;
    private boolean stringHasLoneSurrogate;
    private boolean numberIsInteger;

    /** Puts the cursor at the start of {@code document}. */
    public JsonScanner reset(final ByteSlice document) {
        bytes = document.array();
        start = document.offset();
        end = document.end();
        position = start;
        return this;
    }

    /** The index, in the scanned array, of the next byte to be read. */
    public int position() {
        return position;
    }

    /**
     * Skips white space and tells the first byte of what follows, without consuming it.
     *
     * @return 0 at the end of the document
     */
    public byte peek() {
        if (position < end) {
            final byte next = bytes[position];
            if (next > ' ') {
                return next;
            }
        }
        return peekBehindWhiteSpace();
    }

    private byte peekBehindWhiteSpace() {
        while (position < end) {
            final byte next = bytes[position];
            if (next != ' ' && next != '\n' && next != '\t' && next != '\r') {
                return next;
            }
            position++;
        }
        return 0;
    }

    /** Only white space is left. */
    public void expectEnd() throws InvalidJson {
        if (peek() != 0 || position < end) {
            throw invalid("it goes on after the end of its value");
        }
    }

    /** Consumes the opening brace of an object. */
    public void enterObject() throws InvalidJson {
        expect((byte) '{', "an object was expected");
        beforeFirstMember = true;
    }

    /**
     * Moves to the next member of the object being walked: afterwards the cursor is before the member's value, and
     * {@link #key()} tells its key.
     *
     * @return false after the last member, whose object's closing brace is then consumed
     */
    public boolean nextKey() throws InvalidJson {
        final byte next = peek();
        if (next == '}') {
            position++;
            beforeFirstMember = false;
            return false;
        }
        if (!beforeFirstMember) {
            expect((byte) ',', "a comma or the end of an object was expected");
        }
        consumeKey();
        beforeFirstMember = false;
        return true;
    }

    /** The raw bytes of the current key between its quotes, escapes left as they are. */
    public ByteSlice key() {
        return new ByteSlice(bytes, keyStart, keyEnd - keyStart);
    }

    /** The scanned array. */
    public byte[] array() {
        return bytes;
    }

    /** The index, in the scanned array, of the current key's first byte after its quote. */
    public int keyStart() {
        return keyStart;
    }

    /** The index, in the scanned array, of the quote that ends the current key. */
    public int keyEnd() {
        return keyEnd;
    }

    /** The current key is {@code name}, written without escapes. */
    public boolean keyIs(final byte[] name) {
        return Arrays.equals(bytes, keyStart, keyEnd, name, 0, name.length);
    }

    /** Consumes the opening bracket of an array, to be walked with {@link #nextElement()}. */
    public void enterArray() throws InvalidJson {
        expect((byte) '[', "an array was expected");
        beforeFirstMember = true;
    }

    /**
     * Moves to the next element of the array being walked: afterwards the cursor is before the element.
     *
     * @return false after the last element, whose array's closing bracket is then consumed
     */
    public boolean nextElement() throws InvalidJson {
        if (peek() == ']' && position < end) {
            position++;
            beforeFirstMember = false;
            return false;
        }
        if (!beforeFirstMember) {
            expect((byte) ',', "a comma or the end of an array was expected");
        }
        beforeFirstMember = false;
        return true;
    }

    /** Consumes everything before {@code to}, an index in the scanned array, as if it were one value. Checks nothing. */
    public ByteSlice passTo(final int to) {
        final int from = position;
        position = to;
        beforeFirstMember = false;
        return new ByteSlice(bytes, from, to - from);
    }

    /** Consumes one value of any kind, checking all of it, and returns its bytes. */
    public ByteSlice skipValue() throws InvalidJson {
        peek();
        final int from = position;
        consumeValue();
        beforeFirstMember = false;
        return new ByteSlice(bytes, from, position - from);
    }

    private void consumeValue() throws InvalidJson {
        int depth = 0;
        while (true) {
            final byte first = peek();
            if (first == '{' || first == '[') {
                position++;
                final boolean object = first == '{';
                if (peek() != (object ? '}' : ']')) {
                    openLevel(depth++, object);
                    if (object) {
                        consumeKey();
                    }
                    continue;
                }
                position++;
            } else {
                consumeScalar(first);
            }
            depth = closeFinishedLevels(depth);
            if (depth == 0) {
                return;
            }
        }
    }

    /** After a value: moves to the next one in the innermost level that has one; returns how many levels are open. */
    private int closeFinishedLevels(final int depth) throws InvalidJson {
        int open = depth;
        while (open > 0) {
            final boolean object = isObject(open - 1);
            final byte next = peek();
            if (next == ',') {
                position++;
                if (object) {
                    consumeKey();
                }
                return open;
            }
            expect((byte) (object ? '}' : ']'), "a comma or the end of an object or array was expected");
            open--;
        }
        return 0;
    }

    /** Consumes a string, number or literal, of which {@code first} is the first byte, as {@link #peek()} told it. */
    public void consumeScalar(final byte first) throws InvalidJson {
        switch (first) {
            case '"' -> consumeString();
            case 't' -> consumeLiteral(TRUE);
            case 'f' -> consumeLiteral(FALSE);
            case 'n' -> consumeLiteral(NULL);
            default -> {
                if (first == '-' || isDigit(first)) {
                    consumeNumber();
                } else {
                    throw invalid("a value was expected");
                }
            }
        }
    }

    private void consumeKey() throws InvalidJson {
        if (peek() != '"') {
            throw invalid("a key was expected");
        }
        keyStart = position + 1;
        consumeString();
        keyEnd = position - 1;
        expect((byte) ':', "a colon was expected");
    }

    /**
     * Consumes a string, quotes included. Afterwards {@link #stringUtf8Length()}, {@link #stringHasEscapes()} and
     * {@link #stringHasLoneSurrogate()} tell about it.
     */
    public void consumeString() throws InvalidJson {
        expect((byte) '"', "a string was expected");
        final int from = position;
        int saved = 0;
        stringHasEscapes = false;
        stringHasLoneSurrogate = false;
        while (true) {
            final byte stop = passPlainCharacters();
            if (stop == '"') {
                stringUtf8Length = position - from - saved;
                position++;
                return;
            }
            if (stop == '\\') {
                final int before = position;
                final int decoded = consumeEscape();
                saved += position - before - decoded;
                stringHasEscapes = true;
            } else if (stop >= 0) {
                throw invalid("a control character stands in a string");
            } else {
                consumeMultiByteCharacter(stop);
            }
        }
    }

    /**
     * Moves to the next byte of a string that is not plain, and tells it. Plain are all ASCII characters that mean
     * themselves, and characters of two bytes; others are left to be looked at one by one.
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

    /** Consumes one escape sequence, or a surrogate pair of two; returns its length in UTF-8. */
    private int consumeEscape() throws InvalidJson {
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
                return consumeUnicodeEscape();
            }
            default -> throw invalid("an unknown escape stands in a string");
        }
    }

    private int consumeUnicodeEscape() throws InvalidJson {
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
        stringHasLoneSurrogate = true;
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
    private void consumeMultiByteCharacter(final byte lead) throws InvalidJson {
        final int first = lead & 0xFF;
        if (first >= 0xC2 && first <= 0xDF) {
            if (position + 1 < end && bytes[position + 1] < (byte) 0xC0) {
                position += 2;
            } else {
                requireContinuations(1, 0x80, 0xBF);
            }
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

    /** Consumes a number. Afterwards {@link #numberIsInteger()} tells whether it was written as an integer. */
    public void consumeNumber() throws InvalidJson {
        if (peek() == '-') {
            position++;
        }
        final int digits = position;
        consumeDigits();
        if (position - digits > 1 && bytes[digits] == '0') {
            throw new InvalidJson("a number has a leading zero", digits - start);
        }
        numberIsInteger = true;
        if (position < end && bytes[position] == '.') {
            position++;
            consumeDigits();
            numberIsInteger = false;
        }
        if (position < end && (bytes[position] == 'e' || bytes[position] == 'E')) {
            position++;
            if (position < end && (bytes[position] == '+' || bytes[position] == '-')) {
                position++;
            }
            consumeDigits();
            numberIsInteger = false;
        }
    }

    private void consumeDigits() throws InvalidJson {
        final int from = position;
        while (position < end && isDigit(bytes[position])) {
            position++;
        }
        if (position == from) {
            throw position >= end ? truncated() : invalid("a digit was expected");
        }
    }

    private static boolean isDigit(final byte character) {
        return character >= '0' && character <= '9';
    }

    private void consumeLiteral(final byte[] literal) throws InvalidJson {
        final int length = Math.min(literal.length, end - position);
        if (!Arrays.equals(bytes, position, position + length, literal, 0, length)) {
            throw invalid("a value was expected");
        }
        if (length < literal.length) {
            throw truncated();
        }
        position += length;
    }

    /** The length that the last string or key has once decoded, in bytes of UTF-8; a lone surrogate counts three. */
    public int stringUtf8Length() {
        return stringUtf8Length;
    }

    /** The last string or key was written with escapes. */
    public boolean stringHasEscapes() {
        return stringHasEscapes;
    }

    /** The last string or key has half of a surrogate pair, which no UTF-8 text can hold. */
    public boolean stringHasLoneSurrogate() {
        return stringHasLoneSurrogate;
    }

    /** The last number was written without fraction and exponent. */
    public boolean numberIsInteger() {
        return numberIsInteger;
    }

    private void openLevel(final int level, final boolean object) {
        final int word = level >> 6;
        if (word == openLevels.length) {
            openLevels = Arrays.copyOf(openLevels, word * 2);
        }
        final long bit = 1L << (level & 63);
        openLevels[word] = object ? openLevels[word] | bit : openLevels[word] & ~bit;
    }

    private boolean isObject(final int level) {
        return (openLevels[level >> 6] & 1L << (level & 63)) != 0;
    }

    private void expect(final byte wanted, final String otherwise) throws InvalidJson {
        if (peek() != wanted || position >= end) {
            throw invalid(otherwise);
        }
        position++;
    }

    private InvalidJson invalid(final String reason) {
        return position >= end ? truncated() : new InvalidJson(reason, position - start);
    }

    private InvalidJson truncated() {
        return new InvalidJson("it ends before it is complete", end - start);
    }
}
