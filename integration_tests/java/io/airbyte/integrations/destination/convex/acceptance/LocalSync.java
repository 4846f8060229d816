package io.airbyte.integrations.destination.convex.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector.Result;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Syncs of the packaged program into one local deployment. */
final class LocalSync {

    /** Stands for what must never be printed: tests put it where a record's content is. */
    static final String CANARY = "CANARY-4711";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final LocalDeployment deployment;
    private final Workspace files;
    private final Map<String, Object> options = new HashMap<>();
    private final Map<String, String> environment = new HashMap<>();
    private String key;

    LocalSync(final LocalDeployment deployment, final Path folder) {
        this.deployment = deployment;
        files = new Workspace(folder);
        key = deployment.adminKey();
    }

    /** With another deploy key than the one that may do everything. */
    LocalSync key(final String other) {
        key = other;
        return this;
    }

    LocalSync option(final String name, final Object value) {
        options.put(name, value);
        return this;
    }

    LocalSync environment(final String name, final String value) {
        environment.put(name, value);
        return this;
    }

    PackagedConnector start(final String catalog) {
        return start(files.file("catalog.json", catalog));
    }

    PackagedConnector start(final Path catalog) {
        final Path config = files.config(deployment.url(), key, options);
        return PackagedConnector.start(
                environment, "write", "--config", config.toString(), "--catalog", catalog.toString());
    }

    Result write(final String catalog, final List<String> lines) {
        try (PackagedConnector connector = start(catalog)) {
            return connector.reads(lines.stream()).result();
        }
    }

    Result write(final String catalog, final String... lines) {
        return write(catalog, Arrays.asList(lines));
    }

    /** What a table holds, without the deployment's own fields, in the order of creation. */
    List<ObjectNode> documents(final String table) {
        return deployment.records(table);
    }

    /** JSON as Convex stores it: every number a double. */
    static ObjectNode stored(final String json) {
        return Numbers.asStored((ObjectNode) json(json));
    }

    static JsonNode json(final String json) {
        try {
            return JSON.readTree(json);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything that a run has said. */
    static String said(final Result result) {
        return String.join("\n", result.stdout()) + "\n" + String.join("\n", result.stderr());
    }

    /** The states as they were sent, in the order in which they came back. */
    static List<String> statesAsSent(final Result result) {
        return result.stdout().stream()
                .filter(line -> line.startsWith("{\"type\":\"STATE\""))
                .map(SourceLines::withoutDestinationStats)
                .toList();
    }

    static void assertSucceeded(final Result result) {
        assertThat(result.exitCode()).as(said(result)).isZero();
        assertThat(result.stderr()).isEmpty();
        assertThat(result.messages("TRACE")).isEmpty();
    }

    /** The run ended with exit code 1 and one error of this kind, quoting nothing of a record; returns its message. */
    static String assertFailed(final Result result, final String kind) {
        assertThat(result.exitCode()).as(said(result)).isEqualTo(1);
        assertThat(result.stderr()).isEmpty();
        assertThat(said(result)).doesNotContain(CANARY);
        assertThat(result.error().path("failure_type").asText())
                .as(said(result))
                .isEqualTo(kind);
        return result.error().path("message").asText();
    }

    /** These states came back, and no others, byte by byte but for what the connector counted. */
    static void assertStates(final Result result, final String... sent) {
        assertThat(statesAsSent(result))
                .containsExactly(Arrays.stream(sent)
                        .map(SourceLines::withoutDestinationStats)
                        .toArray(String[]::new));
    }

    /** How many records each returned state stands for. */
    static List<String> recordCounts(final Result result) {
        return result.states().stream()
                .map(state -> state.at("/state/destinationStats/recordCount").toString())
                .toList();
    }
}
