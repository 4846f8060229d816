package io.airbyte.integrations.destination.convex.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbyte.integrations.destination.convex.json.ByteSlice;
import io.airbyte.integrations.destination.convex.json.InvalidJson;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrimaryKeyDigestTest {

    private static final List<List<String>> ID = List.of(List.of("id"));
    private static final List<List<String>> A_AND_B = List.of(List.of("a"), List.of("b"));
    private static final List<List<String>> NESTED = List.of(List.of("a", "b"));

    private static List<Long> digest(final List<List<String>> key, final String document) throws InvalidJson {
        final PrimaryKeyDigest digest = new PrimaryKeyDigest(key);
        digest.read(ByteSlice.of(document));
        return List.of(digest.high(), digest.low());
    }

    private static List<Long> idDigest(final String value) throws InvalidJson {
        return digest(ID, "{\"id\":" + value + "}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    1                         | 1.0
                    1                         | 1e0
                    1                         | 0.1e1
                    1                         | 1.000000000000000000000000
                    100                       | 1E+2
                    -5                        | -5.00
                    0                         | 0.0
                    0                         | 0e10
                    -0                        | -0.0
                    0.1                       | 0.10
                    0.1                       | 0.1000000000000000055511151231257827
                    0.30000000000000004       | 0.300000000000000044
                    9007199254740993.0        | 9007199254740992
                    123456789.5               | 1234567895e-1
                    1e-400                    | 0
                    "a"                       | "\\u0061"
                    "é"                       | "\\u00E9"
                    "é"                       | "\\u00e9"
                    "😀"                      | "\\ud83d\\ude00"
                    "/"                       | "\\/"
                    "\\n"                     | "\\u000a"
                    "\\""                     | "\\u0022"
                    {"x":1,"y":2}             | {"y":2.0,"x":1.0}
                    {"x":1,"x":2}             | {"x":2}
                    {"x":[],"y":1,"x":2}      | {"x":2,"y":1}
                    {"\\u0078":1}             | {"x":1}
                    {"x":{"b":1,"a":2}}       | {"x":{"a":2,"b":1}}
                    [1,"a",null]              | [ 1.0 , "\\u0061" , null ]
                    """)
    void what_convex_takes_for_one_value_has_one_digest(final String one, final String other) throws InvalidJson {
        assertThat(idDigest(one)).isEqualTo(idDigest(other));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    1                         | "1"
                    1                         | 2
                    1                         | -1
                    0                         | -0
                    0.0                       | -0.0
                    1                         | true
                    0                         | false
                    true                      | false
                    null                      | "null"
                    null                      | 0
                    null                      | ""
                    null                      | {}
                    "a"                       | "A"
                    "a"                       | "a "
                    "é"                       | "e\\u0301"
                    "\\u0000"                 | ""
                    "9007199254740993"        | 9007199254740993
                    "9007199254740993"        | "9007199254740992"
                    0.1                       | 0.10000000000000002
                    []                        | {}
                    [1,2]                     | [2,1]
                    [1]                       | 1
                    [[1],2]                   | [1,[2]]
                    [[],[]]                   | [[[]]]
                    ["a","b"]                 | ["ab"]
                    {"x":1}                   | {"x":2}
                    {"x":1}                   | {"y":1}
                    {"x":null}                | {}
                    {"x":"y"}                 | ["x","y"]
                    """)
    void what_convex_tells_apart_has_two_digests(final String one, final String other) throws InvalidJson {
        assertThat(idDigest(one)).isNotEqualTo(idDigest(other));
    }

    @Test
    void columns_outside_of_the_key_do_not_matter() throws InvalidJson {
        assertThat(digest(ID, "{\"name\":\"x\",\"id\":1,\"tags\":[{\"id\":2}]}"))
                .isEqualTo(digest(ID, " {\"id\" : 1 , \"other\":{\"id\":3}} "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"id\":1,\"id\":2}", "{\"id\":2,\"x\":1}", "{\"id\":1,\"i\\u0064\":2}", "{\"\\u0069d\":2}"})
    void the_last_of_equal_columns_is_the_key_however_it_is_spelt(final String document) throws InvalidJson {
        assertThat(digest(ID, document)).isEqualTo(idDigest("2"));
    }

    @Test
    void the_parts_of_a_key_are_not_confused() throws InvalidJson {
        assertThat(digest(A_AND_B, "{\"a\":\"a\",\"b\":\"bc\"}"))
                .isEqualTo(digest(A_AND_B, "{\"b\":\"bc\",\"a\":\"a\"}"))
                .isNotEqualTo(digest(A_AND_B, "{\"a\":\"ab\",\"b\":\"c\"}"))
                .isNotEqualTo(digest(A_AND_B, "{\"a\":\"bc\",\"b\":\"a\"}"));
        assertThat(digest(A_AND_B, "{\"a\":null,\"b\":1}")).isNotEqualTo(digest(A_AND_B, "{\"a\":1,\"b\":null}"));
    }

    @Test
    void a_nested_key_is_found_below_its_column() throws InvalidJson {
        assertThat(digest(NESTED, "{\"b\":9,\"a\":{\"c\":0,\"b\":1}}"))
                .isEqualTo(digest(NESTED, "{\"a\":{\"b\":1.0,\"c\":{\"b\":2}}}"))
                .isEqualTo(digest(NESTED, "{\"a\":{\"b\":3,\"b\":1}}"))
                .isEqualTo(idDigest("1"))
                .isNotEqualTo(digest(NESTED, "{\"a\":{\"b\":2,\"c\":1}}"));
    }

    @Test
    void parts_of_a_key_may_be_in_one_column() throws InvalidJson {
        final List<List<String>> key = List.of(List.of("a", "x"), List.of("b"), List.of("a", "y"));

        assertThat(digest(key, "{\"a\":{\"x\":1,\"y\":2},\"b\":3}"))
                .isEqualTo(digest(key, "{\"b\":3,\"a\":{\"y\":2,\"x\":1,\"z\":0}}"))
                .isNotEqualTo(digest(key, "{\"a\":{\"x\":2,\"y\":1},\"b\":3}"));
    }

    @Test
    void a_missing_part_is_not_null() throws InvalidJson {
        final List<Long> missing = digest(NESTED, "{}");

        assertThat(digest(NESTED, "{\"a\":{}}")).isEqualTo(missing);
        assertThat(digest(NESTED, "{\"a\":1}")).isEqualTo(missing);
        assertThat(digest(NESTED, "{\"a\":{\"b\":null}}")).isNotEqualTo(missing);
    }

    @Test
    void one_digest_serves_many_documents() throws InvalidJson {
        final PrimaryKeyDigest digest = new PrimaryKeyDigest(ID);
        final String large = "{\"id\":\"" + "x".repeat(100_000) + "\"}";
        digest.read(ByteSlice.of(large));
        final long high = digest.high();
        final byte[] inTheMiddle = ("[" + large + "]").getBytes(StandardCharsets.UTF_8);
        digest.read(ByteSlice.of("{\"id\":1}"));
        assertThat(List.of(digest.high(), digest.low())).isEqualTo(idDigest("1"));

        digest.read(new ByteSlice(inTheMiddle, 1, inTheMiddle.length - 2));

        assertThat(digest.high()).isEqualTo(high);
    }

    @Test
    void numbers_are_the_doubles_that_the_platform_reads() throws InvalidJson {
        final Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            final String decimal = "%s%d.%d"
                    .formatted(
                            random.nextBoolean() ? "-" : "",
                            random.nextInt(1 << random.nextInt(31)),
                            random.nextInt(1_000_000));
            final String exact = new BigDecimal(Double.parseDouble(decimal)).toPlainString();
            final String asExponent = exact + "e0";

            assertThat(idDigest(decimal)).as(decimal).isEqualTo(idDigest(asExponent));
        }
    }

    @Test
    void short_decimals_of_every_shape_are_read_like_long_ones() throws InvalidJson {
        for (final String decimal : List.of(
                "999999999999999",
                "9999999999999999",
                "-99999999999999.9",
                "0.00000000000001",
                "-0.0000000000001",
                "99999999999999.9",
                "9007199254740991",
                "9007199254740993",
                "-0",
                "0",
                "-0.0",
                "1.10")) {
            assertThat(idDigest(decimal)).as(decimal).isEqualTo(idDigest(decimal + "e0"));
        }
    }

    @Test
    void digests_are_spread_over_all_bits() throws InvalidJson {
        final List<Long> words = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            words.addAll(idDigest(Integer.toString(i)));
        }

        assertThat(words).doesNotHaveDuplicates();
        assertThat(words.stream().mapToLong(Long::longValue).reduce(0, (a, b) -> a | b))
                .isEqualTo(-1);
        assertThat(words.stream().mapToLong(Long::longValue).reduce(-1, (a, b) -> a & b))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{\"id\":1", "{\"id\":1}x", "{\"id\":tru}"})
    void what_is_no_document_is_refused(final String document) {
        assertThatThrownBy(() -> digest(ID, document)).isInstanceOf(InvalidJson.class);
    }
}
