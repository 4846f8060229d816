package io.airbyte.integrations.destination.convex;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is said in several places is the same in all of them: the specification, the registry's metadata, the
 * documentation, the changelog, the image, and the sentences in the source.
 *
 * <p>Of sentences it checks those that a user can do something about. It does not see one that is neither built in the call
 * that makes a configuration or transient error of it, nor quoted by the documentation.
 */
class AgreementTest {

    private static final Path SOURCES = Path.of("src/main/java");
    private static final Path PACKAGES = SOURCES.resolve("io/airbyte/integrations/destination/convex");
    private static final Path SPEC =
            Path.of("src/main/resources/io/airbyte/integrations/destination/convex/config/spec.json");
    private static final Path DOCUMENTATION = Path.of("docs/integrations/destinations/convex.md");
    private static final Path MIGRATIONS = Path.of("docs/integrations/destinations/convex-migrations.md");

    /** What the official connector has had from the start, so that connections stay when a version changes. */
    private static final String DEFINITION_ID = "3eb4d99c-11fa-4561-a259-fc88e0c2f8f4";

    /** Calls that make an error of a sentence which tells the user what to do. */
    private static final Pattern ERROR = Pattern.compile(
            "(?:Failure\\.(?:config|transientError)|Advice\\.(?:config|later)|mistakes\\.add|new InvalidConfig)\\(");

    private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern QUOTED_ERROR = Pattern.compile("(?m)^\\| `([^`]+)` \\|");

    /** Shorter literals are names, codes and links between words. */
    private static final int SHORTEST_SENTENCE = 20;

    private final JsonNode spec = json(SPEC);
    private final JsonNode metadata = metadata().get("data");
    private final String documentation = text(DOCUMENTATION);

    @Test
    void the_version_is_the_same_in_build_registry_changelog_and_documentation() {
        final String version =
                first("<artifactId>destination-convex</artifactId>\\s*<version>([^<]+)<", text(Path.of("pom.xml")));

        assertThat(metadata.get("dockerImageTag").asText()).isEqualTo(version);
        assertThat(first("(?m)^## (\\S+)", text(Path.of("CHANGELOG.md")))).isEqualTo(version);
        assertThat(first("(?m)^## Changelog$[^$]*?^\\| :-.*\\R\\| (\\S+) ", documentation))
                .isEqualTo(version);
    }

    @Test
    void registry_and_specification_name_the_same_page_and_protocol() {
        assertThat(metadata.get("documentationUrl")).isEqualTo(spec.get("documentationUrl"));
        assertThat(metadata.get("protocolVersion")).isEqualTo(spec.get("protocol_version"));
    }

    @Test
    void the_registry_has_the_connector_under_its_old_id_with_its_licence_and_an_icon() {
        assertThat(metadata.get("definitionId").asText()).isEqualTo(DEFINITION_ID);
        assertThat(text(Path.of("LICENSE"))).startsWith(metadata.get("license").asText() + " License");
        assertThat(text(Path.of(metadata.get("icon").asText()))).startsWith("<svg ");
        assertThat(values(metadata.at("/allowedHosts/hosts"))).containsExactly("${deployment_url}");
        assertThat(spec.at("/connectionSpecification/required"))
                .anyMatch(name -> name.asText().equals("deployment_url"));
    }

    @Test
    void the_image_is_built_on_what_the_registry_says() {
        final String base = metadata.at("/connectorBuildOptions/baseImage").asText();
        final String dockerfile = text(Path.of("Dockerfile"));

        assertThat(base).contains("@sha256:");
        assertThat(withoutDockerHub(first("(?m)^ARG BASE=(\\S+)$", dockerfile))).isEqualTo(withoutDockerHub(base));
        assertThat(first("io\\.airbyte\\.version=(\\S+)", dockerfile))
                .isEqualTo(metadata.get("dockerImageTag").asText());
        assertThat(first("io\\.airbyte\\.name=(\\S+)", dockerfile))
                .isEqualTo(metadata.get("dockerRepository").asText());
    }

    private static String withoutDockerHub(final String image) {
        return image.startsWith("docker.io/") ? image.substring("docker.io/".length()) : image;
    }

    @Test
    void the_documentation_has_every_option_with_its_title_its_values_and_its_default() {
        final List<String> rows = rowsOf("### Configuration", documentation);
        final JsonNode options = spec.at("/connectionSpecification/properties");

        assertThat(rows).hasSize(options.size());
        options.properties().forEach(option -> {
            final JsonNode property = option.getValue();
            final String start = "| %s | `%s` |".formatted(property.get("title").asText(), option.getKey());
            assertThat(rows)
                    .as(start)
                    .anyMatch(row -> row.startsWith(start)
                            && values(property.path("enum")).stream().allMatch(value -> row.contains("`" + value + "`"))
                            && (!property.has("default")
                                    || row.contains("`%s` (default)"
                                            .formatted(property.get("default").asText()))));
        });
        values(spec.at("/connectionSpecification/required"))
                .forEach(name -> assertThat(section("## Prerequisites", documentation))
                        .contains("**" + options.at("/" + name + "/title").asText() + "**"));
    }

    @Test
    void the_readme_has_every_option_with_its_values() {
        final List<String> rows = rowsOf("## Configuration", text(Path.of("README.md")));
        final JsonNode options = spec.at("/connectionSpecification/properties");

        assertThat(rows).hasSize(options.size());
        options.properties()
                .forEach(option -> assertThat(rows)
                        .as(option.getKey())
                        .anyMatch(row -> row.startsWith("| `" + option.getKey() + "` |")
                                && values(option.getValue().path("enum")).stream()
                                        .allMatch(value -> row.contains("`" + value + "`"))));
    }

    @Test
    void the_documentation_has_the_sync_modes_of_specification_and_registry() {
        final List<String> rows = rowsOf("## Supported sync modes", documentation);
        final Set<String> modes = new TreeSet<>();
        rows.forEach(row -> matches("`(append|overwrite|append_dedup|[a-z_]+)`: ", row)
                .forEach(match -> modes.add(match.group(1))));

        assertThat(modes).containsExactlyInAnyOrderElementsOf(values(spec.get("supported_destination_sync_modes")));
        // The names and the layout that the registry looks for.
        assertThat(documentation).contains("| Sync mode | Supported |");
        assertThat(rows)
                .hasSize(5)
                .anyMatch(row -> row.startsWith("| Full Refresh - Overwrite | Yes |"))
                .anyMatch(row -> row.startsWith("| Full Refresh - Append | Yes |"))
                .anyMatch(row -> row.startsWith("| Incremental Sync - Append | Yes |"))
                .anyMatch(row -> row.startsWith("| Incremental Sync - Append + Deduped | Yes |"))
                // Airbyte offers it where refreshes are supported.
                .anyMatch(row -> row.startsWith("| Full Refresh - Overwrite + Deduped | %s |"
                        .formatted(metadata.path("supportsRefreshes").asBoolean() ? "Yes" : "No")));
    }

    @Test
    void every_breaking_change_has_its_section_in_the_migration_guide() {
        final List<String> versions = new ArrayList<>();
        metadata.at("/releases/breakingChanges").fieldNames().forEachRemaining(versions::add);
        final String guide = text(MIGRATIONS);

        assertThat(guide.lines().findFirst())
                .hasValue("# " + metadata.get("name").asText() + " Migration Guide");
        assertThat(matches("(?m)^## Upgrading to (\\S+)$", guide).map(match -> match.group(1)))
                .containsExactlyElementsOf(versions);
        assertThat(versions)
                .allSatisfy(version -> assertThat(metadata.at("/releases/breakingChanges")
                                .get(version)
                                .get("migrationDocumentationUrl")
                                .asText())
                        .isEqualTo("%s-migrations#upgrading-to-%s"
                                .formatted(spec.get("documentationUrl").asText(), version.replace(".", ""))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "document/DocumentLimits; MOST_FIELDS = 1022; top-level fields of a document | 1,022 |",
                "document/DocumentLimits; LARGEST_DOCUMENT = 1 << 20; size of a document | 1 MiB |",
                "document/ValueMeasure; MOST_FIELDS = 1024; fields of a nested object | 1,024 |",
                "document/ValueMeasure; LONGEST_ARRAY = 8192; elements of an array | 8,192 |",
                "document/ValueMeasure; DEEPEST = 16; nesting | 16 |",
                "document/NameRule; LONGEST_FIELD_NAME = 1024; length of a field name, after renaming | 1,024 |",
                "document/NameRule; LONGEST_IDENTIFIER = 64; length of a table name | 64 |",
                "document/FieldNames; MOST_KEY_COLUMNS = 15; columns of a primary key | 15 |",
                "sync/Surroundings; LONGEST_LINE = 64L << 20; length of a line of input | 64 MiB, or an eighth"
            })
    void a_limit_in_the_documentation_is_the_one_in_the_code(
            final String type, final String constant, final String row) {
        assertThat(text(PACKAGES.resolve(type + ".java"))).contains(" " + constant + ";");
        assertThat(section("### Connector limitations", documentation)).contains("| " + row);
    }

    @Test
    void every_sentence_that_the_documentation_quotes_is_one_of_the_source() throws IOException {
        final String source = String.join("\n", joinedSources());

        assertThat(quotedErrors()).hasSizeGreaterThan(80).doesNotHaveDuplicates();
        assertThat(quotedErrors()).allSatisfy(words -> assertThat(source).contains(words));
    }

    @Test
    void every_error_that_a_user_can_cure_is_in_the_documentation() throws IOException {
        final List<String> quoted = quotedErrors();
        final List<String> missing = joinedSources().stream()
                .flatMap(AgreementTest::errorsOf)
                .filter(sentence -> quoted.stream().noneMatch(sentence::contains))
                .toList();

        assertThat(missing).isEmpty();
    }

    @Test
    void links_within_the_repository_lead_to_files() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("docs"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".md")).flatMap(AgreementTest::linkedFiles))
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(file).exists());
        }
    }

    private static Stream<Path> linkedFiles(final Path page) {
        return matches("\\]\\(([^)#:]+)(?:#[^)]*)?\\)", text(page)).map(link -> page.resolveSibling(link.group(1)));
    }

    private List<String> quotedErrors() {
        return matches(QUOTED_ERROR, section("### Troubleshooting", documentation))
                .map(match -> match.group(1))
                .toList();
    }

    /** The source of each class, with string literals that are only cut into lines made one. */
    private static List<String> joinedSources() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .map(file -> text(file).replaceAll("\"\\s*\\+\\s*\"", ""))
                    .toList();
        }
    }

    /** The literals of each call that makes an error; a call without a sentence passes on one that is made elsewhere. */
    private static Stream<String> errorsOf(final String source) {
        return matches(ERROR, source)
                .map(call -> matches(LITERAL, arguments(source, call.end()))
                        .map(literal -> literal.group(1))
                        .toList())
                .filter(literals -> literals.stream().anyMatch(literal -> literal.length() >= SHORTEST_SENTENCE))
                .map(literals -> String.join(" … ", literals));
    }

    /** What stands between the parenthesis before {@code from} and the one that closes it. */
    private static String arguments(final String source, final int from) {
        int depth = 1;
        int at = from;
        boolean inLiteral = false;
        while (depth > 0) {
            final char character = source.charAt(at);
            if (inLiteral && character == '\\') {
                at++;
            } else if (character == '"') {
                inLiteral = !inLiteral;
            } else if (!inLiteral) {
                depth += character == '(' ? 1 : character == ')' ? -1 : 0;
            }
            at++;
        }
        return source.substring(from, at - 1);
    }

    /** From a heading to the next one of its level or above. */
    private static String section(final String heading, final String page) {
        final int level = heading.indexOf(' ');
        return first("(?ms)^%s$(.*?)(?=^#{1,%d} |\\z)".formatted(Pattern.quote(heading), level), page);
    }

    /** The rows of the first table in a section, without its head. */
    private static List<String> rowsOf(final String heading, final String page) {
        return section(heading, page)
                .lines()
                .dropWhile(line -> !line.startsWith("|"))
                .takeWhile(line -> line.startsWith("|"))
                .skip(2)
                .toList();
    }

    private static Stream<MatchResult> matches(final String regex, final String text) {
        return matches(Pattern.compile(regex), text);
    }

    private static Stream<MatchResult> matches(final Pattern pattern, final String text) {
        return pattern.matcher(text).results();
    }

    private static String first(final String regex, final String text) {
        final Matcher matcher = Pattern.compile(regex).matcher(text);
        assertThat(matcher.find()).as("%s in the text", regex).isTrue();
        return matcher.group(1);
    }

    private static List<String> values(final JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    private static JsonNode metadata() {
        try {
            return new ObjectMapper(new YAMLFactory()).readTree(text(Path.of("metadata.yaml")));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode json(final Path file) {
        try {
            return new ObjectMapper().readTree(file.toFile());
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(final Path file) {
        try {
            return Files.readString(file);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
