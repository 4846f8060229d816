package io.airbyte.integrations.destination.convex.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbyte.integrations.destination.convex.json.ByteBuilder;
import io.airbyte.integrations.destination.convex.json.ByteSlice;
import io.airbyte.integrations.destination.convex.protocol.Message.RecordMessage;
import io.airbyte.integrations.destination.convex.protocol.Message.StateMessage;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Messages that were damaged at random: whatever comes in, it is read as a full JSON parser reads it, or refused. */
class HostileLinesTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ROUNDS = 40_000;

    private static final List<String> SEEDS = List.of(
            "{\"type\":\"RECORD\",\"record\":{\"stream\":\"users\",\"namespace\":\"a\",\"data\":{\"a\":[1,{\"b\":\"é\\u00e9\"}],"
                    + "\"data\":null},\"emitted_at\":1.7e12,\"meta\":{\"changes\":[{\"field\":\"a\"}]}},\"state\":null}",
            "{\"type\":\"STATE\",\"record\":null,\"state\":{\"type\":\"STREAM\",\"stream\":{\"stream_descriptor\":"
                    + "{\"name\":\"users\",\"namespace\":null},\"stream_state\":{}},\"id\":5.0,\"destinationStats\":null}}",
            "{\"state\":{\"type\":\"GLOBAL\",\"global_\":{},\"global\":{},\"id\":1},\"type\":\"STATE\"}",
            "{\"type\":\"TRACE\",\"trace\":{\"type\":\"STREAM_STATUS\",\"emitted_at\":1.5,\"stream_status\":"
                    + "{\"stream_descriptor\":{\"name\":\"users\"},\"status\":\"COMPLETE\"}}}");

    /** Bytes that mean something in JSON are likelier to deceive than others. */
    private static final byte[] TEMPTING = "{}[],:\"\\eu0n.- ".getBytes(UTF_8);

    private final Random random = new Random(7);
    private final MessageReader reader = new MessageReader();
    private final StateSplice splice = new StateSplice();

    @Test
    void damagedLinesAreReadAsTheyAreOrRefused() throws IOException {
        int read = 0;
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            final ByteSlice line = damaged(SEEDS.get(round % SEEDS.size()).getBytes(UTF_8));
            final Optional<Message> message = readOrRefused(line);
            if (message.isPresent()) {
                read++;
                verify(line, message.get());
            } else {
                refused++;
            }
        }
        assertThat(read).isGreaterThan(ROUNDS / 20);
        assertThat(refused).isGreaterThan(ROUNDS / 2);
    }

    private Optional<Message> readOrRefused(final ByteSlice line) {
        try {
            return Optional.of(reader.read(line, 1));
        } catch (final Failure refusal) {
            assertThat(refusal.message()).startsWith("Line 1 of the input");
            return Optional.empty();
        }
    }

    private void verify(final ByteSlice line, final Message message) throws IOException {
        final JsonNode tree = JSON.readTree(line.text());
        if (message instanceof RecordMessage aRecord) {
            assertThat(JSON.readTree(aRecord.data().text())).isEqualTo(tree.at("/record/data"));
            assertThat(aRecord.stream().name())
                    .isEqualTo(tree.at("/record/stream").textValue());
            assertThat(aRecord.stream().namespace().orElse(""))
                    .isEqualTo(tree.at("/record/namespace").asText(""));
        } else if (message instanceof StateMessage) {
            verifyReturned(line, (ObjectNode) tree);
        }
    }

    /** A returned state differs from the received one in its statistics and in an integer id, and in nothing else. */
    private void verifyReturned(final ByteSlice line, final ObjectNode received) throws IOException {
        final ByteBuilder output = new ByteBuilder(16);
        splice.append(line, 7, output);
        final ObjectNode returned = (ObjectNode) JSON.readTree(output.slice().text());
        final ObjectNode receivedState = (ObjectNode) received.path("state");
        final ObjectNode returnedState = (ObjectNode) returned.path("state");
        assertThat(returnedState.at("/destinationStats/recordCount").doubleValue())
                .isEqualTo(7.0);
        if (receivedState.path("id").isNumber()) {
            assertThat(returnedState.path("id").doubleValue())
                    .isEqualTo(receivedState.path("id").doubleValue());
        }
        receivedState.remove(List.of("id", "destinationStats"));
        returnedState.remove(List.of("id", "destinationStats"));
        assertThat(returned).isEqualTo(received);
    }

    private ByteSlice damaged(final byte[] original) {
        byte[] line = original;
        for (int damage = random.nextInt(3); damage >= 0; damage--) {
            line = damagedOnce(line);
        }
        return ByteSlice.of(line);
    }

    private byte[] damagedOnce(final byte[] original) {
        final int place = random.nextInt(original.length);
        final byte[] line = original.clone();
        switch (random.nextInt(5)) {
            case 0 -> line[place] = (byte) random.nextInt(256);
            case 1 -> line[place] = TEMPTING[random.nextInt(TEMPTING.length)];
            case 2 -> {
                return Arrays.copyOf(line, Math.max(1, place));
            }
            case 3 -> {
                final int other = random.nextInt(original.length);
                line[place] = original[other];
                line[other] = original[place];
            }
            default -> {
                final int length = Math.min(random.nextInt(12), original.length - place);
                final byte[] repeated = Arrays.copyOf(original, original.length + length);
                System.arraycopy(original, place, repeated, place + length, original.length - place);
                return repeated;
            }
        }
        return line;
    }
}
