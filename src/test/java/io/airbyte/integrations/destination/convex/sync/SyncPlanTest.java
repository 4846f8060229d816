package io.airbyte.integrations.destination.convex.sync;

import static io.airbyte.integrations.destination.convex.sync.SyncRig.append;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.dedup;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.stream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbyte.integrations.destination.convex.protocol.ConfiguredCatalog;
import io.airbyte.integrations.destination.convex.protocol.ConfiguredStream;
import io.airbyte.integrations.destination.convex.protocol.DestinationSyncMode;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.StreamDescriptor;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SyncPlanTest {

    private static final Map<String, String> PLATFORM = Map.of("WORKER_JOB_ID", "7");

    static ConfiguredStream generation(final ConfiguredStream stream, final long generation, final long minimum) {
        return new ConfiguredStream(
                stream.descriptor(),
                stream.sourceSyncMode(),
                stream.destinationSyncMode(),
                stream.primaryKey(),
                stream.cursor(),
                stream.records(),
                OptionalLong.of(generation),
                OptionalLong.of(minimum),
                OptionalLong.of(1));
    }

    private static ConfiguredStream inNamespace(final String namespace, final ConfiguredStream stream) {
        return new ConfiguredStream(
                StreamDescriptor.of(namespace, stream.descriptor().name()),
                stream.sourceSyncMode(),
                stream.destinationSyncMode(),
                stream.primaryKey(),
                stream.cursor(),
                stream.records(),
                stream.generationId(),
                stream.minimumGenerationId(),
                stream.syncId());
    }

    private static SyncPlan plan(final ConfiguredStream... streams) {
        return plan(Map.of(), streams);
    }

    private static SyncPlan plan(final Map<String, String> environment, final ConfiguredStream... streams) {
        return SyncPlan.of(new ConfiguredCatalog(List.of(streams), List.of()), environment);
    }

    private static String mistake(final ConfiguredStream... streams) {
        return mistake(Map.of(), streams);
    }

    private static String mistake(final Map<String, String> environment, final ConfiguredStream... streams) {
        final Failure[] failure = new Failure[1];
        assertThatThrownBy(() -> plan(environment, streams))
                .isInstanceOfSatisfying(Failure.class, thrown -> failure[0] = thrown);
        assertThat(failure[0].kind()).isEqualTo(Failure.Kind.CONFIG_ERROR);
        return failure[0].message();
    }

    @Test
    void a_stream_goes_to_the_table_of_its_name_and_one_in_a_namespace_to_namespace_and_name() {
        assertThat(plan(append("users"), inNamespace("public", append("users"))).streams())
                .extracting(PlannedStream::table)
                .containsExactly("users", "public_users");
    }

    @Test
    void a_stream_listed_twice_is_a_mistake() {
        assertThat(mistake(append("users"), append("users"))).contains("users", "more than once");
    }

    @Test
    void two_streams_that_would_share_a_table_are_a_mistake_that_names_both() {
        assertThat(mistake(append("public_users"), inNamespace("public", append("users"))))
                .contains("public_users", "public.users", "table");
    }

    @Test
    void two_streams_whose_renamed_tables_are_the_same_are_a_mistake_that_names_both() {
        assertThat(mistake(append("my-users"), append("My Users"))).contains("my-users", "My Users", "source_my_users");
    }

    @Test
    void dedup_without_a_primary_key_is_a_mistake() {
        assertThat(mistake(stream("users", DestinationSyncMode.APPEND_DEDUP, List.of())))
                .contains("users", "primary key");
    }

    @Test
    void dedup_with_more_key_columns_than_convex_indexes_is_a_mistake_that_names_the_limit() {
        final List<List<String>> key =
                IntStream.range(0, 16).mapToObj(i -> List.of("column" + i)).toList();
        assertThat(mistake(stream("users", DestinationSyncMode.APPEND_DEDUP, key)))
                .contains("users", "16", "15");
    }

    @Test
    void a_name_that_no_table_can_have_is_a_mistake_that_names_the_limit() {
        assertThat(mistake(append("x".repeat(65)))).contains("x".repeat(65), "64");
    }

    @Test
    void a_catalog_without_streams_is_a_mistake() {
        assertThat(mistake()).contains("no streams");
    }

    @Test
    void a_minimum_generation_between_none_and_the_current_one_is_a_mistake_for_every_caller() {
        assertThat(mistake(generation(append("users"), 3, 2))).contains("users", "3", "2");
        assertThat(mistake(PLATFORM, generation(append("users"), 3, 2))).contains("users", "3", "2");
    }

    @Test
    void overwrite_replaces_for_every_caller() {
        final ConfiguredStream overwrite = stream("users", DestinationSyncMode.OVERWRITE, List.of());
        assertThat(plan(overwrite).replacesTables()).isTrue();
        assertThat(plan(PLATFORM, overwrite).replacesTables()).isTrue();
        assertThat(plan(PLATFORM, generation(overwrite, 3, 3)).streams())
                .extracting(PlannedStream::content)
                .containsExactly(PlannedStream.Content.REPLACED);
    }

    @Test
    void a_truncating_refresh_replaces_once_a_generation() {
        assertThat(plan(PLATFORM, generation(append("users"), 3, 3), generation(append("pets"), 3, 0))
                        .streams())
                .extracting(PlannedStream::content)
                .containsExactly(PlannedStream.Content.REPLACED_ONCE_A_GENERATION, PlannedStream.Content.KEPT);
    }

    @Test
    void the_table_of_the_connectors_own_notes_is_not_for_streams() {
        assertThat(mistake(append("airbyte_generations"))).contains("airbyte_generations", "prefix or a namespace");
    }

    @Test
    void the_ids_that_PyAirbyte_sends_with_every_sync_truncate_nothing() {
        assertThat(plan(generation(append("users"), 1, 1), generation(dedup("orders"), 1, 1))
                        .replacesTables())
                .isFalse();
    }

    @Test
    void the_caller_is_told_by_the_job_variable_and_the_generation_ids() {
        assertThat(plan(PLATFORM, append("users")).caller()).isEqualTo(Caller.LEGACY_PLATFORM);
        assertThat(plan(PLATFORM, generation(append("users"), 3, 0)).caller()).isEqualTo(Caller.REFRESH_PLATFORM);
        assertThat(plan(append("users")).caller()).isEqualTo(Caller.NO_PLATFORM);
    }

    @Test
    void all_mistakes_are_told_at_once_with_those_of_the_catalog_itself() {
        final ConfiguredCatalog catalog = new ConfiguredCatalog(
                List.of(append("users"), append("users"), append("x".repeat(65))), List.of("A stream has no name."));
        assertThatThrownBy(() -> SyncPlan.of(catalog, Map.of()))
                .hasMessageContainingAll("A stream has no name.", "more than once", "64");
    }

    @Test
    void a_key_column_that_the_schema_does_not_declare_is_only_a_warning() {
        final ConfiguredStream stream =
                stream("users", DestinationSyncMode.APPEND_DEDUP, List.of(List.of("id"), List.of("region", "code")));
        assertThat(plan(stream).warnings())
                .singleElement()
                .satisfies(warning -> assertThat(warning).contains("users", "region"));
    }
}
