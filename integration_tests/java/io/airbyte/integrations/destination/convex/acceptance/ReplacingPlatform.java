package io.airbyte.integrations.destination.convex.acceptance;

import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.append;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.dedup;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.inMode;
import static io.airbyte.integrations.destination.convex.acceptance.ReplacedTable.USERS;

import com.fasterxml.jackson.databind.node.TextNode;

/** How a caller asks for stream {@code users} to be replaced, and asks again after a failure (airbyte-semantics §1.2). */
enum ReplacingPlatform {
    /** The same generation again; the source goes on behind the last state that came back. */
    INCREMENTAL_TRUNCATE("refresh platform, incremental truncate", true),
    /** The next generation; the source begins anew. */
    FULL_REFRESH("refresh platform, full refresh", true),
    /** Overwrite again, without ids. */
    LEGACY("legacy platform, overwrite", false),
    /** Overwrite again, with the ids that PyAirbyte always sends. */
    NONE("no platform, overwrite", false);

    private static final int SYNC = 7;

    private final String name;
    private final boolean refreshes;

    ReplacingPlatform(final String name, final boolean refreshes) {
        this.name = name;
        this.refreshes = refreshes;
    }

    /** Whether it speaks in generations, so that the table's is marked. */
    boolean knowsRefreshes() {
        return refreshes;
    }

    boolean resumesFromLastState() {
        return this == INCREMENTAL_TRUNCATE;
    }

    /** The generation of an attempt, counted from 0. */
    int generation(final int attempt) {
        return this == FULL_REFRESH ? 2 + attempt : 2;
    }

    /** The stream as this attempt asks for it. */
    ConfiguredStreamJson stream(final boolean deduplicated, final int attempt) {
        final ConfiguredStreamJson stream = switch (this) {
            case INCREMENTAL_TRUNCATE, FULL_REFRESH ->
                (deduplicated ? dedup(USERS, "id") : append(USERS)).ids(generation(attempt), generation(attempt), SYNC);
            case LEGACY -> inMode(USERS, "overwrite");
            case NONE -> inMode(USERS, "overwrite").ids(1, 1, 1);
        };
        return this == INCREMENTAL_TRUNCATE ? stream : stream.with("sync_mode", TextNode.valueOf("full_refresh"));
    }

    /** What it sets around the program. */
    LocalSync around(final LocalSync sync, final int attempt) {
        return this == NONE
                ? sync
                : sync.environment("WORKER_JOB_ID", Integer.toString(SYNC))
                        .environment("WORKER_JOB_ATTEMPT", Integer.toString(attempt));
    }

    /** Whether tests let it confirm streams; without that, a legacy platform is waited for for 90 s. */
    boolean confirms() {
        return this != NONE;
    }

    @Override
    public String toString() {
        return name;
    }
}
