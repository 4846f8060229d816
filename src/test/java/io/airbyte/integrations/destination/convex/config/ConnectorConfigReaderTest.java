package io.airbyte.integrations.destination.convex.config;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.airbyte.integrations.destination.convex.config.ConnectorConfig.LargeIntegers;
import io.airbyte.integrations.destination.convex.config.ConnectorConfig.UnstorableValues;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectorConfigReaderTest {

    private static final String CANARY = "0123canary4567";
    private static final String URL = "https://happy-otter-123.convex.cloud";
    private static final String REQUIRED = "\"deployment_url\":\"" + URL + "\",\"access_key\":\"" + CANARY + "\"";

    @TempDir
    private Path folder;

    @Test
    void the_official_connectors_configuration_reads_unchanged_and_takes_the_defaults() throws Exception {
        assertThat(read("{" + REQUIRED + "}"))
                .isEqualTo(new ConnectorConfig(
                        URL, CANARY, LargeIntegers.STRING, UnstorableValues.NULL_AND_RECORD, false));
    }

    @Test
    void unknown_keys_of_every_kind_are_ignored() throws Exception {
        assertThat(read("{\"a\":{\"access_key\":1},\"b\":[{}],\"__injected\":null,\"c\":1e999," + REQUIRED + "}"))
                .isEqualTo(read("{" + REQUIRED + "}"));
    }

    @Test
    void every_option_is_read() throws Exception {
        assertThat(read("{" + REQUIRED
                        + ",\"large_integers\":\"number\",\"unstorable_values\":\"fail\",\"airbyte_metadata\":true}"))
                .isEqualTo(new ConnectorConfig(URL, CANARY, LargeIntegers.NUMBER, UnstorableValues.FAIL, true));
    }

    @Test
    void a_null_option_counts_as_absent() throws Exception {
        assertThat(read("{" + REQUIRED
                        + ",\"large_integers\":null,\"unstorable_values\":null,\"airbyte_metadata\":null}"))
                .isEqualTo(read("{" + REQUIRED + "}"));
    }

    @Test
    void a_byte_order_mark_and_line_ends_of_every_kind_are_no_mistake() throws Exception {
        assertThat(read("\ufeff{\r\n" + REQUIRED + "\r}\n")).isEqualTo(read("{" + REQUIRED + "}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"access_key\":\"k\"}", "{\"access_key\":\"k\",\"deployment_url\":null}"})
    void a_missing_deployment_url_is_named(final String json) {
        assertThat(mistake(json))
                .isEqualTo("The configuration has no deployment_url. Enter the URL of your Convex deployment, such as"
                        + " https://happy-otter-123.convex.cloud.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"deployment_url\":\"u\"}", "{\"deployment_url\":\"u\",\"access_key\":null}"})
    void a_missing_access_key_is_named(final String json) {
        assertThat(mistake(json))
                .isEqualTo("The configuration has no access_key. Enter a deploy key of your Convex deployment.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "true", "{\"a\":\"" + CANARY + "\"}", "[\"" + CANARY + "\"]"})
    void a_field_that_is_not_a_string_is_named(final String value) {
        assertThat(mistake("{\"deployment_url\":" + value + ",\"access_key\":\"k\"}"))
                .isEqualTo("In the configuration, deployment_url is not a string. Enter the URL of your Convex"
                        + " deployment, such as https://happy-otter-123.convex.cloud.");
        assertThat(mistake("{\"deployment_url\":\"u\",\"access_key\":" + value + "}"))
                .isEqualTo("In the configuration, access_key is not a string. Enter a deploy key of your Convex"
                        + " deployment.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"" + CANARY + "\"", "\"STRING\"", "\"\"", "1", "false", "{}", "[\"string\"]"})
    void an_unknown_value_of_an_option_is_answered_with_the_known_ones(final String value) {
        assertThat(mistake("{" + REQUIRED + ",\"large_integers\":" + value + "}"))
                .isEqualTo("In the configuration, large_integers has an unknown value. Use \"string\" or \"number\", or"
                        + " leave it out for \"string\".");
        assertThat(mistake("{" + REQUIRED + ",\"unstorable_values\":" + value + "}"))
                .isEqualTo("In the configuration, unstorable_values has an unknown value. Use \"null_and_record\" or"
                        + " \"fail\", or leave it out for \"null_and_record\".");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"true\"", "\"" + CANARY + "\"", "0", "1", "{}", "[true]"})
    void a_flag_that_is_not_a_boolean_is_named(final String value) {
        assertThat(mistake("{" + REQUIRED + ",\"airbyte_metadata\":" + value + "}"))
                .isEqualTo("In the configuration, airbyte_metadata is not a boolean. Use true or false without quotes,"
                        + " or leave it out for false.");
    }

    @Test
    void all_mistakes_are_told_at_once() {
        assertThat(mistake(
                        "{\"deployment_url\":7,\"large_integers\":7,\"unstorable_values\":7,\"airbyte_metadata\":7}"))
                .contains("deployment_url is not a string")
                .contains("has no access_key")
                .contains("large_integers has an unknown value")
                .contains("unstorable_values has an unknown value")
                .contains("airbyte_metadata is not a boolean");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "null", "\"" + CANARY + "\"", "1", "{} {}", "{\"a\":1} []"})
    void what_is_not_one_object_is_refused(final String json) {
        assertThat(mistake(json))
                .isEqualTo("The configuration file " + file() + " is not a single JSON object. It must hold one object"
                        + " with deployment_url and access_key.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n\n"})
    void an_empty_file_is_refused(final String json) {
        assertThat(mistake(json))
                .isEqualTo("The configuration file " + file() + " is empty. It must hold a JSON object with"
                        + " deployment_url and access_key.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '~',
            value = {
                CANARY + " ; 1; 2",
                "{" + CANARY + ":1} ; 1; 2",
                "{\"access_key\":" + CANARY + "} ; 1; 16",
                "{\"access_key\":\"" + CANARY + "\", } ; 1; 33",
                "~{\n \"access_key\" \"" + CANARY + "\"}~ ; 2; 15",
                "~{\"access_key\":\"" + CANARY + "\n\"}~ ; 1; 30",
                "{\"access_key\":\"" + CANARY + "\\x\"} ; 1; 31",
                "{} " + CANARY + " ; 1; 5"
            })
    void what_is_not_json_is_told_by_its_place_and_never_quoted(final String json, final int line, final int column) {
        assertThat(mistake(json))
                .isEqualTo("The configuration file %s is not valid JSON at line %d, column %d. Correct it."
                        .formatted(file(), line, column));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{\"access_key\"", "{\"access_key\":\"" + CANARY, "{" + REQUIRED, "{\"a\":[1"})
    void a_file_that_was_cut_off_is_told_apart(final String json) {
        assertThat(mistake(json))
                .isEqualTo("The configuration file " + file() + " is not valid JSON: it ends before the JSON is"
                        + " complete. Restore the part that is missing.");
    }

    @Test
    void nesting_without_end_is_refused() {
        assertThat(mistake("{\"a\":" + "[".repeat(100_000)))
                .startsWith("The configuration file " + file() + " is not valid JSON")
                .endsWith(". Correct it.");
    }

    @ParameterizedTest
    @MethodSource("bytesThatAreNotUtf8")
    void bytes_that_are_not_text_are_refused(final byte[] bytes) throws Exception {
        Files.write(file(), bytes);

        assertThat(mistake(file()))
                .isEqualTo("The configuration file " + file()
                        + " is not valid JSON: it is not text in UTF-8. Save it as UTF-8.");
    }

    static Stream<byte[]> bytesThatAreNotUtf8() {
        return Stream.of(
                new byte[] {'{', '"', 'a', '"', ':', '"', (byte) 0xc3, 'x', '"', '}'},
                new byte[] {0, 0, 0, '{', (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff},
                "{\"a\":\"é\"}".getBytes(ISO_8859_1));
    }

    @Test
    void a_missing_file_is_named() {
        final Path missing = folder.resolve("missing.json");

        assertThat(mistake(missing))
                .isEqualTo("The configuration file " + missing
                        + " does not exist. Pass the path of an existing file with --config.");
    }

    @Test
    void a_folder_is_not_a_file() {
        assertThat(mistake(folder))
                .isEqualTo("The configuration file " + folder
                        + " is a folder. Pass the path of a readable file with --config.");
    }

    @Test
    void a_path_through_a_file_cannot_be_read() throws Exception {
        Files.writeString(file(), "{}");
        final Path below = file().resolve("config.json");

        assertThat(mistake(below))
                .isEqualTo("The configuration file " + below
                        + " cannot be read. Pass the path of a readable file with --config.");
    }

    @Test
    void a_file_that_may_not_be_read_is_told_apart() throws Exception {
        Files.writeString(file(), "{}");
        assumeFalse(
                !file().toFile().setReadable(false) || Files.isReadable(file()),
                "this user may read whatever it likes");

        assertThat(mistake(file()))
                .isEqualTo("The configuration file " + file() + " may not be read by the user that runs the connector."
                        + " Give that user the right to read it.");
    }

    @Test
    void the_text_of_a_configuration_shows_neither_key_nor_url() throws Exception {
        assertThat(read("{\"deployment_url\":\"" + CANARY + "\",\"access_key\":\"" + CANARY + "\"}"))
                .hasToString("ConnectorConfig[largeIntegers=STRING, unstorableValues=NULL_AND_RECORD,"
                        + " airbyteMetadata=false]");
    }

    private Path file() {
        return folder.resolve("config.json");
    }

    private ConnectorConfig read(final String json) throws InvalidConfig, IOException {
        Files.writeString(file(), json);
        return ConnectorConfigReader.read(file());
    }

    private String mistake(final String json) {
        try {
            Files.write(file(), json.getBytes(UTF_8));
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
        return mistake(file());
    }

    /** The message, once neither it nor the whole stack trace repeats anything of the file. */
    private static String mistake(final Path file) {
        final InvalidConfig invalid = catchThrowableOfType(InvalidConfig.class, () -> ConnectorConfigReader.read(file));
        assertThat(invalid).isNotNull();
        final StringWriter trace = new StringWriter();
        invalid.printStackTrace(new PrintWriter(trace));
        // The file's name is chosen at random, and may have anything in it.
        assertThat(trace.toString().replace(file.toString(), "")).doesNotContain("canary", "0123");
        return invalid.message();
    }
}
