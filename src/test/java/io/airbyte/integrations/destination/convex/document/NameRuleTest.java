package io.airbyte.integrations.destination.convex.document;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NameRuleTest {

    @Test
    void a_field_is_of_printable_ascii_characters_of_which_the_first_and_the_last_are_some() {
        assertThat(NameRule.keepsField(" ~")).isTrue();
        assertThat(NameRule.keepsField("a\u001f")).isFalse();
        assertThat(NameRule.keepsField("a\u007f")).isFalse();
    }

    @Test
    void a_field_holds_1024_characters_and_not_one_more() {
        assertThat(NameRule.keepsField("a".repeat(1024))).isTrue();
        assertThat(NameRule.keepsField("a".repeat(1025))).isFalse();
    }
}
