package io.airbyte.integrations.destination.convex.clients;

import static io.airbyte.integrations.destination.convex.clients.Documents.assertStored;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector;
import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector.Result;
import io.airbyte.integrations.destination.convex.acceptance.SourceMessages;
import io.airbyte.integrations.destination.convex.acceptance.Workspace;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real source-faker before the packaged program in a shell's pipe, with nothing between them that would drop a line. */
class ShellPipeIT {

    private static final List<String> STREAMS = List.of("products", "users", "purchases");
    private static final int USERS = 5_000;

    @TempDir
    private Path folder;

    private final LocalDeployment deployment = LocalDeployment.start();
    private RealClients clients;

    @BeforeEach
    void install() {
        clients = RealClients.installed();
    }

    @AfterEach
    void stop() {
        deployment.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"append", "append_dedup", "overwrite"})
    void what_source_faker_says_is_taken_line_by_line_and_every_state_comes_back(final String mode) throws IOException {
        final Result result = piped(mode);

        assertThat(result.exitCode()).as(result.toString()).isZero();
        assertThat(result.stderr()).isEmpty();
        assertThat(result.messages("TRACE")).isEmpty();
        assertThat(result.messages("LOG"))
                .noneMatch(message -> List.of("WARN", "ERROR", "FATAL")
                        .contains(message.at("/log/level").asText()));
        assertThat(Files.readString(folder.resolve("emitted.jsonl")))
                .contains("{\"type\":\"LOG\"", "\"STREAM_STATUS\"", "\"ESTIMATE\"");
        final SourceMessages emitted = SourceMessages.read(folder.resolve("emitted.jsonl"));
        assertThat(emitted.of("users")).hasSize(USERS);
        for (final String stream : STREAMS) {
            assertStored(deployment.records(stream), emitted.of(stream));
            assertThat(statesOf(stream, result.messages("STATE"))).isEqualTo(statesOf(stream, emitted.states()));
        }
    }

    /** What each state of a stream says of where the source is, in order. */
    private static List<JsonNode> statesOf(final String stream, final List<JsonNode> states) {
        return states.stream()
                .filter(state -> state.at("/state/stream/stream_descriptor/name")
                        .asText()
                        .equals(stream))
                .map(state -> state.at("/state/stream/stream_state"))
                .toList();
    }

    /** One shell runs both programs. What the source says is kept for the comparison; {@code tee} changes nothing. */
    private Result piped(final String mode) {
        final Workspace files = new Workspace(folder);
        final Path faker = files.file(
                "faker.json",
                "{\"count\": %d, \"seed\": 7, \"parallelism\": 1, \"records_per_slice\": 1000}".formatted(USERS));
        final Path config = files.config(deployment.url(), deployment.adminKey());
        final String script = """
                '%s' read --config '%s' --catalog '%s' | tee '%s' | '%s' write --config '%s' --catalog '%s'
                """.formatted(
                        clients.sourceFaker(),
                        faker,
                        catalog("append"),
                        folder.resolve("emitted.jsonl"),
                        PackagedConnector.PROGRAM,
                        config,
                        catalog(mode));
        try (PackagedConnector connector =
                PackagedConnector.startCommand(Map.of(), folder, List.of("sh", "-c", script))) {
            return connector.result();
        }
    }

    private static Path catalog(final String mode) {
        return Path.of("integration_tests/resources/faker/catalog.%s.json".formatted(mode))
                .toAbsolutePath();
    }
}
