package io.airbyte.integrations.destination.convex.acceptance;

import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.append;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.catalog;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.dedup;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.inMode;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertFailed;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertStates;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertSucceeded;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.statesAsSent;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.stored;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.record;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.state;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.status;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector.Result;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the program makes of its catalog: mistakes, the dialects of its three callers, tables and primary keys. */
class WriteCatalogIT {

    @TempDir
    private Path folder;

    private final LocalDeployment deployment = LocalDeployment.start();

    @AfterEach
    void close() {
        deployment.close();
    }

    private LocalSync sync() {
        return new LocalSync(deployment, folder);
    }

    private LocalSync syncOfThePlatform() {
        return sync().environment("WORKER_JOB_ID", "42");
    }

    // Mistakes.

    /** A catalog, and words of the error that it ends in. */
    private record Mistake(String name, String catalog, List<String> words) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Mistake> mistakes() {
        return Stream.of(
                new Mistake("not JSON", "{\"streams\":[", List.of("catalog.json", "not valid JSON at line 1")),
                new Mistake("not a catalog", "{\"type\":\"CATALOG\"}", List.of("catalog.json", "list of \"streams\"")),
                new Mistake("no streams", catalog(), List.of("no streams", "Select at least one")),
                new Mistake(
                        "the connector's own table",
                        catalog(append("pets"), inMode("airbyte_generations", "overwrite")),
                        List.of("Stream airbyte_generations", "a prefix or a namespace")),
                new Mistake("all at once", allMistakesAtOnce(), WORDS_OF_ALL_MISTAKES));
    }

    private static String allMistakesAtOnce() {
        return catalog(
                append("good"),
                append("twice"),
                append("twice").namespace(null),
                append("two words"),
                append("two-words"),
                append("c").namespace("a_b"),
                append("b_c").namespace("a"),
                append("n".repeat(65)),
                dedup("keyless"),
                dedup("wide", IntStream.range(0, 16).mapToObj(i -> "k" + i).toArray(String[]::new)),
                dedup("long_key", "k".repeat(65)),
                inMode("upserted", "upsert"),
                append("modeless").with("sync_mode", JsonNodeFactory.instance.textNode("sometimes")),
                append("odd_key").with("primary_key", JsonNodeFactory.instance.textNode("id")),
                append("hybrid").ids(3, 2, 1),
                append("odd_id").ids(1, 0, 1).with("generation_id", JsonNodeFactory.instance.numberNode(1.5)),
                append("generations").namespace("airbyte"));
    }

    private static final List<String> WORDS_OF_ALL_MISTAKES = List.of(
            "Stream twice is listed more than once",
            "Streams two words and two-words would share the table source_two_words",
            "Streams a_b.c and a.b_c would share the table a_b_c",
            "n".repeat(65) + " cannot become a Convex table: a table name holds at most 64 characters",
            "Stream keyless is written by primary key, but its primary key is empty",
            "Stream wide has a primary key of 16 columns, and Convex holds at most 15",
            "Stream long_key cannot be written by primary key",
            "Stream upserted has the unknown destination sync mode \"upsert\"",
            "Stream modeless has the unknown sync mode \"sometimes\"",
            "Stream odd_key has a malformed primary key",
            "Stream hybrid has generation 3 and minimum generation 2",
            "Stream odd_id has a generation_id that is not an integer",
            "Stream airbyte.generations would go to the table airbyte_generations");

    @ParameterizedTest
    @MethodSource("mistakes")
    void every_mistake_is_told_in_one_message_before_a_byte_of_input_is_read(final Mistake mistake) {
        try (PackagedConnector connector = sync().start(mistake.catalog())) {
            final Result result = connector.ended();

            final String message = assertFailed(result, "config_error");
            assertThat(message).contains(mistake.words()).doesNotContain("good");
            assertThat(message.lines()).hasSizeLessThanOrEqualTo(mistake.words().size() + 1);
            assertThat(deployment.requests()).isEmpty();
        }
    }

    @Test
    void a_missing_catalog_is_named() {
        try (PackagedConnector connector = sync().start(folder.resolve("nowhere.json"))) {
            assertThat(assertFailed(connector.ended(), "config_error")).contains("nowhere.json does not exist");
        }
    }

    // The three callers.

    @Test
    void without_a_platform_nothing_is_ever_truncated_whatever_the_ids_say() {
        final String pyAirbyte =
                catalog(append("users").ids(1, 1, 1), dedup("pets", "id").ids(1, 1, 1));

        assertSucceeded(sync().write(
                        pyAirbyte,
                        record("users", "{\"id\":1}"),
                        record("pets", "{\"id\":1}"),
                        record("pets", "{\"id\":2}")));
        assertSucceeded(
                sync().write(pyAirbyte, record("users", "{\"id\":1}"), record("pets", "{\"id\":2,\"name\":\"Rex\"}")));

        assertThat(deployment.records("users")).containsExactly(stored("{\"id\":1}"), stored("{\"id\":1}"));
        assertThat(deployment.records("pets"))
                .containsExactly(stored("{\"id\":1}"), stored("{\"id\":2,\"name\":\"Rex\"}"));
    }

    @Test
    void a_platform_that_knows_no_refreshes_confirms_nothing() {
        final Result result =
                syncOfThePlatform().write(catalog(append("users")), record("users", "{\"id\":1}"), state("users", 1));

        assertSucceeded(result);
        assertStates(result, state("users", 1));
    }

    @Test
    void a_platform_that_knows_refreshes_confirms_every_stream() {
        final String catalog =
                catalog(append("users").ids(3, 0, 7), append("pets").ids(0, 0, 7));

        final Result result = syncOfThePlatform()
                .write(
                        catalog,
                        record("users", "{\"id\":1}"),
                        state("users", 1),
                        status("users", "COMPLETE"),
                        status("pets", "COMPLETE"));

        assertSucceeded(result);
        assertStates(result, state("users", 1));
        assertThat(deployment.records("users")).containsExactly(stored("{\"id\":1}"));
    }

    @Test
    void where_it_does_not_confirm_a_stream_the_next_attempt_has_to_but_all_that_came_is_written() {
        final String catalog = catalog(
                append("users").ids(3, 0, 7),
                append("pets").ids(0, 0, 7),
                append("toys").ids(0, 0, 7));

        final Result result = syncOfThePlatform()
                .write(
                        catalog,
                        record("users", "{\"id\":1}"),
                        state("users", 1),
                        record("pets", "{\"id\":2}"),
                        state("pets", 2),
                        status("users", "COMPLETE"),
                        status("toys", "COMPLETE"),
                        status("toys", "INCOMPLETE"));

        assertThat(assertFailed(result, "transient_error"))
                .contains("Not complete: pets, toys.")
                .doesNotContain("users");
        assertThat(deployment.records("users")).containsExactly(stored("{\"id\":1}"));
        assertThat(deployment.records("pets")).containsExactly(stored("{\"id\":2}"));
        assertThat(statesAsSent(result)).containsExactlyInAnyOrder(state("users", 1), state("pets", 2));
    }

    // Tables and primary keys.

    @Test
    void a_table_is_named_by_namespace_and_stream() {
        final Result result = sync().write(
                        catalog(
                                append("users"),
                                append("users").namespace("erp"),
                                append("käufe 2026").namespace("erp"),
                                append("_private"),
                                append("n".repeat(64)),
                                append("empty").namespace("")),
                        record("users", "{\"of\":1}"),
                        record("erp", "users", "{\"of\":2}"),
                        record("erp", "käufe 2026", "{\"of\":3}"),
                        record("_private", "{\"of\":4}"),
                        record("n".repeat(64), "{\"of\":5}"),
                        record("empty", "{\"of\":6}"));

        assertSucceeded(result);
        assertThat(deployment.tables())
                .containsExactlyInAnyOrder(
                        "users", "erp_users", "source_erp_kaufe_2026", "source_private", "n".repeat(64), "empty");
        assertThat(deployment.records("erp_users")).containsExactly(stored("{\"of\":2}"));
        assertThat(deployment.records("source_erp_kaufe_2026")).containsExactly(stored("{\"of\":3}"));
        assertThat(result.logged("INFO"))
                .anyMatch(line -> line.contains("erp.käufe 2026") && line.contains("source_erp_kaufe_2026"));
    }

    @Test
    void a_primary_key_may_be_nested_composite_and_named_as_no_index_could_be() {
        final Result result = sync().write(
                        catalog(
                                dedup("nested").keyPaths(List.of(List.of("a", "b"), List.of("c"))),
                                dedup("spaced", "order id"),
                                dedup("nested_oddly").keyPaths(List.of(List.of("größe", "$id"))),
                                dedup("underscored", "_id"),
                                dedup(
                                        "widest",
                                        IntStream.range(0, 15)
                                                .mapToObj(i -> "k" + i)
                                                .toArray(String[]::new))),
                        record("nested", "{\"a\":{\"b\":1,\"x\":1},\"c\":1}"),
                        record("nested", "{\"a\":{\"b\":1,\"x\":2},\"c\":2}"),
                        record("nested", "{\"c\":1,\"a\":{\"x\":3,\"b\":1}}"),
                        record("spaced", "{\"order id\":\"A\",\"n\":1}"),
                        record("spaced", "{\"order id\":\"B\",\"n\":2}"),
                        record("spaced", "{\"n\":3,\"order id\":\"A\"}"),
                        record("nested_oddly", "{\"größe\":{\"$id\":1},\"n\":1}"),
                        record("nested_oddly", "{\"größe\":{\"$id\":1},\"n\":2}"),
                        record("underscored", "{\"_id\":null,\"n\":1}"),
                        record("underscored", "{\"_id\":null,\"n\":2}"),
                        record("underscored", "{\"_id\":0,\"n\":3}"),
                        record("widest", widest(1)),
                        record("widest", widest(2)));

        assertSucceeded(result);
        assertThat(deployment.records("nested"))
                .containsExactly(
                        stored("{\"a\":{\"b\":1,\"x\":3},\"c\":1}"), stored("{\"a\":{\"b\":1,\"x\":2},\"c\":2}"));
        assertThat(deployment.records("spaced"))
                .containsExactly(
                        stored("{\"source_order_id\":\"A\",\"n\":3}"), stored("{\"source_order_id\":\"B\",\"n\":2}"));
        assertThat(deployment.records("nested_oddly"))
                .containsExactly(stored("{\"source_grosse\":{\"source_id\":1},\"n\":2}"));
        assertThat(deployment.records("underscored"))
                .containsExactly(stored("{\"source_id\":null,\"n\":2}"), stored("{\"source_id\":0,\"n\":3}"));
        assertThat(deployment.records("widest")).containsExactly(stored(widest(2)));
    }

    private static String widest(final int n) {
        final StringBuilder record = new StringBuilder("{");
        IntStream.range(0, 15)
                .forEach(i ->
                        record.append("\"k").append(i).append("\":").append(i).append(','));
        return record.append("\"n\":").append(n).append('}').toString();
    }

    @Test
    void where_no_key_is_configured_the_one_that_the_source_defines_serves() {
        final var users = dedup("users").sourceDefinedKey("id");

        assertSucceeded(sync().write(
                        catalog(users), record("users", "{\"id\":1,\"n\":1}"), record("users", "{\"id\":1,\"n\":2}")));

        assertThat(deployment.records("users")).containsExactly(stored("{\"id\":1,\"n\":2}"));
    }

    @Test
    void a_key_column_that_the_json_schema_does_not_declare_is_only_suspicious() {
        final var users = dedup("users").keyPaths(List.of(List.of("id"))).declaring("name");

        final Result result = sync().write(catalog(users), record("users", "{\"id\":1,\"name\":\"Ada\"}"));

        assertSucceeded(result);
        assertThat(result.logged("WARN"))
                .singleElement()
                .asString()
                .contains("Stream users: the primary-key column id is not in the stream's JSON schema");
        assertThat(deployment.records("users")).containsExactly(stored("{\"id\":1,\"name\":\"Ada\"}"));
    }
}
