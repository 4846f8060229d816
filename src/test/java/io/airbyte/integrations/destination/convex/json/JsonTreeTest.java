package io.airbyte.integrations.destination.convex.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTreeTest {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                " true ",
                "\"a\\u00e9\\n\"",
                "0",
                "-0.0",
                "2147483648",
                "123456789012345678901234567890",
                "1.5e300",
                "{\"a\":1,\"b\":[{\"c\":null},false,[\"ü\"]],\"a\":2}"
            })
    void reads_and_writes_what_a_mapper_would(final String json) throws IOException {
        assertThat(JsonTree.read(json)).isEqualTo(MAPPER.readTree(json));
        assertThat(JsonTree.read(json.getBytes(UTF_8))).isEqualTo(MAPPER.readTree(json));
        assertThat(new String(JsonTree.bytes(JsonTree.read(json)), UTF_8))
                .isEqualTo(MAPPER.readTree(json).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[1,]", "{\"a\"}", "{} {}", "1 2", "nul", "\"", "]", "{\"a\":1,}", "[1 2]", "NaN"})
    void refuses_what_a_mapper_would(final String json) {
        assertThatThrownBy(() -> JsonTree.read(json)).isInstanceOf(JsonProcessingException.class);
        assertThatThrownBy(() -> JsonTree.read(json.getBytes(UTF_8))).isInstanceOf(JsonProcessingException.class);
        assertThatThrownBy(() -> MAPPER.readTree(json)).isInstanceOf(JsonProcessingException.class);
    }

    @Test
    void is_missing_where_there_is_nothing() throws IOException {
        assertThat(JsonTree.read(" ").isMissingNode()).isTrue();
        assertThat(JsonTree.read(new byte[0]).isMissingNode()).isTrue();
    }

    @Test
    void refuses_a_value_that_nests_too_deep_instead_of_overflowing_the_stack() {
        assertThatThrownBy(() -> JsonTree.read("[".repeat(1_000_000))).isInstanceOf(JsonProcessingException.class);
    }

    @Test
    void writes_no_more_than_json() {
        assertThatThrownBy(() -> JsonTree.bytes(JsonNodeFactory.instance.pojoNode(this)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
