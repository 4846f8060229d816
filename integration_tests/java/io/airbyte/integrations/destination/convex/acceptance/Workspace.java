package io.airbyte.integrations.destination.convex.acceptance;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The files that a sync is started with, in a folder of a test's own. */
record Workspace(Path folder) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The configuration that saved connections of the official connector have too. */
    Path config(final String url, final String key) {
        return config(url, key, Map.of());
    }

    Path config(final String url, final String key, final Map<String, Object> options) {
        final ObjectNode config =
                JSON.createObjectNode().put("deployment_url", url).put("access_key", key);
        options.forEach((name, value) -> config.set(name, JSON.valueToTree(value)));
        return file("config.json", config.toString());
    }

    Path catalog(final ObjectNode... streams) {
        final ArrayNode list = JSON.createArrayNode();
        List.of(streams).forEach(list::add);
        return file("catalog.json", JSON.createObjectNode().set("streams", list).toString());
    }

    /** A stream whose records have an id. */
    static ObjectNode append(final String name) {
        return stream(name, "append");
    }

    /** A stream of which the last record of each id is kept. */
    static ObjectNode dedup(final String name) {
        final ObjectNode stream = stream(name, "append_dedup");
        stream.putArray("primary_key").addArray().add("id");
        return stream;
    }

    static ObjectNode stream(final String name, final String mode) {
        final ObjectNode configured = JSON.createObjectNode();
        final ObjectNode stream = configured.putObject("stream").put("name", name);
        stream.putObject("json_schema").putObject("properties").putObject("id").put("type", "integer");
        stream.putArray("supported_sync_modes").add("full_refresh").add("incremental");
        return configured.put("sync_mode", "incremental").put("destination_sync_mode", mode);
    }

    static String record(final String stream, final String data) {
        return "{\"type\":\"RECORD\",\"record\":{\"stream\":\"%s\",\"data\":%s,\"emitted_at\":1700000000000}}"
                .formatted(stream, data);
    }

    static String state(final String stream, final int id) {
        return "{\"type\":\"STATE\",\"state\":{\"type\":\"STREAM\",\"stream\":{\"stream_descriptor\":{\"name\":\"%s\"},\"stream_state\":{\"cursor\":%d}},\"id\":%d}}"
                .formatted(stream, id, id);
    }

    /** A file of this name and text. */
    Path file(final String name, final String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
