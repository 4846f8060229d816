package io.airbyte.integrations.destination.convex.protocol;

import io.airbyte.integrations.destination.convex.protocol.DeclaredType.Struct;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A stream as the user configured it.
 *
 * @param primaryKey the paths of the key's fields, as the source names them; empty if there is no key
 * @param cursor the path of the field that an incremental source goes by, as it names it; empty if none is configured
 * @param records what the stream's JSON schema says about its records; open unless it says that there are no other columns
 * @param generationId absent if the platform knows no refreshes (airbyte-semantics §1.3); likewise the other two
 * @param minimumGenerationId the oldest generation whose documents are to be kept
 * @param syncId the platform's number of this job
 */
public record ConfiguredStream(
        StreamDescriptor descriptor,
        SyncMode sourceSyncMode,
        DestinationSyncMode destinationSyncMode,
        List<List<String>> primaryKey,
        List<String> cursor,
        Struct records,
        OptionalLong generationId,
        OptionalLong minimumGenerationId,
        OptionalLong syncId) {

    /** The columns that the JSON schema declares, in its order; schemas are often incomplete. */
    public Set<String> declaredColumns() {
        return records.properties().keySet();
    }
}
