package io.airbyte.integrations.destination.convex.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbyte.integrations.destination.convex.config.ConnectorConfig.LargeIntegers;
import io.airbyte.integrations.destination.convex.config.ConnectorConfig.UnstorableValues;
import io.airbyte.integrations.destination.convex.json.ByteSlice;
import io.airbyte.integrations.destination.convex.json.InvalidJson;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.StreamDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentEncoderTest {

    private static final StreamDescriptor STREAM = StreamDescriptor.of("shop", "orders");
    private static final int SYSTEM_FIELDS = 61;
    private static final String FIELD_SIZE = "DESTINATION_FIELD_SIZE_LIMITATION";
    private static final String RECORD_SIZE = "DESTINATION_RECORD_SIZE_LIMITATION";
    private static final String SERIALIZATION = "DESTINATION_SERIALIZATION_ERROR";

    private final List<String> firstSeen = new ArrayList<>();
    private final ChangedFields statistic =
            new ChangedFields(changed -> firstSeen.add(changed.field() + " " + changed.reason()));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"a\":1,\"b\":\"x\",\"c\":null,\"d\":[true,false],\"e\":{\"f\":{}}}",
                "{ \"a\" :\t[ 1 , 2 ]\n}",
                "{\"é\\u0041\":1}",
                "{\"a\":1e3,\"b\":1.0,\"c\":-0,\"d\":9007199254740991,\"e\":-9007199254740991,\"f\":1.7e308}",
                "{\"a b\":1,\"\":2,\"a\\/b\":3}"
            })
    void an_unchanged_record_is_its_own_document_byte_for_byte(final String record) throws InvalidJson {
        final String expected = record.replace("\"é\\u0041\"", "\"source_ea\"");
        assertThat(json(append(), record)).isEqualTo(expected);
    }

    @Test
    void the_document_of_an_unchanged_record_is_not_even_copied() throws InvalidJson {
        final ByteSlice record = ByteSlice.of(" {\"a\":1} ");
        final EncodedDocument document = append().encode(record, 0, Optional.empty());
        assertThat(document.json().array()).isSameAs(record.array());
        assertThat(document.json().text()).isEqualTo("{\"a\":1}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|2",
                "{\"a\":null}|5",
                "{\"a\":true}|5",
                "{\"a\":1}|13",
                "{\"a\":\"\"}|6",
                "{\"a\":\"\\u00e9€😀\\n\"}|16",
                "{\"a\":[]}|6",
                "{\"a\":[1,null]}|16",
                "{\"a\":{}}|6",
                "{\"ab\":{\"cde\":1}}|20",
                "{\"a\":9007199254740992}|22",
                "{\"_id\":1}|21"
            })
    void the_size_is_the_servers(final String record, final int sizeOfOwnFields) throws InvalidJson {
        assertThat(encode(append(), record).size()).isEqualTo(sizeOfOwnFields + SYSTEM_FIELDS);
    }

    @Test
    void columns_are_renamed_and_the_rest_is_copied() throws InvalidJson {
        assertThat(json(append(), "{\"x\":1, \"y\": 2,\"_id\": {\"a\": 1} ,\"z\":3}"))
                .isEqualTo("{\"x\":1, \"y\": 2,\"source_id\":{\"a\": 1},\"z\":3}");
    }

    @Test
    void nested_names_are_renamed_at_every_depth_and_never_collide() throws InvalidJson {
        assertThat(json(append(), "{\"a\":[{\"_b\":{\"$c\":[1]}}]}"))
                .isEqualTo("{\"a\":[{\"source_b\":{\"source_c\":[1]}}]}");
        assertThat(json(append(), "{\"a\":{\"_id\":1,\"$id\":2,\"source_id\":3}}"))
                .isEqualTo("{\"a\":{\"source_source_source_id\":1,\"source_source_id\":2,\"source_id\":3}}");
    }

    @Test
    void the_last_of_equal_keys_wins_and_counts() throws InvalidJson {
        assertThat(json(append(), "{\"a\":1e999,\"b\":2,\"\\u0061\":[\"x\"]}"))
                .isEqualTo("{\"a\":[\"x\"],\"b\":2}".replace("\"a\"", "\"\\u0061\""));
        assertThat(encode(append(), "{\"a\":1,\"a\":null}").size()).isEqualTo(SYSTEM_FIELDS + 5);
        assertThat(json(append(), "{\"n\":{\"a\":1e999,\"a\":2}}")).isEqualTo("{\"n\":{\"a\":2}}");
        assertThat(encode(append(), "{\"n\":{\"a\":1,\"a\":null}}").size()).isEqualTo(SYSTEM_FIELDS + 2 + 2 + 5);
    }

    @Test
    void integers_that_a_double_cannot_hold_become_exact_text() throws InvalidJson {
        assertThat(json(append(), "{\"a\":9007199254740992,\"b\":[-123456789012345678901234567890]}"))
                .isEqualTo("{\"a\":\"9007199254740992\",\"b\":[\"-123456789012345678901234567890\"]}");
        assertThat(firstSeen).isEmpty();
    }

    @Test
    void with_the_option_number_only_those_of_the_key_do() throws InvalidJson {
        final DocumentEncoder encoder = encoder(
                List.of(List.of("id"), List.of("k", "v")),
                true,
                options(true, LargeIntegers.NUMBER, UnstorableValues.NULL_AND_RECORD));
        assertThat(json(encoder, "{\"id\":9007199254740993,\"b\":9007199254740993,\"k\":{\"v\":-9007199254740993}}"))
                .isEqualTo("{\"id\":\"9007199254740993\",\"b\":9007199254740993,\"k\":{\"v\":\"-9007199254740993\"}}");
        assertThat(json(encoder, "{\"id\":1,\"k\":{\"v\":1},\"c\":1" + "0".repeat(400) + "}"))
                .isEqualTo("{\"id\":1,\"k\":{\"v\":1},\"c\":null" + meta("c", FIELD_SIZE) + "}");
    }

    @Test
    void what_convex_cannot_store_is_null_and_recorded() throws InvalidJson {
        assertThat(json(append(), "{\"a\":1,\"b\":{\"c\":[1e400]},\"d\":2}"))
                .isEqualTo("{\"a\":1,\"b\":null,\"d\":2" + meta("b", FIELD_SIZE) + "}");
        assertThat(json(append(), "{\"a\":\"x\\ud800\"}")).isEqualTo("{\"a\":null" + meta("a", SERIALIZATION) + "}");
        assertThat(firstSeen).containsExactly("b NUMBER_RANGE", "a LONE_SURROGATE");
        assertThat(statistic.documents()).isEqualTo(2);
        assertThat(statistic.values()).isEqualTo(2);
    }

    @Test
    void a_document_has_16_levels_and_not_one_more() throws InvalidJson {
        final String deepest = "{\"a\":" + "[".repeat(15) + "1" + "]".repeat(15) + "}";
        assertThat(json(append(), deepest)).isEqualTo(deepest);
        for (final int depth : new int[] {16, 17, 100_000}) {
            assertThat(json(append(), "{\"a\":" + "[".repeat(depth) + "]".repeat(depth) + "}"))
                    .isEqualTo("{\"a\":null" + meta("a", FIELD_SIZE) + "}");
        }
        assertThat(json(append(), "{\"a\":" + "{\"b\":".repeat(15) + "1" + "}".repeat(15) + "}"))
                .doesNotContain("airbyte_meta");
        assertThat(json(append(), "{\"a\":" + "{\"b\":".repeat(16) + "1" + "}".repeat(16) + "}"))
                .contains("airbyte_meta");
    }

    @Test
    void an_array_has_8192_elements_and_not_one_more() throws InvalidJson {
        final String longest = "{\"a\":[" + "0,".repeat(8191) + "0]}";
        assertThat(json(append(), longest)).isEqualTo(longest);
        assertThat(json(append(), "{\"a\":[" + "0,".repeat(8192) + "0]}"))
                .isEqualTo("{\"a\":null" + meta("a", FIELD_SIZE) + "}");
    }

    @Test
    void a_nested_object_has_1024_fields_and_not_one_more() throws InvalidJson {
        assertThat(json(append(), "{\"a\":{" + fields(1024) + "}}")).isEqualTo("{\"a\":{" + fields(1024) + "}}");
        assertThat(json(append(), "{\"a\":{" + fields(1025) + "}}"))
                .isEqualTo("{\"a\":null" + meta("a", FIELD_SIZE) + "}");
        assertThat(json(append(), "{\"a\":{" + fields(1024) + ",\"f0\":0}}"))
                .isEqualTo("{\"a\":{" + fields(1024) + "}}");
    }

    @Test
    void names_beyond_the_limit_are_left_out_or_their_column_is_nulled() throws InvalidJson {
        final String tooLong = "n".repeat(1025);
        final String shortened = "source_" + "n".repeat(118) + "...";
        assertThat(json(append(), "{\"a\":1,\"" + tooLong + "\":2}"))
                .isEqualTo("{\"a\":1" + meta(shortened, FIELD_SIZE) + "}");
        assertThat(json(append(), "{\"" + tooLong + "\":2,\"" + tooLong + "\":3}"))
                .isEqualTo("{" + meta(shortened, FIELD_SIZE).substring(1) + "}");
        assertThat(json(append(), "{\"a\":{\"" + tooLong + "\":2}}"))
                .isEqualTo("{\"a\":null" + meta("a", FIELD_SIZE) + "}");
    }

    @Test
    void a_document_has_1022_columns_and_gives_up_the_last_ones() throws InvalidJson {
        assertThat(json(append(), "{" + fields(1022) + "}")).isEqualTo("{" + fields(1022) + "}");
        final String document = json(append(), "{" + fields(1023) + "}");
        assertThat(document).startsWith("{" + fields(1021) + ",\"airbyte_meta\":");
        assertThat(document).contains("\"f1021\"").contains("\"f1022\"").contains(RECORD_SIZE);
    }

    @Test
    void key_columns_and_declared_columns_are_given_up_last() throws InvalidJson {
        final DocumentEncoder encoder = new DocumentEncoder(
                STREAM,
                FieldNames.of(STREAM, List.of("declared"), List.of(List.of("id")), true),
                options(true, LargeIntegers.STRING, UnstorableValues.NULL_AND_RECORD),
                statistic);
        final String document = json(encoder, "{" + fields(5000) + ",\"declared\":7,\"id\":8}");
        assertThat(document).startsWith("{" + fields(1019) + ",\"declared\":7,\"id\":8,\"airbyte_meta\":");
        assertThat(document).contains("(" + (5000 - 1019 - 1024) + " more fields)");
    }

    @Test
    void hundreds_of_thousands_of_columns_are_survived() throws InvalidJson {
        final EncodedDocument document = encode(append(), "{" + fields(300_000) + "}");
        assertThat(document.json().text()).contains("(" + (300_000 - 1021 - 1024) + " more fields)");
        assertThat(statistic.values()).isEqualTo(300_000 - 1021);
    }

    @Test
    void names_that_only_one_document_has_do_not_fill_the_memory() throws InvalidJson {
        final DocumentEncoder encoder = append();
        for (int i = 0; i < 40; i++) {
            final int round = i;
            final String record = IntStream.range(0, 30_000)
                    .mapToObj(column -> "\"_c" + round + "x" + column + "\":0")
                    .collect(Collectors.joining(",", "{", "}"));
            assertThat(encode(encoder, record).size()).isLessThan(1 << 20);
        }
        assertThat(json(encoder, "{\"a\":1}")).isEqualTo("{\"a\":1}");
    }

    @Test
    void a_document_of_1_mib_is_stored_and_a_larger_one_gives_up_its_largest_values() throws InvalidJson {
        final int room = (1 << 20) - SYSTEM_FIELDS - 2;
        final String largest = "{\"a\":\"" + "x".repeat(room - 4) + "\"}";
        assertThat(encode(append(), largest).size()).isEqualTo(1 << 20);
        assertThat(json(append(), largest)).isEqualTo(largest);
        assertThat(json(append(), "{\"a\":\"" + "x".repeat(room - 3) + "\"}"))
                .isEqualTo("{\"a\":null" + meta("a", RECORD_SIZE) + "}");
        assertThat(json(
                        append(),
                        "{\"a\":\"" + "x".repeat(400_000) + "\",\"b\":\"" + "x".repeat(500_000) + "\",\"c\":\""
                                + "x".repeat(300_000) + "\"}"))
                .isEqualTo("{\"a\":\"" + "x".repeat(400_000) + "\",\"b\":null,\"c\":\"" + "x".repeat(300_000) + "\""
                        + meta("b", RECORD_SIZE) + "}");
    }

    @Test
    void names_that_alone_fill_a_document_are_left_out() throws InvalidJson {
        final String padding = "n".repeat(1020);
        final String record = IntStream.range(0, 1022)
                .mapToObj(i -> "\"" + (1000 + i) + padding + "\":0")
                .collect(Collectors.joining(",", "{", "}"));
        final EncodedDocument document = encode(append(), record);
        assertThat(document.size()).isLessThanOrEqualTo(1 << 20).isGreaterThan((1 << 20) - 2048);
        assertThat(document.json().text()).contains(RECORD_SIZE);
    }

    @Test
    void a_key_column_is_never_changed() {
        final DocumentEncoder encoder = dedup("id");
        for (final String value : List.of("1e400", "\"\\ud800\"", "\"" + "x".repeat(1 << 20) + "\"")) {
            assertThatThrownBy(() -> encode(encoder, "{\"a\":1,\"id\":" + value + "}"))
                    .isInstanceOfSatisfying(Failure.class, failure -> {
                        assertThat(failure.kind()).isEqualTo(Failure.Kind.CONFIG_ERROR);
                        assertThat(failure.stream()).contains(STREAM);
                        assertThat(failure.message())
                                .contains("primary-key field id")
                                .contains("shop.orders");
                    });
        }
    }

    @Test
    void a_key_column_must_be_there_but_may_be_null() throws InvalidJson {
        assertThat(json(dedup("id"), "{\"id\":null}")).isEqualTo("{\"id\":null}");
        assertThatThrownBy(() -> encode(dedup("id"), "{\"a\":1}"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("lacks its primary-key field id");
    }

    @Test
    void a_nested_key_column_must_be_there_under_its_stored_name() throws InvalidJson {
        final DocumentEncoder encoder = encoder(
                List.of(List.of("a", "b c")),
                true,
                options(true, LargeIntegers.STRING, UnstorableValues.NULL_AND_RECORD));
        assertThat(json(encoder, "{\"a\":{\"b c\":1,\"source_b_c\":2,\"d e\":3}}"))
                .isEqualTo("{\"a\":{\"source_b_c\":1,\"source_source_b_c\":2,\"d e\":3}}");
        for (final String value : List.of("null", "1", "{}", "[{\"b c\":1}]", "{\"c\":{\"b c\":1}}")) {
            assertThatThrownBy(() -> encode(encoder, "{\"a\":" + value + "}"))
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining("lacks its primary-key field a.b c");
        }
    }

    @Test
    void what_stands_beside_a_nested_key_column_is_a_number_where_the_user_wants_numbers() throws InvalidJson {
        final DocumentEncoder encoder = encoder(
                List.of(List.of("a", "id"), List.of("b")),
                true,
                options(true, LargeIntegers.NUMBER, UnstorableValues.NULL_AND_RECORD));
        assertThat(json(encoder, "{\"a\":{\"id\":9007199254740993,\"n\":9007199254740993},\"b\":[9007199254740993]}"))
                .isEqualTo("{\"a\":{\"id\":\"9007199254740993\",\"n\":9007199254740993},\"b\":[\"9007199254740993\"]}");
    }

    @Test
    void with_the_option_fail_an_unstorable_value_ends_the_sync() {
        final DocumentEncoder encoder =
                encoder(List.of(), false, options(false, LargeIntegers.STRING, UnstorableValues.FAIL));
        assertThatThrownBy(() -> encode(encoder, "{\"secret\":1e400}"))
                .isInstanceOfSatisfying(
                        Failure.class,
                        failure -> assertThat(failure.message())
                                .contains("field secret", "shop.orders", "64-bit")
                                .doesNotContain("1e400"));
        assertThatThrownBy(() -> encode(encoder, "{" + fields(1023) + "}"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("1,022 top-level fields");
    }

    @Test
    void in_dedup_streams_change_data_columns_steer_and_are_dropped() throws InvalidJson {
        final DocumentEncoder encoder = dedup("id");
        final EncodedDocument deleted = encode(
                encoder, "{\"_ab_cdc_lsn\":5,\"id\":1,\"_ab_cdc_deleted_at\":\"2026-01-01\",\"_ab_cdc_updated_at\":2}");
        assertThat(deleted.json().text()).isEqualTo("{\"id\":1}");
        assertThat(deleted.delete()).isTrue();
        assertThat(deleted.size()).isEqualTo(SYSTEM_FIELDS + 2 + 12);
        final EncodedDocument kept = encode(encoder, "{\"id\":1,\"_ab_cdc_deleted_at\":null}");
        assertThat(kept.json().text()).isEqualTo("{\"id\":1}");
        assertThat(kept.delete()).isFalse();
        assertThat(encode(encoder, "{\"_ab_cdc_deleted_at\":1,\"id\":1,\"_ab_cdc_deleted_at\":null}")
                        .delete())
                .isFalse();
    }

    @Test
    void in_append_streams_change_data_columns_are_history() throws InvalidJson {
        final EncodedDocument document = encode(append(), "{\"id\":1,\"_ab_cdc_deleted_at\":\"2026\"}");
        assertThat(document.json().text()).isEqualTo("{\"id\":1,\"ab_cdc_deleted_at\":\"2026\"}");
        assertThat(document.delete()).isFalse();
    }

    @Test
    void changes_that_the_record_came_with_come_first() throws InvalidJson {
        final String incoming = "[{\"field\":\"x\",\"change\":\"NULLED\",\"reason\":\"SOURCE_RETRIEVAL_ERROR\"}]";
        assertThat(json(append(), "{\"a\":1}", incoming))
                .isEqualTo("{\"a\":1,\"airbyte_meta\":{\"changes\":" + incoming + "}}");
        assertThat(json(append(), "{\"a\":1e400}", incoming))
                .isEqualTo("{\"a\":null,\"airbyte_meta\":{\"changes\":" + incoming.replace("]", ",")
                        + "{\"field\":\"a\",\"change\":\"NULLED\",\"reason\":\"" + FIELD_SIZE + "\"}]}}");
        assertThat(json(append(), "{\"a\":1}", "[]")).isEqualTo("{\"a\":1}");
        assertThat(json(append(), "{\"a\":1}", " null")).isEqualTo("{\"a\":1}");
    }

    @Test
    void changes_that_convex_cannot_store_are_told_of() throws InvalidJson {
        assertThat(json(append(), "{\"a\":1}", "[{\"field\":\"\\ud800\"}]"))
                .isEqualTo("{\"a\":1" + meta("airbyte_meta.changes", SERIALIZATION) + "}");
        assertThat(json(append(), "{}", "[" + "0,".repeat(8000) + "0]"))
                .isEqualTo("{" + meta("airbyte_meta.changes", FIELD_SIZE).substring(1) + "}");
    }

    @Test
    void metadata_are_on_every_document_if_wanted() throws InvalidJson {
        final DocumentEncoder encoder = encoder(
                List.of(),
                false,
                new DocumentOptions(
                        LargeIntegers.STRING,
                        UnstorableValues.NULL_AND_RECORD,
                        true,
                        OptionalLong.of(3),
                        OptionalLong.of(4),
                        false));
        final EncodedDocument document = encoder.encode(ByteSlice.of("{\"a\":1}"), 1767225600000L, Optional.empty());
        assertThat(document.json().text())
                .isEqualTo(
                        "{\"a\":1,\"airbyte_extracted_at\":1767225600000,\"airbyte_generation_id\":3,\"airbyte_sync_id\":4}");
        assertThat(document.size()).isEqualTo(SYSTEM_FIELDS + 2 + 11 + (20 + 10) + (21 + 10) + (15 + 10));
        assertThat(encoder.encode(ByteSlice.of("{}"), 5, Optional.empty())
                        .json()
                        .text())
                .isEqualTo("{\"airbyte_extracted_at\":5,\"airbyte_generation_id\":3,\"airbyte_sync_id\":4}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "[]", "null", "{\"a\":1", "{\"a\":1}x", "{\"a\":[1,]}", "{\"a\":{\"b\"}}", "{\"a\":tru}"})
    void data_that_are_not_one_object_are_refused(final String record) {
        assertThatThrownBy(() -> encode(append(), record)).isInstanceOf(InvalidJson.class);
    }

    @Test
    void one_encoder_serves_record_after_record() throws InvalidJson {
        final DocumentEncoder encoder = append();
        assertThat(json(encoder, "{\"a\":1e400}")).contains("airbyte_meta");
        assertThat(json(encoder, "{\"a\":1}")).isEqualTo("{\"a\":1}");
        assertThat(json(encoder, "{\"b\":2,\"a\":1}")).isEqualTo("{\"b\":2,\"a\":1}");
        assertThat(statistic.documents()).isEqualTo(1);
    }

    @Test
    void the_statistic_is_bounded() throws InvalidJson {
        final DocumentEncoder encoder = append();
        for (int i = 0; i < 2 * ChangedFields.MOST_FIELDS; i++) {
            encode(encoder, "{\"f" + i + "\":1e400}");
            encode(encoder, "{\"f" + i + "\":1e400}");
        }
        assertThat(firstSeen).hasSize(ChangedFields.MOST_FIELDS);
        assertThat(statistic.counts()).hasSize(ChangedFields.MOST_FIELDS);
        assertThat(statistic.values()).isEqualTo(4L * ChangedFields.MOST_FIELDS);
    }

    private static String meta(final String field, final String reason) {
        return ",\"airbyte_meta\":{\"changes\":[{\"field\":\"" + field + "\",\"change\":\"NULLED\",\"reason\":\""
                + reason + "\"}]}";
    }

    private static String fields(final int count) {
        return IntStream.range(0, count).mapToObj(i -> "\"f" + i + "\":0").collect(Collectors.joining(","));
    }

    private DocumentEncoder append() {
        return encoder(List.of(), false, options(false, LargeIntegers.STRING, UnstorableValues.NULL_AND_RECORD));
    }

    private DocumentEncoder dedup(final String key) {
        return encoder(
                List.of(List.of(key)), true, options(true, LargeIntegers.STRING, UnstorableValues.NULL_AND_RECORD));
    }

    private DocumentEncoder encoder(
            final List<List<String>> primaryKey, final boolean dedup, final DocumentOptions options) {
        return new DocumentEncoder(STREAM, FieldNames.of(STREAM, List.of(), primaryKey, dedup), options, statistic);
    }

    private static DocumentOptions options(
            final boolean dedup, final LargeIntegers largeIntegers, final UnstorableValues unstorableValues) {
        return new DocumentOptions(
                largeIntegers, unstorableValues, false, OptionalLong.of(1), OptionalLong.empty(), dedup);
    }

    private static EncodedDocument encode(final DocumentEncoder encoder, final String record) throws InvalidJson {
        return encoder.encode(ByteSlice.of(record), 0, Optional.empty());
    }

    private static String json(final DocumentEncoder encoder, final String record) throws InvalidJson {
        return encode(encoder, record).json().text();
    }

    private static String json(final DocumentEncoder encoder, final String record, final String changes)
            throws InvalidJson {
        return encoder.encode(ByteSlice.of(record), 0, Optional.of(ByteSlice.of(changes)))
                .json()
                .text();
    }
}
