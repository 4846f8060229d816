package io.airbyte.integrations.destination.convex.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryFile;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.JsonNode;
import io.airbyte.integrations.destination.convex.json.ByteBuilder;
import io.airbyte.integrations.destination.convex.json.ByteSlice;
import io.airbyte.integrations.destination.convex.json.PlainJson;
import io.airbyte.integrations.destination.convex.protocol.Message.RecordMessage;
import io.airbyte.integrations.destination.convex.protocol.Message.StateMessage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Whatever the bytes of the input are, {@link LineReader} and {@link MessageReader} make messages of them, or a
 * {@link Failure} that names the line, and nothing else. In particular:
 *
 * <ul>
 *   <li>the lines are those that a plain search for line ends finds, however the input is cut into chunks;
 *   <li>a line is a record exactly if {@link PlainRecord}, that is Jackson, finds one in it, and then the stream and the
 *       bytes of the data are the same;
 *   <li>a record that was skimmed is the record that reading gives, if its data are an object;
 *   <li>a state can be returned, and is JSON then.
 * </ul>
 */
class MessageReaderFuzz {

    private static final int LONGEST_LINE = 1024;

    /** A line; without bytes if it was too long. */
    private record Line(long number, Optional<ByteSlice> bytes) {

        String told() {
            return number + ":" + bytes.map(MessageReaderFuzz::latin1).orElse("too long");
        }
    }

    private final MessageReader reader = new MessageReader();

    @FuzzTest
    @DictionaryFile(resourcePath = "/io/airbyte/integrations/destination/convex/protocol/messages.dict")
    void lines_become_messages_or_the_failure_that_names_the_line(final byte[] input) {
        final List<Line> lines = lines(input, input.length);
        final int chunk = 1 + (input.length == 0 ? 0 : input[input.length - 1] & 0x1F);

        final List<String> plain = plainLines(input);
        same(lines.stream().map(Line::told).toList(), plain, "lines of one chunk");
        same(lines(input, chunk).stream().map(Line::told).toList(), plain, "lines of chunks of " + chunk);
        for (final Line line : lines) {
            line.bytes().ifPresent(bytes -> verify(bytes, line.number()));
        }
    }

    private void verify(final ByteSlice line, final long number) {
        final Optional<RecordMessage> skimmed = reader.skim(line, number);
        final Optional<Message> message = read(line, number);
        final Optional<PlainRecord> expected = PlainRecord.in(line);

        final Optional<RecordMessage> found =
                message.filter(RecordMessage.class::isInstance).map(RecordMessage.class::cast);
        same(found.map(PlainRecord::of), expected, line.text());
        if (skimmed.isPresent() && PlainJson.isObject(skimmed.get().data())) {
            same(message, Optional.<Message>of(skimmed.get()), line.text());
        }
        message.filter(StateMessage.class::isInstance).ifPresent(state -> verifyReturned(line));
    }

    private Optional<Message> read(final ByteSlice line, final long number) {
        try {
            return Optional.of(reader.read(line, number));
        } catch (final Failure failure) {
            same(failure.kind(), Failure.Kind.SYSTEM_ERROR, line.text());
            same(failure.message().startsWith("Line " + number + " of the input"), true, failure.message());
            return Optional.empty();
        }
    }

    private static void verifyReturned(final ByteSlice state) {
        final ByteBuilder output = new ByteBuilder(16);
        new StateSplice().append(state, 7, output);
        final JsonNode returned = PlainJson.tree(output.slice()).orElseThrow();
        same(returned.at("/state/destinationStats/recordCount").asDouble(), 7.0, state.text());
    }

    /** An assertion that costs nothing while it holds. */
    private static void same(final Object actual, final Object expected, final String of) {
        if (!actual.equals(expected)) {
            assertThat(actual).as("%s", of).isEqualTo(expected);
        }
    }

    private static List<Line> lines(final byte[] input, final int chunk) {
        final LineReader reader = new LineReader(LONGEST_LINE);
        final List<Line> lines = new ArrayList<>();
        for (int at = 0; at < input.length; at += chunk) {
            reader.add(new ByteSlice(input, at, Math.min(chunk, input.length - at)));
            drain(reader, lines);
        }
        reader.endOfInput();
        drain(reader, lines);
        return lines;
    }

    private static void drain(final LineReader reader, final List<Line> lines) {
        while (true) {
            try {
                if (!reader.nextLine()) {
                    return;
                }
                final ByteSlice line = reader.line();
                final byte[] bytes = Arrays.copyOfRange(line.array(), line.offset(), line.end());
                lines.add(new Line(reader.number(), Optional.of(ByteSlice.of(bytes))));
            } catch (final Failure tooLong) {
                same(
                        tooLong.message().startsWith("Line " + reader.number() + " of the input"),
                        true,
                        tooLong.message());
                lines.add(new Line(reader.number(), Optional.empty()));
            }
        }
    }

    private static String latin1(final ByteSlice bytes) {
        return new String(bytes.array(), bytes.offset(), bytes.length(), ISO_8859_1);
    }

    private static List<String> plainLines(final byte[] input) {
        final String[] all = new String(input, ISO_8859_1)
                .replace("\r\n", "\n")
                .replace('\r', '\n')
                .split("\n", -1);
        final List<String> lines = new ArrayList<>();
        for (int i = 0; i < all.length; i++) {
            final String line = i == 0 && all[0].startsWith("\u00ef\u00bb\u00bf") ? all[0].substring(3) : all[i];
            if (all[i].length() > LONGEST_LINE) {
                lines.add((i + 1) + ":too long");
            } else if (!line.replace(' ', '\t').replace("\t", "").isEmpty()) {
                lines.add((i + 1) + ":" + line);
            }
        }
        return lines;
    }
}
