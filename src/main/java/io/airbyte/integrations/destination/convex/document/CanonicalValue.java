package io.airbyte.integrations.destination.convex.document;

import io.airbyte.integrations.destination.convex.json.ByteBuilder;
import io.airbyte.integrations.destination.convex.json.ByteSlice;
import io.airbyte.integrations.destination.convex.json.InvalidJson;
import io.airbyte.integrations.destination.convex.json.JsonScanner;
import io.airbyte.integrations.destination.convex.json.JsonString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes JSON values so that two have the same bytes exactly if Convex stores them as equal values (convex-api §4.1): each
 * begins with a letter for its type and tells where it ends, numbers are doubles, strings are decoded, an object's members
 * are in order of their keys, the last of equal keys wins.
 */
final class CanonicalValue {

    private static final double[] POWERS_OF_TEN = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15
    };

    /** With a point in it, a number of so many characters has at most 15 digits: they are a double, and so is the divisor. */
    private static final int SHORT_NUMBER = 16;

    private final JsonScanner scanner;
    private final ByteBuilder out;

    /**
     * Writes values one after the other.
     *
     * @param scanner used while a value is written
     * @param out where values are appended
     */
    CanonicalValue(final JsonScanner scanner, final ByteBuilder out) {
        this.scanner = scanner;
        this.out = out;
    }

    /** The key that the scanner is at is {@code name}, however it is spelt. */
    static boolean keyIs(final JsonScanner scanner, final byte[] name) {
        return scanner.stringHasEscapes() ? Arrays.equals(decoded(scanner.key()), name) : scanner.keyIs(name);
    }

    /**
     * Appends what is found below a value; what is not there is written as a value of its own.
     *
     * @param from the value's first byte in {@code document}
     * @param to the byte after it; {@code from}, if there is no value
     * @param below the names of the steps from the value to what is meant
     */
    void append(final byte[] document, final int from, final int to, final List<byte[]> below) throws InvalidJson {
        int start = from;
        int end = to;
        for (int step = 0; step < below.size() && start < end; step++) {
            scanner.reset(new ByteSlice(document, start, end - start));
            end = start;
            if (scanner.peek() == '{') {
                scanner.enterObject();
                while (scanner.nextKey()) {
                    final boolean found = keyIs(scanner, below.get(step));
                    scanner.peek();
                    final int valueStart = scanner.position();
                    scanner.skipValue();
                    if (found) {
                        start = valueStart;
                        end = scanner.position();
                    }
                }
            }
        }
        if (start == end) {
            out.append('u');
        } else {
            scanner.reset(new ByteSlice(document, start, end - start));
            value();
        }
    }

    private void value() throws InvalidJson {
        final byte first = scanner.peek();
        switch (first) {
            case '"' -> string();
            case '{' -> object();
            case '[' -> array();
            case 't', 'f', 'n' -> {
                scanner.consumeScalar(first);
                out.append(first);
            }
            default -> number();
        }
    }

    private void string() throws InvalidJson {
        final int from = scanner.position() + 1;
        scanner.consumeString();
        final ByteSlice content = new ByteSlice(scanner.array(), from, scanner.position() - 1 - from);
        if (scanner.stringHasEscapes()) {
            final byte[] text = decoded(content);
            text(text, 0, text.length);
        } else {
            text(content.array(), content.offset(), content.length());
        }
    }

    private static byte[] decoded(final ByteSlice content) {
        return JsonString.decoded(content).getBytes(StandardCharsets.UTF_8);
    }

    private void text(final byte[] utf8, final int offset, final int length) {
        out.append('s');
        for (int shift = 24; shift >= 0; shift -= 8) {
            out.append((byte) (length >>> shift));
        }
        out.append(utf8, offset, length);
    }

    private void array() throws InvalidJson {
        out.append('[');
        scanner.enterArray();
        while (scanner.nextElement()) {
            value();
        }
        out.append(']');
    }

    private void object() throws InvalidJson {
        final Map<String, byte[]> members = new TreeMap<>();
        final int start = out.length();
        scanner.enterObject();
        while (scanner.nextKey()) {
            final String key = JsonString.decoded(scanner.key());
            value();
            members.put(key, Arrays.copyOfRange(out.slice().array(), start, out.length()));
            out.truncate(start);
        }
        out.append('{');
        members.forEach((key, member) -> {
            final byte[] name = key.getBytes(StandardCharsets.UTF_8);
            text(name, 0, name.length);
            out.append(member);
        });
        out.append('}');
    }

    private void number() throws InvalidJson {
        final int from = scanner.position();
        scanner.consumeNumber();
        final long bits = Double.doubleToRawLongBits(number(scanner.array(), from, scanner.position()));
        out.append('d');
        for (int shift = 56; shift >= 0; shift -= 8) {
            out.append((byte) (bits >>> shift));
        }
    }

    /** Short decimals are a quotient of two exact doubles, which is rounded as it should be; the others are rare. */
    private static double number(final byte[] bytes, final int from, final int to) {
        final boolean negative = bytes[from] == '-';
        boolean simple = to - from <= SHORT_NUMBER;
        long digits = 0;
        int point = to;
        for (int i = negative ? from + 1 : from; simple && i < to; i++) {
            if (bytes[i] == '.') {
                point = i + 1;
            } else {
                digits = 10 * digits + (bytes[i] - '0');
                simple = bytes[i] <= '9';
            }
        }
        if (!simple) {
            return Double.parseDouble(new String(bytes, from, to - from, StandardCharsets.US_ASCII));
        }
        final double magnitude = digits / POWERS_OF_TEN[to - point];
        return negative ? -magnitude : magnitude;
    }
}
