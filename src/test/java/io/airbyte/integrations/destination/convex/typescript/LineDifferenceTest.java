package io.airbyte.integrations.destination.convex.typescript;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineDifferenceTest {

    @ParameterizedTest
    @CsvSource({
        "abc, abc, ''",
        "abc, abxc, +x",
        "abc, ac, -b",
        "abc, axc, -b+x",
        "abcd, bcde, -a+e",
        "abcdef, axcdyf, -b+x-e+y",
        "'', ab, +a+b",
        "ab, '', -a-b",
        "aa, a, -a"
    })
    void the_shortest_difference_is_told(final String before, final String after, final String difference) {
        assertThat(String.join("", LineDifference.between(letters(before), letters(after)))
                        .replace(" ", ""))
                .isEqualTo(difference);
    }

    @Test
    void the_table_that_lines_are_in_is_named_once() {
        final List<String> before = List.of("  a: defineTable({", "x", "y", "z", "  b: defineTable({", "x");
        final List<String> after = List.of("  a: defineTable({", "X", "y", "Z", "  b: defineTable({", "X");
        assertThat(LineDifference.between(before, after))
                .containsExactly(
                        "    a: defineTable({", "- x", "+ X", "- z", "+ Z", "    b: defineTable({", "- x", "+ X");
    }

    @Test
    void what_is_too_different_to_be_compared_is_told_whole() {
        final List<String> before =
                IntStream.range(0, 3000).mapToObj(i -> "a" + i).toList();
        final List<String> after =
                IntStream.range(0, 3000).mapToObj(i -> "b" + i).toList();
        assertThat(LineDifference.between(before, after))
                .hasSize(6000)
                .startsWith("- a0")
                .endsWith("+ b2999");
    }

    private static List<String> letters(final String text) {
        return text.chars().mapToObj(letter -> String.valueOf((char) letter)).toList();
    }
}
