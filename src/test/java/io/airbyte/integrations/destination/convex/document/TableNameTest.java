package io.airbyte.integrations.destination.convex.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.StreamDescriptor;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableNameTest {

    @ParameterizedTest
    @CsvSource({
        "users,users",
        "Users_2,Users_2",
        "a09,a09",
        "zA,zA",
        "AZ,AZ",
        "Za,Za",
        "@a,source_a",
        "[a,source_a",
        "`a,source_a",
        "{a,source_a",
        "a/,source_a",
        "a:,source_a",
        "_users,source_users",
        "*name!of.table,source_name_of_table",
        "My Table,source_my_table",
        "my-table,source_my_table",
        "1 bad name,source_1_bad_name",
        "___,source_",
        "日本,source_ri_ben"
    })
    void is_what_a_deployment_would_make_of_the_stream(final String stream, final String table) {
        assertThat(TableName.of(StreamDescriptor.of(stream)).text()).isEqualTo(table);
    }

    @Test
    void has_the_namespace_in_front_where_there_is_one() {
        assertThat(TableName.of(StreamDescriptor.of("public", "users")).text()).isEqualTo("public_users");
        assertThat(TableName.of(StreamDescriptor.of("", "users")).text()).isEqualTo("users");
        assertThat(TableName.of(StreamDescriptor.of("_x", "users")).text()).isEqualTo("source_x_users");
    }

    @Test
    void holds_64_characters_and_not_one_more() {
        final StreamDescriptor tooLong = StreamDescriptor.of("a".repeat(65));
        assertThat(TableName.of(StreamDescriptor.of("a".repeat(64))).text()).hasSize(64);
        assertThat(TableName.of(StreamDescriptor.of("a".repeat(57) + ".......")).text())
                .hasSize(64);
        assertThatThrownBy(() -> TableName.of(tooLong)).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.kind()).isEqualTo(Failure.Kind.CONFIG_ERROR);
            assertThat(failure.stream()).isEqualTo(Optional.of(tooLong));
            assertThat(failure.message()).contains("at most 64 characters").contains(tooLong.name());
        });
    }
}
