package io.airbyte.integrations.destination.convex.acceptance;

import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.catalog;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.dedup;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertSucceeded;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.stored;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.record;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector.Result;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import io.airbyte.integrations.destination.convex.local.LoggedRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Which document a record becomes (DESIGN rules 6 and 7), read back from a deployment that has rules of its own. Every
 * promise is a stream of its own; one run writes them all in append mode, another one in append_dedup.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WriteValuesIT {

    private static final String FIELD_SIZE = "DESTINATION_FIELD_SIZE_LIMITATION";
    private static final String RECORD_SIZE = "DESTINATION_RECORD_SIZE_LIMITATION";
    private static final String SERIALIZATION = "DESTINATION_SERIALIZATION_ERROR";

    private static String x(final int count) {
        return "x".repeat(count);
    }

    /** So many arrays in each other. */
    private static String arrays(final int depth) {
        return "[".repeat(depth) + "]".repeat(depth);
    }

    private static String nulls(final int count) {
        return "[" + String.join(",", Collections.nCopies(count, "null")) + "]";
    }

    /** The columns {@code c0} to {@code c(count-1)}, each the value of its number. */
    private static String columns(final int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "\"c%d\":%d".formatted(i, i))
                .reduce((a, b) -> a + "," + b)
                .orElse("");
    }

    /** The field that tells of values that could not be stored. */
    private static String meta(final String... fieldsAndReasons) {
        final List<String> changes = new ArrayList<>();
        for (int i = 0; i < fieldsAndReasons.length; i += 2) {
            changes.add(change(fieldsAndReasons[i], fieldsAndReasons[i + 1]));
        }
        return "\"airbyte_meta\":{\"changes\":[" + String.join(",", changes) + "]}";
    }

    private static String change(final String field, final String reason) {
        return "{\"field\":\"%s\",\"change\":\"NULLED\",\"reason\":\"%s\"}".formatted(field, reason);
    }

    /** One record, alone in its stream, and the document that is promised; both besides an {@code id} of 1. */
    private record Promise(String name, String data, String document) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Promise kept(final String name, final String data) {
        return new Promise(name, data, data);
    }

    static List<Promise> promises() {
        final List<Promise> promises = new ArrayList<>();
        promises.addAll(values());
        promises.addAll(limits());
        promises.addAll(names());
        return promises;
    }

    private static List<Promise> values() {
        return List.of(
                kept(
                        "scalars",
                        "\"n\":null,\"t\":true,\"f\":false,\"e\":\"\",\"z\":0,\"m\":-0.0,\"d\":1.5e300,\"s\":5e-324"),
                kept("text", "\"s\":\"\\u0000 \\\" \\\\ \\/ \\u00e9 \\ud83d\\ude00 é😀\u2028 CR\\rLF\\n\""),
                kept("containers", "\"o\":{},\"a\":[],\"deep\":{\"a\":[{\"b\":[1,{\"c\":null}]}]}"),
                kept("the largest exact integers", "\"a\":9007199254740991,\"b\":-9007199254740991"),
                new Promise(
                        "larger integers",
                        "\"a\":9007199254740992,\"b\":-9007199254740993,\"c\":[123456789012345678901234567890],\"d\":{\"e\":18446744073709551615}",
                        "\"a\":\"9007199254740992\",\"b\":\"-9007199254740993\",\"c\":[\"123456789012345678901234567890\"],\"d\":{\"e\":\"18446744073709551615\"}"),
                kept("large numbers that are no integers", "\"a\":1e22,\"b\":12345678901234567890.5,\"c\":1E+300"),
                new Promise(
                        "numbers beyond a double",
                        "\"a\":1e400,\"b\":{\"c\":[1,-1e400]},\"d\":1e-400",
                        "\"a\":null,\"b\":null,\"d\":0," + meta("a", FIELD_SIZE, "b", FIELD_SIZE)),
                new Promise(
                        "a lone surrogate",
                        "\"a\":\"\\ud800\",\"b\":[\"x\\udc00x\"],\"c\":\"\\ud83d\\ude00\"",
                        "\"a\":null,\"b\":null,\"c\":\"😀\"," + meta("a", SERIALIZATION, "b", SERIALIZATION)),
                new Promise(
                        "the last of equal keys", "\"a\":1,\"b\":{\"c\":1,\"c\":2},\"a\":3", "\"b\":{\"c\":2},\"a\":3"),
                kept("tagged values are ordinary objects", "\"a\":{\"integer\":\"AQ==\"}"),
                new Promise(
                        "dates stay text",
                        "\"d\":\"2026-11-25\",\"t\":\"0044-03-15T12:00:00Z BC\"",
                        "\"d\":\"2026-11-25\",\"t\":\"0044-03-15T12:00:00Z BC\""));
    }

    private static List<Promise> limits() {
        // {"id":1,"s":"…"} with _id and _creationTime is 79 bytes besides the text (convex-api §4.3).
        final int longestText = (1 << 20) - 79;
        return List.of(
                kept(
                        "16 levels of nesting",
                        "\"a\":" + arrays(15) + ",\"o\":" + "{\"o\":".repeat(15) + "1" + "}".repeat(15)),
                new Promise(
                        "17 levels of nesting",
                        "\"a\":" + arrays(16) + ",\"b\":1",
                        "\"a\":null,\"b\":1," + meta("a", FIELD_SIZE)),
                new Promise(
                        "100,000 levels",
                        "\"a\":" + arrays(100_000) + ",\"b\":1",
                        "\"a\":null,\"b\":1," + meta("a", FIELD_SIZE)),
                kept("8,192 elements", "\"a\":" + nulls(8192)),
                new Promise(
                        "8,193 elements",
                        "\"a\":{\"b\":" + nulls(8193) + "},\"c\":1",
                        "\"a\":null,\"c\":1," + meta("a", FIELD_SIZE)),
                kept("1,024 fields of an object", "\"o\":{" + columns(1024) + "}"),
                new Promise(
                        "1,025 fields of an object",
                        "\"o\":{" + columns(1025) + "}",
                        "\"o\":null," + meta("o", FIELD_SIZE)),
                kept("1,022 fields", columns(1021)),
                new Promise(
                        "1,023 fields",
                        columns(1022),
                        columns(1020) + "," + meta("c1020", RECORD_SIZE, "c1021", RECORD_SIZE)),
                kept("exactly 1 MiB", "\"s\":\"" + x(longestText) + "\""),
                new Promise(
                        "a byte more than 1 MiB",
                        "\"s\":\"" + x(longestText + 1) + "\"",
                        "\"s\":null," + meta("s", RECORD_SIZE)),
                kept("1 MiB in characters of two bytes", "\"s\":\"" + "é".repeat(longestText / 2) + "\""),
                new Promise(
                        "only the largest goes",
                        "\"a\":\"" + x(400_000) + "\",\"b\":\"" + x(600_000) + "\",\"c\":\"" + x(500_000) + "\"",
                        "\"a\":\"" + x(400_000) + "\",\"b\":null,\"c\":\"" + x(500_000) + "\","
                                + meta("b", RECORD_SIZE)),
                kept("a long name", "\"" + x(1024) + "\":1,\"o\":{\"" + x(1024) + "\":1}"),
                new Promise(
                        "names over the limit",
                        "\"" + x(1025) + "\":1,\"o\":{\"" + x(1025) + "\":1}",
                        "\"o\":null," + meta("source_" + x(118) + "...", FIELD_SIZE, "o", FIELD_SIZE)));
    }

    private static List<Promise> names() {
        return List.of(
                kept(
                        "printable names",
                        "\"order id\":1,\"a.b\":2,\"A-B\":3,\"1st\":4,\"\":5,\"~!@#%^&*()\":6,\"x$\":7,\"a/b\":8"),
                new Promise(
                        "names that Convex reserves",
                        "\"_id\":\"a\",\"_creationTime\":2,\"_airbyte_raw_id\":3,\"$ref\":4,\"_\":5,\"__Typename\":6",
                        "\"source_id\":\"a\",\"source_creationtime\":2,\"source_airbyte_raw_id\":3,\"source_ref\":4,\"source_\":5,\"source_typename\":6"),
                new Promise(
                        "names beyond ASCII",
                        "\"größe\":1,\"日本\":2,\"naïve café\":3,\"tab\\there\":4,\"\\u0000\":5",
                        "\"source_grosse\":1,\"source_ri_ben\":2,\"source_naive_cafe\":3,\"source_tab_here\":4,\"source_\":5"),
                new Promise(
                        "names that become alike",
                        "\"é\":1,\"è\":2,\"source_e\":3,\"source_source_e\":4",
                        "\"source_e\":1,\"source_source_e\":2,\"source_source_source_e\":3,\"source_source_source_source_e\":4"),
                new Promise(
                        "nested names",
                        "\"o\":{\"$oid\":\"x\",\"_id\":1,\"$date\":{\"$numberLong\":\"1\"},\"é\":2},\"a\":[{\"_x\":1}]",
                        "\"o\":{\"source_oid\":\"x\",\"source_id\":1,\"source_date\":{\"source_numberlong\":\"1\"},\"source_e\":2},\"a\":[{\"source_x\":1}]"),
                new Promise(
                        "nested names that become alike",
                        "\"o\":{\"_id\":1,\"$id\":2,\"source_id\":3}",
                        "\"o\":{\"source_source_source_id\":1,\"source_source_id\":2,\"source_id\":3}"),
                new Promise(
                        "names of the connector's own fields",
                        "\"airbyte_meta\":{\"a\":1},\"airbyte_extracted_at\":1,\"airbyte_generation_id\":2,\"airbyte_sync_id\":3",
                        "\"source_airbyte_meta\":{\"a\":1},\"source_airbyte_extracted_at\":1,\"source_airbyte_generation_id\":2,\"source_airbyte_sync_id\":3"),
                new Promise(
                        "names that the server drops",
                        "\"source_ab_cdc_deleted_at\":\"no\",\"source_ab_cdc\":1,\"source_abc\":2",
                        "\"source_source_ab_cdc_deleted_at\":\"no\",\"source_source_ab_cdc\":1,\"source_abc\":2"),
                new Promise(
                        "escaped names",
                        "\"\\u0061\":1,\"\\u005fid\":2,\"a\\/b\":3",
                        "\"a\":1,\"source_id\":2,\"a/b\":3"));
    }

    private final Map<String, LocalDeployment> deployments = new LinkedHashMap<>();
    private final Map<String, Map<String, ObjectNode>> sent = new LinkedHashMap<>();

    @BeforeAll
    void write_all_of_them(@TempDir final Path folder) {
        write("append", folder, ConfiguredStreamJson::append);
        write("append_dedup", folder, table -> dedup(table, "id"));
    }

    private void write(final String mode, final Path folder, final Function<String, ConfiguredStreamJson> stream) {
        final LocalDeployment deployment =
                LocalDeployment.builder().keepBodies(true).start();
        deployments.put(mode, deployment);
        final List<Promise> all = promises();
        final Result result = new LocalSync(deployment, folder)
                .write(
                        catalog(IntStream.range(0, all.size())
                                .mapToObj(i -> stream.apply("p" + i))
                                .toList()),
                        IntStream.range(0, all.size())
                                .mapToObj(i -> record("p" + i, whole(all.get(i).data())))
                                .toList());
        assertSucceeded(result);
        sent.put(mode, documentsSent(deployment));
    }

    @AfterAll
    void close() {
        deployments.values().forEach(LocalDeployment::close);
    }

    @ParameterizedTest
    @MethodSource("promises")
    void the_document_is_the_promised_one_and_the_server_had_nothing_to_change(final Promise promise) {
        final String table = "p" + promises().indexOf(promise);
        deployments.forEach((mode, deployment) -> {
            final List<ObjectNode> documents = deployment.records(table);
            assertThat(documents).as(mode).containsExactly(stored(whole(promise.document())));
            assertThat(sent.get(mode)).as(mode).containsEntry(table, documents.get(0));
        });
    }

    private static String whole(final String fields) {
        return "{\"id\":1," + fields + "}";
    }

    /** The documents in the requests as they went over the wire, by table, with doubles for numbers; one a table. */
    private static Map<String, ObjectNode> documentsSent(final LocalDeployment deployment) {
        final Map<String, ObjectNode> documents = new LinkedHashMap<>();
        for (final LoggedRequest request : deployment.requests("/api/streaming_import/import_airbyte_records")) {
            for (final JsonNode message : strictly(request.body().orElseThrow()).get("messages")) {
                documents.put(message.get("tableName").asText(), Numbers.asStored((ObjectNode) message.get("data")));
            }
        }
        return documents;
    }

    private static JsonNode strictly(final byte[] json) {
        try {
            final ObjectMapper mapper = new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
            mapper.getFactory()
                    .setStreamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(Integer.MAX_VALUE)
                            .build());
            return mapper.readTree(json);
        } catch (final IOException e) {
            throw new AssertionError("A request's body is not JSON.", e);
        }
    }
}
