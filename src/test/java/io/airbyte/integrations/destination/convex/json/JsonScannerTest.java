package io.airbyte.integrations.destination.convex.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonScannerTest {

    private final JsonScanner scanner = new JsonScanner();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                " true ",
                "false",
                "0",
                "-0",
                "-0.0e-12",
                "12345678901234567890.5E+7",
                "\"\"",
                "\"a\\u00e9\\n\\\"\\/\"",
                "[]",
                "[1,[2,[]],{}]",
                "{\"a\":{\"b\":[{\"c\":null}]},\"\":1}",
                "\t{ \"a\" : [ 1 , 2 ] }\r\n"
            })
    void acceptsEveryKindOfValue(final String json) throws InvalidJson {
        assertThat(scan(json).text()).isEqualTo(json.strip());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tru1",
                "nul ",
                "01",
                "-a",
                "1.a",
                "1ex",
                "+1",
                "NaN",
                "'a'",
                "\"\\x\"",
                "\"\\u12g4\"",
                "\"a\nb\"",
                "[1 2]",
                "[1,]",
                "{\"a\" 1}",
                "{a:1}",
                "{\"a\":1,}",
                "{,}",
                "[}",
                "{\"a\":1]",
                "1 2",
                "{} {}"
            })
    void refusesWhatIsNotJson(final String json) {
        assertThatThrownBy(() -> scan(json))
                .isInstanceOfSatisfying(
                        InvalidJson.class,
                        invalid -> assertThat(invalid.isTruncation()).isFalse());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "{",
                "{\"a",
                "{\"a\"",
                "{\"a\":",
                "{\"a\":1",
                "[",
                "[1",
                "[1,",
                "tr",
                "-",
                "1.",
                "1e",
                "\"a",
                "\"\\",
                "\"\\u12"
            })
    void tellsTruncationFromOtherFaults(final String json) {
        assertThatThrownBy(() -> scan(json))
                .isInstanceOfSatisfying(
                        InvalidJson.class,
                        invalid -> assertThat(invalid.isTruncation()).isTrue());
    }

    @Test
    void acceptsValidUtf8OfEveryLength() throws InvalidJson {
        assertThat(scan("\"é€😀\u2028\"").text()).isEqualTo("\"é€😀\u2028\"");
    }

    @Test
    void refusesInvalidUtf8() {
        final List<byte[]> invalid = List.of(
                bytes('"', 0x80, '"'),
                bytes('"', 0xC0, 0x80, '"'),
                bytes('"', 0xC1, 0xBF, '"'),
                bytes('"', 0xE0, 0x9F, 0xBF, '"'),
                bytes('"', 0xED, 0xA0, 0x80, '"'),
                bytes('"', 0xF0, 0x8F, 0xBF, 0xBF, '"'),
                bytes('"', 0xF4, 0x90, 0x80, 0x80, '"'),
                bytes('"', 0xF5, 0x80, 0x80, 0x80, '"'),
                bytes('"', 0xE2, 0x82, 'a', '"'),
                bytes('"', 0xC3, '"', ' '));
        for (final byte[] sequence : invalid) {
            assertThatThrownBy(() -> scan(ByteSlice.of(sequence)))
                    .isInstanceOf(InvalidJson.class)
                    .hasMessageContaining("not valid UTF-8");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "abc,3,false,false",
        "é€😀,9,false,false",
        "\\n\\u0041,2,true,false",
        "\\u00e9\\u20ac\\ud83d\\ude00,9,true,false",
        "\\ud83d,3,true,true",
        "\\ude00x,4,true,true",
        "\\ud83d\\u0041,4,true,true"
    })
    void measuresStringsAsTheyAreOnceDecoded(
            final String content, final int length, final boolean escapes, final boolean lone) throws InvalidJson {
        scanner.reset(ByteSlice.of('"' + content + '"'));
        scanner.consumeString();
        assertThat(scanner.stringUtf8Length()).isEqualTo(length);
        assertThat(scanner.stringHasEscapes()).isEqualTo(escapes);
        assertThat(scanner.stringHasLoneSurrogate()).isEqualTo(lone);
    }

    @Test
    void walksNestedObjectsMemberByMember() throws InvalidJson {
        scanner.reset(ByteSlice.of("{\"a\":1,\"b\":{\"c\":[2,3],\"d\":{}},\"e\":\"x\"}"));
        final List<String> seen = new ArrayList<>();
        scanner.enterObject();
        while (scanner.nextKey()) {
            final String key = scanner.key().text();
            if (key.equals("b")) {
                scanner.enterObject();
                while (scanner.nextKey()) {
                    seen.add("b." + scanner.key().text() + "="
                            + scanner.skipValue().text());
                }
            } else {
                seen.add(key + "=" + scanner.skipValue().text());
            }
        }
        scanner.expectEnd();
        assertThat(seen).containsExactly("a=1", "b.c=[2,3]", "b.d={}", "e=\"x\"");
    }

    @Test
    void walksArraysElementByElement() throws InvalidJson {
        scanner.reset(ByteSlice.of("[ 1 , [] ,[2,{\"a\":3}], \"x\" ]"));
        final List<String> seen = new ArrayList<>();
        scanner.enterArray();
        while (scanner.nextElement()) {
            if (seen.size() == 1) {
                scanner.enterArray();
                assertThat(scanner.nextElement()).isFalse();
                seen.add("empty");
            } else {
                seen.add(scanner.skipValue().text());
            }
        }
        scanner.expectEnd();
        assertThat(seen).containsExactly("1", "empty", "[2,{\"a\":3}]", "\"x\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1,]", "[,1]", "[1 2]", "[1", "[", "[1}"})
    void walkingRefusesArraysThatAreNone(final String json) {
        scanner.reset(ByteSlice.of(json));
        assertThatThrownBy(() -> {
                    scanner.enterArray();
                    while (scanner.nextElement()) {
                        scanner.skipValue();
                    }
                })
                .isInstanceOf(InvalidJson.class);
    }

    @Test
    void walkingRefusesAMissingComma() throws InvalidJson {
        scanner.reset(ByteSlice.of("{\"a\":{} \"b\":1}"));
        scanner.enterObject();
        scanner.nextKey();
        scanner.enterObject();
        scanner.nextKey();
        assertThatThrownBy(scanner::nextKey).isInstanceOf(InvalidJson.class).hasMessageContaining("comma");
    }

    @Test
    void survivesAnyDepth() throws InvalidJson {
        final int depth = 1_000_000;
        assertThat(scan("[".repeat(depth) + "]".repeat(depth)).length()).isEqualTo(2 * depth);
    }

    private ByteSlice scan(final String json) throws InvalidJson {
        return scan(ByteSlice.of(json));
    }

    private ByteSlice scan(final ByteSlice json) throws InvalidJson {
        scanner.reset(json);
        final ByteSlice value = scanner.skipValue();
        scanner.expectEnd();
        return value;
    }

    private static byte[] bytes(final int... values) {
        final byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
