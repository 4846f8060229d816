package io.airbyte.integrations.destination.convex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.airbyte.integrations.destination.convex.Arguments.Command;
import io.airbyte.integrations.destination.convex.Arguments.Misuse;
import io.airbyte.integrations.destination.convex.Arguments.Option;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentsTest {

    private static final String SECRET = "0123canary4567";

    @ParameterizedTest
    @CsvSource({
        "spec, SPEC",
        "--spec, SPEC",
        "check, CHECK",
        "--check, CHECK",
        "write, WRITE",
        "--write, WRITE",
        "help, HELP",
        "--help, HELP",
        "-h, HELP",
        "version, VERSION",
        "--version, VERSION"
    })
    void a_command_has_two_forms(final String word, final Command command) throws Misuse {
        assertThat(parsed(word)).isEqualTo(new Arguments(command, Map.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "write --config c.json --catalog d.json",
                "--write --config c.json --catalog d.json",
                "--config c.json --catalog d.json write",
                "--catalog d.json --write --config c.json",
                "--catalog=d.json write --config c.json",
                "--config=c.json --catalog=d.json --write",
                "write --write --config c.json --catalog d.json",
                "write --config c.json --catalog d.json --state s.json"
            })
    void options_stand_in_any_order_with_or_without_an_equals_sign(final String line) throws Misuse {
        final Arguments arguments = parsed(line.split(" "));

        assertThat(arguments.command()).isEqualTo(Command.WRITE);
        assertThat(arguments.requiredFile(Option.CONFIG)).isEqualTo(Path.of("c.json"));
        assertThat(arguments.requiredFile(Option.CATALOG)).isEqualTo(Path.of("d.json"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "check --config c.json --catalog",
                "check --config c.json --catalog ''",
                "check --config c.json --catalog=",
                "check --catalog --config c.json",
                "--catalog --check --config=c.json",
                "--catalog '' --config c.json check",
                "--catalog= --config c.json check"
            })
    void a_catalog_without_a_value_counts_for_nothing(final String line) throws Misuse {
        final Arguments arguments = parsed(List.of(line.split(" ")).stream()
                .map(word -> word.replace("''", ""))
                .toArray(String[]::new));

        assertThat(arguments.command()).isEqualTo(Command.CHECK);
        assertThat(arguments.requiredFile(Option.CONFIG)).isEqualTo(Path.of("c.json"));
        assertThat(arguments.file(Option.CATALOG)).isEmpty();
    }

    @Test
    void a_file_may_be_called_anything() throws Misuse {
        assertThat(parsed("check", "--config", "spec").file(Option.CONFIG)).contains(Path.of("spec"));
        assertThat(parsed("check", "--config", "a b=c").file(Option.CONFIG)).contains(Path.of("a b=c"));
        assertThat(parsed("check", "--config=a=b").file(Option.CONFIG)).contains(Path.of("a=b"));
        assertThat(parsed("check", "--config", "-").file(Option.CONFIG)).contains(Path.of("-"));
        assertThat(parsed("check", "--config=--x").file(Option.CONFIG)).contains(Path.of("--x"));
    }

    @Test
    void a_missing_option_is_named_when_it_is_needed() throws Misuse {
        final Arguments arguments = parsed("write", "--config");

        assertThat(failure(arguments, Option.CONFIG))
                .isEqualTo("The option --config is missing. Name a file with --config FILE.");
        assertThat(failure(arguments, Option.CATALOG))
                .isEqualTo("The option --catalog is missing. Name a file with --catalog FILE.");
    }

    @Test
    void a_name_that_no_file_can_have_is_a_mistake_like_any_other() throws Misuse {
        assertThat(failure(parsed("check", "--config", "a\u0000b"), Option.CONFIG))
                .contains("The file name given with --config", "LC_ALL=C.UTF-8")
                .doesNotContain("a\u0000b");
    }

    @Test
    void exactly_one_command_is_needed() {
        assertThat(misuse()).isEqualTo("No command was given.");
        assertThat(misuse("")).isEqualTo("A word of the command line is neither a command nor an option.");
        assertThat(misuse("--config", "c.json")).isEqualTo("No command was given.");
        assertThat(misuse("check", "--config", "c.json", "write")).isEqualTo("More than one command was given.");
        assertThat(misuse("spec", "--check")).isEqualTo("More than one command was given.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"discover", "Check", "-check", "--confg", "--max-size", "--access_key", "-v"})
    void an_unknown_word_is_named(final String word) {
        assertThat(misuse("check", word)).isEqualTo("Unknown command or option: " + word);
        assertThat(misuse(word + "=" + SECRET, "check")).isEqualTo("Unknown command or option: " + word);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "prod:happy-otter-123|" + SECRET,
                SECRET,
                "--" + SECRET,
                "--key|" + SECRET + "=x",
                "{\"access_key\":\"" + SECRET + "\"}",
                "eyJhbGciOiJIUzINiIsInRcCIkpXVCJ" + SECRET
            })
    void a_word_that_may_be_a_key_is_never_repeated(final String word) {
        assertThat(misuse("check", word)).isEqualTo("A word of the command line is neither a command nor an option.");
    }

    private static Arguments parsed(final String... words) throws Misuse {
        return Arguments.parse(List.of(words));
    }

    private static String misuse(final String... words) {
        final Misuse misuse = catchThrowableOfType(Misuse.class, () -> parsed(words));
        assertThat(misuse).as("the misuse in %s", List.of(words)).isNotNull();
        return misuse.sentence();
    }

    private static String failure(final Arguments arguments, final Option option) {
        final Failure failure = catchThrowableOfType(Failure.class, () -> arguments.requiredFile(option));
        assertThat(failure).isNotNull();
        assertThat(failure.kind()).isEqualTo(Failure.Kind.CONFIG_ERROR);
        return failure.message();
    }
}
