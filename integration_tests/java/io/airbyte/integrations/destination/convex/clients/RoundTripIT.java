package io.airbyte.integrations.destination.convex.clients;

import static io.airbyte.integrations.destination.convex.clients.Documents.assertSame;
import static io.airbyte.integrations.destination.convex.clients.Documents.sortedById;
import static io.airbyte.integrations.destination.convex.clients.Kind.document;
import static io.airbyte.integrations.destination.convex.clients.Kind.stored;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson;
import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector;
import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector.Result;
import io.airbyte.integrations.destination.convex.acceptance.SourceLines;
import io.airbyte.integrations.destination.convex.acceptance.Workspace;
import io.airbyte.integrations.destination.convex.clients.ExportReader.Row;
import io.airbyte.integrations.destination.convex.clients.ExportReader.Snapshot;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a sync has imported leaves Convex by its streaming export as it came: every kind of value, and deletes. */
class RoundTripIT {

    @TempDir
    private Path folder;

    private final LocalDeployment deployment = LocalDeployment.start();

    @AfterEach
    void stop() {
        deployment.close();
    }

    @ParameterizedTest
    @CsvSource({"append,string", "append,number", "append_dedup,string", "append_dedup,number"})
    void every_kind_of_value_is_exported_as_it_was_imported(final String mode, final String largeIntegers) {
        final List<Kind> kinds = Kind.all(largeIntegers);
        final List<ObjectNode> expected = new ArrayList<>();
        final List<String> lines = new ArrayList<>();
        for (int id = 0; id < kinds.size(); id++) {
            lines.add(SourceLines.record("kinds", document(id, kinds.get(id).sent())));
            expected.add(stored(document(id, kinds.get(id).stored())));
        }
        final long before = exporting("GET", "json").snapshot("kinds").time();

        write(mode, "kinds", Map.of("large_integers", largeIntegers), lines.stream());

        exports().forEach(export -> {
            assertSame(documents(export.snapshot("kinds").rows()), expected);
            final List<Row> deltas = export.deltas("kinds", before);
            assertThat(deltas.stream().filter(Row::deleted)).isEmpty();
            assertSame(documents(deltas), expected);
        });
    }

    @ParameterizedTest
    @CsvSource({"append", "append_dedup", "overwrite"})
    void a_table_of_many_pages_is_exported_whole(final String mode) {
        final int size = 3_000;
        final List<String> documents = IntStream.range(0, size)
                .mapToObj(id -> document(id, "\"name\":\"user %d\",\"n\":-0.0".formatted(id)))
                .toList();
        final List<ObjectNode> expected = documents.stream().map(Kind::stored).toList();
        final long before = exporting("GET", "json").snapshot("users").time();

        write(mode, "users", Map.of(), documents.stream().map(document -> SourceLines.record("users", document)));

        exports().forEach(export -> {
            final Snapshot snapshot = export.snapshot("users");
            assertThat(snapshot.pages()).isGreaterThan(2);
            assertSame(documents(snapshot.rows()), expected);
            // A table that was replaced is not told row by row (convex-api §6.1).
            if (!mode.equals("overwrite")) {
                assertSame(documents(export.deltas("users", before)), expected);
            }
        });
    }

    @Test
    void rows_that_a_later_sync_changes_adds_and_deletes_are_exported_as_just_that() {
        write("append_dedup", "users", Map.of(), rows("1,\"n\":\"kept\"", "2,\"n\":\"old\"", "3,\"n\":\"gone\""));
        final Snapshot first = exporting("GET", "json").snapshot("users");

        write(
                "append_dedup",
                "users",
                Map.of(),
                rows(
                        "2,\"n\":\"new\",\"_ab_cdc_deleted_at\":null",
                        "3,\"_ab_cdc_deleted_at\":\"2026-11-26T12:00:00Z\"",
                        "4,\"n\":\"added\",\"_ab_cdc_deleted_at\":null",
                        "5,\"_ab_cdc_deleted_at\":\"2026-11-26T12:00:00Z\""));

        exports().forEach(export -> {
            final List<Row> deltas = export.deltas("users", first.time());
            final List<Row> there =
                    deltas.stream().filter(row -> !row.deleted()).toList();
            final List<Row> after = export.snapshot("users").rows();
            final ObjectNode changed = stored("{\"id\":2,\"n\":\"new\"}");
            final ObjectNode added = stored("{\"id\":4,\"n\":\"added\"}");
            assertSame(documents(there), List.of(changed, added));
            assertThat(idOf(2, there)).isEqualTo(idOf(2, first.rows()));
            assertSame(documents(after), List.of(stored("{\"id\":1,\"n\":\"kept\"}"), changed, added));
            // The row that was never there may be told, too: as an id that nobody has heard of.
            assertThat(deltas.stream().filter(Row::deleted).map(Row::id))
                    .contains(idOf(3, first.rows()))
                    .doesNotContain(idOf(1, first.rows()), idOf(2, first.rows()), idOf(4, after));
        });
    }

    private static Stream<String> rows(final String... idsAndFields) {
        return Stream.of(idsAndFields).map(fields -> SourceLines.record("users", "{\"id\":" + fields + "}"));
    }

    private static String idOf(final double id, final List<Row> rows) {
        return rows.stream()
                .filter(row -> row.document().get("id").asDouble() == id)
                .map(Row::id)
                .findFirst()
                .orElseThrow();
    }

    private static List<ObjectNode> documents(final List<Row> rows) {
        return sortedById(rows.stream().map(Row::document).toList());
    }

    private Stream<ExportReader> exports() {
        return Stream.of("json", "convex_encoded_json", "export_json")
                .flatMap(format -> Stream.of("GET", "POST").map(method -> exporting(method, format)));
    }

    private ExportReader exporting(final String method, final String format) {
        return new ExportReader(deployment.url(), deployment.readOnlyKey(), method, format);
    }

    private void write(
            final String mode, final String stream, final Map<String, Object> options, final Stream<String> lines) {
        final Workspace files = new Workspace(folder);
        final Path config = files.config(deployment.url(), deployment.adminKey(), options);
        final Path catalog =
                files.file("catalog.json", ConfiguredStreamJson.catalog(List.of(configured(mode, stream))));
        try (PackagedConnector connector = PackagedConnector.start(
                Map.of(), "write", "--config", config.toString(), "--catalog", catalog.toString())) {
            final Result result = connector
                    .reads(Stream.concat(lines, Stream.of(SourceLines.status(stream, "COMPLETE"))))
                    .result();
            assertThat(result.exitCode()).as(result.stdout().toString()).isZero();
        }
    }

    private static ConfiguredStreamJson configured(final String mode, final String stream) {
        return mode.equals("append_dedup")
                ? ConfiguredStreamJson.dedup(stream, "id")
                : ConfiguredStreamJson.inMode(stream, mode);
    }
}
