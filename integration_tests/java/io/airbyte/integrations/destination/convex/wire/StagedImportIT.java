package io.airbyte.integrations.destination.convex.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbyte.integrations.destination.convex.convex.GenerationMarker;
import io.airbyte.integrations.destination.convex.convex.HttpDeployment;
import io.airbyte.integrations.destination.convex.convex.ImportState;
import io.airbyte.integrations.destination.convex.convex.Outcome;
import io.airbyte.integrations.destination.convex.convex.Outcome.Done;
import io.airbyte.integrations.destination.convex.convex.Outcome.Refused;
import io.airbyte.integrations.destination.convex.convex.Refusals;
import io.airbyte.integrations.destination.convex.convex.RequestBody;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import io.airbyte.integrations.destination.convex.protocol.StreamDescriptor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the requests do to a deployment, in the order in which a sync makes them. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StagedImportIT {

    private static final String STRICT = "{\"tables\":[{\"tableName\":\"users\",\"indexes\":[],\"searchIndexes\":[],"
            + "\"vectorIndexes\":[],\"documentType\":{\"type\":\"object\",\"value\":{\"id\":{\"fieldType\":{\"type\":"
            + "\"number\"},\"optional\":false}}}}],\"schemaValidation\":true}";

    private final LocalDeployment convex = LocalDeployment.start();

    @RegisterExtension
    final OpenDeployments open = new OpenDeployments();

    @AfterEach
    void stop() {
        convex.close();
    }

    @Test
    void a_table_is_replaced_when_a_staged_import_is_performed() {
        final HttpDeployment deployment = withKey(convex.adminKey());
        done(deployment.importAtOnce("users", lines("{\"id\":0}\n")).join());
        convex.holdImports();

        final String upload = done(deployment.startUpload().join());
        final String first = done(deployment
                .uploadPart(upload, 1, lines("{\"id\":1}\n{\"id\":2}\n"))
                .join());
        final String second =
                done(deployment.uploadPart(upload, 2, lines("{\"id\":3}\n")).join());
        final String importId = done(
                deployment.finishUpload("users", upload, List.of(first, second)).join());
        assertThat(state(deployment, importId)).isEqualTo(new ImportState.Uploaded());

        // Too early, so it does nothing.
        done(deployment.performImport(importId).join());
        convex.stepBackgroundWork();
        assertThat(state(deployment, importId)).isEqualTo(new ImportState.WaitingForConfirmation(3));

        done(deployment.performImport(importId).join());
        assertThat(state(deployment, importId)).isEqualTo(new ImportState.InProgress("Importing"));
        convex.stepBackgroundWork();
        convex.stepBackgroundWork();
        assertThat(state(deployment, importId)).isEqualTo(new ImportState.InProgress("Importing \"users\""));
        assertThat(deployment.tableSize("users").join()).isEqualTo(new Done<>(1L));

        convex.finishImports();
        assertThat(state(deployment, importId)).isEqualTo(new ImportState.Completed(3));
        done(deployment.performImport(importId).join());
        assertThat(convex.records("users"))
                .map(Object::toString)
                .containsExactly("{\"id\":1.0}", "{\"id\":2.0}", "{\"id\":3.0}");
    }

    @Test
    void a_staged_import_that_the_schema_refuses_leaves_the_table_as_it_was() {
        final HttpDeployment deployment = withKey(convex.adminKey());
        done(deployment.importAtOnce("users", lines("{\"id\":0}\n")).join());
        convex.setSchema(STRICT);
        convex.holdImports();

        final String importId = staged(deployment, "{\"id\":\"secret\"}\n");
        convex.stepBackgroundWork();
        done(deployment.performImport(importId).join());
        convex.finishImports();

        final ImportState.Failed failed = (ImportState.Failed) state(deployment, importId);
        assertThat(failed.refusal().code()).isEqualTo("SchemaEnforcementError");
        assertThat(Refusals.failure(failed.refusal(), "replacing table \"users\"")
                        .message())
                .startsWith(
                        "Convex refused replacing table \"users\". The schema of table \"users\" (convex/schema.ts) does"
                                + " not accept a value of the field \"id\".")
                .doesNotContain("secret");
        assertThat(deployment
                        .importAtOnce("users", lines("{\"id\":\"secret\"}\n"))
                        .join())
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo("SchemaEnforcementError"));
        assertThat(convex.size("users")).isEqualTo(1);
    }

    @Test
    void a_schema_that_changes_during_the_import_is_worth_another_one() {
        final HttpDeployment deployment = withKey(convex.adminKey());
        convex.holdImports();
        final String importId = staged(deployment, "{\"id\":1}\n");
        convex.stepBackgroundWork();
        done(deployment.performImport(importId).join());
        convex.stepBackgroundWork();
        convex.setSchema(STRICT);
        convex.finishImports();

        final ImportState.Failed failed = (ImportState.Failed) state(deployment, importId);
        assertThat(failed.refusal().code()).isEqualTo("ImportSchemaChanged");
        assertThat(Refusals.maySucceedLater(failed.refusal())).isTrue();
    }

    @Test
    void an_index_that_is_still_being_built_is_worth_another_import() {
        final HttpDeployment deployment = withKey(convex.adminKey());
        done(deployment.importAtOnce("users", lines("{\"id\":0}\n")).join());
        convex.holdIndexBackfills();
        done(deployment
                .addPrimaryKeyIndexes(Map.of("users", List.of(List.of("id"))))
                .join());

        final Refused<?> imported =
                refused(deployment.importAtOnce("users", lines("{\"id\":1}\n")).join());
        final Refused<?> cleared = refused(deployment.clearTable("users").join());

        assertThat(List.of(imported, cleared)).allSatisfy(refusal -> {
            assertThat(refusal.code()).isEqualTo("InvalidImport");
            assertThat(Refusals.maySucceedLater(refusal)).isTrue();
        });
        convex.finishIndexBackfills();
        done(deployment.clearTable("users").join());
        assertThat(convex.size("users")).isZero();
    }

    @Test
    void a_key_without_the_right_to_watch_replaces_a_table_in_a_single_request() {
        final HttpDeployment deployment = withKey(convex.importOnlyKey());

        assertThat(deployment.mayWatchImports().join()).isEqualTo(new Done<>(false));
        assertThat(withKey(convex.adminKey()).mayWatchImports().join()).isEqualTo(new Done<>(true));
        assertThat(deployment
                        .importAtOnce("users", lines("{\"id\":1}\n{\"id\":2}\n"))
                        .join())
                .isEqualTo(new Done<>(2L));
        assertThat(deployment.importAtOnce("users", lines("")).join()).isEqualTo(new Done<>(0L));
        assertThat(convex.tables()).contains("users");
        assertThat(convex.size("users")).isZero();
        assertThat(refused(deployment.importState("zz").join()).code()).isEqualTo(HttpDeployment.NOT_PERMITTED);
    }

    @Test
    void a_document_that_an_import_cannot_use_fails_it_without_being_quoted() {
        final HttpDeployment deployment = withKey(convex.adminKey());

        assertThat(refused(deployment
                        .importAtOnce("users", lines("{\"id\":1}\n\"secret\"\n"))
                        .join()))
                .satisfies(refusal -> {
                    assertThat(refusal.code()).isEqualTo("ImportFailed");
                    assertThat(refusal.message()).startsWith("Row 2 ").doesNotContain("secret");
                });
    }

    @Test
    void markers_are_read_as_they_were_written() {
        final HttpDeployment deployment = withKey(convex.adminKey());
        assertThat(deployment.generationMarkers().join()).isEqualTo(new Done<>(List.of()));
        done(deployment
                .addPrimaryKeyIndexes(Map.of(GenerationMarker.TABLE, GenerationMarker.PRIMARY_KEY))
                .join());
        convex.finishIndexBackfills();
        final List<GenerationMarker> many = IntStream.range(0, 2_000)
                .mapToObj(i -> new GenerationMarker("table_" + i, StreamDescriptor.of("s", "stream " + i), 1, i))
                .toList();

        done(deployment.writeGenerationMarkers(many).join());
        assertThat(deployment.generationMarkers().join()).isEqualTo(new Done<>(many));

        final GenerationMarker next = new GenerationMarker("table_7", StreamDescriptor.of("stream 7"), 2, 9);
        done(deployment.writeGenerationMarkers(List.of(next)).join());
        assertThat(done(deployment.generationMarkers().join()))
                .hasSize(2_000)
                .contains(next)
                .doesNotContain(many.get(7));
        assertThat(refused(withKey(convex.importOnlyKey()).generationMarkers().join())
                        .code())
                .isEqualTo(HttpDeployment.NOT_PERMITTED);
    }

    private static String staged(final HttpDeployment deployment, final String lines) {
        final String upload = done(deployment.startUpload().join());
        final String part = done(deployment.uploadPart(upload, 1, lines(lines)).join());
        return done(deployment.finishUpload("users", upload, List.of(part)).join());
    }

    private HttpDeployment withKey(final String key) {
        return open.at(convex.url(), key, OpenDeployments.PATIENT);
    }

    private static ImportState state(final HttpDeployment deployment, final String importId) {
        return done(deployment.importState(importId).join());
    }

    private static <T> T done(final Outcome<T> outcome) {
        assertThat(outcome).isInstanceOf(Done.class);
        return ((Done<T>) outcome).value();
    }

    private static Refused<?> refused(final Outcome<?> outcome) {
        assertThat(outcome).isInstanceOf(Refused.class);
        return (Refused<?>) outcome;
    }

    private static RequestBody lines(final String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new RequestBody(List.of(ByteBuffer.wrap(bytes)), bytes.length);
    }
}
