package io.airbyte.integrations.destination.convex.convex;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CountTest {

    @ParameterizedTest
    @CsvSource({"0, 0", "5, 5", "5.0, 5", "-0.0, 0", "1e3, 1000", "9007199254740991, 9007199254740991"})
    void a_whole_number_is_a_count(final String json, final long count) throws JsonProcessingException {
        assertThat(Count.of(read(json))).contains(count);
        assertThat(Count.ofInteger(read(json))).contains(count);
    }

    @ParameterizedTest
    @CsvSource({"'\"0\"', 0", "'\"5\"', 5", "'\"007\"', 7", "'\"999999999999999999\"', 999999999999999999"})
    void a_64_bit_integer_comes_as_text(final String json, final long count) throws JsonProcessingException {
        assertThat(Count.ofInteger(read(json))).contains(count);
        assertThat(Count.of(read(json))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "1.5",
                "9007199254740992",
                "1e300",
                "\"\"",
                "\"-1\"",
                "\"1.0\"",
                "\"9999999999999999999\"",
                "\"1 \"",
                "\"\u0661\"",
                "null",
                "true",
                "[1]",
                "{}"
            })
    void everything_else_is_none(final String json) throws JsonProcessingException {
        assertThat(Count.ofInteger(read(json))).isEmpty();
        assertThat(Count.of(read(json))).isEmpty();
    }

    private static JsonNode read(final String json) throws JsonProcessingException {
        return new ObjectMapper().readTree(json);
    }
}
