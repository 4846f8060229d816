package io.airbyte.integrations.destination.convex.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbyte.integrations.destination.convex.json.ByteSlice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineReaderTest {

    private static final int LONG_ENOUGH = 1 << 20;

    @Test
    void linesEndWithLineFeedCarriageReturnOrBoth() {
        assertThat(lines("{1}\n{2}\r{3}\r\n{4}\n")).containsExactly("1:{1}", "2:{2}", "3:{3}", "4:{4}");
    }

    @Test
    void whatFollowsTheLastEndOfLineIsALine() {
        assertThat(lines("{1}\n{2}")).containsExactly("1:{1}", "2:{2}");
    }

    @Test
    void nothingFollowsTheLastEndOfLineIfTheInputEndsThere() {
        assertThat(lines("{1}\n")).containsExactly("1:{1}");
        assertThat(lines("")).isEmpty();
    }

    @Test
    void anUnfinishedLineWaitsForItsEnd() {
        final LineReader reader = new LineReader(LONG_ENOUGH);
        reader.add(ByteSlice.of("{1"));
        assertThat(reader.nextLine()).isFalse();
        reader.add(ByteSlice.of("}\n{2"));
        assertThat(reader.nextLine()).isTrue();
        assertThat(reader.line().text()).isEqualTo("{1}");
        assertThat(reader.nextLine()).isFalse();
        reader.endOfInput();
        assertThat(reader.nextLine()).isTrue();
        assertThat(reader.line().text()).isEqualTo("{2");
        assertThat(reader.nextLine()).isFalse();
    }

    @Test
    void blankLinesArePassedOverButCounted() {
        assertThat(lines("\n{2}\n \t \r\n\r\n\r{6}\n  ")).containsExactly("2:{2}", "6:{6}");
    }

    @Test
    void aCarriageReturnAndItsLineFeedAreOneEndAcrossChunksToo() {
        assertThat(linesOfChunks(List.of("{1}\r", "\n{2}\r", "{3}", "\r", "\n", "\n{5}")))
                .containsExactly("1:{1}", "2:{2}", "3:{3}", "5:{5}");
    }

    @Test
    void aByteOrderMarkIsPassedOverAtTheVeryStartOnly() {
        assertThat(lines("\uFEFF{1}\n\uFEFF{2}")).containsExactly("1:{1}", "2:\uFEFF{2}");
        assertThat(lines("\n\uFEFF{2}")).containsExactly("2:\uFEFF{2}");
        assertThat(lines("\uFEFF\n{2}")).containsExactly("2:{2}");
    }

    @Test
    void otherSeparatorsArePartOfTheLine() {
        assertThat(lines("{\u2028\u2029\u0085\u000B\f\t}\n")).containsExactly("1:{\u2028\u2029\u0085\u000B\f\t}");
    }

    @Test
    void aLineInsideAChunkIsNotCopied() {
        final byte[] bytes = "..{1}\n{2}\n..".getBytes(UTF_8);
        final LineReader reader = new LineReader(LONG_ENOUGH);
        reader.add(new ByteSlice(bytes, 2, 8));
        reader.nextLine();
        assertThat(reader.line().array()).isSameAs(bytes);
        assertThat(reader.line().offset()).isEqualTo(2);
        reader.nextLine();
        assertThat(reader.line().array()).isSameAs(bytes);
        assertThat(reader.line().text()).isEqualTo("{2}");
        assertThat(reader.nextLine()).isFalse();
    }

    @Test
    void anUnfinishedLineOutlivesItsChunk() {
        final byte[] borrowed = "{12".getBytes(UTF_8);
        final LineReader reader = new LineReader(LONG_ENOUGH);
        reader.add(ByteSlice.of(borrowed));
        assertThat(reader.nextLine()).isFalse();
        Arrays.fill(borrowed, (byte) 'x');
        reader.add(ByteSlice.of("3}\n"));
        assertThat(reader.nextLine()).isTrue();
        assertThat(reader.line().text()).isEqualTo("{123}");
    }

    @Test
    void aChunkThatIsNotUsedUpTakesNoSuccessor() {
        final LineReader reader = new LineReader(LONG_ENOUGH);
        reader.add(ByteSlice.of("{1}\n{2}\n"));
        reader.nextLine();
        assertThatThrownBy(() -> reader.add(ByteSlice.of("{3}"))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aLineMayBeAsLongAsTheLimit() {
        final LineReader reader = new LineReader(10);
        reader.add(ByteSlice.of("0123456789\n01234"));
        assertThat(reader.nextLine()).isTrue();
        assertThat(reader.nextLine()).isFalse();
        reader.add(ByteSlice.of("56789\r\n"));
        assertThat(reader.nextLine()).isTrue();
        assertThat(reader.line().text()).isEqualTo("0123456789");
    }

    @Test
    void aLineBeyondTheLimitIsRefusedWithNumberStreamAndBothLengths() {
        final String line =
                "{\"type\":\"RECORD\",\"record\":{\"namespace\":\"shop\",\"stream\":\"users\",\"data\":{\"a\":\""
                        + "x".repeat(2_000) + "\"}}}";
        for (final int chunkSize : List.of(10_000, 100, 7, 1)) {
            final LineReader reader = new LineReader(1_000);
            assertThatThrownBy(() -> readInChunks(reader, "{1}\n" + line + "\n{3}\n", chunkSize))
                    .isInstanceOfSatisfying(Failure.class, failure -> {
                        assertThat(failure.kind()).isEqualTo(Failure.Kind.SYSTEM_ERROR);
                        assertThat(failure.stream()).contains(StreamDescriptor.of("shop", "users"));
                        assertThat(failure.message())
                                .startsWith("Line 2 of the input (stream shop.users) is 2,080 bytes long")
                                .contains("1,000 bytes")
                                .doesNotContain("xxx");
                    });
        }
    }

    @Test
    void aLineBeyondTheLimitIsRefusedAtTheEndOfInputToo() {
        final LineReader reader = new LineReader(10);
        assertThatThrownBy(() -> readInChunks(reader, "0123456789a", 4))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("Line 1 of the input is 11 bytes long");
    }

    @Test
    void theReaderStandsBehindALineThatItRefused() {
        final LineReader reader = new LineReader(10);
        reader.add(ByteSlice.of("0123456789a\n{2}\n"));
        assertThatThrownBy(reader::nextLine).isInstanceOf(Failure.class);
        assertThat(reader.nextLine()).isTrue();
        assertThat(reader.number()).isEqualTo(2);
        assertThat(reader.line().text()).isEqualTo("{2}");
    }

    @Test
    void aLineFarBeyondTheLimitIsMeasuredWithoutBeingStored() {
        final LineReader reader = new LineReader(200_000);
        final byte[] chunk = new byte[100_000];
        Arrays.fill(chunk, (byte) 'x');
        for (int i = 0; i < 30_000; i++) {
            reader.add(ByteSlice.of(chunk));
            assertThat(reader.nextLine()).isFalse();
        }
        reader.endOfInput();
        assertThatThrownBy(reader::nextLine).isInstanceOf(Failure.class).hasMessageContaining("3,000,000,000 bytes");
    }

    @Test
    void aLongLineLeavesNoLargeBufferBehind() {
        final LineReader reader = new LineReader(8 << 20);
        final String longLine = "x".repeat(4 << 20);
        reader.add(ByteSlice.of(longLine));
        reader.nextLine();
        reader.add(ByteSlice.of("\n{2"));
        assertThat(reader.nextLine()).isTrue();
        assertThat(reader.line().length()).isEqualTo(4 << 20);
        assertThat(reader.nextLine()).isFalse();
        reader.add(ByteSlice.of("}\n"));
        assertThat(reader.nextLine()).isTrue();
        assertThat(reader.line().array()).hasSizeLessThan(1 << 20);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 64, 1000})
    void chunksOfEverySizeGiveTheSameLines(final int chunkSize) {
        final String input = randomInput(new Random(chunkSize), 60);
        assertThat(readInChunks(new LineReader(LONG_ENOUGH), input, chunkSize)).isEqualTo(expectedLines(input));
    }

    @Test
    void aCutAtAnyPlaceGivesTheSameLines() {
        final String input = "\uFEFF{1}\r\n\r\n \n{\"a\":\"é€😀\"}\r{3}\n\r{4}\r\n\t{5}";
        final byte[] bytes = input.getBytes(UTF_8);
        for (int cut = 0; cut <= bytes.length; cut++) {
            final LineReader reader = new LineReader(LONG_ENOUGH);
            final List<String> lines = new ArrayList<>();
            reader.add(new ByteSlice(bytes, 0, cut));
            drain(reader, lines);
            reader.add(new ByteSlice(bytes, cut, bytes.length - cut));
            drain(reader, lines);
            reader.endOfInput();
            drain(reader, lines);
            assertThat(lines).as("cut at %d", cut).isEqualTo(expectedLines(input));
        }
    }

    @Test
    void chunksCutAtRandomGiveTheSameLines() {
        for (int seed = 0; seed < 500; seed++) {
            final Random random = new Random(seed);
            final String input = randomInput(random, 30);
            final byte[] bytes = input.getBytes(UTF_8);
            final LineReader reader = new LineReader(LONG_ENOUGH);
            final List<String> lines = new ArrayList<>();
            int from = 0;
            while (from < bytes.length) {
                final int to = Math.min(bytes.length, from + random.nextInt(40));
                final byte[] surrounded = new byte[to - from + 20];
                Arrays.fill(surrounded, (byte) '\n');
                System.arraycopy(bytes, from, surrounded, 10, to - from);
                reader.add(new ByteSlice(surrounded, 10, to - from));
                drain(reader, lines);
                from = to;
            }
            reader.endOfInput();
            drain(reader, lines);
            assertThat(lines).as("seed %d", seed).isEqualTo(expectedLines(input));
        }
    }

    private static String randomInput(final Random random, final int pieces) {
        final List<String> alphabet =
                List.of("\n", "\r", "\r\n", "{}", "{\"a\":\"é€😀\"}", " ", "\t", "x".repeat(20), "\u2028", "\u000F");
        final StringBuilder input = new StringBuilder(random.nextBoolean() ? "\uFEFF" : "");
        for (int i = 0; i < pieces; i++) {
            input.append(alphabet.get(random.nextInt(alphabet.size())));
        }
        return input.toString();
    }

    /** The same rules, said by a regular expression. */
    private static List<String> expectedLines(final String input) {
        final String[] physical = (input.startsWith("\uFEFF") ? input.substring(1) : input).split("\r\n|\r|\n", -1);
        final List<String> lines = new ArrayList<>();
        for (int i = 0; i < physical.length; i++) {
            if (!physical[i].replace(" ", "").replace("\t", "").isEmpty()) {
                lines.add(i + 1 + ":" + physical[i]);
            }
        }
        return lines;
    }

    private static List<String> lines(final String input) {
        return linesOfChunks(List.of(input));
    }

    private static List<String> linesOfChunks(final List<String> chunks) {
        final LineReader reader = new LineReader(LONG_ENOUGH);
        final List<String> lines = new ArrayList<>();
        for (final String chunk : chunks) {
            reader.add(ByteSlice.of(chunk));
            drain(reader, lines);
        }
        reader.endOfInput();
        drain(reader, lines);
        return lines;
    }

    private static List<String> readInChunks(final LineReader reader, final String input, final int chunkSize) {
        final byte[] bytes = input.getBytes(UTF_8);
        final List<String> lines = new ArrayList<>();
        for (int from = 0; from < bytes.length; from += chunkSize) {
            reader.add(new ByteSlice(bytes, from, Math.min(chunkSize, bytes.length - from)));
            drain(reader, lines);
        }
        reader.endOfInput();
        drain(reader, lines);
        return lines;
    }

    private static void drain(final LineReader reader, final List<String> lines) {
        while (reader.nextLine()) {
            lines.add(reader.number() + ":" + reader.line().text());
        }
    }
}
