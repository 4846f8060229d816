package io.airbyte.integrations.destination.convex.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.airbyte.integrations.destination.convex.json.ByteSlice;
import io.airbyte.integrations.destination.convex.json.InvalidJson;
import io.airbyte.integrations.destination.convex.json.JsonScanner;
import io.airbyte.integrations.destination.convex.protocol.Message.RecordMessage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A record whose data are left unread is the one that reading all of the line gives, whatever is in the line. */
class SkimmedLinesTest {

    private static final int ROUNDS = 60_000;

    /** Members of records, of messages, and what might be taken for them. */
    private static final List<String> MEMBERS = List.of(
            "\"type\":\"RECORD\"",
            "\"type\":\"STATE\"",
            "\"stream\":\"users\"",
            "\"namespace\":\"a\"",
            "\"namespace\":null",
            "\"data\":{\"a\":{\"b\":1},\"emitted_at\":5}",
            "\"data\":{\"a\":{}}",
            "\"data\":{\"a\":\"é\\\\\\\"emitted_at\\\"\"}",
            "\"data\" : { \"type\" : \"RECORD\" , \"emitted_at\" : 7 } ",
            "\"data\":{}",
            "\"data\":[{}]",
            "\"emitted_at\":1795350026396",
            "\"emitted_at\":1.5",
            "\"emitted_at\":{\"a\":{}}",
            "\"meta\":{\"changes\":[]}",
            "\"meta\":{\"changes\":[{\"field\":\"a\"}],\"emitted_at\":1}",
            "\"x\":[{\"a\":{},\"emitted_at\":1}]",
            "\"record\":null");

    private static final byte[] TEMPTING = "{}[],:\"\\eu0n.- ".getBytes(UTF_8);

    private final Random random = new Random(11);
    private final MessageReader reader = new MessageReader();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"RECORD\",\"record\":{\"stream\":\"users\",\"data\":{\"a\":1},\"emitted_at\":1795350026396}}",
                "{\"type\":\"RECORD\",\"record\":{\"namespace\":\"n\",\"stream\":\"users\",\"data\":{},\"emitted_at\":1,\"meta\":{\"changes\":[]}}}",
                "{\"type\": \"RECORD\", \"record\": {\"stream\": \"users\", \"data\": {\"a\": {}}, \"emitted_at\": 1, \"namespace\": null}} ",
                "{\"record\":{\"data\":{\"emitted_at\":{}},\"emitted_at\":1,\"stream\":\"users\"},\"type\":\"RECORD\"}"
            })
    void records_as_sources_write_them_are_skimmed(final String line) {
        final ByteSlice bytes = ByteSlice.of(line);

        assertThat(reader.skim(bytes, 1)).contains((RecordMessage) reader.read(bytes, 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"STATE\",\"state\":{\"type\":\"STREAM\",\"stream\":{\"stream_descriptor\":{\"name\":\"users\"}}}}",
                "{\"type\":\"LOG\",\"record\":{\"stream\":\"users\",\"data\":{\"a\":1},\"emitted_at\":1}}",
                "{\"type\":\"RECORD\",\"record\":{\"stream\":\"users\",\"emitted_at\":1,\"data\":{\"a\":{},\"emitted_at\":2}}}",
                "{\"type\":\"RECORD\",\"record\":{\"stream\":\"users\",\"data\":{\"b\":1},\"emitted_at\":1,\"data\":{\"a\":2}}}",
                "{\"type\":\"RECORD\",\"record\":{\"data\":{},\"emitted_at\":1}}",
                "{\"type\":\"RECORD\",\"record\":{\"stream\":\"users\",\"data\":{\"a\":{},\"emitted_at\":1}",
                ",\"emitted_at\"",
                "{},\"emitted_at\"",
                ""
            })
    void whatever_else_a_line_is_it_has_to_be_read(final String line) {
        assertThat(reader.skim(ByteSlice.of(line), 1)).isEmpty();
    }

    @Test
    void a_record_that_was_skimmed_is_what_reading_gives_unless_its_data_are_not_one_object() {
        int skimmed = 0;
        int disproved = 0;
        for (int round = 0; round < ROUNDS; round++) {
            final ByteSlice line = line();
            final Optional<RecordMessage> hasty = reader.skim(line, 1);
            if (hasty.isPresent() && isOneObject(hasty.get().data())) {
                skimmed++;
                assertThat(reader.read(line, 1)).as(line.text()).isEqualTo(hasty.get());
            } else if (hasty.isPresent()) {
                disproved++;
            }
        }
        assertThat(skimmed).isGreaterThan(ROUNDS / 30);
        assertThat(disproved).isGreaterThan(ROUNDS / 300);
    }

    private static boolean isOneObject(final ByteSlice data) {
        final JsonScanner scanner = new JsonScanner().reset(data);
        try {
            final ByteSlice value = scanner.skipValue();
            scanner.expectEnd();
            return value.array()[value.offset()] == '{';
        } catch (final InvalidJson invalid) {
            return false;
        }
    }

    /** Mostly what a record should have, in any order, with more of it and damaged now and then. */
    private ByteSlice line() {
        final List<String> record =
                new ArrayList<>(List.of(MEMBERS.get(2), MEMBERS.get(5 + random.nextInt(4)), MEMBERS.get(11)));
        for (int more = random.nextInt(3); more > 0; more--) {
            record.add(random.nextInt(record.size() + 1), MEMBERS.get(random.nextInt(MEMBERS.size())));
        }
        final List<String> message =
                new ArrayList<>(List.of(MEMBERS.get(0), "\"record\":{" + String.join(",", record) + "}"));
        if (random.nextInt(4) == 0) {
            message.add(random.nextInt(3), MEMBERS.get(random.nextInt(MEMBERS.size())));
        }
        final byte[] line = ("{" + String.join(",", message) + "}").getBytes(UTF_8);
        if (random.nextInt(3) == 0) {
            line[random.nextInt(line.length)] = TEMPTING[random.nextInt(TEMPTING.length)];
        }
        return ByteSlice.of(random.nextInt(20) == 0 ? Arrays.copyOf(line, random.nextInt(line.length)) : line);
    }
}
