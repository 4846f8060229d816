package io.airbyte.integrations.destination.convex.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class JsonStringTest {

    @Test
    void decodes_every_escape() {
        assertThat(decoded("plain é€😀")).isEqualTo("plain é€😀");
        assertThat(decoded("\\\"\\\\\\/\\b\\f\\n\\r\\t")).isEqualTo("\"\\/\b\f\n\r\t");
        assertThat(decoded("a\\u00e9\\ud83d\\uDE00z")).isEqualTo("aé😀z");
        assertThat(decoded("\\ud800")).isEqualTo("\ud800");
    }

    @Test
    void quotes_printable_text() {
        assertThat(new String(JsonString.quoted("a \"b\" \\ c"), StandardCharsets.US_ASCII))
                .isEqualTo("\"a \\\"b\\\" \\\\ c\"");
    }

    private static String decoded(final String content) {
        return JsonString.decoded(ByteSlice.of(content));
    }
}
