package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.protocol.ConfiguredCatalog;
import io.airbyte.integrations.destination.convex.protocol.ConfiguredStream;
import java.util.Map;

/** Who runs this sync; it decides what generation ids and stream statuses mean (airbyte-semantics §1, §2). */
public enum Caller {
    /** An Airbyte platform that does not know this connector's support for refreshes: no generation ids, no statuses. */
    LEGACY_PLATFORM,
    /** An Airbyte platform that sends generation ids, and a COMPLETE for each stream if the source has succeeded. */
    REFRESH_PLATFORM,
    /** PyAirbyte, which sends the same ids for every sync of every mode, or a shell pipe, which sends what it likes. */
    NO_PLATFORM;

    /** The variable that every Airbyte platform sets for a sync (airbyte-semantics §5.2). */
    private static final String JOB_VARIABLE = "WORKER_JOB_ID";

    static Caller of(final ConfiguredCatalog catalog, final Map<String, String> environment) {
        if (environment.getOrDefault(JOB_VARIABLE, "").isEmpty()) {
            return NO_PLATFORM;
        }
        return catalog.streams().stream().anyMatch(Caller::hasGeneration) ? REFRESH_PLATFORM : LEGACY_PLATFORM;
    }

    private static boolean hasGeneration(final ConfiguredStream stream) {
        return stream.generationId().isPresent();
    }
}
