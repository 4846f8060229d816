package io.airbyte.integrations.destination.convex.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Strings are looked at eight bytes at a time; that must not show, wherever in the eight bytes something stands. */
class StringScanTest {

    private static final int ROUNDS = 200_000;
    private static final long ACCEPTED = -1;
    private static final long TRUNCATED = -2;

    private static final List<byte[]> PIECES = List.of(
            bytes('a'),
            "plain text ".getBytes(UTF_8),
            "é".getBytes(UTF_8),
            "éèЖ߿".getBytes(UTF_8),
            "日本".getBytes(UTF_8),
            "😀".getBytes(UTF_8),
            "\\n".getBytes(UTF_8),
            "\\\"".getBytes(UTF_8),
            "\\\\".getBytes(UTF_8),
            "\\u00e9".getBytes(UTF_8),
            "!#[]~\u007f".getBytes(UTF_8),
            " ".getBytes(UTF_8));

    /** Each of them ends the string or is wrong, at least where it usually stands. */
    private static final List<byte[]> SURPRISES = List.of(
            bytes('"'),
            bytes(0x1f),
            bytes(0),
            bytes('\n'),
            bytes(0x80),
            bytes(0xBF),
            bytes(0xC0, 0x80),
            bytes(0xC1, 0xBF),
            bytes(0xC2),
            bytes(0xC3, 0x28),
            bytes(0xC3, 0xC3),
            bytes(0xC3, '"'),
            bytes(0xDF, 0xBF, 0xBF),
            bytes(0xE0, 0x80, 0x80),
            bytes(0xE2, 0x82),
            bytes(0xED, 0xA0, 0x80),
            bytes(0xF0, 0x9F, 0x98),
            bytes(0xF4, 0x90, 0x80, 0x80),
            bytes(0xF8, 0x80),
            bytes(0xFF),
            bytes('\\', 'x'));

    private final Random random = new Random(3);
    private final JsonScanner scanner = new JsonScanner();

    private static byte[] bytes(final int... values) {
        final byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    @Test
    void a_string_ends_or_is_refused_where_a_look_at_each_byte_says() {
        int accepted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            final byte[] document = document();
            final int offset = random.nextInt(9);
            final byte[] array = new byte[offset + document.length + random.nextInt(9)];
            random.nextBytes(array);
            System.arraycopy(document, 0, array, offset, document.length);
            final long expected = lookAtEachByte(document);
            assertThat(scan(new ByteSlice(array, offset, document.length))).isEqualTo(expected);
            accepted += expected == ACCEPTED ? 1 : 0;
        }
        assertThat(accepted).isBetween(ROUNDS / 4, ROUNDS * 3 / 4);
    }

    private byte[] document() {
        final ByteArrayOutputStream document = new ByteArrayOutputStream();
        document.write('"');
        final int pieces = random.nextInt(12);
        final int surprise = random.nextBoolean() ? random.nextInt(pieces + 1) : -1;
        for (int i = 0; i < pieces; i++) {
            if (i == surprise) {
                document.writeBytes(SURPRISES.get(random.nextInt(SURPRISES.size())));
            }
            document.writeBytes(PIECES.get(random.nextInt(PIECES.size())));
        }
        if (random.nextInt(16) > 0) {
            document.write('"');
        }
        return document.toByteArray();
    }

    /** The position of the first byte that is wrong, {@link #ACCEPTED} or {@link #TRUNCATED}. */
    private long scan(final ByteSlice document) {
        scanner.reset(document);
        try {
            scanner.consumeString();
            final ByteSlice content =
                    new ByteSlice(document.array(), document.offset() + 1, scanner.position() - document.offset() - 2);
            assertThat(scanner.stringUtf8Length())
                    .isEqualTo(JsonString.decoded(content).getBytes(UTF_8).length);
            assertThat(scanner.stringHasEscapes()).isEqualTo(content.text().indexOf('\\') >= 0);
            scanner.expectEnd();
            return ACCEPTED;
        } catch (final InvalidJson invalid) {
            return invalid.isTruncation() ? TRUNCATED : invalid.position();
        }
    }

    private static long lookAtEachByte(final byte[] document) {
        int at = 1;
        while (at < document.length && document[at] != '"') {
            final int first = document[at] & 0xFF;
            if (first < ' ') {
                return at;
            }
            if (first == '\\') {
                if (at + 1 == document.length) {
                    return TRUNCATED;
                }
                if (document[at + 1] == 'x') {
                    return at;
                }
                at += document[at + 1] == 'u' ? 6 : 2;
            } else {
                final int length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
                if (first >= 0x80 && (first < 0xC2 || first > 0xF4)) {
                    return at;
                }
                if (at + length > document.length) {
                    return TRUNCATED;
                }
                if (!isOneCharacter(ByteBuffer.wrap(document, at, length))) {
                    return at;
                }
                at += length;
            }
        }
        if (at >= document.length) {
            return TRUNCATED;
        }
        for (at++; at < document.length; at++) {
            if (document[at] != ' ') {
                return at;
            }
        }
        return ACCEPTED;
    }

    private static boolean isOneCharacter(final ByteBuffer bytes) {
        try {
            return UTF_8.newDecoder().decode(bytes).length() > 0;
        } catch (final CharacterCodingException e) {
            return false;
        }
    }
}
