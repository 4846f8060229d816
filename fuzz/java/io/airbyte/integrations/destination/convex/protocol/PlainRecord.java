package io.airbyte.integrations.destination.convex.protocol;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import io.airbyte.integrations.destination.convex.json.ByteSlice;
import io.airbyte.integrations.destination.convex.json.PlainJson;
import io.airbyte.integrations.destination.convex.protocol.Message.RecordMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Optional;

/**
 * What a record is, told a second time, over Jackson's tree and without regard to speed.
 *
 * @param data the bytes of the data, as they are written
 */
record PlainRecord(StreamDescriptor stream, String data) {

    private static final double LARGEST_TIME = 0x1p53;

    static PlainRecord of(final RecordMessage message) {
        final StreamDescriptor stream = message.stream();
        return new PlainRecord(
                new StreamDescriptor(
                        stream.namespace().map(PlainJson::withStandIns), PlainJson.withStandIns(stream.name())),
                message.data().text());
    }

    /** The record that {@code line} is; empty if it is none, or one that lacks what a record must have. */
    static Optional<PlainRecord> in(final ByteSlice line) {
        final Optional<JsonNode> tree = PlainJson.tree(line);
        return tree.isPresent() && isRecord(tree.get())
                ? Optional.of(new PlainRecord(stream(tree.get().path("record")), data(line.text())))
                : Optional.empty();
    }

    private static boolean isRecord(final JsonNode message) {
        final JsonNode record = message.path("record");
        final JsonNode time = record.path("emitted_at");
        return message.path("type").asText().toUpperCase(Locale.ROOT).equals("RECORD")
                && message.path("type").isTextual()
                && record.path("data").isObject()
                && record.path("stream").isTextual()
                && !record.path("stream").textValue().isEmpty()
                && (isAbsent(record.path("namespace"))
                        || record.path("namespace").isTextual())
                && (isAbsent(record.path("meta")) || record.path("meta").isObject())
                && (isAbsent(record.at("/meta/changes"))
                        || record.at("/meta/changes").isArray())
                && time.isNumber()
                && (Math.abs(time.doubleValue()) <= LARGEST_TIME
                        || (time.isIntegralNumber() && Math.abs(time.doubleValue()) < 1e18));
    }

    private static boolean isAbsent(final JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }

    private static StreamDescriptor stream(final JsonNode record) {
        return StreamDescriptor.of(
                record.path("namespace").asText(""), record.path("stream").textValue());
    }

    /** Of equal keys the last counts. */
    private static String data(final String message) {
        String data = "";
        try (JsonParser parser = PlainJson.parser(message)) {
            parser.nextToken();
            for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
                final JsonToken value = parser.nextToken();
                if (key.equals("record") && value == JsonToken.START_OBJECT) {
                    data = dataOfRecord(parser, message);
                } else {
                    parser.skipChildren();
                }
            }
        } catch (final IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return data;
    }

    private static String dataOfRecord(final JsonParser parser, final String message) throws IOException {
        String data = "";
        for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
            parser.nextToken();
            final int start = (int) parser.currentTokenLocation().getCharOffset();
            parser.skipChildren();
            if (key.equals("data")) {
                data = message.substring(start, (int) parser.currentLocation().getCharOffset());
            }
        }
        return data;
    }
}
