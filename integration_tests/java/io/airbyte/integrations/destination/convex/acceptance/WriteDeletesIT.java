package io.airbyte.integrations.destination.convex.acceptance;

import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.append;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.catalog;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.dedup;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertStates;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertSucceeded;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.stored;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.record;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector.Result;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import java.nio.file.Path;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records of change data capture: what their own columns do in each mode, and what a delete does (DESIGN rules 5 and 7). */
class WriteDeletesIT {

    @TempDir
    private Path folder;

    private LocalDeployment deployment;
    private LocalSync sync;

    @BeforeEach
    void start() {
        deployment = LocalDeployment.start();
        sync = new LocalSync(deployment, folder);
    }

    @AfterEach
    void close() {
        deployment.close();
    }

    @Test
    void columns_of_change_data_capture_are_history_in_append_mode_and_steer_in_dedup() {
        final String row = "\"id\":1,\"_ab_cdc_lsn\":7,\"_ab_cdc_updated_at\":\"now\",\"_ab_cdc_deleted_at\":%s";
        final Result result = sync.write(
                catalog(append("history"), append("clash"), dedup("mirror", "id")),
                record("history", "{" + row.formatted("null") + "}"),
                record("history", "{" + row.formatted("\"then\"") + "}"),
                record("clash", "{\"ab_cdc_lsn\":1,\"_ab_cdc_lsn\":2,\"_ab_cdcx\":3}"),
                record("mirror", "{\"n\":1," + row.formatted("null") + "}"),
                record("mirror", "{\"_ab_cdc_lsn\":8,\"id\":2,\"ab_cdc_lsn\":\"mine\"}"));

        assertSucceeded(result);
        assertThat(deployment.records("history"))
                .containsExactly(
                        stored("{\"id\":1,\"ab_cdc_lsn\":7,\"ab_cdc_updated_at\":\"now\",\"ab_cdc_deleted_at\":null}"),
                        stored(
                                "{\"id\":1,\"ab_cdc_lsn\":7,\"ab_cdc_updated_at\":\"now\",\"ab_cdc_deleted_at\":\"then\"}"));
        assertThat(deployment.records("clash"))
                .containsExactly(
                        stored("{\"ab_cdc_lsn\":1,\"source_source_ab_cdc_lsn\":2,\"source_source_ab_cdcx\":3}"));
        assertThat(deployment.records("mirror"))
                .containsExactly(stored("{\"id\":1,\"n\":1}"), stored("{\"id\":2,\"ab_cdc_lsn\":\"mine\"}"));
    }

    @Test
    void deletes_remove_rows_that_are_there_and_leave_no_trace_of_rows_that_are_not() {
        final Function<String, String> there = fields -> record("a", "{" + fields + ",\"_ab_cdc_deleted_at\":null}");
        final Function<String, String> gone =
                fields -> record("a", "{" + fields + ",\"_ab_cdc_deleted_at\":\"2026-11-25\"}");
        final String catalog = catalog(dedup("a", "id"));
        assertSucceeded(sync.write(catalog, there.apply("\"id\":1"), there.apply("\"id\":2"), there.apply("\"id\":3")));

        final Result result = sync.write(
                catalog,
                // There before this sync, with and without columns besides the key.
                gone.apply("\"id\":1"),
                gone.apply("\"id\":2,\"n\":9"),
                // Never there.
                gone.apply("\"id\":10,\"n\":1"),
                // There and gone within one batch, and once more.
                there.apply("\"id\":11,\"n\":1"),
                gone.apply("\"id\":11"),
                gone.apply("\"id\":11"),
                // Gone and back again.
                gone.apply("\"id\":3"),
                there.apply("\"id\":3,\"n\":\"back\""),
                gone.apply("\"id\":12"),
                there.apply("\"id\":12,\"n\":\"new\""),
                state("a", 1));

        assertSucceeded(result);
        assertThat(deployment.records("a"))
                .containsExactlyInAnyOrder(stored("{\"id\":3,\"n\":\"back\"}"), stored("{\"id\":12,\"n\":\"new\"}"));
        assertStates(result, state("a", 1));
        assertThat(LocalSync.recordCounts(result)).containsExactly("10.0");
        assertThat(result.logged("INFO")).anyMatch(line -> line.contains("10 records read, 7 of them deletes"));
    }
}
