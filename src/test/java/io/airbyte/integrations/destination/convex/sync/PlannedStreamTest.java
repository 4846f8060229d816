package io.airbyte.integrations.destination.convex.sync;

import static io.airbyte.integrations.destination.convex.sync.SyncRig.append;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.stream;
import static org.assertj.core.api.Assertions.assertThat;

import io.airbyte.integrations.destination.convex.protocol.ConfiguredCatalog;
import io.airbyte.integrations.destination.convex.protocol.ConfiguredStream;
import io.airbyte.integrations.destination.convex.protocol.DestinationSyncMode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlannedStreamTest {

    private static String description(final ConfiguredStream stream) {
        return SyncPlan.of(new ConfiguredCatalog(List.of(stream), List.of()), Map.of())
                .streams()
                .get(0)
                .description();
    }

    @Test
    void the_log_describes_a_stream_by_its_table_and_how_it_is_written() {
        assertThat(description(append("users"))).isEqualTo("Stream users goes to table users, append.");
        assertThat(description(stream("users", DestinationSyncMode.OVERWRITE, List.of())))
                .isEqualTo("Stream users goes to table users, append, in place of what the table holds.");
    }

    @Test
    void of_a_deduplicated_stream_it_names_the_key_as_the_sources_user_knows_it() {
        assertThat(description(stream(
                        "users", DestinationSyncMode.APPEND_DEDUP, List.of(List.of("id"), List.of("name", "last")))))
                .isEqualTo("Stream users goes to table users, append_dedup (primary key id, name.last).");
    }

    @Test
    void the_key_of_a_stream_that_appends_is_not_mentioned() {
        assertThat(description(stream("users", DestinationSyncMode.APPEND, List.of(List.of("id")))))
                .isEqualTo("Stream users goes to table users, append.");
    }
}
