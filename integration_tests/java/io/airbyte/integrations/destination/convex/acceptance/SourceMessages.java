package io.airbyte.integrations.destination.convex.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a source has emitted: the records of each stream in order, and the states. */
public record SourceMessages(Map<String, List<ObjectNode>> records, List<JsonNode> states) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Reads what a source has written, line by line. */
    public static SourceMessages read(final Path file) {
        final Map<String, List<ObjectNode>> records = new LinkedHashMap<>();
        final List<JsonNode> states = new ArrayList<>();
        try {
            for (final String line : Files.readAllLines(file)) {
                final JsonNode message = JSON.readTree(line);
                switch (message.get("type").asText()) {
                    case "RECORD" ->
                        records.computeIfAbsent(message.at("/record/stream").asText(), stream -> new ArrayList<>())
                                .add((ObjectNode) message.at("/record/data"));
                    case "STATE" -> states.add(message);
                    default -> {
                        // nothing that a destination keeps
                    }
                }
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return new SourceMessages(records, states);
    }

    /** The records of a stream in order; none if it has sent none. */
    public List<ObjectNode> of(final String stream) {
        return records.getOrDefault(stream, List.of());
    }

    /** What a stream's table holds in the end if the last record of each value of {@code key} is kept. */
    Map<String, ObjectNode> lastByKey(final String stream, final String key) {
        final Map<String, ObjectNode> last = new LinkedHashMap<>();
        of(stream).forEach(record -> {
            final ObjectNode stored = Numbers.asStored(record);
            last.put(keyText(stored.get(key)), stored);
        });
        return last;
    }

    /** A key's value as a key of a map. */
    static String keyText(final JsonNode key) {
        return key.toString();
    }
}
