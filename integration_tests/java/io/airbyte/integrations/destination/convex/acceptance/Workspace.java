package io.airbyte.integrations.destination.convex.acceptance;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The files that a sync is started with, in a folder of a test's own. */
public record Workspace(Path folder) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The configuration that saved connections of the official connector have too. */
    public Path config(final String url, final String key) {
        return config(url, key, Map.of());
    }

    /** The same with other options. */
    public Path config(final String url, final String key, final Map<String, Object> options) {
        final ObjectNode config =
                JSON.createObjectNode().put("deployment_url", url).put("access_key", key);
        options.forEach((name, value) -> config.set(name, JSON.valueToTree(value)));
        return file("config.json", config.toString());
    }

    public Path file(final String name, final String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
