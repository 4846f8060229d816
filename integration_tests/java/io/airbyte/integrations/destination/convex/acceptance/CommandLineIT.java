package io.airbyte.integrations.destination.convex.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector.Result;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the packaged program is started, told what to do, and ended. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CommandLineIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, String> NO_VARIABLES = Map.of();
    private static final LocalDeployment DEPLOYMENT = LocalDeployment.start();

    private static final String CATALOG = """
            {"streams": [{"stream": {"name": "users", "json_schema": {}}, "sync_mode": "full_refresh",
                          "destination_sync_mode": "append"}]}
            """;
    private static final String RECORD =
            "{\"type\":\"RECORD\",\"record\":{\"stream\":\"users\",\"data\":{\"id\":1},\"emitted_at\":1}}";
    private static final String STATE = "{\"type\":\"STATE\",\"state\":{\"type\":\"STREAM\",\"stream\":"
            + "{\"stream_descriptor\":{\"name\":\"users\"},\"stream_state\":{\"at\":1}}}}";

    @TempDir
    private Path folder;

    private String config = "";
    private String catalog = "";

    @BeforeAll
    static void the_program_is_packaged() {
        assertThat(PackagedConnector.PROGRAM).isExecutable();
    }

    @AfterAll
    static void shut_down() {
        DEPLOYMENT.close();
    }

    @BeforeEach
    void write_the_files() throws IOException {
        DEPLOYMENT.clear();
        config = config(folder.resolve("config.json"));
        catalog = Files.writeString(folder.resolve("catalog.json"), CATALOG).toString();
    }

    // What it is told to do.

    @ParameterizedTest
    @ValueSource(
            strings = {
                "check --config CONFIG",
                "--check --config CONFIG",
                "--config CONFIG check",
                "--config CONFIG --check",
                "check --config=CONFIG",
                "--config=CONFIG --check",
                "check --config CONFIG --catalog",
                "--check --config CONFIG --catalog EMPTY",
                "check --config=CONFIG --catalog=",
                "check --catalog --config CONFIG",
                "--catalog EMPTY check --config CONFIG",
                "check --config CONFIG --catalog nowhere.json",
                "check --config CONFIG --state nowhere.json"
            })
    void every_form_of_check_checks(final String line) {
        assertSucceeds(ended(NO_VARIABLES, words(line)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "write --config CONFIG --catalog CATALOG",
                "--write --config CONFIG --catalog CATALOG",
                "write --catalog=CATALOG --config=CONFIG",
                "--catalog CATALOG --config CONFIG --write",
                "--config=CONFIG write --catalog CATALOG --state nowhere.json"
            })
    void every_form_of_write_writes(final String line) {
        assertWrites(PackagedConnector.start(NO_VARIABLES, words(line)));
    }

    @ParameterizedTest
    @CsvSource({
        "frobnicate, Unknown command or option: frobnicate",
        "discover --config CONFIG, Unknown command or option: discover",
        "check --config CONFIG --frobnicate, Unknown command or option: --frobnicate",
        "write --config CONFIG --catalog CATALOG extra, Unknown command or option: extra",
        "check --config CONFIG --access_key=0123canary, Unknown command or option: --access_key",
        "check --config CONFIG local|0123canary, A word of the command line is neither a command nor an option.",
        "'', No command was given.",
        "--config CONFIG, No command was given.",
        "check write --config CONFIG, More than one command was given."
    })
    void what_it_cannot_understand_ends_it_with_a_line_on_stdout(final String line, final String sentence) {
        final Result result = ended(NO_VARIABLES, words(line));

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.stderr()).isEmpty();
        assertThat(result.stdout()).hasSize(1).noneMatch(said -> said.contains("canary"));
        assertThat(result.logged("ERROR"))
                .singleElement()
                .asString()
                .startsWith(sentence + "\nUsage: destination-convex COMMAND [OPTIONS]\n");
    }

    @ParameterizedTest
    @CsvSource({
        "help, Usage: destination-convex COMMAND",
        "--help, Usage: destination-convex COMMAND",
        "-h, Usage: destination-convex COMMAND",
        "version, destination-convex 1.",
        "--version, destination-convex 1."
    })
    void it_tells_about_itself(final String word, final String words) {
        final Result result = ended(NO_VARIABLES, word);

        assertThat(result.exitCode()).isZero();
        assertThat(result.stderr()).isEmpty();
        assertThat(result.stdout().get(0)).startsWith(words);
    }

    @ParameterizedTest
    @CsvSource({
        "write, The option --config is missing. Name a file with --config FILE.",
        "write --config --catalog CATALOG, The option --config is missing. Name a file with --config FILE.",
        "write --config CONFIG, The option --catalog is missing. Name a file with --catalog FILE.",
        "write --config CONFIG --catalog, The option --catalog is missing. Name a file with --catalog FILE."
    })
    void a_write_without_its_files_is_a_config_error(final String line, final String sentence) {
        assertConfigError(ended(NO_VARIABLES, words(line)), sentence);
    }

    // Where it stands, and how it is called.

    @Test
    void it_runs_from_another_folder_with_relative_names() throws IOException {
        final Path elsewhere = Files.createDirectory(folder.resolve("else where"));
        config(elsewhere.resolve("c.json"));

        try (PackagedConnector connector =
                PackagedConnector.start(NO_VARIABLES, elsewhere, "check", "--config", "c.json")) {
            assertSucceeds(connector.result());
        }
    }

    @Test
    void it_is_called_by_a_relative_path_whatever_CDPATH_says() throws IOException {
        final Path copy = copied(folder.resolve("copy"));
        Files.createDirectories(folder.resolve("trap/copy/bin"));

        assertSucceeds(checkedBy(
                Map.of("CDPATH", folder.resolve("trap") + ":" + folder), folder, "copy/bin/destination-convex"));
        assertSucceeds(checkedBy(NO_VARIABLES, copy.resolve("bin"), "./destination-convex"));
    }

    @Test
    void it_is_found_on_the_path() {
        final String path = PackagedConnector.PROGRAM.resolveSibling("") + ":" + System.getenv("PATH");

        assertSucceeds(checkedBy(Map.of("PATH", path), folder, "sh", "-c", "exec destination-convex \"$@\"", "sh"));
    }

    @Test
    void links_to_it_work_in_chains_in_folders_and_with_relative_targets() throws IOException {
        final Path copy = copied(folder.resolve("copy"));
        final Path bin = Files.createDirectories(folder.resolve("usr/bin"));
        final Path relative =
                Files.createSymbolicLink(bin.resolve("relative"), Path.of("../../copy/bin/destination-convex"));
        final Path chain = Files.createSymbolicLink(folder.resolve("chain"), Path.of("usr/bin/relative"));
        final Path absolute =
                Files.createSymbolicLink(folder.resolve("absolute"), PackagedConnector.PROGRAM.toAbsolutePath());
        final Path linkedFolder = Files.createSymbolicLink(folder.resolve("usr/linked"), copy.resolve("bin"));

        assertSucceeds(checkedBy(NO_VARIABLES, folder, relative.toString()));
        assertSucceeds(checkedBy(NO_VARIABLES, folder, chain.toString()));
        assertSucceeds(checkedBy(NO_VARIABLES, bin, "../../chain"));
        assertSucceeds(checkedBy(NO_VARIABLES, folder, absolute.toString()));
        assertSucceeds(checkedBy(
                NO_VARIABLES, folder, linkedFolder.resolve("destination-convex").toString()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a folder with spaces", "it's $HOME & \"quoted\" (1)", "-dash", "übung-東京"})
    void it_may_be_unpacked_anywhere(final String name) throws IOException {
        final Path copy = copied(folder.resolve(name));

        assertSucceeds(checkedBy(
                NO_VARIABLES, folder, copy.resolve("bin/destination-convex").toString()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "POSIX", ""})
    void files_may_have_any_name_in_every_locale(final String locale) throws IOException {
        final Path copy = copied(folder.resolve("übung"));
        final String named = config(copy.resolve("größe 東京.json"));

        try (PackagedConnector connector = PackagedConnector.startCommand(
                Map.of("LC_ALL", locale, "LC_CTYPE", "", "LANG", ""),
                folder,
                List.of(copy.resolve("bin/destination-convex").toString(), "check", "--config", named))) {
            assertSucceeds(connector.result());
        }
    }

    @Test
    void airbytes_own_way_of_calling_it_works() {
        final List<String> command =
                List.of("sh", "-c", "eval \"$AIRBYTE_ENTRYPOINT --check --config $0 --catalog \"", config);
        try (PackagedConnector connector = PackagedConnector.startCommand(
                Map.of("AIRBYTE_ENTRYPOINT", PackagedConnector.PROGRAM.toString()), folder, command)) {
            assertSucceeds(connector.result());
        }
    }

    // What the environment says.

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "-XX:+ExitOnOutOfMemoryError",
                "-Xmx128m  -Dsome.property=a*b\n-XX:+ExitOnOutOfMemoryError",
                "-XX:+UseG1GC",
                "-Xmx96m -XX:+UseParallelGC -Xss512k",
                "-XX:+UseSerialGC",
                "-XX:-UseGCOverheadLimit"
            })
    void java_opts_are_whatever_the_caller_sets(final String options) {
        final Result result = ended(Map.of("JAVA_OPTS", options), words("check --config CONFIG"));

        assertSucceeds(result);
    }

    @Test
    void java_opts_reach_java_beside_the_programs_own_options() {
        final List<String> words = runningJava(Map.of("JAVA_OPTS", "-Xmx128m -Dsome.property=*"));

        assertThat(words).contains("-Xmx128m", "-Dsome.property=*", "-XX:+ExitOnOutOfMemoryError", "-XX:+UseSerialGC");
    }

    @Test
    void java_opts_may_choose_another_collector() {
        assertThat(runningJava(Map.of("JAVA_OPTS", "-XX:+UseG1GC")))
                .contains("-XX:+UseG1GC")
                .doesNotContain("-XX:+UseSerialGC");
    }

    /** The archive of classes counts for one order only, and every file system lists a folder in its own. */
    @Test
    void the_class_path_is_in_an_order_that_no_file_system_changes() throws IOException {
        final List<String> words = runningJava(NO_VARIABLES);
        final List<String> libraries =
                List.of(words.get(words.indexOf("-cp") + 1).split(":"));

        try (Stream<Path> files =
                Files.list(PackagedConnector.PROGRAM.resolve("../../lib").normalize())) {
            assertThat(libraries)
                    .containsExactlyElementsOf(files.map(Path::toString)
                            .filter(name -> name.endsWith(".jar"))
                            .sorted()
                            .toList());
        }
    }

    @Test
    void temporary_files_go_where_TMPDIR_says() throws IOException {
        final Path temporary = Files.createDirectory(folder.resolve("a * folder"));

        assertThat(runningJava(Map.of("TMPDIR", temporary.toString()))).contains("-Djava.io.tmpdir=" + temporary);
        assertThat(runningJava(Map.of("TMPDIR", ""))).noneMatch(word -> word.startsWith("-Djava.io.tmpdir"));
    }

    @Test
    void java_opts_have_the_last_word_on_where_temporary_files_go() {
        final List<String> words = runningJava(
                Map.of("TMPDIR", folder.toString(), "JAVA_OPTS", "-Xmx128m -Djava.io.tmpdir=" + folder + "/other"));

        assertThat(words)
                .filteredOn(word -> word.startsWith("-Djava.io.tmpdir="))
                .last(STRING)
                .endsWith("/other");
    }

    @ParameterizedTest
    @CsvSource({
        "spec, -XX:TieredStopAtLevel=1",
        "--spec, -XX:TieredStopAtLevel=1",
        "check --config nowhere.json, -XX:TieredStopAtLevel=1",
        "write --config nowhere.json, -XX:FreqInlineSize=100",
        "--write --config nowhere.json, -XX:FreqInlineSize=100"
    })
    void java_compiles_quickly_what_is_over_in_a_moment_and_well_what_is_not(final String line, final String option)
            throws IOException {
        final Path bin = Files.createDirectories(folder.resolve("bin"));
        executable(bin.resolve("java"), "#!/bin/sh\nfor word; do echo \"$word\"; done\n");

        final Result result = ended(Map.of("JAVA_HOME", folder.toString()), words(line));

        assertThat(result.stdout()).contains(option);
    }

    /** Java warns of a young generation that does not fit the heap. */
    @ParameterizedTest
    @ValueSource(strings = {"", "-Xmx16m", "-Xmx16m -XX:SharedArchiveFile=/nowhere"})
    void what_java_has_to_say_stays_off_stdout(final String options) {
        assertThat(ended(Map.of("JAVA_OPTS", options), "spec").stdout()).hasSize(1);
    }

    @Test
    void java_home_says_which_java_runs() throws IOException {
        final Path home = folder.resolve("a java");
        Files.createDirectories(home.resolve("bin"));
        final Path java = executable(home.resolve("bin/java"), """
                #!/bin/sh
                echo "from JAVA_HOME" >>'%s'
                exec '%s' "$@"
                """.formatted(folder.resolve("called"), realJava()));

        assertSucceeds(ended(Map.of("JAVA_HOME", home.toString()), words("check --config CONFIG")));
        assertThat(java).isExecutable();
        assertThat(folder.resolve("called")).hasContent("from JAVA_HOME");
    }

    @ParameterizedTest
    @ValueSource(strings = {"env -u JAVA_HOME", "env JAVA_HOME=", "env JAVA_HOME=/nowhere/at/all"})
    void without_a_usable_java_home_the_java_on_the_path_runs(final String env) {
        final String path = realJava().getParent() + ":" + System.getenv("PATH");
        final List<String> command = new ArrayList<>(List.of(env.split(" ")));
        command.add(PackagedConnector.PROGRAM.toString());

        assertSucceeds(checkedBy(Map.of("PATH", path), folder, command.toArray(String[]::new)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"SOCKET", "socket"})
    void sockets_are_refused_before_anything_is_read(final String medium) {
        final Result result = ended(
                Map.of("DATA_CHANNEL_MEDIUM", medium),
                "write",
                "--config",
                "nowhere.json",
                "--catalog",
                "nowhere.json");

        assertConfigError(
                result,
                "This connector reads records from stdin, but DATA_CHANNEL_MEDIUM=SOCKET asks it to read them from"
                        + " sockets. Set DATA_CHANNEL_MEDIUM to STDIO, or remove connectorIPCOptions from the"
                        + " connector's definition.");
    }

    @Test
    void the_data_channel_that_airbyte_uses_otherwise_is_accepted() {
        assertWrites(PackagedConnector.start(
                Map.of("DATA_CHANNEL_MEDIUM", "STDIO", "DATA_CHANNEL_FORMAT", "JSONL"),
                words("write --config CONFIG --catalog CATALOG")));
        assertSucceeds(ended(Map.of("DATA_CHANNEL_MEDIUM", "SOCKET"), words("check --config CONFIG")));
    }

    // How it ends.

    @Test
    void java_takes_the_shells_place() {
        try (PackagedConnector connector = running(NO_VARIABLES)) {
            final ProcessHandle process = connector.process();

            assertThat(process.info().command().orElse("")).endsWith("/java");
            assertThat(process.children()).isEmpty();
        }
    }

    @Test
    void a_termination_signal_reaches_it() {
        try (PackagedConnector connector = running(NO_VARIABLES)) {
            connector.terminate();

            assertThat(connector.ended().exitCode()).isEqualTo(143);
        }
    }

    @Test
    void it_ends_after_a_config_error_although_stdin_stays_open() {
        try (PackagedConnector connector =
                PackagedConnector.start(NO_VARIABLES, words("write --config CONFIG --catalog nowhere.json"))) {
            final Result result = connector.ended();

            assertConfigError(
                    result,
                    "The configured catalog nowhere.json does not exist. Pass the path of an existing"
                            + " file with --catalog.");
        }
    }

    @Test
    void it_ends_after_an_error_in_its_input_although_stdin_stays_open() {
        try (PackagedConnector connector =
                PackagedConnector.start(NO_VARIABLES, words("write --config CONFIG --catalog CATALOG"))) {
            final Result result = connector.reads(RECORD, "not a message").ended();

            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.error().path("message").asText()).startsWith("Line 2 of the input");
            assertThat(DEPLOYMENT.size("users")).isOne();
        }
    }

    @Test
    void a_check_does_not_wait_for_stdin() {
        try (PackagedConnector connector = PackagedConnector.start(NO_VARIABLES, words("check --config CONFIG"))) {
            assertSucceeds(connector.ended());
        }
    }

    // The two files.

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"streams\": [; is not valid JSON",
                "''; is not an Airbyte catalog",
                "[]; is not an Airbyte catalog",
                "{\"streams\": {}}; is not an Airbyte catalog",
                "{\"streams\": []}; has no streams. Select at least one stream to sync."
            })
    void a_catalog_that_is_none_is_a_config_error(final String text, final String words) throws IOException {
        Files.writeString(Path.of(catalog), text);

        assertConfigError(ended(NO_VARIABLES, words("write --config CONFIG --catalog CATALOG")), words);
    }

    @Test
    void a_folder_in_place_of_a_catalog_is_a_config_error() {
        assertConfigError(
                ended(NO_VARIABLES, "write", "--config", config, "--catalog", folder.toString()),
                "cannot be read. Check that it is a file, and that the connector may read it.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"deployment_url\": \"https; is not valid JSON: it ends before the JSON is complete",
                "{}; has no deployment_url",
                "[]; is not a single JSON object",
                "{\"deployment_url\": \"ftp://x\", \"access_key\": \"local|0123canary\"}; has a scheme that the connector cannot"
            })
    void a_write_refuses_a_configuration_as_a_check_does(final String text, final String words) throws IOException {
        Files.writeString(Path.of(config), text);

        final Result written = ended(NO_VARIABLES, words("write --config CONFIG --catalog CATALOG"));
        final Result checked = ended(NO_VARIABLES, words("check --config CONFIG"));

        assertConfigError(written, words);
        assertThat(checked.messages("CONNECTION_STATUS").get(0).at("/connectionStatus/message"))
                .isEqualTo(written.error().get("message"));
    }

    @Test
    void a_write_with_a_wrong_key_ends_before_it_reads() throws IOException {
        final ObjectNode wrong = (ObjectNode) JSON.readTree(Path.of(config).toFile());
        Files.writeString(
                Path.of(config), wrong.put("access_key", "local|0123canary").toString());

        try (PackagedConnector connector =
                PackagedConnector.start(NO_VARIABLES, words("write --config CONFIG --catalog CATALOG"))) {
            final Result result = connector.ended();

            assertConfigError(result, "The deploy key is not valid for this deployment. Generate a deploy key");
        }
    }

    private static void assertSucceeds(final Result result) {
        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.stderr()).isEmpty();
        assertThat(result.messages("CONNECTION_STATUS"))
                .singleElement()
                .extracting(message -> message.at("/connectionStatus/status").asText())
                .isEqualTo("SUCCEEDED");
    }

    private static void assertConfigError(final Result result, final String words) {
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.stderr()).isEmpty();
        assertThat(result.stdout()).noneMatch(line -> line.contains("canary"));
        final JsonNode error = result.error();
        assertThat(error.path("failure_type").asText()).isEqualTo("config_error");
        assertThat(error.path("message").asText()).contains(words);
    }

    private static void assertWrites(final PackagedConnector started) {
        try (PackagedConnector connector = started) {
            final Result result = connector.reads(RECORD, STATE).result();

            assertThat(result.exitCode()).as("%s", result).isZero();
            assertThat(result.stderr()).isEmpty();
            assertThat(result.states()).hasSize(1);
            assertThat(DEPLOYMENT.size("users")).isOne();
        }
    }

    private static Result ended(final Map<String, String> environment, final String... words) {
        try (PackagedConnector connector = PackagedConnector.start(environment, words)) {
            return connector.result();
        }
    }

    private Result checkedBy(final Map<String, String> environment, final Path from, final String... program) {
        final List<String> command = new ArrayList<>(List.of(program));
        command.addAll(List.of("check", "--config", config));
        try (PackagedConnector connector = PackagedConnector.startCommand(environment, from, command)) {
            return connector.result();
        }
    }

    /** A write that waits for its input. */
    private PackagedConnector running(final Map<String, String> environment) {
        final PackagedConnector connector =
                PackagedConnector.start(environment, words("write --config CONFIG --catalog CATALOG"));
        connector.reads(RECORD, STATE);
        await().atMost(Duration.ofMinutes(1))
                .until(() -> connector.saidSoFar().stream().anyMatch(line -> line.contains("users")));
        return connector;
    }

    /** The words of the command that a running write turns out to be. */
    private List<String> runningJava(final Map<String, String> environment) {
        try (PackagedConnector connector = running(environment)) {
            final Path words = Path.of("/proc/" + connector.process().pid() + "/cmdline");
            assumeTrue(Files.isReadable(words), "only Linux tells a process's words");
            return List.of(Files.readString(words).split("\0"));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String[] words(final String line) {
        return Stream.of(line.split(" "))
                .filter(word -> !word.isEmpty())
                .map(word -> word.replace("CONFIG", config)
                        .replace("CATALOG", catalog)
                        .replace("EMPTY", ""))
                .toArray(String[]::new);
    }

    private static String config(final Path file) throws IOException {
        final ObjectNode json = JSON.createObjectNode()
                .put("deployment_url", DEPLOYMENT.url())
                .put("access_key", DEPLOYMENT.adminKey());
        return Files.writeString(file, json.toString()).toString();
    }

    private static Path realJava() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    private static Path executable(final Path file, final String text) throws IOException {
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file;
    }

    /** A copy of the program's folder; of the jars, links do. */
    private static Path copied(final Path target) throws IOException {
        final Path lib = PackagedConnector.PROGRAM.resolveSibling("../lib").normalize();
        Files.createDirectories(target.resolve("bin"));
        Files.createDirectories(target.resolve("lib"));
        Files.copy(
                PackagedConnector.PROGRAM,
                target.resolve("bin/destination-convex"),
                StandardCopyOption.COPY_ATTRIBUTES);
        try (Stream<Path> jars = Files.list(lib)) {
            for (final Path jar : jars.toList()) {
                Files.createSymbolicLink(target.resolve("lib").resolve(jar.getFileName()), jar);
            }
        }
        return target;
    }
}
