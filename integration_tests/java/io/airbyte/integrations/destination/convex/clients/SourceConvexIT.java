package io.airbyte.integrations.destination.convex.clients;

import static io.airbyte.integrations.destination.convex.clients.Documents.assertSame;
import static io.airbyte.integrations.destination.convex.clients.Documents.sortedById;
import static io.airbyte.integrations.destination.convex.clients.Kind.document;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson;
import io.airbyte.integrations.destination.convex.acceptance.Numbers;
import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector;
import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector.Result;
import io.airbyte.integrations.destination.convex.acceptance.SourceLines;
import io.airbyte.integrations.destination.convex.acceptance.SourceMessages;
import io.airbyte.integrations.destination.convex.acceptance.Workspace;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Airbyte's own source-convex reads what the packaged program has written: every kind of value, then changes and deletes. */
class SourceConvexIT {

    private static final String TABLE = "kinds";

    /** What source-convex says of a document besides its fields. */
    private static final List<String> ABOUT = List.of(
            "_component",
            "_table",
            "_ts",
            "_creationTime",
            "_id",
            "_deleted",
            "_ab_cdc_lsn",
            "_ab_cdc_updated_at",
            "_ab_cdc_deleted_at");

    @TempDir
    private Path folder;

    private final LocalDeployment deployment = LocalDeployment.start();
    private RealClients clients;

    @BeforeEach
    void install() {
        clients = RealClients.installed();
        // Without a schema a deployment does not tell source-convex which tables there are.
        deployment.setSchema("{\"schemaValidation\":false,\"tables\":[]}");
    }

    @AfterEach
    void stop() {
        deployment.close();
    }

    @Test
    void source_convex_reads_what_was_written_and_then_what_has_changed() throws IOException {
        final List<Kind> kinds = Kind.all("string");
        write(IntStream.range(0, kinds.size())
                .mapToObj(id -> document(id, kinds.get(id).sent())));

        final SourceMessages first = read("[]");

        assertSame(
                sortedById(documents(first)),
                IntStream.range(0, kinds.size())
                        .mapToObj(id -> Kind.stored(document(id, kinds.get(id).stored())))
                        .toList());

        write(Stream.of(
                "{\"id\":1,\"n\":\"changed\",\"_ab_cdc_deleted_at\":null}",
                "{\"id\":2,\"_ab_cdc_deleted_at\":\"2026-11-26T12:00:00Z\"}"));
        final SourceMessages second = read(
                "[%s]".formatted(first.states().get(first.states().size() - 1).get("state")));

        final List<ObjectNode> rows = second.of(TABLE);
        assertThat(rows).hasSize(2);
        assertThat(rows.stream().filter(row -> row.get("_deleted").asBoolean()).map(row -> row.get("_id")))
                .containsExactly(idOf(2, first));
        assertThat(rows.stream().filter(row -> !row.get("_deleted").asBoolean()).map(SourceConvexIT::fieldsOf))
                .containsExactly(Kind.stored("{\"id\":1,\"n\":\"changed\"}"));
    }

    private static ObjectNode fieldsOf(final ObjectNode row) {
        return row.deepCopy().remove(ABOUT);
    }

    private static List<ObjectNode> documents(final SourceMessages read) {
        return read.of(TABLE).stream()
                .map(row -> Numbers.asStored(fieldsOf(row)))
                .toList();
    }

    private static JsonNode idOf(final int id, final SourceMessages read) {
        return read.of(TABLE).stream()
                .filter(row -> row.get("id").asInt() == id)
                .map(row -> row.get("_id"))
                .findFirst()
                .orElseThrow();
    }

    private void write(final Stream<String> data) {
        final Workspace files = new Workspace(folder);
        final Path catalog = files.file(
                "catalog.json", ConfiguredStreamJson.catalog(List.of(ConfiguredStreamJson.dedup(TABLE, "id"))));
        final Path config = files.config(deployment.url(), deployment.adminKey());
        try (PackagedConnector connector = PackagedConnector.start(
                Map.of(), "write", "--config", config.toString(), "--catalog", catalog.toString())) {
            final Result result = connector
                    .reads(data.map(record -> SourceLines.record(TABLE, record)))
                    .result();
            assertThat(result.exitCode()).as(result.stdout().toString()).isZero();
        }
    }

    /** Everything that source-convex says when it reads the table incrementally from this state. */
    private SourceMessages read(final String state) throws IOException {
        final Workspace files = new Workspace(folder);
        final Path said = folder.resolve("read.jsonl");
        final Process process = new ProcessBuilder(
                        clients.sourceConvex().toString(),
                        "read",
                        "--config",
                        files.config(deployment.url(), deployment.readOnlyKey()).toString(),
                        "--catalog",
                        files.file(
                                        "source.json",
                                        ConfiguredStreamJson.catalog(List.of(ConfiguredStreamJson.append(TABLE))))
                                .toString(),
                        "--state",
                        files.file("state.json", state).toString())
                .redirectOutput(said.toFile())
                .redirectErrorStream(true)
                .start();
        assertThat(process.onExit().join().exitValue()).isZero();
        return SourceMessages.read(said);
    }
}
