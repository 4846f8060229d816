package io.airbyte.integrations.destination.convex.protocol;

import io.airbyte.integrations.destination.convex.json.ByteSlice;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;

/**
 * Cuts input that comes in chunks into lines. A line ends with LF, CR or CRLF (airbyte-semantics §5.4) or with the input;
 * lines of nothing but white space are passed over, and so is a byte order mark at the very start.
 *
 * <p>A line inside one chunk is a slice of that chunk, without copying; the pieces of one that spans chunks are gathered
 * in a buffer that never holds more than the longest line. For one thread.
 */
public final class LineReader {

    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long SIXTEENS = 0x1010101010101010L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    private static final int USUAL_CAPACITY = 1 << 16;
    private static final int LARGEST_KEPT_CAPACITY = 1 << 20;

    private final int longestLine;

    private byte[] chunk = new byte[0];
    private int position;
    private int limit;
    private boolean ended;
    private boolean afterCarriageReturn;

    /** The start of a line whose end has not come yet: all of it, or of one that is too long a part. */
    private byte[] gathered = new byte[USUAL_CAPACITY];

    private int gatheredLength;
    private long unfinishedLength;

    private ByteSlice line = ByteSlice.of(new byte[0]);
    private long number;

    /**
     * @param longestLine in bytes, without the end of line
     */
    public LineReader(final int longestLine) {
        this.longestLine = longestLine;
    }

    /**
     * Takes the next bytes of the input. They are borrowed until {@link #nextLine()} answers false, which it must have
     * done for the chunk before.
     */
    public void add(final ByteSlice next) {
        if (position < limit) {
            throw new IllegalStateException("The chunk before has not been used up.");
        }
        chunk = next.array();
        position = next.offset();
        limit = next.end();
    }

    /** No chunk will follow: what stands after the last end of line is a line too. */
    public void endOfInput() {
        ended = true;
    }

    /**
     * Moves to the next line that is complete.
     *
     * @return false if there is none yet
     * @throws Failure if the line is too long; only once all of it has been seen, and the reader then stands behind it
     */
    public boolean nextLine() {
        letGoOfALongLine();
        while (position < limit) {
            if (afterCarriageReturn) {
                afterCarriageReturn = false;
                if (chunk[position] == '\n') {
                    position++;
                    continue;
                }
            }
            final int start = position;
            final int end = endOfLine();
            if (end == limit) {
                position = limit;
                gather(start, end);
                break;
            }
            position = end + 1;
            afterCarriageReturn = chunk[end] == '\r';
            if (completesLine(start, end)) {
                return true;
            }
        }
        return ended && unfinishedLength > 0 && completesLine(position, position);
    }

    /** The current line without its end, valid until the next call of {@link #nextLine()}. */
    public ByteSlice line() {
        return line;
    }

    /** Where the current line stands in the input: 1 for the first, counting those passed over. */
    public long number() {
        return number;
    }

    /**
     * The index of the next CR or LF, or {@link #limit}. Looks at eight bytes at a time for any below 16: in JSON these are
     * tabs and ends of lines, and one test finds them all.
     */
    private int endOfLine() {
        final byte[] bytes = chunk;
        int at = position;
        for (; at <= limit - Long.BYTES; at += Long.BYTES) {
            final long word = (long) EIGHT_BYTES.get(bytes, at);
            long candidates = (word - SIXTEENS) & ~word & HIGH_BITS;
            while (candidates != 0) {
                final int candidate = at + (Long.numberOfTrailingZeros(candidates) >>> 3);
                if (endsLine(bytes[candidate])) {
                    return candidate;
                }
                candidates &= candidates - 1;
            }
        }
        while (at < limit && !endsLine(bytes[at])) {
            at++;
        }
        return at;
    }

    private static boolean endsLine(final byte character) {
        return character == '\n' || character == '\r';
    }

    /** Takes the line that ends before {@code end}; false if it is one to be passed over. */
    private boolean completesLine(final int start, final int end) {
        number++;
        if (unfinishedLength == 0) {
            line = new ByteSlice(chunk, start, end - start);
        } else {
            gather(start, end);
            line = new ByteSlice(gathered, 0, gatheredLength);
        }
        final long length = Math.max(unfinishedLength, line.length());
        unfinishedLength = 0;
        gatheredLength = 0;
        if (length > longestLine) {
            throw tooLong(length);
        }
        if (number == 1) {
            passOverByteOrderMark();
        }
        return !isBlank(line);
    }

    private void gather(final int start, final int end) {
        unfinishedLength += end - start;
        if (unfinishedLength <= longestLine) {
            append(start, end - start);
        } else if (gatheredLength <= USUAL_CAPACITY) {
            append(start, Math.min(end - start, USUAL_CAPACITY - gatheredLength));
        } else {
            gathered = Arrays.copyOf(gathered, USUAL_CAPACITY);
            gatheredLength = USUAL_CAPACITY;
        }
    }

    private void append(final int start, final int count) {
        final int needed = gatheredLength + count;
        if (needed > gathered.length) {
            final long doubled = Math.min(2L * gathered.length, longestLine);
            gathered = Arrays.copyOf(gathered, (int) Math.max(needed, doubled));
        }
        System.arraycopy(chunk, start, gathered, gatheredLength, count);
        gatheredLength = needed;
    }

    private void letGoOfALongLine() {
        if (unfinishedLength == 0 && gathered.length > LARGEST_KEPT_CAPACITY) {
            line = ByteSlice.of(new byte[0]);
            gathered = new byte[USUAL_CAPACITY];
        }
    }

    private Failure tooLong(final long length) {
        final ByteSlice start = new ByteSlice(line.array(), line.offset(), Math.min(line.length(), USUAL_CAPACITY));
        line = ByteSlice.of(new byte[0]);
        return new InputFault(number, StreamMention.in(start))
                .failure(String.format(
                        Locale.ROOT,
                        "is %,d bytes long, and the longest line that can be read has %,d bytes. Exclude the stream's"
                                + " largest columns from the sync",
                        length,
                        longestLine));
    }

    private void passOverByteOrderMark() {
        final byte[] bytes = line.array();
        final int start = line.offset();
        if (line.length() >= 3
                && bytes[start] == (byte) 0xEF
                && bytes[start + 1] == (byte) 0xBB
                && bytes[start + 2] == (byte) 0xBF) {
            line = new ByteSlice(bytes, start + 3, line.length() - 3);
        }
    }

    private static boolean isBlank(final ByteSlice line) {
        final byte[] bytes = line.array();
        for (int i = line.offset(); i < line.end(); i++) {
            if (bytes[i] != ' ' && bytes[i] != '\t') {
                return false;
            }
        }
        return true;
    }
}
