package io.airbyte.integrations.destination.convex.acceptance;

import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.catalog;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.dedup;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.record;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.state;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users see, in any deployment: the local one, or a real one with {@code -Preal-deployment}. */
@Tag("real-deployment")
class AcceptanceIT {

    /** Numbers pass through it as they are, 1e400 too. */
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private static final Path FAKER = Path.of("integration_tests/resources/faker");
    private static final SourceMessages SENT = SourceMessages.read(FAKER.resolve("messages.jsonl"));

    @TempDir
    private Path folder;

    private final AnyDeployment deployment = new AnyDeployment();

    @AfterEach
    void close() {
        deployment.close();
    }

    private Result sync(final Stream<String> lines, final String catalog) throws IOException {
        final Workspace files = new Workspace(folder);
        final JsonNode configured = JSON.readTree(catalog);
        configured
                .get("streams")
                .forEach(stream -> ((ObjectNode) stream.get("stream")).put("namespace", deployment.namespace()));
        try (PackagedConnector connector = PackagedConnector.start(
                Map.of(),
                "write",
                "--config",
                files.config(deployment.url(), deployment.key()).toString(),
                "--catalog",
                files.file("catalog.json", configured.toString()).toString())) {
            return connector.reads(lines.map(this::inNamespace)).result();
        }
    }

    private String inNamespace(final String line) {
        try {
            final JsonNode message = JSON.readTree(line);
            Stream.of("/record", "/state/stream/stream_descriptor", "/trace/stream_status/stream_descriptor")
                    .map(message::at)
                    .filter(JsonNode::isObject)
                    .forEach(named -> ((ObjectNode) named).put("namespace", deployment.namespace()));
            return message.toString();
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String fakerCatalog(final String mode) throws IOException {
        return Files.readString(FAKER.resolve("catalog.%s.json".formatted(mode)));
    }

    private List<ObjectNode> stored(final String stream) {
        return deployment.reader().documents(deployment.table(stream)).stream()
                .map(Numbers::asStored)
                .toList();
    }

    @Test
    void check_succeeds() {
        try (PackagedConnector connector = PackagedConnector.start(
                Map.of(),
                "check",
                "--config",
                new Workspace(folder).config(deployment.url(), deployment.key()).toString())) {
            assertThat(connector.result().messages("CONNECTION_STATUS"))
                    .singleElement()
                    .satisfies(message -> assertThat(
                                    message.at("/connectionStatus/status").asText())
                            .isEqualTo("SUCCEEDED"));
        }
    }

    @Test
    void append_dedup_mirrors_the_source_however_often_it_runs() throws IOException {
        for (int run = 0; run < 2; run++) {
            final Result result =
                    sync(Files.readAllLines(FAKER.resolve("messages.jsonl")).stream(), fakerCatalog("append_dedup"));

            assertThat(result.exitCode()).as("%s", result.stdout()).isZero();
            assertThat(result.states()).hasSameSizeAs(SENT.states());
            for (final String stream : SENT.records().keySet()) {
                assertThat(stored(stream))
                        .containsExactlyInAnyOrderElementsOf(
                                SENT.lastByKey(stream, "id").values());
            }
        }
    }

    @Test
    void append_keeps_every_record_in_the_order_of_the_source() throws IOException {
        final Result result =
                sync(Files.readAllLines(FAKER.resolve("messages.jsonl")).stream(), fakerCatalog("append"));

        assertThat(result.exitCode()).as("%s", result.stdout()).isZero();
        for (final String stream : SENT.records().keySet()) {
            assertThat(stored(stream))
                    .isEqualTo(SENT.records().get(stream).stream()
                            .map(Numbers::asStored)
                            .toList());
        }
    }

    @Test
    void deletes_remove_what_is_there_and_leave_nothing_where_nothing_was() throws IOException {
        final Result result = sync(
                Stream.of(
                        record("cdc", "{\"id\":1,\"name\":\"a\",\"_ab_cdc_deleted_at\":null}"),
                        record("cdc", "{\"id\":2,\"name\":\"b\",\"_ab_cdc_deleted_at\":null}"),
                        record("cdc", "{\"id\":1,\"name\":\"a\",\"_ab_cdc_deleted_at\":\"2026-01-01\"}"),
                        record("cdc", "{\"id\":3,\"name\":\"c\",\"_ab_cdc_deleted_at\":\"2026-01-01\"}"),
                        state("cdc", 1)),
                catalog(dedup("cdc", "id")));

        assertThat(result.exitCode()).as("%s", result.stdout()).isZero();
        assertThat(stored("cdc")).extracting(ObjectNode::toString).containsExactly("{\"id\":2.0,\"name\":\"b\"}");
        assertThat(result.states()).hasSize(1);
    }

    @Test
    void names_and_values_that_convex_cannot_hold_are_stored_as_the_documentation_says() throws IOException {
        final Result result = sync(
                Stream.of(record(
                        "odd",
                        "{\"id\":9007199254740993,\"_id\":\"x\",\"日本\":1,\"$ref\":{\"_a\":true},\"huge\":1e400}")),
                catalog(dedup("odd", "id")));

        assertThat(result.exitCode()).as("%s", result.stdout()).isZero();
        assertThat(stored("odd")).singleElement().satisfies(document -> {
            assertThat(document.get("id").asText()).isEqualTo("9007199254740993");
            assertThat(document.get("source_id").asText()).isEqualTo("x");
            assertThat(document.get("source_ri_ben").asDouble()).isEqualTo(1);
            assertThat(document.at("/source_ref/source_a").asBoolean()).isTrue();
            assertThat(document.get("huge").isNull()).isTrue();
            assertThat(document.at("/airbyte_meta/changes/0/field").asText()).isEqualTo("huge");
        });
    }
}
