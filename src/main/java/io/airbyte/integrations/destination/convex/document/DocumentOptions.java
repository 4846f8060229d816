package io.airbyte.integrations.destination.convex.document;

import io.airbyte.integrations.destination.convex.config.ConnectorConfig.LargeIntegers;
import io.airbyte.integrations.destination.convex.config.ConnectorConfig.UnstorableValues;
import java.util.OptionalLong;

/**
 * How one stream's records become documents.
 *
 * @param largeIntegers how integers beyond ±(2^53−1) are stored; those of key columns are always text
 * @param unstorableValues what happens to a value that Convex cannot store
 * @param airbyteMetadata every document says when it was extracted, by which sync and in which generation
 * @param generationId the stream's generation, where the platform has told it
 * @param syncId the sync's id, where the platform has told it
 * @param dedup records are written by primary key, and {@code _ab_cdc_} columns steer
 */
public record DocumentOptions(
        LargeIntegers largeIntegers,
        UnstorableValues unstorableValues,
        boolean airbyteMetadata,
        OptionalLong generationId,
        OptionalLong syncId,
        boolean dedup) {}
