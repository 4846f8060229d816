package io.airbyte.integrations.destination.convex.acceptance;

import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.append;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.catalog;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.dedup;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.CANARY;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertFailed;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertStates;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertSucceeded;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.said;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.stored;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.EMITTED_AT;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.record;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector.Result;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What users choose, what sources declare, and what a primary key needs (DESIGN rules 6 and 7). */
class WriteOptionsIT {

    private static final String FIELD_SIZE = "DESTINATION_FIELD_SIZE_LIMITATION";
    private static final String SERIALIZATION = "DESTINATION_SERIALIZATION_ERROR";

    @TempDir
    private Path folder;

    private LocalDeployment deployment;
    private LocalSync sync;

    @BeforeEach
    void start() {
        deployment = LocalDeployment.start();
        sync = new LocalSync(deployment, folder);
    }

    @AfterEach
    void close() {
        deployment.close();
    }

    @Test
    void large_integers_may_be_numbers_but_for_those_of_primary_keys() {
        final Result result = sync.option("large_integers", "number")
                .write(
                        catalog(append("a"), dedup("b", "id").keyPaths(List.of(List.of("id"), List.of("o", "id")))),
                        record("a", "{\"id\":9007199254740993,\"n\":[9007199254740993]}"),
                        record(
                                "b",
                                "{\"id\":9007199254740993,\"o\":{\"id\":-9007199254740993,\"n\":9007199254740993},\"n\":9007199254740993}"),
                        record("b", "{\"id\":9007199254740992,\"o\":{\"id\":-9007199254740993}}"));

        assertSucceeded(result);
        assertThat(deployment.records("a"))
                .containsExactly(stored("{\"id\":9007199254740992,\"n\":[9007199254740992]}"));
        assertThat(deployment.records("b"))
                .containsExactly(
                        stored(
                                "{\"id\":\"9007199254740993\",\"o\":{\"id\":\"-9007199254740993\",\"n\":9007199254740992},\"n\":9007199254740992}"),
                        stored("{\"id\":\"9007199254740992\",\"o\":{\"id\":\"-9007199254740993\"}}"));
    }

    @Test
    void neighbouring_large_integers_are_different_keys() {
        final Result result = sync.write(
                catalog(dedup("a", "id")),
                record("a", "{\"id\":9007199254740993,\"n\":1}"),
                record("a", "{\"id\":9007199254740992,\"n\":2}"),
                record("a", "{\"id\":9007199254740993,\"n\":3}"),
                record("a", "{\"id\":1,\"n\":4}"),
                record("a", "{\"id\":1.0,\"n\":5}"),
                record("a", "{\"id\":\"1\",\"n\":6}"),
                record("a", "{\"id\":null,\"n\":7}"));

        assertSucceeded(result);
        assertThat(deployment.records("a"))
                .containsExactly(
                        stored("{\"id\":\"9007199254740993\",\"n\":3}"),
                        stored("{\"id\":\"9007199254740992\",\"n\":2}"),
                        stored("{\"id\":1,\"n\":5}"),
                        stored("{\"id\":\"1\",\"n\":6}"),
                        stored("{\"id\":null,\"n\":7}"));
    }

    @Test
    void the_metadata_option_adds_when_and_in_which_generation_and_sync_a_record_was_read() {
        final Result result = sync.option("airbyte_metadata", true)
                .write(
                        catalog(append("a").ids(3, 0, 42), append("b")),
                        record("a", "{\"id\":1,\"airbyte_sync_id\":\"mine\"}"),
                        record("a", "{}"),
                        record("b", "{\"id\":1e400}"));

        assertSucceeded(result);
        final String metadata =
                "\"airbyte_extracted_at\":%d,\"airbyte_generation_id\":3,\"airbyte_sync_id\":42".formatted(EMITTED_AT);
        assertThat(deployment.records("a"))
                .containsExactly(
                        stored("{\"id\":1,\"source_airbyte_sync_id\":\"mine\"," + metadata + "}"),
                        stored("{" + metadata + "}"));
        assertThat(deployment.records("b"))
                .containsExactly(stored("{\"id\":null,\"airbyte_extracted_at\":%d,\"airbyte_meta\":{\"changes\":[%s]}}"
                        .formatted(EMITTED_AT, change("id", FIELD_SIZE))));
    }

    @Test
    void changes_that_a_record_came_with_stay_before_the_connectors_own() {
        final String incoming =
                "{\"field\":\"b\",\"change\":\"TRUNCATED\",\"reason\":\"SOURCE_FIELD_SIZE_LIMITATION\"}";
        final String meta = ",\"meta\":{\"changes\":[%s]}}}".formatted(incoming);
        final Result result = sync.write(
                catalog(append("a")),
                record("a", "{\"id\":1}").replaceFirst("}}$", meta),
                record("a", "{\"id\":2,\"c\":1e400}").replaceFirst("}}$", meta),
                record("a", "{\"id\":3}").replaceFirst("}}$", ",\"meta\":{\"changes\":[]}}}"));

        assertSucceeded(result);
        assertThat(deployment.records("a"))
                .containsExactly(
                        stored("{\"id\":1,\"airbyte_meta\":{\"changes\":[%s]}}".formatted(incoming)),
                        stored("{\"id\":2,\"c\":null,\"airbyte_meta\":{\"changes\":[%s,%s]}}"
                                .formatted(incoming, change("c", FIELD_SIZE))),
                        stored("{\"id\":3}"));
    }

    @Test
    void what_was_nulled_is_told_once_for_each_field_and_counted() {
        final Result result = sync.write(
                catalog(append("a")),
                IntStream.range(0, 50)
                        .mapToObj(i -> record("a", "{\"id\":%d,\"secret\":[\"%s\\ud800\"]}".formatted(i, CANARY)))
                        .toList());

        assertSucceeded(result);
        assertThat(result.logged("WARN")).singleElement().asString().contains("Stream a", "field secret", "surrogate");
        assertThat(result.logged("INFO")).anyMatch(line -> line.contains("secret 50 times (" + SERIALIZATION + ")"));
        assertThat(said(result)).doesNotContain(CANARY);
    }

    @Test
    void the_user_may_prefer_failure_to_a_value_lost() {
        final Result result = sync.option("unstorable_values", "fail")
                .write(
                        catalog(append("a")),
                        record("a", "{\"id\":1}"),
                        state("a", 1),
                        record("a", "{\"id\":2,\"secret\":[\"%s\",1e400]}".formatted(CANARY)),
                        record("a", "{\"id\":3}"),
                        state("a", 3));

        assertThat(assertFailed(result, "config_error"))
                .contains("field secret", "stream a", "number beyond", "unstorable_values", "Line 3 ");
        assertThat(deployment.records("a")).containsExactly(stored("{\"id\":1}"));
        assertStates(result, state("a", 1));
    }

    static Stream<String> keysThatCannotBeStored() {
        return Stream.of(
                "\"key\":1e400",
                "\"key\":\"" + CANARY + "\\ud800\"",
                "\"key\":" + "[".repeat(16) + "]".repeat(16),
                "\"key\":\"" + CANARY.repeat(100_000) + "\"",
                "\"other\":\"" + CANARY + "\"");
    }

    @ParameterizedTest(name = "[{index}]")
    @MethodSource("keysThatCannotBeStored")
    void a_primary_key_is_never_nulled(final String fields) {
        final Result result = sync.write(
                catalog(dedup("a", "key")),
                record("a", "{\"key\":1}"),
                state("a", 1),
                record("a", "{\"id\":2," + fields + "}"),
                state("a", 2));

        assertThat(assertFailed(result, "config_error")).contains("primary-key field key", "stream a", "Line 3 ");
        assertThat(result.error().at("/stream_descriptor/name").asText()).isEqualTo("a");
        assertThat(deployment.records("a")).containsExactly(stored("{\"key\":1}"));
        assertStates(result, state("a", 1));
    }

    @Test
    void declared_columns_have_their_names_before_others_whatever_record_comes_first() {
        final Result result = sync.write(
                catalog(
                        append("a").declaring("é", "source_e", "z"),
                        dedup("b", "_id").declaring("source_id", "$id")),
                record("a", "{\"è\":1,\"source_source_e\":2}"),
                record("a", "{\"source_e\":3,\"é\":4}"),
                record("b", "{\"$id\":1,\"source_id\":2,\"_id\":3}"));

        assertSucceeded(result);
        assertThat(deployment.records("a"))
                .containsExactly(
                        stored("{\"source_source_source_e\":1,\"source_source_source_source_e\":2}"),
                        stored("{\"source_e\":3,\"source_source_e\":4}"));
        assertThat(deployment.records("b"))
                .containsExactly(stored("{\"source_source_id\":1,\"source_source_source_id\":2,\"source_id\":3}"));
    }

    private static String change(final String field, final String reason) {
        return "{\"field\":\"%s\",\"change\":\"NULLED\",\"reason\":\"%s\"}".formatted(field, reason);
    }
}
