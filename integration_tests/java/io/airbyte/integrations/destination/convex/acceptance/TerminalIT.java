package io.airbyte.integrations.destination.convex.acceptance;

import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.append;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.catalog;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.record;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.state;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person sees who runs the packaged program at a terminal. The one here is made by script(1). */
class TerminalIT {

    private static final Path SCRIPT = Path.of("/usr/bin/script");

    @TempDir
    private Path folder;

    /** What the terminal shows of a shell's command. */
    private String shown(final Map<String, String> environment, final String command)
            throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(SCRIPT), "There is no script(1), which makes a terminal: this is not tried.");
        final ProcessBuilder builder = new ProcessBuilder(
                        SCRIPT.toString(), "--quiet", "--return", "--command", command, "/dev/null")
                .directory(folder.toFile())
                .redirectErrorStream(true);
        builder.environment().put("TERM", "xterm");
        builder.environment().remove("NO_COLOR");
        builder.environment().putAll(environment);
        final Process process = builder.start();
        process.getOutputStream().close();
        final String shown = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.waitFor();
        return shown;
    }

    private String write(final LocalDeployment deployment) {
        final Workspace files = new Workspace(folder);
        final Path config = files.config(deployment.url(), deployment.adminKey());
        final Path catalog = files.file("catalog.json", catalog(append("users")));
        final Path input = files.file("input.jsonl", record("users", "{\"id\":1}") + "\n" + state("users", 1) + "\n");
        return "%s write --config %s --catalog %s <%s >out.jsonl"
                .formatted(PackagedConnector.PROGRAM, config, catalog, input);
    }

    @Test
    void a_sync_tells_what_it_has_done_and_stdout_has_messages_only() throws IOException, InterruptedException {
        try (LocalDeployment deployment = LocalDeployment.start()) {
            final String shown = shown(Map.of(), write(deployment));

            assertThat(shown)
                    .contains("1 stream: 1 records read, 1 written, ", " 1 states acknowledged")
                    .contains("\u001b[32mdone: \u001b[0m");
            assertThat(Files.readAllLines(folder.resolve("out.jsonl")))
                    .isNotEmpty()
                    .allMatch(line -> line.startsWith("{\"type\":"))
                    .noneMatch(line -> line.contains("\u001b"));
        }
    }

    @Test
    void a_sync_that_fails_says_why() throws IOException, InterruptedException {
        try (LocalDeployment deployment = LocalDeployment.start()) {
            final String command = write(deployment);
            Files.writeString(folder.resolve("input.jsonl"), "{\"type\":\n");
            assertThat(shown(Map.of(), command)).contains("\u001b[31mfailed: \u001b[0m", "Line 1 of the input");
        }
    }

    @Test
    void there_are_no_colours_where_nobody_wants_them() throws IOException, InterruptedException {
        try (LocalDeployment deployment = LocalDeployment.start()) {
            final String command = write(deployment);
            for (final Map<String, String> environment : List.of(Map.of("NO_COLOR", "1"), Map.of("TERM", "dumb"))) {
                assertThat(shown(environment, command)).contains("done: ").doesNotContain("[32m", "[36m");
            }
        }
    }
}
