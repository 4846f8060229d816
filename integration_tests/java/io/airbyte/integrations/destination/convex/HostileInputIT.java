package io.airbyte.integrations.destination.convex;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector.Result;
import io.airbyte.integrations.destination.convex.acceptance.SourceLines;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import io.airbyte.integrations.destination.convex.local.Permission;
import io.airbyte.integrations.destination.convex.protocol.MessageWriter;
import io.airbyte.integrations.destination.convex.protocol.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/**
 * Hostile lines, catalogs and configurations, each with its promised answer; the tables are in {@code resources/hostile}. The
 * whole program but for its process: what a process adds is in {@code WriteInputIT}, {@code WriteCatalogIT}, {@code CheckIT}
 * and {@code CommandLineIT} of the acceptance suite.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileInputIT {

    /** Stands for the content of records and files. */
    private static final String SECRET = "S3CR3T4711";

    private static final String KEY = "local|0c1a2n3a4r5y";
    private static final LocalDeployment DEPLOYMENT =
            LocalDeployment.builder().key(KEY, Permission.values()).start();

    private static final String CONFIG = "{\"deployment_url\":\"{URL}\",\"access_key\":\"" + KEY + "\"}";
    private static final String USERS =
            "{\"stream\":{\"name\":\"users\"},\"sync_mode\":\"incremental\",\"destination_sync_mode\":\"append\"}";
    private static final String PETS =
            "{\"stream\":{\"name\":\"pets\",\"json_schema\":{\"properties\":{\"id\":{}}}},\"sync_mode\":\"incremental\","
                    + "\"destination_sync_mode\":\"append_dedup\",\"primary_key\":[[\"id\"]]}";
    private static final String CATALOG = "{\"streams\":[" + USERS + "," + PETS + "]}";

    @TempDir
    private Path folder;

    @BeforeEach
    void empty_the_deployment() {
        DEPLOYMENT.clear();
    }

    @AfterAll
    static void stop_the_deployment() {
        DEPLOYMENT.close();
    }

    @ParameterizedTest
    @CsvFileSource(resources = "/hostile/lines.csv", delimiter = '|', quoteCharacter = '~', maxCharsPerColumn = 10_000)
    void a_line_is_refused_by_name_or_passed_and_what_was_before_it_is_written_and_acknowledged(
            final String line, final String kind, final String stream, final String words) throws IOException {
        final Result result = written(CATALOG, joined(user(1), state(1), bytes(line), user(9), state(9)));

        if (kind.equals("none")) {
            assertThat(result.exitCode()).as("%s", result).isZero();
            assertThat(result.messages("TRACE")).isEmpty();
            assertThat(acknowledged(result)).containsExactly(1, 9);
            assertThat(ids()).startsWith(1).endsWith(9);
            return;
        }
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.error().path("failure_type").asText())
                .as("%s", result)
                .isEqualTo(kind);
        assertThat(result.error().path("message").asText()).contains(words);
        assertThat(result.error().path("message").asText()).contains("ine 3 of the input");
        assertThat(result.error().at("/stream_descriptor/name").asText("none")).isEqualTo(stream);
        assertThat(acknowledged(result)).containsExactly(1);
        assertThat(ids()).containsExactly(1);
    }

    @ParameterizedTest
    @CsvFileSource(resources = "/hostile/catalogs.csv", delimiter = '|', quoteCharacter = '~')
    void a_catalog_is_refused_with_every_mistake_before_anything_is_asked_of_the_deployment(
            final String catalog, final String words) throws IOException {
        final Result result = written(catalog.replace("{U}", USERS), new byte[0]);

        if (words.equals("none")) {
            assertThat(result.exitCode()).as("%s", result).isZero();
            assertThat(result.messages("TRACE")).isEmpty();
            return;
        }
        assertConfigError(result, words);
        assertThat(DEPLOYMENT.requests()).isEmpty();
    }

    @ParameterizedTest
    @CsvFileSource(resources = "/hostile/configs.csv", delimiter = '^', quoteCharacter = '~')
    void a_configuration_is_refused_by_write_and_by_check_in_the_same_words(final String config, final String words)
            throws IOException {
        final Path file = saved("config.json", config);
        final Path catalog = saved("catalog.json", CATALOG);

        final Result check = run(new byte[0], "check", "--config", file.toString());
        final Result write = run(user(1), "write", "--config", file.toString(), "--catalog", catalog.toString());

        assertThat(check.exitCode()).isZero();
        assertThat(check.messages("CONNECTION_STATUS")).hasSize(1);
        final JsonNode status = check.messages("CONNECTION_STATUS").get(0).path("connectionStatus");
        assertThat(status.path("status").asText()).isEqualTo("FAILED");
        assertConfigError(write, words);
        assertThat(status.path("message").asText())
                .isEqualTo(write.error().path("message").asText());
        assertThat(DEPLOYMENT.requests()).isEmpty();
    }

    private static void assertConfigError(final Result result, final String words) {
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.error().path("failure_type").asText())
                .as("%s", result)
                .isEqualTo("config_error");
        assertThat(result.error().path("message").asText()).contains(words);
    }

    private Result written(final String catalog, final byte[] input) throws IOException {
        final Path config = saved("config.json", CONFIG);
        final Path file = saved("catalog.json", catalog);
        return run(input, "write", "--config", config.toString(), "--catalog", file.toString());
    }

    /** Whatever comes of it, neither a record's content nor the key may show. */
    private static Result run(final byte[] input, final String... words) throws IOException {
        final ByteArrayOutputStream output = new ByteArrayOutputStream();
        final int exitCode = DestinationConvex.run(
                Arrays.asList(words),
                new ByteArrayInputStream(input),
                new MessageWriter(output),
                Terminal.none(),
                Map.of());
        final String said = output.toString(UTF_8);
        // Acknowledged states are the source's own words.
        assertThat(said).doesNotContain(SECRET, KEY, KEY.substring(6), "unexpected error");
        return new Result(exitCode, said.lines().toList(), List.of());
    }

    private static List<Integer> acknowledged(final Result result) {
        return result.messages("STATE").stream()
                .map(state -> state.at("/state/stream/stream_state/cursor").asInt())
                .toList();
    }

    private static List<Integer> ids() {
        return DEPLOYMENT.records("users").stream()
                .map(document -> document.path("id").asInt())
                .toList();
    }

    private static byte[] user(final int id) {
        return SourceLines.record("users", "{\"id\":%d}".formatted(id)).getBytes(UTF_8);
    }

    private static byte[] state(final int cursor) {
        return SourceLines.state("users", cursor).getBytes(UTF_8);
    }

    private static byte[] joined(final byte[]... lines) {
        final ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (final byte[] line : lines) {
            joined.writeBytes(line);
            joined.write('\n');
        }
        return joined.toByteArray();
    }

    private Path saved(final String name, final String text) throws IOException {
        return Files.write(folder.resolve(name), bytes(text));
    }

    /** What the tables write in braces and capitals, among it bytes that are no text. */
    private static byte[] bytes(final String cell) {
        final String utf8 = new String(
                cell.replace("{S}", SECRET)
                        .replace("{URL}", DEPLOYMENT.url())
                        .replace("{EMPTY}", "")
                        .replace("{DEEP}", "[".repeat(2_000) + "]".repeat(2_000))
                        .getBytes(UTF_8),
                ISO_8859_1);
        return utf8.replace("{NUL}", "\0")
                .replace("{FF}", "\u00ff")
                .replace("{OVERLONG}", "\u00c0\u00af")
                .replace("{SURROGATE}", "\u00ed\u00a0\u0080")
                .replace("{BOM}", "\u00ef\u00bb\u00bf")
                .getBytes(ISO_8859_1);
    }
}
