package io.airbyte.integrations.destination.convex.document;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlugTest {

    @ParameterizedTest
    @CsvSource({
        "_id,id",
        "_MyField,myfield",
        "*name!of.table,name_of_table",
        "My Table,my_table",
        "my-table,my_table",
        "$integer,integer",
        "café,cafe",
        "日本,ri_ben",
        "_airbyte_raw_id,airbyte_raw_id",
        "_creationTime,creationtime",
        "a__b--c,a_b_c",
        "1 bad name,1_bad_name"
    })
    void spells_names_as_a_deployment_does(final String name, final String slug) {
        assertThat(Slug.of(name)).isEqualTo(slug);
    }

    @ParameterizedTest
    @CsvSource({
        "影師嗎,ying_shi_ma",
        "Æúű--cool?,aeuu_cool",
        "Nín hǎo. Wǒ shì zhōng guó rén,nin_hao_wo_shi_zhong_guo_ren",
        "the quick brown fox,the_quick_brown_fox",
        "ß,ss",
        "北亰,bei_jing",
        "ᔕᓇᓇ,shanana",
        "げんまい茶,genmaicha"
    })
    void spells_texts_as_the_crates_do(final String text, final String slug) {
        assertThat(Slug.of(text)).isEqualTo(slug);
    }

    @ParameterizedTest
    @CsvSource({"''", "___", "$", "😀", "' \t'", "\uffff", "﻿", "___ $ ___"})
    void is_empty_when_no_letter_or_digit_is_left(final String text) {
        assertThat(Slug.of(text)).isEmpty();
    }

    @Test
    void knows_characters_whose_text_has_several_words_or_line_breaks() {
        assertThat(Slug.of("a\u2028b")).isEqualTo("a_b");
        assertThat(Slug.of("㎏")).isEqualTo("kg");
        assertThat(Slug.of("½")).isEqualTo("1_2");
    }

    @Test
    void drops_halves_of_surrogate_pairs_and_characters_beyond_the_table() {
        assertThat(Slug.of("a\ud800b")).isEqualTo("ab");
        assertThat(Slug.of("a\ud83d\ude00b")).isEqualTo("ab");
    }
}
