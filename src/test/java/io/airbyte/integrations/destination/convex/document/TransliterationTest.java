package io.airbyte.integrations.destination.convex.document;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TransliterationTest {

    /** SHA-256 of the crate's 65,535 texts in order, joined with NUL, computed from its source. */
    private static final String DIGEST_OF_THE_CRATES_TABLE =
            "f9f5e1aae8650bdba232fb925b3b01cc96e673372aac546d781d8c453482a452";

    @Test
    void holds_the_crates_table_text_for_text() throws NoSuchAlgorithmException {
        final String texts = IntStream.range(0, 0xffff)
                .mapToObj(character -> Transliteration.of(Character.toString(character)))
                .collect(Collectors.joining("\0"));
        final byte[] digest = MessageDigest.getInstance("SHA-256").digest(texts.getBytes(StandardCharsets.US_ASCII));
        assertThat(HexFormat.of().formatHex(digest)).isEqualTo(DIGEST_OF_THE_CRATES_TABLE);
    }

    @Test
    void leaves_ascii_as_it_is() {
        assertThat(Transliteration.of("a B\t~_\0")).isEqualTo("a B\t~_\0");
    }

    @Test
    void keeps_the_case_and_spaces_that_the_table_gives() {
        assertThat(Transliteration.of("Æneid 北亰 étude")).isEqualTo("AEneid Bei Jing  etude");
    }
}
