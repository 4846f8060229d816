package io.airbyte.integrations.destination.convex.document;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.airbyte.integrations.destination.convex.config.ConnectorConfig.LargeIntegers;
import io.airbyte.integrations.destination.convex.config.ConnectorConfig.UnstorableValues;
import io.airbyte.integrations.destination.convex.json.ByteSlice;
import io.airbyte.integrations.destination.convex.json.InvalidJson;
import io.airbyte.integrations.destination.convex.protocol.DeclaredType;
import io.airbyte.integrations.destination.convex.protocol.DeclaredType.Property;
import io.airbyte.integrations.destination.convex.protocol.DeclaredType.Struct;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.StreamDescriptor;
import io.airbyte.integrations.destination.convex.validator.Acceptance;
import io.airbyte.integrations.destination.convex.validator.Validator;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentShapeTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final StreamDescriptor STREAM = StreamDescriptor.of("orders");
    private static final Property TEXT = new Property(new DeclaredType.Text(), false);
    private static final Property NUMBER = new Property(new DeclaredType.Numeric(false), false);

    private static final DocumentOptions PLAIN = options(LargeIntegers.NUMBER, UnstorableValues.FAIL, false, true);

    private static DocumentOptions options(
            final LargeIntegers largeIntegers,
            final UnstorableValues unstorableValues,
            final boolean metadata,
            final boolean dedup) {
        return new DocumentOptions(
                largeIntegers, unstorableValues, metadata, OptionalLong.of(3), OptionalLong.empty(), dedup);
    }

    private static FieldNames names(final Struct records, final boolean dedup) {
        return FieldNames.of(STREAM, records.properties().keySet(), List.of(List.of("id")), dedup);
    }

    private static DocumentShape shape(final Map<String, Property> columns, final DocumentOptions options) {
        final Struct records = new Struct(columns, true);
        return DocumentShape.of(names(records, options.dedup()), records, options);
    }

    private static String complete(final Map<String, Property> columns, final DocumentOptions options) {
        return shape(columns, options).complete().text();
    }

    /** Every option, and both ways of writing. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void the_documents_of_records_that_follow_their_schema_are_taken_by_the_validator(final long seed)
            throws IOException, InvalidJson {
        final Random random = new Random(seed);
        for (int stream = 0; stream < 100; stream++) {
            final DocumentOptions options = options(
                    random.nextBoolean() ? LargeIntegers.NUMBER : LargeIntegers.STRING,
                    random.nextBoolean() ? UnstorableValues.FAIL : UnstorableValues.NULL_AND_RECORD,
                    random.nextBoolean(),
                    random.nextBoolean());
            final DeclaredRecords declared = new DeclaredRecords(random.nextLong());
            final Struct records = declared.schema();
            final Validator validator = DocumentShape.of(names(records, options.dedup()), records, options)
                    .complete();
            final DocumentEncoder encoder = new DocumentEncoder(
                    STREAM, names(records, options.dedup()), options, new ChangedFields(changed -> {}));
            for (int i = 0; i < 20; i++) {
                assertTaken(declared.record(records), encoder, validator);
            }
        }
    }

    private static void assertTaken(final String record, final DocumentEncoder encoder, final Validator validator)
            throws IOException, InvalidJson {
        final EncodedDocument document;
        try {
            document = encoder.encode(ByteSlice.of(record), 1, Optional.of(ByteSlice.of(EncoderComparison.INCOMING)));
        } catch (final Failure refused) {
            // A key, or anything where the user wants a failure, that cannot be stored.
            return;
        }
        final JsonNode stored = JSON.readTree(document.json().text());
        assertThat(Acceptance.takes(validator, stored))
                .as(() -> "%s takes %s, made of %s".formatted(validator.text(), stored, record))
                .isTrue();
    }

    @Test
    void columns_are_optional_unless_the_schema_or_the_key_says_otherwise() {
        final Map<String, Property> columns = new LinkedHashMap<>();
        columns.put("id", NUMBER);
        columns.put("name", TEXT);
        columns.put("mail", new Property(new DeclaredType.Text(), true));
        final String rest = "name: v.optional(v.string()), mail: v.string(),"
                + " airbyte_meta: v.optional(v.object({ changes: v.array(v.any()) })) })";
        assertThat(complete(columns, PLAIN)).isEqualTo("v.object({ id: v.union(v.number(), v.string()), " + rest);
        assertThat(complete(columns, options(LargeIntegers.NUMBER, UnstorableValues.FAIL, false, false)))
                .isEqualTo("v.object({ id: v.optional(v.union(v.number(), v.string())), " + rest);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            NUMBER | FAIL            | v.number()
            STRING | FAIL            | v.union(v.number(), v.string())
            NUMBER | NULL_AND_RECORD | v.union(v.number(), v.null())
            STRING | NULL_AND_RECORD | v.union(v.number(), v.string(), v.null())
            """)
    void the_options_decide_what_a_number_may_become(
            final LargeIntegers largeIntegers, final UnstorableValues unstorable, final String number) {
        assertThat(complete(Map.of("age", NUMBER), options(largeIntegers, unstorable, false, true)))
                .contains("age: v.optional(" + number + ")");
    }

    @Test
    void what_can_always_be_stored_never_becomes_null() {
        final DocumentOptions options = options(LargeIntegers.STRING, UnstorableValues.NULL_AND_RECORD, false, true);
        assertThat(complete(Map.of("flag", new Property(new DeclaredType.Bool(), true)), options))
                .contains("flag: v.boolean()");
        assertThat(complete(Map.of("year", new Property(new DeclaredType.Numeric(true), true)), options))
                .contains("year: v.number()");
    }

    @Test
    void the_usual_documents_hold_nothing_that_is_stored_in_another_form() {
        final DocumentOptions options = options(LargeIntegers.STRING, UnstorableValues.NULL_AND_RECORD, true, true);
        assertThat(shape(Map.of("age", NUMBER), options).usual().text())
                .isEqualTo("v.object({ age: v.optional(v.number()), id: v.any(), airbyte_extracted_at: v.number(),"
                        + " airbyte_generation_id: v.number() })");
    }

    @Test
    void metadata_are_always_there_but_for_the_ids_that_a_platform_may_not_send() {
        assertThat(complete(Map.of(), options(LargeIntegers.NUMBER, UnstorableValues.FAIL, true, true)))
                .contains("airbyte_extracted_at: v.number(), airbyte_generation_id: v.optional(v.number()),"
                        + " airbyte_sync_id: v.optional(v.number())");
    }

    @Test
    void columns_have_their_stored_names_and_those_that_only_steer_are_missing() {
        final Map<String, Property> columns = Map.of("_id", TEXT, "_ab_cdc_lsn", TEXT);
        assertThat(shape(columns, PLAIN).usual().fields()).containsOnlyKeys("source_id", "id");
        assertThat(shape(columns, options(LargeIntegers.NUMBER, UnstorableValues.FAIL, false, false))
                        .usual()
                        .fields())
                .containsOnlyKeys("source_id", "ab_cdc_lsn", "id");
    }

    @Test
    void a_table_with_a_name_that_no_validator_knows_takes_anything() {
        assertThat(complete(Map.of("order id", TEXT), PLAIN)).isEqualTo("v.any()");
    }

    @Test
    void a_table_of_more_columns_than_a_document_holds_takes_anything() {
        final Map<String, Property> columns = new LinkedHashMap<>();
        IntStream.range(0, 1020).forEach(i -> columns.put("c" + i, TEXT));
        assertThat(complete(columns, PLAIN)).startsWith("v.object");
        columns.put("one", TEXT);
        assertThat(complete(columns, PLAIN)).isEqualTo("v.any()");
    }

    @Test
    void a_nested_name_that_depends_on_what_else_is_there_leaves_its_object_open() {
        assertThat(nested(Map.of("_id", TEXT, "$id", TEXT))).contains("{ a: v.record(v.string(), v.any())");
        assertThat(nested(Map.of("_id", TEXT))).contains("{ a: v.object({ source_id: v.optional(v.string()) })");
        assertThat(nested(Map.of("order id", TEXT))).contains("{ a: v.record(v.string(), v.any())");
    }

    @Test
    void a_nested_key_is_always_there() {
        final Struct address = new Struct(Map.of("city", TEXT, "zip", TEXT), false);
        final Struct records = new Struct(Map.of("address", new Property(address, false)), true);
        final FieldNames names = FieldNames.of(STREAM, List.of("address"), List.of(List.of("address", "city")), true);
        assertThat(DocumentShape.of(names, records, PLAIN).usual().text())
                .contains("city: v.string()")
                .contains("zip: v.optional(v.string())")
                .contains("address: v.object(");
    }

    private static String nested(final Map<String, Property> properties) {
        final Map<String, Property> columns = Map.of("a", new Property(new Struct(properties, false), true));
        return shape(columns, PLAIN).usual().text();
    }

    @Test
    void beyond_the_depth_that_convex_stores_anything_goes() {
        DeclaredType type = new DeclaredType.Text();
        for (int i = 0; i < 20; i++) {
            type = new DeclaredType.ListOf(type);
        }
        assertThat(complete(Map.of("a", new Property(type, true)), PLAIN))
                .contains("v.array(".repeat(16) + "v.any()" + ")".repeat(16));
    }
}
