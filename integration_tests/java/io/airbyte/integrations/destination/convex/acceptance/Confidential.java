package io.airbyte.integrations.destination.convex.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a program was given that it must not show: its deploy key, and the words of its records. Each process of the suite is
 * watched, whatever its test is about.
 */
final class Confidential {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Shorter words may be anybody's. */
    private static final int SHORTEST = 12;

    /** Of a long input the first records stand for all. */
    private static final int MOST = 1_000;

    private static final int LONGEST_LINE = 10_000;

    private final Set<String> words = ConcurrentHashMap.newKeySet();

    /** The key that a configuration holds, if it is one. */
    void addConfig(final Path config) {
        final String key = json(read(config)).path("access_key").asText();
        final String secret = key.substring(key.indexOf('|') + 1);
        if (secret.length() >= SHORTEST) {
            words.add(secret);
        }
    }

    /** The texts of a record, if the line is one. */
    void addLine(final String line) {
        if (words.size() < MOST && line.length() < LONGEST_LINE && line.contains("\"RECORD\"")) {
            addTexts(json(line).at("/record/data"));
        }
    }

    private void addTexts(final JsonNode value) {
        if (value.isTextual() && value.asText().length() >= SHORTEST) {
            words.add(value.asText());
        }
        value.forEach(this::addTexts);
    }

    /** The lines that show some of it. A state is the source's own words. */
    List<String> shownIn(final List<String> lines) {
        return lines.stream()
                .filter(line -> !line.startsWith("{\"type\":\"STATE\""))
                .filter(line -> words.stream().anyMatch(line::contains))
                .toList();
    }

    private static String read(final Path file) {
        try {
            return Files.readString(file);
        } catch (final IOException e) {
            return ""; // A test without a configuration that can be read.
        }
    }

    private static JsonNode json(final String text) {
        try {
            return JSON.readTree(text);
        } catch (final IOException e) {
            return MissingNode.getInstance(); // A test of what is no JSON.
        }
    }
}
