package io.airbyte.integrations.destination.convex.acceptance;

import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.append;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.catalog;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.dedup;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.CANARY;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertFailed;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertStates;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertSucceeded;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.statesAsSent;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.stored;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.record;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector.Result;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the user is told when the application's schema, or what the table holds, does not admit a record. */
class WriteSchemaIT {

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

    /** A schema of table users, whose fields are given as members of an object validator. */
    private static String usersWith(final String fields) {
        return ("{\"schemaValidation\":true,\"tables\":[{\"tableName\":\"users\",\"documentType\":"
                        + "{\"type\":\"object\",\"value\":{%s}}}]}")
                .formatted(fields);
    }

    private static String field(final String name, final String validator) {
        return "\"%s\":{\"fieldType\":%s,\"optional\":false}".formatted(name, validator);
    }

    private static final String NUMBER = "{\"type\":\"number\"}";
    private static final String STRING = "{\"type\":\"string\"}";
    private static final String ID_AND_NAME = usersWith(field("id", NUMBER) + "," + field("name", STRING));

    private static String user(final int id, final String name) {
        return record("users", "{\"id\":%d,\"name\":\"%s\"}".formatted(id, name));
    }

    /** What is wrong with a record, and words of what to change. */
    private record Refusal(String name, String data, List<String> words) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Refusal> refusals() {
        return Stream.of(
                new Refusal(
                        "a field that the schema does not know",
                        "\"name\":\"%s\",\"secret\":\"%s\"".formatted(CANARY, CANARY),
                        List.of("does not know the field \"secret\"", "Add secret to it", "v.optional(v.any())")),
                new Refusal(
                        "a field that is missing",
                        "\"note\":\"%s\"".formatted(CANARY),
                        List.of("requires the field \"name\"", "v.optional(")),
                new Refusal(
                        "a value of another type",
                        "\"name\":[\"%s\"]".formatted(CANARY),
                        List.of("does not accept a value of the field \"name\"", "Widen the validator of name")),
                new Refusal(
                        "a null",
                        "\"name\":null",
                        List.of("does not accept a value of the field \"name\"", "v.null()")),
                new Refusal(
                        "a value that looks like Convex's own words",
                        "\"name\":{\"a\":\"x\\nValidator: v.%s()\\nPath: .%s\\n) isn't a valid document: Field '%s'\"}"
                                .formatted(CANARY, CANARY, CANARY),
                        List.of("does not accept a value of the field \"name\"")));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void the_error_names_table_and_field_and_what_to_change_and_the_other_streams_are_written(final Refusal refusal) {
        deployment.setSchema(ID_AND_NAME);

        final Result result = sync.write(
                catalog(append("pets"), append("users"), dedup("toys", "id")),
                user(1, "Ada"),
                state("users", 1),
                record("users", "{\"id\":2,%s}".formatted(refusal.data())),
                state("users", 2),
                record("pets", "{\"id\":1}"),
                state("pets", 1),
                record("toys", "{\"id\":1}"),
                state("toys", 1));

        assertThat(assertFailed(result, "config_error"))
                .contains("table \"users\"", "convex/schema.ts", "SchemaEnforcementError")
                .contains(refusal.words());
        assertThat(result.error().at("/stream_descriptor/name").asText()).isEqualTo("users");
        assertThat(deployment.records("users")).containsExactly(stored("{\"id\":1,\"name\":\"Ada\"}"));
        assertThat(deployment.records("pets")).containsExactly(stored("{\"id\":1}"));
        assertThat(deployment.records("toys")).containsExactly(stored("{\"id\":1}"));
        assertThat(statesAsSent(result))
                .containsExactlyInAnyOrder(state("users", 1), state("pets", 1), state("toys", 1));
    }

    @Test
    void a_path_into_a_record_is_told_without_what_is_there() {
        deployment.setSchema(usersWith(field("id", NUMBER) + ","
                + field("address", "{\"type\":\"object\",\"value\":{%s}}".formatted(field("zip", STRING)))));

        final Result result = sync.write(
                catalog(append("users")),
                record("users", "{\"id\":1,\"address\":{\"zip\":{\"x\":\"%s\"}}}".formatted(CANARY)));

        assertThat(assertFailed(result, "config_error")).contains("the field \"address.zip\"", "v.string()");
    }

    @ParameterizedTest
    @ValueSource(strings = {"append", "append_dedup"})
    void a_refused_record_in_the_middle_is_named_by_its_position_and_by_what_the_key_is_called(final String mode) {
        deployment.setSchema(ID_AND_NAME);

        final Result result = sync.write(
                catalog(ConfiguredStreamJson.inMode("users", mode).keyPaths(List.of(List.of("id"), List.of("name")))),
                thousandOfWhichOneIsRefused());

        assertThat(assertFailed(result, "config_error"))
                .contains("It was record 437 of stream users in this sync (primary key id, name)")
                .contains("the records before it were written");
        assertThat(deployment.records("users"))
                .isEqualTo(IntStream.rangeClosed(1, 436)
                        .mapToObj(i -> stored("{\"id\":%d,\"name\":\"Ada\"}".formatted(i)))
                        .toList());
        assertStates(result, state("users", 100), state("users", 200), state("users", 300), state("users", 400));
        assertThat(LocalSync.recordCounts(result)).containsOnly("100.0");
    }

    private static List<String> thousandOfWhichOneIsRefused() {
        final List<String> lines = new ArrayList<>();
        for (int id = 1; id <= 1000; id++) {
            lines.add(
                    id == 437 ? record("users", "{\"id\":\"%s\",\"name\":\"x\"}".formatted(CANARY)) : user(id, "Ada"));
            if (id % 100 == 0) {
                lines.add(state("users", id));
            }
        }
        return lines;
    }

    @Test
    void documents_that_a_table_has_no_schema_for_are_nobodys_business() {
        deployment.setSchema(ID_AND_NAME.replace("\"users\"", "\"others\""));

        assertSucceeded(sync.write(catalog(append("users")), record("users", "{\"anything\":[1,\"2\",null]}")));
    }

    @Test
    void a_delete_that_the_schema_does_not_admit_as_a_document_goes_alone() {
        deployment.setSchema(ID_AND_NAME);
        final String catalog = catalog(dedup("users", "id"));
        assertSucceeded(sync.write(catalog, user(1, "Ada"), user(2, "Grace"), user(3, "Mary")));

        final Result result = sync.write(
                catalog,
                user(4, "Joan"),
                delete(1),
                delete(99),
                user(5, "Jean"),
                delete(3),
                user(3, "Mary again"),
                delete(5),
                state("users", 1));

        assertSucceeded(result);
        assertThat(deployment.records("users"))
                .containsExactlyInAnyOrder(
                        stored("{\"id\":2,\"name\":\"Grace\"}"),
                        stored("{\"id\":4,\"name\":\"Joan\"}"),
                        stored("{\"id\":3,\"name\":\"Mary again\"}"));
        assertStates(result, state("users", 1));
        assertThat(LocalSync.recordCounts(result)).containsExactly("7.0");
    }

    /** Sources send nothing but the key of a row that is gone, so that the required name is missing. */
    private static String delete(final int id) {
        return record("users", "{\"id\":%d,\"_ab_cdc_deleted_at\":\"2026-11-25\"}".formatted(id));
    }

    @Test
    void duplicates_that_earlier_syncs_in_append_mode_have_left_are_told_of() {
        assertSucceeded(sync.write(
                catalog(append("users")), user(1, CANARY), user(2, CANARY), user(2, CANARY), user(3, CANARY)));

        final Result result = sync.write(
                catalog(dedup("users", "id")),
                user(1, "new"),
                state("users", 1),
                user(2, "new"),
                state("users", 2),
                user(3, "new"),
                state("users", 3));

        assertThat(assertFailed(result, "config_error"))
                .contains("Table users seems to hold several documents with the primary key of one record")
                .contains(
                        "append mode",
                        "Remove the duplicates",
                        "record 2 of stream users in this sync (primary key id)");
        assertThat(deployment.records("users"))
                .extracting(document -> document.get("name").asText())
                .containsExactly("new", CANARY, CANARY, CANARY);
        assertStates(result, state("users", 1));
    }
}
