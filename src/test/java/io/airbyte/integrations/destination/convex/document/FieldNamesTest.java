package io.airbyte.integrations.destination.convex.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.StreamDescriptor;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FieldNamesTest {

    private static final StreamDescriptor STREAM = StreamDescriptor.of("orders");

    @ParameterizedTest
    @CsvSource({
        "id,id",
        "a b,a b",
        "*name!of.table,*name!of.table",
        "_id,source_id",
        "_creationTime,source_creationtime",
        "$integer,source_integer",
        "café,source_cafe",
        "'',''",
        "___,source_",
        "_airbyte_raw_id,source_airbyte_raw_id"
    })
    void a_column_is_called_as_a_deployment_would_call_it(final String column, final String stored) {
        assertThat(stored(append(), column)).isEqualTo(stored);
    }

    @Test
    void the_connectors_own_fields_are_nobody_elses() {
        assertThat(stored(append("airbyte_meta"), "airbyte_meta")).isEqualTo("source_airbyte_meta");
        assertThat(stored(append(), "airbyte_extracted_at")).isEqualTo("source_airbyte_extracted_at");
        assertThat(stored(append(), "_airbyte_meta")).isEqualTo("source_airbyte_meta");
        assertThat(stored(append(), "airbyte_generation_id")).isEqualTo("source_airbyte_generation_id");
        assertThat(stored(append(), "airbyte_sync_id")).isEqualTo("source_airbyte_sync_id");
    }

    @Test
    void declared_columns_get_the_same_names_whatever_order_they_appear_in() {
        for (final List<String> declared :
                List.of(List.of("_id", "source_id", "$id"), List.of("$id", "source_id", "_id"))) {
            final FieldNames names = FieldNames.of(STREAM, declared, List.of(), false);
            names.startDocument();
            assertThat(stored(names, "$id")).isEqualTo("source_source_id");
            assertThat(stored(names, "source_id")).isEqualTo("source_id");
            assertThat(stored(names, "_id")).isEqualTo("source_source_source_id");
        }
    }

    @Test
    void an_undeclared_column_yields_to_the_declared_and_the_earlier_ones() {
        final FieldNames names = append("_id");
        assertThat(stored(names, "source_id")).isEqualTo("source_source_id");
        assertThat(stored(names, "è")).isEqualTo("source_e");
        assertThat(stored(names, "é")).isEqualTo("source_source_e");
        names.startDocument();
        assertThat(stored(names, "é")).isEqualTo("source_source_e");
    }

    @Test
    void escapes_in_a_key_make_no_difference() {
        final FieldNames names = append();
        final FieldName plain = column(names, "a/b");
        assertThat(column(names, "a\\/b")).isSameAs(plain);
        assertThat(column(names, "\\u0061\\u002fb")).isSameAs(plain);
    }

    @Test
    void halves_of_surrogate_pairs_are_renamed_away_and_never_confused() {
        final FieldNames names = append();
        assertThat(stored(names, "a\\ud800")).isEqualTo("source_a");
        assertThat(stored(names, "a\\ud801")).isEqualTo("source_source_a");
        assertThat(stored(names, "a?")).isEqualTo("a?");
    }

    @Test
    void change_data_columns_are_history_in_append_streams() {
        final FieldNames names = append("ab_cdc_lsn");
        assertThat(stored(names, "_ab_cdc_updated_at")).isEqualTo("ab_cdc_updated_at");
        assertThat(stored(names, "_ab_cdc_lsn")).isEqualTo("source_source_ab_cdc_lsn");
    }

    @Test
    void change_data_columns_steer_in_dedup_streams_unless_they_are_the_key() {
        final FieldNames names = dedup(List.of(List.of("_ab_cdc_lsn")));
        assertThat(column(names, "_ab_cdc_deleted_at").fate()).isEqualTo(FieldName.Fate.STEERS);
        assertThat(column(names, "_ab_cdc_deleted_at").isDeletion()).isTrue();
        assertThat(column(names, "_ab_cdc_updated_at").isDeletion()).isFalse();
        assertThat(stored(names, "_ab_cdc_lsn")).isEqualTo("ab_cdc_lsn");
        assertThat(names.primaryKeyPaths()).containsExactly(List.of("ab_cdc_lsn"));
    }

    @Test
    void no_name_starts_as_those_that_a_deployment_drops() {
        assertThat(stored(append(), "source_ab_cdc_x")).isEqualTo("source_source_ab_cdc_x");
        assertThat(stored(append(), "_AB_CDC_deleted_at")).isEqualTo("source_source_ab_cdc_deleted_at");
        assertThat(stored(dedup(List.of(List.of("id"))), "_AB_CDC_deleted_at"))
                .isEqualTo("source_source_ab_cdc_deleted_at");
    }

    @Test
    void key_columns_are_identifiers_at_every_step() {
        final FieldNames names =
                dedup(List.of(List.of("order id"), List.of("a", "b c"), List.of("a", "_d"), List.of("e")));
        assertThat(names.primaryKeyPaths())
                .containsExactly(
                        List.of("source_order_id"), List.of("a", "source_b_c"), List.of("a", "source_d"), List.of("e"));
        assertThat(stored(names, "order id")).isEqualTo("source_order_id");
    }

    @Test
    void a_path_given_twice_is_one() {
        assertThat(dedup(List.of(List.of("id"), List.of("id"))).primaryKeyPaths())
                .containsExactly(List.of("id"));
    }

    @Test
    void refuses_keys_that_convex_cannot_index() {
        final String longName = "a".repeat(65);
        assertThatThrownBy(() -> dedup(List.of(List.of(longName))))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("orders")
                .hasMessageContaining(longName)
                .hasMessageContaining("at most 64");
        assertThatThrownBy(() -> dedup(Collections.nCopies(1, List.<String>of())))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("empty");
        assertThatThrownBy(() -> dedup(
                        IntStream.range(0, 16).mapToObj(i -> List.of("k" + i)).toList()))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("at most 15");
        assertThat(stored(FieldNames.of(STREAM, List.of(), List.of(List.of(longName)), false), longName))
                .isEqualTo(longName);
    }

    @Test
    void names_of_1024_characters_are_kept_and_longer_ones_have_no_name() {
        final FieldNames names = append();
        assertThat(stored(names, "a".repeat(1024))).hasSize(1024);
        assertThat(column(names, "a".repeat(1025)).fate()).isEqualTo(FieldName.Fate.NAME_TOO_LONG);
        assertThat(stored(names, "a".repeat(1017) + "€".repeat(10))).startsWith("source_aaa");
        assertThat(column(names, "b".repeat(1 << 17)).fate()).isEqualTo(FieldName.Fate.NAME_TOO_LONG);
    }

    @Test
    void memory_is_bounded_and_names_beyond_it_are_still_unique_in_each_document() {
        final FieldNames names = append();
        for (int i = 0; i < 3 * FieldNames.MOST_REMEMBERED; i++) {
            names.startDocument();
            assertThat(stored(names, "$c" + i)).isEqualTo("source_c" + i);
        }
        names.startDocument();
        assertThat(stored(names, "_c20000")).isEqualTo("source_c20000");
        assertThat(stored(names, "$c20000")).isEqualTo("source_source_c20000");
        assertThat(stored(names, "source_c20000")).isEqualTo("source_source_source_c20000");
        assertThat(stored(names, "_c20000")).isEqualTo("source_c20000");
        names.startDocument();
        assertThat(stored(names, "$c20000")).isEqualTo("source_c20000");
    }

    private static FieldNames append(final String... declared) {
        final FieldNames names = FieldNames.of(STREAM, List.of(declared), List.of(), false);
        names.startDocument();
        return names;
    }

    private static FieldNames dedup(final List<List<String>> primaryKey) {
        final FieldNames names = FieldNames.of(STREAM, List.of(), primaryKey, true);
        names.startDocument();
        return names;
    }

    private static String stored(final FieldNames names, final String rawKey) {
        return column(names, rawKey).stored();
    }

    private static FieldName column(final FieldNames names, final String rawKey) {
        final byte[] raw = rawKey.getBytes(StandardCharsets.UTF_8);
        return names.column(raw, 0, raw.length, rawKey.indexOf('\\') >= 0);
    }
}
