package io.airbyte.integrations.destination.convex.local;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;

/** The text of a document's id: its table's number, 16 random bytes and a checksum, in base 32 (convex-api §3.4). */
final class DocumentId {

    private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final int RANDOM_BYTES = 16;

    private DocumentId() {}

    static String random(final int tableNumber) {
        final var random = ThreadLocalRandom.current();
        final ByteBuffer unique =
                ByteBuffer.allocate(RANDOM_BYTES).putLong(random.nextLong()).putLong(random.nextLong());
        return encode(tableNumber, unique.array());
    }

    /** The least id of a table, which no document has. */
    static String least(final int tableNumber) {
        return encode(tableNumber, new byte[RANDOM_BYTES]);
    }

    /** The number of the table that an id belongs to; empty if the text is no id. */
    static OptionalInt tableNumber(final String id) {
        return decode(id).map(OptionalInt::of).orElse(OptionalInt.empty());
    }

    private static String encode(final int tableNumber, final byte[] unique) {
        final var bytes = new ByteArrayOutputStream(24);
        int rest = tableNumber;
        while (rest >= 0x80) {
            bytes.write((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        bytes.write(rest);
        bytes.writeBytes(unique);
        final int checksum = fletcher16(bytes.toByteArray());
        bytes.write(checksum & 0xFF);
        bytes.write(checksum >>> 8);
        return base32(bytes.toByteArray());
    }

    private static Optional<Integer> decode(final String id) {
        if (id.length() < 31 || id.length() > 37) {
            return Optional.empty();
        }
        final ByteBuffer bytes = ByteBuffer.allocate(id.length() * 5 / 8);
        long pending = 0;
        int bits = 0;
        for (int i = 0; i < id.length(); i++) {
            final int digit = ALPHABET.indexOf(id.charAt(i));
            if (digit < 0) {
                return Optional.empty();
            }
            pending = (pending << 5) | digit;
            bits += 5;
            if (bits >= 8 && bytes.hasRemaining()) {
                bits -= 8;
                bytes.put((byte) (pending >>> bits));
            }
        }
        final byte[] all = bytes.array();
        int number = 0;
        int at = 0;
        do {
            number |= (all[at] & 0x7F) << (7 * at);
        } while ((all[at++] & 0x80) != 0 && at < 5);
        if (all.length < at + RANDOM_BYTES + 2) {
            return Optional.empty();
        }
        final String again = encode(number, Arrays.copyOfRange(all, at, at + RANDOM_BYTES));
        return again.equals(id) ? Optional.of(number) : Optional.empty();
    }

    private static int fletcher16(final byte[] bytes) {
        int one = 0;
        int two = 0;
        for (final byte b : bytes) {
            one = (one + (b & 0xFF)) % 255;
            two = (two + one) % 255;
        }
        return (two << 8) | one;
    }

    private static String base32(final byte[] bytes) {
        final var text = new StringBuilder();
        long pending = 0;
        int bits = 0;
        for (final byte b : bytes) {
            pending = (pending << 8) | (b & 0xFF);
            bits += 8;
            while (bits >= 5) {
                bits -= 5;
                text.append(ALPHABET.charAt((int) (pending >>> bits) & 31));
            }
        }
        if (bits > 0) {
            text.append(ALPHABET.charAt((int) (pending << (5 - bits)) & 31));
        }
        return text.toString();
    }
}
