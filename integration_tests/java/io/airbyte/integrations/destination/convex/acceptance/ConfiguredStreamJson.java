package io.airbyte.integrations.destination.convex.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One stream of a configured catalog, in the words of the protocol. Each method changes this stream and returns it. */
public final class ConfiguredStreamJson {

    private final ObjectNode entry = JsonNodeFactory.instance.objectNode();
    private final ObjectNode stream = entry.putObject("stream");

    private ConfiguredStreamJson(final String name, final String mode) {
        stream.put("name", name);
        stream.putObject("json_schema").put("type", "object").putObject("properties");
        stream.putArray("supported_sync_modes").add("full_refresh").add("incremental");
        entry.put("sync_mode", "incremental");
        entry.put("destination_sync_mode", mode);
        entry.putArray("cursor_field");
        entry.putArray("primary_key");
    }

    public static ConfiguredStreamJson append(final String name) {
        return new ConfiguredStreamJson(name, "append");
    }

    /** With a primary key of these top-level columns, which the JSON schema declares. */
    public static ConfiguredStreamJson dedup(final String name, final String... key) {
        return new ConfiguredStreamJson(name, "append_dedup")
                .keyPaths(Arrays.stream(key).map(List::of).toList())
                .declaring(key);
    }

    public static ConfiguredStreamJson inMode(final String name, final String mode) {
        return new ConfiguredStreamJson(name, mode);
    }

    ConfiguredStreamJson keyPaths(final List<List<String>> paths) {
        final ArrayNode key = entry.putArray("primary_key");
        paths.forEach(path -> path.forEach(key.addArray()::add));
        return this;
    }

    ConfiguredStreamJson sourceDefinedKey(final String column) {
        stream.putArray("source_defined_primary_key").addArray().add(column);
        return this;
    }

    ConfiguredStreamJson declaring(final String... columns) {
        final ObjectNode properties = (ObjectNode) stream.at("/json_schema/properties");
        Arrays.stream(columns).forEach(properties::putObject);
        return this;
    }

    public ConfiguredStreamJson namespace(final @Nullable String namespace) {
        stream.put("namespace", namespace);
        return this;
    }

    /** What a platform that knows refreshes adds. */
    public ConfiguredStreamJson ids(final long generation, final long minimumGeneration, final long sync) {
        entry.put("generation_id", generation).put("minimum_generation_id", minimumGeneration);
        entry.put("sync_id", sync);
        return this;
    }

    /** Any other member of the entry. */
    public ConfiguredStreamJson with(final String member, final JsonNode value) {
        entry.set(member, value);
        return this;
    }

    public static String catalog(final List<ConfiguredStreamJson> streams) {
        final ObjectNode catalog = JsonNodeFactory.instance.objectNode();
        final ArrayNode entries = catalog.putArray("streams");
        streams.forEach(stream -> entries.add(stream.entry));
        return catalog.toString();
    }

    static String catalog(final ConfiguredStreamJson... streams) {
        return catalog(List.of(streams));
    }
}
