package io.airbyte.integrations.destination.convex.campaign;

/** What the user of a connection has asked for one of its streams. */
enum Mode {
    APPEND,
    DEDUP,
    /** A full refresh: each attempt reads the source from its beginning. */
    OVERWRITE,
    OVERWRITE_DEDUP,
    /** A refresh that removes records of an incremental stream: a retry goes on where the last state was. */
    TRUNCATE,
    TRUNCATE_DEDUP;

    boolean deduplicates() {
        return this == DEDUP || this == OVERWRITE_DEDUP || this == TRUNCATE_DEDUP;
    }

    boolean replaces() {
        return this != APPEND && this != DEDUP;
    }

    boolean beginsAnew() {
        return this == OVERWRITE || this == OVERWRITE_DEDUP;
    }
}
