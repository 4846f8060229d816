package io.airbyte.integrations.destination.convex.clients;

import static io.airbyte.integrations.destination.convex.clients.Documents.assertStored;
import static io.airbyte.integrations.destination.convex.clients.Documents.sortedById;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbyte.integrations.destination.convex.acceptance.SourceMessages;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code integration_tests/clients/sync.py}: PyAirbyte runs source-faker and the packaged program, and hands on what the one
 * says to the other. What source-faker has said is kept on its way, so that each document is compared with its record.
 */
class PyAirbyteIT {

    private static final int USERS = 50_000;
    private static final List<String> STREAMS = List.of("products", "users", "purchases");

    private static RealClients clients;

    @TempDir
    private Path folder;

    private final LocalDeployment deployment = LocalDeployment.start();

    @BeforeAll
    static void install() {
        clients = RealClients.installed();
    }

    @AfterEach
    void stop() {
        deployment.close();
    }

    @Test
    void append_holds_every_record_of_two_syncs_in_its_order() throws IOException {
        final SourceMessages emitted = sync("append", "--count", Integer.toString(USERS), "--times", "2");

        assertEmittedTwice(emitted);
        STREAMS.forEach(stream -> assertHolds(stream, emitted.of(stream)));
    }

    @Test
    void append_dedup_holds_each_user_once_as_the_second_sync_had_it() throws IOException {
        final SourceMessages emitted = sync("append_dedup", "--count", Integer.toString(USERS), "--times", "2");

        assertEmittedTwice(emitted);
        assertThat(deployment.size("users")).isEqualTo(USERS);
        STREAMS.forEach(stream ->
                assertStored(sortedById(deployment.records(stream)), sortedById(secondHalf(emitted, stream))));
    }

    @Test
    void overwrite_holds_what_the_second_sync_sent_and_nothing_of_the_first() throws IOException {
        final SourceMessages emitted = sync("overwrite", "--count", Integer.toString(USERS), "--times", "2");

        assertEmittedTwice(emitted);
        assertThat(deployment.size("users")).isEqualTo(USERS);
        STREAMS.forEach(stream -> assertHolds(stream, secondHalf(emitted, stream)));
    }

    @Test
    void the_states_that_come_back_are_where_the_next_sync_begins() throws IOException {
        final Path states = folder.resolve("states");
        final SourceMessages emitted =
                sync("append", "--count", "500", "--only-new", "--state", states.toString(), "--times", "2");

        assertThat(emitted.of("users")).hasSize(500);
        STREAMS.forEach(stream -> assertHolds(stream, emitted.of(stream)));
    }

    private static void assertEmittedTwice(final SourceMessages emitted) {
        assertThat(emitted.of("users")).hasSize(2 * USERS);
        assertThat(emitted.of("products")).hasSize(2 * 100);
    }

    private static List<ObjectNode> secondHalf(final SourceMessages emitted, final String stream) {
        final List<ObjectNode> all = emitted.of(stream);
        return all.subList(all.size() / 2, all.size());
    }

    private void assertHolds(final String stream, final List<ObjectNode> records) {
        assertStored(deployment.records(stream), records);
    }

    /** Runs sync.py, which has to end well; returns what source-faker said to PyAirbyte meanwhile. */
    private SourceMessages sync(final String... arguments) throws IOException {
        final Path emitted = folder.resolve("emitted.jsonl");
        final List<String> command = new ArrayList<>(List.of(
                clients.python().toString(),
                Path.of("integration_tests/clients/sync.py").toAbsolutePath().toString()));
        command.addAll(Arrays.asList(arguments));
        final ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "CONVEX_URL", deployment.url(),
                        "CONVEX_DEPLOY_KEY", deployment.adminKey(),
                        "SOURCE_FAKER", overheardFaker(emitted).toString(),
                        "AIRBYTE_OFFLINE_MODE", "1",
                        "AIRBYTE_PROJECT_DIR", folder.toString(),
                        "AIRBYTE_LOGGING_ROOT", folder.resolve("logs").toString(),
                        "PYTHONWARNINGS", "ignore",
                        "NO_LIVE_PROGRESS", "1"));
        final Process process = builder.start();
        process.getOutputStream().close();
        final String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.onExit().join().exitValue()).as(said).isZero();
        assertThat(said).doesNotContain(deployment.adminKey(), "Exception ignored");
        return SourceMessages.read(emitted);
    }

    /** source-faker under another name: what it says when it is read goes into a file, too. */
    private Path overheardFaker(final Path file) throws IOException {
        final Path program = folder.resolve("source-faker");
        Files.writeString(program, """
                #!/bin/sh
                if [ "$1" != read ]; then exec '%1$s' "$@"; fi
                '%1$s' "$@" | tee -a '%2$s'
                """.formatted(clients.sourceFaker(), file));
        assertThat(program.toFile().setExecutable(true)).isTrue();
        return program;
    }
}
