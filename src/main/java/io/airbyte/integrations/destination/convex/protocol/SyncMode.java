package io.airbyte.integrations.destination.convex.protocol;

/** How the source reads a stream. */
public enum SyncMode {
    FULL_REFRESH,
    INCREMENTAL
}
