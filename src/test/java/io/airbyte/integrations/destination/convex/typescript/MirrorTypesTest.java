package io.airbyte.integrations.destination.convex.typescript;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbyte.integrations.destination.convex.config.ConnectorConfig;
import io.airbyte.integrations.destination.convex.config.ConnectorConfig.LargeIntegers;
import io.airbyte.integrations.destination.convex.config.ConnectorConfig.UnstorableValues;
import io.airbyte.integrations.destination.convex.protocol.ConfiguredCatalog;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.sync.SyncPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MirrorTypesTest {

    private static final String USERS = """
            {"stream": {"name": "users", "namespace": "shop", "json_schema": {"properties": {
                "id": {"type": "integer"},
                "name": {"type": ["null", "string"]},
                "address": {"type": "object", "properties": {"city": {"type": "string"}}},
                "updated_at": {"type": "string", "format": "date-time"}}}},
             "sync_mode": "incremental", "cursor_field": ["updated_at"], "destination_sync_mode": "append_dedup",
             "primary_key": [["id"], ["address", "city"]]}
            """;
    private static final String EVENTS = """
            {"stream": {"name": "events", "json_schema": {"properties": {"order id": {"type": "string"}}}},
             "sync_mode": "full_refresh", "destination_sync_mode": "append"}
            """;

    @TempDir
    private Path folder = Path.of("");

    private List<String> generated(final Path out, final String... streams) throws IOException {
        final Path catalog = folder.resolve("catalog.json");
        Files.writeString(catalog, "{\"streams\":[" + String.join(",", streams) + "]}");
        final List<String> told = new ArrayList<>();
        final ConnectorConfig config = new ConnectorConfig("", "", LargeIntegers.NUMBER, UnstorableValues.FAIL, false);
        new MirrorTypes(SyncPlan.of(ConfiguredCatalog.read(catalog), Map.of()), config).writeTo(out, told::add);
        return told;
    }

    private String text(final Path out, final String name) throws IOException {
        return Files.readString(out.resolve(name), UTF_8);
    }

    @Test
    void the_schema_has_a_table_for_each_stream() throws IOException {
        generated(folder, USERS, EVENTS);
        assertThat(text(folder, "schema.ts")).contains("""
                export const mirrorTables = {
                  // Stream shop.users, append_dedup.
                  // An index in the order of the source's cursor: shop_users: mirrorTables.shop_users.index("by_updated_at", ["updated_at"]).
                  shop_users: defineTable({
                    id: v.union(v.number(), v.string()),
                    name: v.optional(v.union(v.string(), v.null())),
                    address: v.object({
                      city: v.string(),
                    }),
                    updated_at: v.optional(v.string()),
                    airbyte_meta: v.optional(v.object({
                      changes: v.array(v.any()),
                    })),
                  }).index("by_primary_key", ["id", "address.city"]),

                  // Stream events, append.
                  // v.any(): a validator knows only identifiers of at most 64 characters, and at most 1,022.
                  events: defineTable(v.any()),
                };
                """);
    }

    @Test
    void tables_with_a_primary_key_have_a_reader_by_it() throws IOException {
        generated(folder, USERS, EVENTS);
        assertThat(text(folder, "mirror.ts"))
                .contains("mirrorTableNames = [\"shop_users\", \"events\"] as const")
                .contains("""
                          shop_users: (db: Reader, key: { id: number | string; address_city: string }) =>
                            db
                              .query("shop_users")
                              .withIndex("by_primary_key", (q) => q.eq("id", key.id).eq("address.city", key.address_city))
                              .unique(),
                        };
                        """);
    }

    @ParameterizedTest
    @CsvSource({
        "convex, ./_generated/server",
        "convex/mirror, ../_generated/server",
        "convex/a/b, ../../_generated/server",
        "elsewhere, ../_generated/server"
    })
    void generated_files_find_those_of_convex(final String out, final String imported) throws IOException {
        generated(folder.resolve(out), USERS);
        assertThat(text(folder.resolve(out), "mirror.ts")).contains("from \"" + imported + "\"");
    }

    @Test
    void a_second_run_tells_what_has_changed() throws IOException {
        assertThat(generated(folder, USERS)).allMatch(line -> line.endsWith(" is new."));
        assertThat(generated(folder, USERS)).allMatch(line -> line.endsWith(" is up to date."));
        assertThat(generated(folder, USERS.replace("\"null\", ", "")))
                .containsExactly(
                        folder.resolve("schema.ts") + " has changed:",
                        "    shop_users: defineTable({",
                        "-     name: v.optional(v.union(v.string(), v.null())),",
                        "+     name: v.optional(v.string()),",
                        folder.resolve("mirror.ts") + " is up to date.");
    }

    @Test
    void a_file_that_somebody_wrote_stays_as_it_is() throws IOException {
        Files.writeString(folder.resolve("mirror.ts"), "// mine");
        assertThatThrownBy(() -> generated(folder, USERS))
                .isInstanceOfSatisfying(
                        Failure.class,
                        failure -> assertThat(failure.message())
                                .contains("mirror.ts was not generated by this command", "--out"));
        assertThat(text(folder, "mirror.ts")).isEqualTo("// mine");
        assertThat(folder.resolve("schema.ts")).doesNotExist();
    }

    @Test
    void a_folder_that_cannot_be_made_is_an_error_that_names_the_file() throws IOException {
        final Path file = Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> generated(file.resolve("below"), USERS))
                .isInstanceOfSatisfying(
                        Failure.class,
                        failure -> assertThat(failure.message()).contains("schema.ts", "cannot be written"));
    }

    @Test
    void a_streams_name_cannot_leave_its_comment() throws IOException {
        generated(folder, EVENTS.replace("\"events\"", "\"e\\nevil();\\u2028\\r//\""));
        assertThat(text(folder, "schema.ts")).contains("  // Stream e?evil();??//, append.\n");
    }
}
