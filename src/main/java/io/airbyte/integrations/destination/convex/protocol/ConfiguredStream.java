package io.airbyte.integrations.destination.convex.protocol;

import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A stream as the user configured it.
 *
 * @param primaryKey the paths of the key's fields, as the source names them; empty if there is no key
 * @param declaredColumns the top-level properties of the stream's JSON schema, in its order; schemas are often incomplete
 * @param generationId absent if the platform knows no refreshes (airbyte-semantics §1.3); likewise the other two
 * @param minimumGenerationId the oldest generation whose documents are to be kept
 * @param syncId the platform's number of this job
 */
public record ConfiguredStream(
        StreamDescriptor descriptor,
        SyncMode sourceSyncMode,
        DestinationSyncMode destinationSyncMode,
        List<List<String>> primaryKey,
        Set<String> declaredColumns,
        OptionalLong generationId,
        OptionalLong minimumGenerationId,
        OptionalLong syncId) {}
