package io.airbyte.integrations.destination.convex.acceptance;

import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertFailed;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertSucceeded;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.record;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector.Result;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the program tells of the application's schema before it sends the first record. */
class SchemaPreflightIT {

    private static final String CATALOG = """
            {"streams":[{"stream":{"name":"users","json_schema":{"properties":{
                "id":{"type":"integer"},"name":{"type":["null","string"]}}}},
             "sync_mode":"incremental","destination_sync_mode":"append_dedup","primary_key":[["id"]]}]}
            """;
    private static final String STRING = "{\"type\":\"string\"}";
    private static final String NUMBER = "{\"type\":\"number\"}";
    private static final String INT64 = "{\"type\":\"bigint\"}";

    @TempDir
    private Path folder;

    private LocalDeployment deployment;

    @BeforeEach
    void start() {
        deployment = LocalDeployment.start();
    }

    @AfterEach
    void close() {
        deployment.close();
    }

    private void push(final String table, final String id, final String other, final String type) {
        deployment.setSchema(
                ("{\"schemaValidation\":true,\"tables\":[{\"tableName\":\"%s\",\"documentType\":{\"type\":\"object\","
                                + "\"value\":{\"id\":{\"fieldType\":%s,\"optional\":false},"
                                + "\"%s\":{\"fieldType\":%s,\"optional\":true}}}}]}")
                        .formatted(table, id, other, type));
    }

    private Result write(final String name) {
        return new LocalSync(deployment, folder)
                .write(CATALOG, record("users", "{\"id\":1,\"name\":%s}".formatted(name)), state("users", 1));
    }

    @Test
    void a_schema_that_refuses_every_record_ends_the_sync_before_anything_is_sent() {
        push("users", STRING, "name", STRING);

        assertThat(assertFailed(write("\"Ada\""), "config_error"))
                .contains("Stream users cannot be written to table users")
                .contains("Field id: the schema has v.string(), the connector sends v.number().")
                .contains("Change the line to  id: v.union(v.number(), v.string()),");

        assertThat(deployment.requests("/api/streaming_import/add_primary_key_indexes"))
                .isEmpty();
        assertThat(deployment.requests("/api/streaming_import/import_airbyte_records"))
                .isEmpty();
        assertThat(deployment.tables()).isEmpty();
    }

    @Test
    void a_schema_that_may_refuse_records_is_a_warning_and_what_it_takes_is_written() {
        push("users", NUMBER, "name", STRING);

        final Result result = write("\"Ada\"");

        assertSucceeded(result);
        assertThat(result.logged("WARN"))
                .singleElement()
                .asString()
                .contains("may refuse some of its records")
                .contains("Field name: the schema has v.optional(v.string()), the connector sends"
                        + " v.optional(v.union(v.string(), v.null())).");
        assertThat(deployment.size("users")).isEqualTo(1);
    }

    @Test
    void a_check_names_the_tables_that_no_stream_can_be_written_to() {
        push("counters", INT64, "name", STRING);

        try (PackagedConnector connector = PackagedConnector.start(
                Map.of(),
                "check",
                "--config",
                new Workspace(folder)
                        .config(deployment.url(), deployment.adminKey())
                        .toString())) {
            final Result result = connector.reads(Stream.empty()).result();

            assertThat(result.exitCode()).isZero();
            assertThat(result.logged("INFO"))
                    .contains(
                            "No stream can be written to table counters: the application's schema requires the field id to be"
                                    + " v.int64(), which a streaming import cannot carry.");
        }
    }
}
