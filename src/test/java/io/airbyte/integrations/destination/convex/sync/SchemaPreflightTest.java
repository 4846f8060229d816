package io.airbyte.integrations.destination.convex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbyte.integrations.destination.convex.config.ConnectorConfig;
import io.airbyte.integrations.destination.convex.config.ConnectorConfig.LargeIntegers;
import io.airbyte.integrations.destination.convex.config.ConnectorConfig.UnstorableValues;
import io.airbyte.integrations.destination.convex.convex.ApplicationSchema;
import io.airbyte.integrations.destination.convex.protocol.ConfiguredCatalog;
import io.airbyte.integrations.destination.convex.protocol.ConfiguredStream;
import io.airbyte.integrations.destination.convex.protocol.DeclaredType;
import io.airbyte.integrations.destination.convex.protocol.DeclaredType.Property;
import io.airbyte.integrations.destination.convex.protocol.DeclaredType.Struct;
import io.airbyte.integrations.destination.convex.protocol.DestinationSyncMode;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.StreamDescriptor;
import io.airbyte.integrations.destination.convex.protocol.SyncMode;
import io.airbyte.integrations.destination.convex.validator.Validator;
import io.airbyte.integrations.destination.convex.validator.Validator.Field;
import io.airbyte.integrations.destination.convex.validator.Validator.Kind;
import io.airbyte.integrations.destination.convex.validator.Validator.ObjectOf;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.logging.Level;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SchemaPreflightTest {

    private static final Validator NUMBER = Validator.of(Kind.NUMBER);
    private static final Validator STRING = Validator.of(Kind.STRING);
    private static final Property TEXT = new Property(new DeclaredType.Text(), false);
    private static final Property INTEGER = new Property(new DeclaredType.Numeric(false), false);

    private boolean metadata;
    private boolean open = true;

    private final Map<String, Validator> tables = new LinkedHashMap<>();

    private void table(final String name, final Map<String, Field> fields) {
        tables.put(name, new ObjectOf(fields));
    }

    private static Field required(final Validator value) {
        return new Field(value, false);
    }

    private static Field optional(final Validator value) {
        return new Field(value, true);
    }

    private SchemaPreflight preflight() {
        return new SchemaPreflight(
                new ApplicationSchema(tables),
                new ConnectorConfig("", "", LargeIntegers.STRING, UnstorableValues.NULL_AND_RECORD, metadata));
    }

    private ConfiguredStream users(final Map<String, Property> columns) {
        return stream("users", columns);
    }

    private ConfiguredStream stream(final String name, final Map<String, Property> columns) {
        return new ConfiguredStream(
                StreamDescriptor.of(name),
                SyncMode.INCREMENTAL,
                DestinationSyncMode.APPEND_DEDUP,
                List.of(List.of("id")),
                List.of(),
                new Struct(columns, open),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty());
    }

    private Optional<Failure> failure(final ConfiguredStream... streams) {
        try {
            preflight().requireFit(SyncPlan.of(new ConfiguredCatalog(List.of(streams), List.of()), Map.of()));
            return Optional.empty();
        } catch (final Failure failure) {
            return Optional.of(failure);
        }
    }

    private List<String> warnings(final ConfiguredStream... streams) {
        try (LoggedLines log = LoggedLines.of(SchemaPreflight.class)) {
            assertThat(failure(streams)).isEmpty();
            return log.at(Level.WARNING);
        }
    }

    @Test
    void a_table_that_the_schema_does_not_name_takes_everything() {
        table("others", Map.of("id", required(STRING)));
        assertThat(warnings(users(Map.of("id", INTEGER)))).isEmpty();
    }

    @Test
    void a_schema_that_takes_the_streams_records_is_not_mentioned() {
        table("users", Map.of("id", required(NUMBER), "name", optional(STRING), "note", optional(STRING)));
        assertThat(warnings(users(Map.of("id", INTEGER, "name", TEXT)))).isEmpty();
    }

    @Test
    void a_key_of_another_type_is_refused_with_the_line_to_change() {
        table("users", Map.of("id", required(STRING)));
        assertThat(failure(users(Map.of("id", INTEGER))).orElseThrow().message())
                .isEqualTo(
                        "Stream users cannot be written to table users: the application's schema refuses its records.\n"
                                + "- Field id: the schema has v.string(), the connector sends v.number()."
                                + " Change the line to  id: v.union(v.number(), v.string()),\n"
                                + "Or remove the table from the schema (convex/schema.ts). Push the schema and run the sync again.");
    }

    @Test
    void a_refusal_is_a_config_error_that_concerns_its_stream() {
        table("users", Map.of("id", required(STRING)));
        assertThat(failure(users(Map.of("id", INTEGER)))).hasValueSatisfying(failure -> {
            assertThat(failure.kind()).isEqualTo(Failure.Kind.CONFIG_ERROR);
            assertThat(failure.stream()).contains(StreamDescriptor.of("users"));
        });
    }

    @Test
    void every_stream_that_is_refused_is_named() {
        table("users", Map.of("id", required(STRING)));
        table("orders", Map.of("id", required(STRING)));
        assertThat(failure(users(Map.of("id", INTEGER)), stream("orders", Map.of("id", INTEGER))))
                .hasValueSatisfying(failure ->
                        assertThat(failure.message()).contains("Stream users cannot", "Stream orders cannot"));
    }

    @Test
    void a_key_that_the_schema_does_not_know_is_refused() {
        table("users", Map.of("name", optional(STRING)));
        assertThat(failure(users(Map.of("id", INTEGER))).orElseThrow().message())
                .contains("Field id: the schema does not have it, the connector sends v.number()."
                        + " Add the line  id: v.union(v.number(), v.string()),");
    }

    @Test
    void metadata_that_the_schema_does_not_know_are_refused() {
        metadata = true;
        table("users", Map.of("id", required(NUMBER)));
        assertThat(failure(users(Map.of("id", INTEGER))).orElseThrow().message())
                .contains("Field airbyte_extracted_at: the schema does not have it");
    }

    @Test
    void a_column_that_may_come_and_that_the_schema_does_not_know_is_warned_of() {
        table("users", Map.of("id", required(NUMBER)));
        assertThat(warnings(users(Map.of("id", INTEGER, "name", TEXT))))
                .singleElement()
                .asString()
                .contains("Stream users: the application's schema of table users may refuse some of its records.")
                .contains("Field name: the schema does not have it, the connector sends v.optional(v.string())."
                        + " Add the line  name: v.optional(v.union(v.string(), v.null())),");
    }

    @Test
    void a_column_that_the_schema_requires_may_come_unless_the_stream_excludes_it() {
        table("users", Map.of("id", required(NUMBER), "name", required(STRING)));
        assertThat(warnings(users(Map.of("id", INTEGER))))
                .singleElement()
                .asString()
                .contains("Field name: the schema has v.string(), the stream's JSON schema has no such column."
                        + " Change the line to  name: v.optional(v.string()),");
        open = false;
        assertThat(failure(users(Map.of("id", INTEGER)))).isPresent();
    }

    @Test
    void of_several_shapes_that_a_table_may_have_the_nearest_is_told_of() {
        tables.put(
                "users",
                Validator.union(List.of(
                        new ObjectOf(Map.of("id", required(STRING), "a", required(STRING))),
                        new ObjectOf(Map.of("id", required(STRING))))));
        assertThat(failure(users(Map.of("id", INTEGER))).orElseThrow().message())
                .contains("Field id")
                .doesNotContain("Field a");
    }

    @Test
    void not_more_than_twenty_fields_are_told_of() {
        table("users", Map.of("id", required(NUMBER)));
        final Map<String, Property> columns = new LinkedHashMap<>();
        columns.put("id", INTEGER);
        IntStream.range(0, 30).forEach(i -> columns.put("c" + i, TEXT));
        assertThat(warnings(users(columns)))
                .singleElement()
                .asString()
                .contains("Field c19")
                .doesNotContain("Field c20")
                .contains("and 10 more fields");
    }

    @Test
    void a_table_of_names_that_no_validator_knows_is_to_take_anything() {
        table("users", Map.of("id", required(NUMBER)));
        assertThat(warnings(users(Map.of("id", INTEGER, "order id", TEXT))))
                .singleElement()
                .asString()
                .contains("use defineTable(v.any())");
    }

    @Test
    void without_a_catalog_the_tables_are_told_that_no_stream_can_be_written_to() {
        table("counters", Map.of("count", required(Validator.of(Kind.INT64))));
        table("maybe", Map.of("count", optional(Validator.of(Kind.INT64))));
        table("users", Map.of("id", required(NUMBER)));
        assertThat(preflight().closedTables())
                .containsExactly(
                        "No stream can be written to table counters: the application's schema requires the field"
                                + " count to be v.int64(), which a streaming import cannot carry.");
    }

    @Test
    void without_a_catalog_the_tables_are_told_that_have_no_place_for_metadata() {
        metadata = true;
        table("users", Map.of("id", required(NUMBER)));
        table("typed", Map.of("airbyte_extracted_at", required(NUMBER)));
        assertThat(preflight().closedTables())
                .singleElement()
                .asString()
                .contains("table users", "airbyte_extracted_at", "airbyte_metadata");
    }
}
