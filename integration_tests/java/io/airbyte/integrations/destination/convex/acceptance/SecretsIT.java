package io.airbyte.integrations.destination.convex.acceptance;

import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.catalog;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.dedup;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.inMode;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.CANARY;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.record;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector.Result;
import io.airbyte.integrations.destination.convex.local.Fault;
import io.airbyte.integrations.destination.convex.local.Fault.When;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import io.airbyte.integrations.destination.convex.local.Permission;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Where the deploy key and what records hold might show besides the messages of a sync. That they show in no message is looked at
 * in every run of the suite ({@link Confidential}).
 */
class SecretsIT {

    private static final String SECRET = "c0ffee4711deadbeef0815";
    private static final String KEY = "prod:local|" + SECRET;

    @TempDir
    private Path folder;

    @TempDir
    private Path temporary;

    private final LocalDeployment deployment =
            LocalDeployment.builder().key(KEY, Permission.values()).start();

    @AfterEach
    void close() {
        deployment.close();
    }

    private LocalSync sync() {
        return new LocalSync(deployment, folder).key(KEY).environment("TMPDIR", temporary.toString());
    }

    private static String user(final int id) {
        return record(
                "users", "{\"id\":%d,\"name\":\"%s-%d\",\"%s\":true}".formatted(id, CANARY, id, "column" + id % 3));
    }

    @Test
    void a_thread_dump_and_the_names_of_spool_files_show_neither_the_key_nor_a_record() throws Exception {
        deployment.holdImports();
        try (PackagedConnector connector = sync().start(catalog(dedup("users", "id"), inMode("pets", "overwrite")))) {
            connector.reads(Stream.concat(
                    IntStream.range(0, 200).mapToObj(SecretsIT::user),
                    IntStream.range(0, 200)
                            .mapToObj(id -> record("pets", "{\"id\":%d,\"name\":\"%s\"}".formatted(id, CANARY)))));
            connector.reads(state("users", 200)).endOfInput();
            await().until(() -> !deployment.requests("/api/perform_import").isEmpty()
                    || !deployment.requests("/api/import/finish_upload").isEmpty());

            assertThat(connector.diagnosed("Thread.print", "-l"))
                    .contains("main")
                    .doesNotContain(CANARY, SECRET);
            assertThat(namesBelow(temporary)).noneMatch(name -> name.contains(CANARY) || name.contains(SECRET));
            deployment.finishImports();
            LocalSync.assertSucceeded(connector.ended());
        }
    }

    private static List<String> namesBelow(final Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(Path::toString).toList();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/api/streaming_import/get_schema, 400",
        "/api/streaming_import/get_schema, 403",
        "/api/streaming_import/import_airbyte_records, 400",
        "/api/streaming_import/import_airbyte_records, 404",
        "/api/streaming_import/import_airbyte_records, 500",
        "/api/streaming_import/add_primary_key_indexes, 400",
        "/api/import/start_upload, 403",
        "/api/perform_import, 400",
        "/api/query, 500"
    })
    void an_answer_that_repeats_the_key_and_the_record_is_told_without_them(final String path, final int status) {
        final String message =
                "Bad request with Authorization: Convex %s, Document(value: {\\\"name\\\": \\\"%s-1\\\"})";
        deployment.failNext(
                path,
                9,
                Fault.answer(
                        When.BEFORE_COMMIT,
                        status,
                        "application/json",
                        "{\"code\":\"Odd\",\"message\":\"%s\"}".formatted(message.formatted(KEY, CANARY))));

        final Result result =
                sync().write(catalog(dedup("users", "id"), inMode("pets", "overwrite")), user(1), record("pets", "{}"));

        assertThat(result.stdout()).noneMatch(line -> line.contains(SECRET) || line.contains(CANARY));
        assertThat(result.stderr()).noneMatch(line -> line.contains(SECRET) || line.contains(CANARY));
    }

    @Test
    void the_suite_sees_a_key_or_a_record_that_shows() throws IOException {
        final Path config = new Workspace(folder).config(deployment.url(), KEY);
        final Path script = Files.writeString(
                folder.resolve("leaky"), "#!/bin/sh\necho '{\"type\":\"LOG\",\"log\":{\"message\":\"'\"$2\"'\"}}'\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();

        for (final String leak : List.of(SECRET, CANARY + "-7")) {
            try (PackagedConnector leaky = PackagedConnector.startCommand(
                    Map.of(), folder, List.of(script.toString(), "say", leak, "--config", config.toString()))) {
                assertThatThrownBy(() -> leaky.reads(user(7)).result())
                        .isInstanceOf(AssertionError.class)
                        .hasMessageContaining("is shown");
            }
        }
    }
}
