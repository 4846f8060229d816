package io.airbyte.integrations.destination.convex.clients;

import static io.airbyte.integrations.destination.convex.clients.Documents.assertSame;
import static io.airbyte.integrations.destination.convex.clients.Documents.sortedById;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson;
import io.airbyte.integrations.destination.convex.acceptance.Numbers;
import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector;
import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector.Result;
import io.airbyte.integrations.destination.convex.acceptance.SourceLines;
import io.airbyte.integrations.destination.convex.acceptance.Workspace;
import io.airbyte.integrations.destination.convex.clients.ExportReader.Row;
import io.airbyte.integrations.destination.convex.clients.ExportReader.Snapshot;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import java.io.IOException;
import java.io.UncheckedIOException;
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

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Exact in a float, at its ends, and in each notation. */
    private static final String NUMBERS =
            """
            "zero":0,"minus zero":-0,"minus zero again":-0.0,"one":1,"minus one":-1,"tenth":0.1,"third":0.3333333333333333,
            "largest":1.7976931348623157e308,"lowest":-1.7976931348623157e308,"large":1e308,"smallest":5e-324,
            "smallest below zero":-5e-324,"small":2.2250738585072014e-308,"exact":[9007199254740991,-9007199254740991],
            "no integer":12345678901234567890.5,"exponent":1E+22,"pi":3.141592653589793\
            """;

    private static final String LARGE_INTEGERS =
            """
            "a":9007199254740992,"b":-9007199254740993,"c":[18446744073709551615],"d":{"e":123456789012345678901234567890}\
            """;

    private static final String LARGE_INTEGERS_AS_TEXT =
            """
            "a":"9007199254740992","b":"-9007199254740993","c":["18446744073709551615"],
            "d":{"e":"123456789012345678901234567890"}\
            """;

    private static final String TEXTS =
            """
            "empty":"","blank":" ","latin":"é ß ñ","kanji":"日本","arabic":"مرحبا","emoji":"😀 👩‍👩‍👧 🇨🇭","combined":"e\\u0301",
            "escaped":"\\" \\\\ \\/ \\b \\f \\n \\r \\t","control":"\\u0000\\u0001\\u001f\\u007f\\u0085","separators":"\\u2028\\u2029",
            "noncharacters":"\\ufeff \\uffff \\ufffd","pair":"\\ud83d\\ude00","like others":["null","true","1","{}","$float"]\
            """;

    private static final String DATES =
            """
            "date":"2026-11-26","time":"12:34:56.789","with zone":"2026-11-26T12:34:56.123456Z","offset":"12:00:00+02:00",
            "before Christ":"0044-03-15T12:00:00Z BC","no date":"2026-02-31"\
            """;

    private static final String CONTAINERS =
            """
            "o":{},"a":[],"nested":[[],[{}],{"a":[]}],"mixed":[null,true,1,"x",{"y":[-0.0,null]}],"o2":{"z":1,"a":{"b":{"c":null}}}\
            """;

    private static final String NAMES =
            """
            "_id":1,"_creationTime":2,"_ts":3,"_deleted":4,"_table":5,"$x":6,"日本":7,"größe":8,"order id":9,"a.b":10,"A-B":11,
            "":12,"o":{"_id":1,"$oid":"x","日本":2,"a b":3,"_x":4}\
            """;

    private static final String NAMES_AS_STORED =
            """
            "source_id":1,"source_creationtime":2,"source_ts":3,"source_deleted":4,"source_table":5,"source_x":6,
            "source_ri_ben":7,"source_grosse":8,"order id":9,"a.b":10,"A-B":11,"":12,
            "o":{"source_id":1,"source_oid":"x","source_ri_ben":2,"a b":3,"source_x":4}\
            """;

    /** Objects that mean something else in Convex's own encodings of values. */
    private static final String TAGS =
            """
            "a":{"$integer":"AQAAAAAAAAA="},"b":{"$float":"AAAAAAAAAIA="},"c":[{"$bytes":"AA=="}]\
            """;

    private static final String TAGS_AS_STORED =
            """
            "a":{"source_integer":"AQAAAAAAAAA="},"b":{"source_float":"AAAAAAAAAIA="},"c":[{"source_bytes":"AA=="}]\
            """;

    private static final String UNSTORABLE_AS_STORED =
            """
            "a":null,"b":1,"airbyte_meta":{"changes":[
            {"field":"a","change":"NULLED","reason":"DESTINATION_FIELD_SIZE_LIMITATION"}]}\
            """;

    @TempDir
    private Path folder;

    private final LocalDeployment deployment = LocalDeployment.start();

    @AfterEach
    void stop() {
        deployment.close();
    }

    /** The fields of a record, and those of the document that it has to become. */
    private record Kind(String sent, String stored) {

        static Kind unchanged(final String fields) {
            return new Kind(fields, fields);
        }
    }

    private static List<Kind> kinds(final String largeIntegers) {
        final boolean text = largeIntegers.equals("string");
        return List.of(
                Kind.unchanged("\"none\":null,\"yes\":true,\"no\":false"),
                // In JSON as it is read here, the integer -0 has no sign; in Convex it has.
                new Kind(NUMBERS, NUMBERS.replace("-0,", "-0.0,")),
                new Kind(LARGE_INTEGERS, text ? LARGE_INTEGERS_AS_TEXT : LARGE_INTEGERS),
                Kind.unchanged(TEXTS),
                Kind.unchanged("\"long\":\"" + "x".repeat(1_000_000) + "\""),
                Kind.unchanged("\"long\":\"" + "😀".repeat(200_000) + "\""),
                Kind.unchanged(DATES),
                Kind.unchanged(CONTAINERS),
                Kind.unchanged("\"deep\":" + "[".repeat(15) + "]".repeat(15)),
                Kind.unchanged("\"deep\":" + "{\"o\":".repeat(15) + "-0.0" + "}".repeat(15)),
                Kind.unchanged("\"many\":[" + "0,".repeat(8_191) + "0]"),
                new Kind(NAMES, NAMES_AS_STORED),
                new Kind(TAGS, TAGS_AS_STORED),
                new Kind("\"a\":1e400,\"b\":1", UNSTORABLE_AS_STORED));
    }

    @ParameterizedTest
    @CsvSource({"append,string", "append,number", "append_dedup,string", "append_dedup,number"})
    void every_kind_of_value_is_exported_as_it_was_imported(final String mode, final String largeIntegers) {
        final List<Kind> kinds = kinds(largeIntegers);
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
        final List<ObjectNode> expected =
                documents.stream().map(RoundTripIT::stored).toList();
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

    private static String document(final int id, final String fields) {
        return "{\"id\":%d,%s}".formatted(id, fields.replace("\n", ""));
    }

    /** A document as it is in Convex: every number a float. */
    private static ObjectNode stored(final String json) {
        try {
            return Numbers.asStored((ObjectNode) JSON.readTree(json));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
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
        final Path catalog = files.file("catalog.json", ConfiguredStreamJson.catalog(List.of(configured(mode, stream))));
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
