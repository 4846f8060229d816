package io.airbyte.integrations.destination.convex.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.airbyte.integrations.destination.convex.json.ByteSlice;
import java.math.BigDecimal;
import java.util.OptionalLong;

/** Whole numbers out of JSON, which some senders write as fractions: {@code 1.7e12}, {@code 3.0}. */
final class JsonNumber {

    private static final int MOST_FAST_DIGITS = 18;
    private static final int LONGEST_EXACT = 40;
    private static final double LARGEST_EXACT = 9_007_199_254_740_992.0;

    private JsonNumber() {}

    /** The largest integer that is not above {@code value}; empty if that is no number, or one too large to be exact. */
    static OptionalLong floor(final ByteSlice value) {
        if (isShortInteger(value)) {
            return OptionalLong.of(shortInteger(value));
        }
        if (!isNumber(value)) {
            return OptionalLong.empty();
        }
        final double number = Double.parseDouble(text(value));
        return Math.abs(number) <= LARGEST_EXACT ? OptionalLong.of((long) Math.floor(number)) : OptionalLong.empty();
    }

    /** The integer that {@code value} is, however it is written; empty if it is none, or one too large to be exact. */
    static OptionalLong integer(final ByteSlice value) {
        if (isShortInteger(value)) {
            return OptionalLong.of(shortInteger(value));
        }
        if (!isNumber(value) || value.length() > LONGEST_EXACT) {
            return OptionalLong.empty();
        }
        final double number = Double.parseDouble(text(value));
        // The rounded number bounds the exponent, so that the exact one below stays small.
        if (number == 0) {
            return isWrittenWithoutExponent(value) && new BigDecimal(text(value)).signum() == 0
                    ? OptionalLong.of(0)
                    : OptionalLong.empty();
        }
        if (Math.abs(number) > LARGEST_EXACT) {
            return OptionalLong.empty();
        }
        final BigDecimal exact = new BigDecimal(text(value)).stripTrailingZeros();
        return exact.scale() <= 0 ? OptionalLong.of(exact.longValueExact()) : OptionalLong.empty();
    }

    private static boolean isNumber(final ByteSlice value) {
        if (value.length() == 0) {
            return false;
        }
        final byte first = value.array()[value.offset()];
        return first == '-' || (first >= '0' && first <= '9');
    }

    private static boolean isShortInteger(final ByteSlice value) {
        final byte[] bytes = value.array();
        int digit = value.offset();
        if (value.length() > 1 && bytes[digit] == '-') {
            digit++;
        }
        final int digits = value.end() - digit;
        boolean allDigits = digits > 0 && digits <= MOST_FAST_DIGITS;
        for (; allDigits && digit < value.end(); digit++) {
            allDigits = bytes[digit] >= '0' && bytes[digit] <= '9';
        }
        return allDigits;
    }

    private static long shortInteger(final ByteSlice value) {
        final byte[] bytes = value.array();
        final boolean negative = bytes[value.offset()] == '-';
        long number = 0;
        for (int i = negative ? value.offset() + 1 : value.offset(); i < value.end(); i++) {
            number = number * 10 + (bytes[i] - '0');
        }
        return negative ? -number : number;
    }

    private static boolean isWrittenWithoutExponent(final ByteSlice value) {
        final String text = text(value);
        return text.indexOf('e') < 0 && text.indexOf('E') < 0;
    }

    private static String text(final ByteSlice value) {
        return new String(value.array(), value.offset(), value.length(), US_ASCII);
    }
}
