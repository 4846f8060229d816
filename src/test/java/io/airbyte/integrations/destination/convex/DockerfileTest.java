package io.airbyte.integrations.destination.convex;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What Airbyte asks of an image, as far as the text of the Dockerfile tells. {@code ImageIT} builds and runs it. */
class DockerfileTest {

    private String dockerfile = "";

    @BeforeEach
    void read_it() throws IOException {
        dockerfile = Files.readString(Path.of("Dockerfile"));
    }

    @Test
    void every_stage_stands_on_airbytes_base_by_its_digest() {
        assertThat(found("(?m)^ARG BASE=(.*)$"))
                .singleElement()
                .asString()
                .matches("docker\\.io/airbyte/java-connector-base:\\d+\\.\\d+\\.\\d+@sha256:[0-9a-f]{64}");
        assertThat(found("(?m)^FROM (\\S+)")).isNotEmpty().containsOnly("${BASE}");
    }

    @Test
    void its_labels_name_the_connector_and_the_version_of_the_build() throws IOException {
        final String pom = Files.readString(Path.of("pom.xml"));

        assertThat(found("io\\.airbyte\\.name=(\\S+)")).containsExactly("airbyte/destination-convex");
        assertThat(found("io\\.airbyte\\.version=(\\S+)"))
                .isEqualTo(matches(pom, "<artifactId>destination-convex</artifactId>\\s*<version>(.*)</version>"));
    }

    @Test
    void the_application_is_the_start_script() throws IOException {
        final List<String> application = found("\\bAPPLICATION=(\\S+)");

        try (Stream<Path> scripts = Files.list(Path.of("src/main/bin"))) {
            assertThat(scripts.map(script -> script.getFileName().toString()).toList())
                    .isEqualTo(application);
        }
    }

    @Test
    void it_is_entered_by_the_bases_script_as_a_user_that_is_a_number_and_not_root() {
        assertThat(found("(?m)^ENTRYPOINT (.*)$")).containsExactly("[\"/airbyte/base.sh\"]");
        assertThat(found("(?m)^USER (.*)$")).last().isEqualTo("1000:1000");
    }

    @Test
    void java_opts_are_left_to_the_platform() {
        assertThat(dockerfile).doesNotContain("JAVA_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS");
    }

    private List<String> found(final String pattern) {
        return matches(dockerfile, pattern);
    }

    private static List<String> matches(final String text, final String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((final MatchResult match) -> match.group(1))
                .toList();
    }
}
