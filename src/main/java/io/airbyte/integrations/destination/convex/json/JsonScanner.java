package io.airbyte.integrations.destination.convex.json;

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

    private byte[] bytes = new byte[0];
    private int start;
    private int end;
    private int position;

    private final StringScan strings = new StringScan();

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
        strings.reset(document);
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

    /**
     * As {@link #nextKey()} if the next member's key is the expected one, written without escapes and without white space
     * around it. Otherwise the cursor stays where it is.
     *
     * @param expected the key with its quotes and its colon
     */
    public boolean nextKeyIs(final byte[] expected) {
        int from = position;
        if (!beforeFirstMember && from < end && bytes[from] == ',') {
            from++;
        } else if (!beforeFirstMember) {
            return false;
        }
        final int to = from + expected.length;
        if (to > end || !Arrays.equals(bytes, from, to, expected, 0, expected.length)) {
            return false;
        }
        keyStart = from + 1;
        keyEnd = to - 2;
        position = to;
        beforeFirstMember = false;
        stringHasEscapes = false;
        stringHasLoneSurrogate = false;
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
        position = strings.end(position);
        stringUtf8Length = strings.utf8Length();
        stringHasEscapes = strings.hasEscapes();
        stringHasLoneSurrogate = strings.hasLoneSurrogate();
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
