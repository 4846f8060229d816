package io.airbyte.integrations.destination.convex.acceptance;

import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.append;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.catalog;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.dedup;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.inMode;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.CANARY;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertFailed;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertStates;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertSucceeded;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.said;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.stored;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.record;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.state;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector.Result;
import io.airbyte.integrations.destination.convex.local.Fault;
import io.airbyte.integrations.destination.convex.local.Fault.When;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import io.airbyte.integrations.destination.convex.local.LoggedRequest;
import io.airbyte.integrations.destination.convex.local.Permission;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a stream that replaces its table leaves in the deployment, and what readers see meanwhile (DESIGN rule 8). */
class ReplaceIT {

    private static final String AT_ONCE = "/api/import";
    private static final String UPLOAD_PART = "/api/import/upload_part";
    private static final String WATCHING_KEY = "local|4444a5b5c6d6e7f7";

    @TempDir
    private Path folder;

    private final LocalDeployment deployment = LocalDeployment.builder()
            .key(WATCHING_KEY, Permission.IMPORT_BACKUPS, Permission.VIEW_BACKUPS)
            .start();

    @AfterEach
    void close() {
        deployment.close();
    }

    private LocalSync sync() {
        return new LocalSync(deployment, folder);
    }

    private static ConfiguredStreamJson overwrite(final String stream) {
        return inMode(stream, "overwrite");
    }

    private static String user(final int id, final String name) {
        return record("users", "{\"id\":%d,\"name\":\"%s\"}".formatted(id, name));
    }

    private static ObjectNode storedUser(final int id, final String name) {
        return stored("{\"id\":%d,\"name\":\"%s\"}".formatted(id, name));
    }

    /** Users with ids from 0, each with this name. */
    private static Stream<String> users(final int count, final String name) {
        return IntStream.range(0, count).mapToObj(id -> user(id, name));
    }

    private Result write(final LocalSync sync, final String catalog, final Stream<String> lines) {
        try (PackagedConnector connector = sync.start(catalog)) {
            return connector.reads(lines).result();
        }
    }

    private void tableHolds(final Stream<String> lines) {
        assertSucceeded(write(sync(), catalog(append("users")), lines));
    }

    private List<String> ids(final String table) {
        return deployment.documents(table).stream()
                .map(document -> document.get("_id").asText())
                .toList();
    }

    // What is there afterwards.

    @Test
    void old_documents_are_gone_and_new_ones_there_in_the_order_in_which_they_came() {
        tableHolds(users(100, "old"));
        final OptionalInt number = deployment.tableNumber("users");
        final List<String> oldIds = ids("users");
        final int count = 20_001;

        final Result result = write(
                sync(), catalog(overwrite("users")), Stream.concat(users(count, "new"), Stream.of(state("users", 1))));

        assertSucceeded(result);
        assertThat(deployment.records("users"))
                .isEqualTo(IntStream.range(0, count)
                        .mapToObj(id -> storedUser(id, "new"))
                        .toList());
        assertThat(deployment.tableNumber("users")).isEqualTo(number);
        assertThat(ids("users")).doesNotContainAnyElementsOf(oldIds).doesNotHaveDuplicates();
        assertStates(result, state("users", 1));
        assertThat(LocalSync.recordCounts(result)).containsExactly(count + ".0");
    }

    @Test
    void a_table_that_is_not_there_yet_is_made() {
        assertSucceeded(sync().write(catalog(overwrite("users")), user(1, "new")));

        assertThat(deployment.records("users")).containsExactly(storedUser(1, "new"));
    }

    @Test
    void no_records_leave_an_empty_table() {
        tableHolds(users(3, "old"));

        final Result result =
                sync().write(catalog(overwrite("users"), overwrite("pets")), state("users", 1), state("pets", 2));

        assertSucceeded(result);
        assertStates(result, state("users", 1), state("pets", 2));
        assertThat(deployment.tables()).containsExactlyInAnyOrder("users", "pets");
        assertThat(deployment.size("users")).isZero();
        assertThat(deployment.size("pets")).isZero();
    }

    @Test
    void the_same_sync_again_leaves_the_same_documents() {
        for (int i = 0; i < 3; i++) {
            assertSucceeded(sync().write(catalog(overwrite("users")), user(1, "new"), user(1, "new"), user(2, "new")));
        }

        assertThat(deployment.records("users"))
                .containsExactly(storedUser(1, "new"), storedUser(1, "new"), storedUser(2, "new"));
    }

    @Test
    void tables_that_no_stream_goes_to_are_left_alone() {
        assertSucceeded(sync().write(catalog(append("orders")), record("orders", "{\"id\":1}")));
        final List<ObjectNode> orders = deployment.documents("orders");

        assertSucceeded(sync().write(catalog(overwrite("users")), user(1, "new")));

        assertThat(deployment.documents("orders")).isEqualTo(orders);
    }

    private static final List<String> HOSTILE = List.of(
            "{}",
            "{\"id\":1,\"_id\":\"k17\",\"_creationTime\":5,\"_airbyte_raw_id\":\"x\",\"source_id\":2}",
            "{\"$oid\":\"x\",\"o\":{\"$oid\":\"x\",\"_id\":1,\"é\":{\"$date\":{\"$numberLong\":\"1\"}}},\"a\":[{\"_x\":[{\"$y\":1}]}]}",
            "{\"o\":{\"_id\":1,\"$id\":2,\"source_id\":3},\"é\":1,\"è\":2,\"source_e\":3}",
            "{\"größe\":1,\"日本\":2,\"naïve café\":3,\"order id\":4,\"a.b\":5,\"\":6,\"tab\\there\":7}",
            "{\"n\":9007199254740993,\"m\":-9223372036854775808,\"l\":[123456789012345678901234567890],\"z\":-0.0,\"d\":1.5e300}",
            "{\"integer\":{\"$integer\":\"AQAAAAAAAAA=\"},\"bytes\":{\"$bytes\":\"AQ==\"},\"float\":{\"$float\":\"AAAAAAAA+H8=\"}}",
            "{\"n\":null,\"o\":{\"n\":null},\"a\":[null,[null,[{}]],[]],\"t\":true}",
            "{\"s\":\"\\u0000 \\\" \\\\ \\/ \\u00e9 \\ud83d\\ude00 é😀\u2028 CR\\rLF\\n\",\"c\":\"\\ud83d\\ude00\"}",
            "{\"lone\":\"\\ud800\",\"huge\":1e400,\"deep\":" + "[".repeat(20) + "]".repeat(20) + "}",
            "{\"long\":\"" + "x".repeat(1 << 20) + "\",\"short\":1}",
            "{\"twice\":1,\"o\":{\"twice\":1,\"twice\":2},\"twice\":3,\"\\u0061\":4}",
            "{\"id\":2,\"_ab_cdc_lsn\":7,\"_ab_cdc_updated_at\":\"now\",\"_ab_cdc_deleted_at\":null}",
            "{\"id\":2,\"_ab_cdc_lsn\":8,\"_ab_cdc_deleted_at\":\"then\",\"ab_cdc_lsn\":\"mine\"}",
            "{\"airbyte_meta\":{\"a\":1},\"airbyte_extracted_at\":1,\"source_ab_cdc\":1}");

    static Stream<Arguments> options() {
        return Stream.of(
                Arguments.of("as they are by default", Map.of()),
                Arguments.of("with metadata", Map.of("airbyte_metadata", true)),
                Arguments.of("with rounded integers", Map.of("large_integers", "number")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("options")
    void overwrite_and_append_make_the_same_documents_of_the_same_records(
            final String name, final Map<String, Object> options) {
        final LocalSync sync = sync();
        options.forEach(sync::option);
        final List<String> lines = HOSTILE.stream()
                .flatMap(data -> Stream.of(record("replaced", data), record("appended", data)))
                .toList();

        assertSucceeded(sync.write(
                catalog(overwrite("replaced").ids(1, 1, 5), append("appended").ids(1, 1, 5)), lines));

        assertThat(deployment.records("appended")).hasSize(HOSTILE.size());
        assertThat(deployment.records("replaced")).isEqualTo(deployment.records("appended"));
    }

    @Test
    void every_stream_of_a_sync_goes_its_own_way() {
        assertSucceeded(sync().write(
                        catalog(append("users"), append("pets"), append("orders")),
                        record("users", "{\"id\":1}"),
                        record("pets", "{\"id\":1}"),
                        record("orders", "{\"id\":1}")));

        final Result result = sync().write(
                        catalog(overwrite("users"), append("orders"), overwrite("pets")),
                        record("users", "{\"id\":2}"),
                        record("orders", "{\"id\":2}"),
                        record("pets", "{\"id\":2}"),
                        record("users", "{\"id\":3}"),
                        record("pets", "{\"id\":3}"),
                        state("orders", 1));

        assertSucceeded(result);
        assertThat(deployment.records("users")).containsExactly(stored("{\"id\":2}"), stored("{\"id\":3}"));
        assertThat(deployment.records("pets")).containsExactly(stored("{\"id\":2}"), stored("{\"id\":3}"));
        assertThat(deployment.records("orders")).containsExactly(stored("{\"id\":1}"), stored("{\"id\":2}"));
        assertStates(result, state("orders", 1));
    }

    @Test
    void thirty_tables_are_replaced_by_one_sync() {
        final int streams = 30;
        final List<ConfiguredStreamJson> configured =
                IntStream.range(0, streams).mapToObj(i -> overwrite("s" + i)).toList();
        final Function<Integer, List<String>> lines = version -> IntStream.range(0, 3_000)
                .mapToObj(i -> record("s" + i % streams, "{\"id\":%d,\"v\":%d}".formatted(i, version)))
                .toList();
        assertSucceeded(sync().write(catalog(configured), lines.apply(1)));

        assertSucceeded(sync().write(catalog(configured), lines.apply(2)));

        for (int i = 0; i < streams; i++) {
            assertThat(deployment.records("s" + i))
                    .hasSize(100)
                    .allMatch(document -> document.get("v").asInt() == 2);
        }
    }

    @Test
    void a_namespace_is_part_of_the_tables_name() {
        tableHolds(users(1, "old"));

        assertSucceeded(sync().write(
                        catalog(
                                overwrite("users").namespace("erp"),
                                overwrite("käufe 2026").namespace("erp"),
                                append("users")),
                        record("erp", "users", "{\"id\":1}"),
                        record("erp", "käufe 2026", "{\"id\":2}")));

        assertThat(deployment.records("erp_users")).containsExactly(stored("{\"id\":1}"));
        assertThat(deployment.records("source_erp_kaufe_2026")).containsExactly(stored("{\"id\":2}"));
        assertThat(deployment.records("users")).containsExactly(storedUser(0, "old"));
    }

    // The last record of each key.

    /** A stream that is replaced and deduplicated, as a platform that knows refreshes asks for it. */
    private Result overwriteDedup(final ConfiguredStreamJson stream, final String name, final List<String> data) {
        final List<String> lines =
                new ArrayList<>(data.stream().map(each -> record(name, each)).toList());
        lines.add(state(name, 1));
        lines.add(status(name, "COMPLETE"));
        return sync().environment("WORKER_JOB_ID", "7").write(catalog(stream.ids(2, 2, 7)), lines);
    }

    /** Records of one key scheme, and what is left of them. */
    private record Keyed(String name, List<List<String>> key, List<String> data, List<String> left) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Keyed> keyed() {
        final List<List<String>> id = List.of(List.of("id"));
        return Stream.of(
                new Keyed(
                        "the last that came, whatever its cursor says",
                        id,
                        List.of("{\"id\":1,\"c\":9}", "{\"id\":2,\"c\":1}", "{\"id\":1,\"c\":3}", "{\"id\":2}"),
                        List.of("{\"id\":1,\"c\":3}", "{\"id\":2}")),
                new Keyed(
                        "deletes remove, and what comes later is there again",
                        id,
                        List.of(
                                "{\"id\":1,\"n\":1,\"_ab_cdc_deleted_at\":null}",
                                "{\"id\":2,\"n\":1}",
                                "{\"id\":1,\"_ab_cdc_deleted_at\":\"now\"}",
                                "{\"id\":3,\"_ab_cdc_deleted_at\":\"now\"}",
                                "{\"id\":4,\"_ab_cdc_deleted_at\":\"now\"}",
                                "{\"id\":4,\"n\":2,\"_ab_cdc_lsn\":5}"),
                        List.of("{\"id\":2,\"n\":1}", "{\"id\":4,\"n\":2}")),
                new Keyed(
                        "1 and 1.0 are one key, and \"1\", true and null are others",
                        id,
                        List.of(
                                "{\"id\":1,\"n\":1}",
                                "{\"id\":\"1\",\"n\":2}",
                                "{\"id\":null,\"n\":3}",
                                "{\"id\":true,\"n\":4}",
                                "{\"id\":1.0,\"n\":5}",
                                "{\"id\":10e-1,\"n\":6}",
                                "{\"id\":null,\"n\":7}"),
                        List.of(
                                "{\"id\":\"1\",\"n\":2}",
                                "{\"id\":true,\"n\":4}",
                                "{\"id\":1,\"n\":6}",
                                "{\"id\":null,\"n\":7}")),
                new Keyed(
                        "one text written in two ways is one key",
                        id,
                        List.of(
                                "{\"id\":\"é/\",\"n\":1}",
                                "{\"id\":\"\\u00e9\\/\",\"n\":2}",
                                "{\"id\":\"e/\",\"n\":3}"),
                        List.of("{\"id\":\"é/\",\"n\":2}", "{\"id\":\"e/\",\"n\":3}")),
                new Keyed(
                        "neighbouring large integers are different keys",
                        id,
                        List.of(
                                "{\"id\":9007199254740993,\"n\":1}",
                                "{\"id\":9007199254740992,\"n\":2}",
                                "{\"n\":3,\"id\":9007199254740993}"),
                        List.of("{\"id\":\"9007199254740992\",\"n\":2}", "{\"id\":\"9007199254740993\",\"n\":3}")),
                new Keyed(
                        "a key of several columns",
                        List.of(List.of("a"), List.of("b")),
                        List.of(
                                "{\"a\":\"x\",\"b\":\"yz\",\"n\":1}",
                                "{\"a\":\"xy\",\"b\":\"z\",\"n\":2}",
                                "{\"b\":\"yz\",\"n\":3,\"a\":\"x\"}"),
                        List.of("{\"a\":\"xy\",\"b\":\"z\",\"n\":2}", "{\"a\":\"x\",\"b\":\"yz\",\"n\":3}")),
                new Keyed(
                        "a nested key with names that Convex reserves",
                        List.of(List.of("größe", "$id"), List.of("c")),
                        List.of(
                                "{\"größe\":{\"$id\":1,\"x\":1},\"c\":1}",
                                "{\"größe\":{\"$id\":1,\"x\":2},\"c\":2}",
                                "{\"c\":1,\"größe\":{\"x\":3,\"$id\":1}}"),
                        List.of(
                                "{\"source_grosse\":{\"source_id\":1,\"x\":2},\"c\":2}",
                                "{\"source_grosse\":{\"source_id\":1,\"x\":3},\"c\":1}")));
    }

    @ParameterizedTest
    @MethodSource("keyed")
    void overwrite_dedup_leaves_the_last_record_of_each_key_as_append_dedup_would(final Keyed keyed) {
        assertSucceeded(sync().write(catalog(append("a")), record("a", "{\"id\":\"old\"}")));
        final List<ObjectNode> left =
                keyed.left().stream().map(LocalSync::stored).toList();

        final Result result = overwriteDedup(dedup("a").keyPaths(keyed.key()), "a", keyed.data());
        final Result plain = sync().write(
                        catalog(dedup("b").keyPaths(keyed.key())),
                        keyed.data().stream().map(each -> record("b", each)).toList());

        assertSucceeded(result);
        assertStates(result, state("a", 1));
        assertThat(LocalSync.recordCounts(result)).containsExactly(keyed.data().size() + ".0");
        assertThat(deployment.records("a")).containsExactlyInAnyOrderElementsOf(left);
        assertSucceeded(plain);
        assertThat(deployment.records("b")).containsExactlyInAnyOrderElementsOf(left);
    }

    @Test
    void overwrite_dedup_of_twenty_thousand_keys_that_came_three_times() {
        final List<String> data = IntStream.range(0, 60_000)
                .mapToObj(i -> "{\"id\":%d,\"n\":%d}".formatted(i % 20_000, i))
                .toList();

        assertSucceeded(overwriteDedup(dedup("users", "id"), "users", data));

        final List<ObjectNode> documents = deployment.records("users");
        assertThat(documents).hasSize(20_000);
        assertThat(documents)
                .allMatch(document ->
                        document.get("n").asInt() == document.get("id").asInt() + 40_000);
    }

    @Test
    void overwrite_dedup_of_deletes_alone_leaves_an_empty_table() {
        tableHolds(users(3, "old"));

        assertSucceeded(overwriteDedup(
                dedup("users", "id"),
                "users",
                List.of("{\"id\":1,\"_ab_cdc_deleted_at\":\"now\"}", "{\"id\":2,\"_ab_cdc_deleted_at\":\"now\"}")));

        assertThat(deployment.tables()).contains("users");
        assertThat(deployment.size("users")).isZero();
    }

    @Test
    void the_primary_key_index_is_ready_after_overwrite_dedup_and_the_next_sync_upserts() {
        deployment.indexBackfillTime(Duration.ofSeconds(1));

        assertSucceeded(
                overwriteDedup(dedup("users", "id"), "users", List.of("{\"id\":1,\"n\":1}", "{\"id\":2,\"n\":1}")));

        assertThat(deployment.primaryKeyIndex("users")).containsExactly("id");
        assertSucceeded(sync().write(
                        catalog(dedup("users", "id")),
                        record("users", "{\"id\":2,\"n\":2}"),
                        record("users", "{\"id\":3,\"n\":2}"),
                        record("users", "{\"id\":1,\"_ab_cdc_deleted_at\":\"now\"}")));
        assertThat(deployment.records("users"))
                .containsExactlyInAnyOrder(stored("{\"id\":2,\"n\":2}"), stored("{\"id\":3,\"n\":2}"));
    }

    @Test
    void a_table_that_was_overwritten_keeps_its_primary_key_index() {
        assertSucceeded(sync().write(catalog(dedup("users", "id")), user(1, "old"), user(2, "old")));

        assertSucceeded(sync().write(catalog(overwrite("users")), user(2, "new"), user(3, "new")));

        assertThat(deployment.primaryKeyIndex("users")).containsExactly("id");
        assertSucceeded(sync().write(catalog(dedup("users", "id")), user(3, "newer")));
        assertThat(deployment.records("users")).containsExactlyInAnyOrder(storedUser(2, "new"), storedUser(3, "newer"));
    }

    @Test
    void an_index_that_is_being_built_on_the_old_table_is_waited_for() {
        tableHolds(users(3, "old"));
        deployment.holdIndexBackfills();
        try (PackagedConnector abandoned = sync().start(catalog(dedup("users", "id")))) {
            await().until(() -> !deployment
                    .requests("/api/streaming_import/primary_key_indexes_ready")
                    .isEmpty());
            abandoned.kill();
            abandoned.ended();
        }
        final int polls = polls();

        try (PackagedConnector connector = sync().start(catalog(overwrite("users")))) {
            final CompletableFuture<Result> end =
                    connector.reads(user(1, "new")).closesInput();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> polls() > polls
                            || !deployment.requests("/api/perform_import").isEmpty());
            assertThat(end).isNotDone();
            assertThat(deployment.size("users")).isEqualTo(3);
            deployment.finishIndexBackfills();

            assertSucceeded(end.join());
        }
        assertThat(deployment.records("users")).containsExactly(storedUser(1, "new"));
        assertThat(deployment.primaryKeyIndex("users")).containsExactly("id");
    }

    private int polls() {
        return deployment
                .requests("/api/streaming_import/primary_key_indexes_ready")
                .size();
    }

    // Applications with a schema of their own.

    private static final String NAMES_ARE_TEXT =
            "{\"schemaValidation\":true,\"tables\":[{\"tableName\":\"users\",\"documentType\":{\"type\":\"object\",\"value\":{"
                    + "\"id\":{\"fieldType\":{\"type\":\"number\"},\"optional\":false},"
                    + "\"name\":{\"fieldType\":{\"type\":\"string\"},\"optional\":false}}}}]}";

    private List<String> everyKey() {
        return List.of(deployment.adminKey(), WATCHING_KEY, deployment.importOnlyKey());
    }

    @Test
    void a_record_that_the_applications_schema_refuses_leaves_the_old_table_whole() {
        tableHolds(users(3, "old"));
        deployment.setSchema(NAMES_ARE_TEXT);

        for (final String key : everyKey()) {
            final Result result = sync().key(key)
                    .write(
                            catalog(overwrite("users")),
                            user(1, "new"),
                            record("users", "{\"id\":2,\"name\":[\"%s\"]}".formatted(CANARY)),
                            state("users", 1));

            assertThat(assertFailed(result, "config_error")).contains("users", "\"name\"");
            assertThat(result.error().at("/stream_descriptor/name").asText()).isEqualTo("users");
            assertThat(result.states()).isEmpty();
            assertThat(deployment.records("users"))
                    .containsExactly(storedUser(0, "old"), storedUser(1, "old"), storedUser(2, "old"));
        }
    }

    @Test
    void records_that_the_applications_schema_admits_replace_the_table() {
        tableHolds(users(3, "old"));
        deployment.setSchema(NAMES_ARE_TEXT);

        assertSucceeded(sync().write(catalog(overwrite("users")), user(1, "new")));

        assertThat(deployment.records("users")).containsExactly(storedUser(1, "new"));
    }

    @Test
    void a_schema_that_changes_meanwhile_is_no_reason_to_fail() {
        tableHolds(users(3, "old"));
        deployment.importStepTime(Duration.ofMillis(500));

        try (PackagedConnector connector = sync().start(catalog(overwrite("users")))) {
            final CompletableFuture<Result> end =
                    connector.reads(user(1, "new")).closesInput();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> deployment.imports().stream()
                            .anyMatch(row -> row.at("/state/state").asText().equals("in_progress")
                                    && !row.at("/checkpoints/0/tablet_id").isNull()));
            deployment.setSchema(NAMES_ARE_TEXT);

            assertSucceeded(end.join());
        }
        assertThat(deployment.records("users")).containsExactly(storedUser(1, "new"));
    }

    // What readers see meanwhile.

    @Test
    void a_reader_that_polls_sees_the_whole_old_table_or_the_whole_new_one() {
        tableHolds(users(20_000, "old"));
        deployment.importStepTime(Duration.ofMillis(300));
        final DeploymentReader reader = new DeploymentReader(deployment.url(), deployment.adminKey());
        final Set<Map<String, Long>> seen = ConcurrentHashMap.newKeySet();
        final Set<Long> sizes = ConcurrentHashMap.newKeySet();

        try (PackagedConnector connector = sync().start(catalog(overwrite("users")))) {
            final CompletableFuture<Result> end =
                    connector.reads(users(15_000, "new")).closesInput();
            while (!end.isDone()) {
                seen.add(countsByName());
                sizes.add(reader.size("users"));
            }

            assertSucceeded(end.join());
        }
        seen.add(countsByName());
        assertThat(seen).containsExactlyInAnyOrder(Map.of("old", 20_000L), Map.of("new", 15_000L));
        assertThat(sizes).contains(20_000L).isSubsetOf(20_000L, 15_000L);
    }

    /** How many documents of each name there are, all read at one moment. */
    private Map<String, Long> countsByName() {
        final Map<String, Long> counts = new ConcurrentHashMap<>();
        for (final JsonNode document : deployment.documents("users")) {
            counts.merge(document.get("name").asText(), 1L, Long::sum);
        }
        return Map.copyOf(counts);
    }

    // What the key may do decides the route.

    private static final int MEGABYTE = 1_000_000;

    private static Stream<String> largeUsers(final int megabytes) {
        return IntStream.range(0, megabytes).mapToObj(id -> user(id, "x".repeat(MEGABYTE)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 30})
    void a_key_that_may_only_import_replaces_by_a_single_request(final int megabytes) {
        tableHolds(users(3, "old"));

        final Result result = write(
                sync().key(deployment.importOnlyKey()),
                catalog(overwrite("users")),
                Stream.concat(largeUsers(megabytes), Stream.of(state("users", 1))));

        assertSucceeded(result);
        assertStates(result, state("users", 1));
        assertThat(deployment.size("users")).isEqualTo(megabytes);
        assertThat(deployment.requests(AT_ONCE))
                .singleElement()
                .satisfies(request -> assertThat(request.bodyBytes()).isGreaterThan((long) megabytes * MEGABYTE));
        assertThat(deployment.requests(UPLOAD_PART)).isEmpty();
        assertThat(said(result)).contains("deployment:backups:view");
    }

    @Test
    void a_key_that_may_watch_imports_replaces_by_parts_that_every_store_takes() {
        tableHolds(users(3, "old"));

        final Result result = write(sync().key(WATCHING_KEY), catalog(overwrite("users")), largeUsers(40));

        assertSucceeded(result);
        assertThat(deployment.size("users")).isEqualTo(40);
        assertThat(deployment.requests(AT_ONCE)).isEmpty();
        final List<LoggedRequest> parts = deployment.requests(UPLOAD_PART);
        assertThat(parts).hasSizeGreaterThan(1);
        assertThat(parts.stream().map(part -> part.query().get("partNumber")))
                .containsExactlyElementsOf(IntStream.rangeClosed(1, parts.size())
                        .mapToObj(Integer::toString)
                        .toList());
        assertThat(parts).allMatch(part -> part.bodyBytes() <= 16 << 20);
        assertThat(parts.subList(0, parts.size() - 1)).allMatch(part -> part.bodyBytes() >= 5 << 20);
    }

    static Stream<Arguments> unknownOutcomes() {
        return Stream.of(
                Arguments.of("time-out", Fault.emptyAnswer(When.AFTER_COMMIT, 408)),
                Arguments.of("lost answer", Fault.lostAfterCommit()),
                Arguments.of("lost request", Fault.lostBeforeCommit()),
                Arguments.of("half answer", new Fault.HalfAnswer()),
                Arguments.of("502 of a proxy", Fault.answer(When.AFTER_COMMIT, 502, "text/html", "<html>Bad</html>")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unknownOutcomes")
    void a_single_request_whose_outcome_is_unknown_is_not_sent_again_and_the_error_names_the_permission_that_helps(
            final String name, final Fault fault) {
        tableHolds(users(3, "old"));
        deployment.failNext(AT_ONCE, fault);

        final Result result = sync().key(deployment.importOnlyKey())
                .write(catalog(overwrite("users")), user(1, CANARY), state("users", 1));

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.error().get("message").asText()).contains("users", "deployment:backups:view");
        assertThat(said(result)).doesNotContain(CANARY);
        assertThat(result.states()).isEmpty();
        assertThat(deployment.requests(AT_ONCE)).hasSize(1);
        assertThat(deployment.records("users"))
                .isIn(
                        List.of(storedUser(0, "old"), storedUser(1, "old"), storedUser(2, "old")),
                        List.of(storedUser(1, CANARY)));
    }
}
