package io.airbyte.integrations.destination.convex.protocol;

/** How a stream is written. */
public enum DestinationSyncMode {
    /** Every record becomes a document of its own. */
    APPEND,
    /** The last record of each primary key is what the table holds. */
    APPEND_DEDUP,
    /** The records of this sync replace what the table holds. */
    OVERWRITE
}
