package io.airbyte.integrations.destination.convex.config;

/**
 * What the user configured, as {@code spec.json} describes it.
 *
 * @param deploymentUrl as the user wrote it
 * @param accessKey the deploy key as the user wrote it; a secret
 * @param largeIntegers how integers that a double cannot hold exactly are stored
 * @param unstorableValues what happens to a value that Convex cannot store
 * @param airbyteMetadata whether every document carries {@code airbyte_extracted_at}, {@code airbyte_generation_id} and
 *     {@code airbyte_sync_id}
 */
public record ConnectorConfig(
        String deploymentUrl,
        String accessKey,
        LargeIntegers largeIntegers,
        UnstorableValues unstorableValues,
        boolean airbyteMetadata) {

    /** How integers beyond ±(2^53−1) are stored. */
    public enum LargeIntegers {
        /** As exact decimal strings. */
        STRING,
        /** As numbers, rounded to the nearest double. */
        NUMBER
    }

    /** What happens to a value that Convex cannot store. */
    public enum UnstorableValues {
        /** It becomes null, and the document says so in {@code airbyte_meta.changes}. */
        NULL_AND_RECORD,
        /** The sync fails with an error that names the field. */
        FAIL
    }

    /** The options alone: the key is a secret, and it may have been pasted into the URL's field. */
    @Override
    public String toString() {
        return "ConnectorConfig[largeIntegers=%s, unstorableValues=%s, airbyteMetadata=%s]"
                .formatted(largeIntegers, unstorableValues, airbyteMetadata);
    }
}
