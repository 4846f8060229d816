package io.airbyte.integrations.destination.convex.acceptance;

import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.stored;
import static org.assertj.core.api.Assertions.assertThat;

import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The commands of each guide do what the guide says, as far as they need no account, no browser and no Docker. */
class GuidesIT {

    private static final Path GUIDES = Path.of("docs/guides");
    private static final Pattern COMMANDS = Pattern.compile("(?ms)^```sh$(.*?)^```$");

    /** What a guide's commands find in the folder that they are run in, as if it were a clone. */
    private static final List<String> PARTS_OF_THE_CLONE = List.of("docs", "integration_tests", "target");

    @TempDir
    private Path clone;

    private LocalDeployment deployment;

    @BeforeEach
    void start() throws IOException {
        deployment = LocalDeployment.start();
        for (final String part : PARTS_OF_THE_CLONE) {
            Files.createSymbolicLink(clone.resolve(part), Path.of(part).toAbsolutePath());
        }
    }

    @AfterEach
    void close() {
        deployment.close();
    }

    @Test
    void a_prototype_holds_every_user_purchase_and_product() throws Exception {
        final String said = run("prototype");

        assertThat(said).contains("SUCCEEDED").containsPattern("(?m)^11$");
        assertSizes(1000, 1000, 100);
        assertThat(clone.resolve("try/convex/mirror/mirror.ts")).content().contains("getByPrimaryKey");
    }

    @Test
    void beside_a_database_deletes_are_seen_and_a_large_number_is_exact() throws Exception {
        run("beside-a-database");

        assertThat(deployment.tables()).containsExactlyInAnyOrder("public_customers", "public_orders");
        assertThat(deployment.records("public_customers"))
                .containsExactly(
                        stored(
                                "{\"id\":1,\"name\":\"Ada Byron\",\"city\":\"London\",\"account_number\":\"9007199254740993\"}"),
                        stored("{\"id\":2,\"name\":\"Emmy Noether\",\"city\":\"Erlangen\",\"account_number\":4711}"),
                        stored(
                                "{\"id\":3,\"name\":\"Sofja Kowalewskaja\",\"city\":\"Stockholm\",\"account_number\":4712}"));
        assertThat(deployment.records("public_orders"))
                .extracting(order ->
                        order.get("id").asInt() + " " + order.get("status").asText())
                .containsExactly("100 paid", "101 paid", "103 paid", "104 open");
        assertThat(clone.resolve("try/state.jsonl"))
                .content()
                .contains("\"shared_state\"")
                .hasLineCount(1);
    }

    @Test
    void a_reactive_page_has_its_data_set_replaced_by_that_of_the_next_day() throws Exception {
        run("reactive-ui");

        assertSizes(800, 1000, 100);
        assertThat(deployment.records("users"))
                .allSatisfy(user -> assertThat(user.get("occupation").asText()).isEqualTo("Astronaut"));
    }

    @Test
    void a_migration_is_strict_and_adds_up() throws Exception {
        assertThat(run("migrate")).containsPattern("(?m)^2100$");

        assertSizes(1000, 1000, 100);
    }

    @Test
    void a_pipe_of_the_official_connector_is_switched_by_its_last_word() throws Exception {
        run("from-the-official-connector");

        assertSizes(1000, 1000, 100);
    }

    @Test
    void no_guide_is_left_out() throws IOException {
        assertThat(guides())
                .containsExactlyInAnyOrder(
                        "README",
                        "beside-a-database",
                        "from-the-official-connector",
                        "migrate",
                        "prototype",
                        "reactive-ui");
        assertThat(commands("README")).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("guides")
    void every_guide_says_who_may_write_to_a_mirrored_table(final String guide) throws IOException {
        assertThat(text(guide).replaceAll("\\s+", " "))
                .containsPattern(
                        "functions read (?:them|the mirrored tables), and (?:\\*\\*)?nothing else writes to them");
    }

    private static List<String> guides() throws IOException {
        try (Stream<Path> files = Files.list(GUIDES)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".md"))
                    .map(name -> name.substring(0, name.length() - ".md".length()))
                    .sorted()
                    .toList();
        }
    }

    private static String text(final String guide) throws IOException {
        return Files.readString(GUIDES.resolve(guide + ".md"));
    }

    private static String commands(final String guide) throws IOException {
        return COMMANDS.matcher(text(guide))
                .results()
                .map(block -> block.group(1))
                .collect(Collectors.joining("\n"));
    }

    /** Runs a guide's commands in one shell that stops at the first that fails; returns what they said. */
    private String run(final String guide) throws IOException, InterruptedException {
        final Path said = clone.resolve("said");
        final ProcessBuilder shell = new ProcessBuilder("sh", "-eu", "-c", commands(guide))
                .directory(clone.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        List.of("JAVA_TOOL_OPTIONS", "WORKER_JOB_ID", "DATA_CHANNEL_MEDIUM").forEach(shell.environment()::remove);
        shell.environment().put("JAVA_OPTS", "-XX:TieredStopAtLevel=1");
        shell.environment().put("CONVEX_URL", deployment.url());
        shell.environment().put("CONVEX_DEPLOY_KEY", deployment.adminKey());
        final Process process = shell.start();
        try {
            assertThat(process.waitFor(3, TimeUnit.MINUTES)).as("ended").isTrue();
        } finally {
            process.destroyForcibly();
        }
        final String output = Files.readString(said);
        assertThat(process.exitValue()).as(() -> output + failures()).isZero();
        assertThat(output).doesNotContain(deployment.adminKey());
        return output;
    }

    /** The errors that the connector has answered with, which guides keep in files. */
    private String failures() {
        try (Stream<Path> files = Files.list(clone.resolve("try"))) {
            return files.filter(file -> file.toString().endsWith(".jsonl"))
                    .flatMap(GuidesIT::lines)
                    .filter(line -> line.contains("\"type\":\"ERROR\""))
                    .collect(Collectors.joining("\n"));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> lines(final Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void assertSizes(final int users, final int purchases, final int products) {
        assertThat(deployment.tables()).containsExactlyInAnyOrder("users", "purchases", "products");
        assertThat(deployment.size("users")).isEqualTo(users);
        assertThat(deployment.size("purchases")).isEqualTo(purchases);
        assertThat(deployment.size("products")).isEqualTo(products);
    }
}
