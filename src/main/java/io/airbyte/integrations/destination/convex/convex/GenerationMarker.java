package io.airbyte.integrations.destination.convex.convex;

import io.airbyte.integrations.destination.convex.protocol.StreamDescriptor;
import java.util.List;

/**
 * Says which generation of a stream a table holds, so that a retry of the same refresh adds to the table instead of
 * replacing it again (DESIGN rule 9). Kept in a table of the deployment, one document for each table.
 *
 * @param table the table whose generation this is; the marker's primary key
 * @param stream the stream that was written to it
 * @param generation the generation that the table holds
 * @param sync the number of the job that wrote it, the same for all of its attempts
 */
public record GenerationMarker(String table, StreamDescriptor stream, long generation, long sync) {

    /** The table of markers, which no stream may be written to. */
    public static final String TABLE = "airbyte_generations";

    /** The primary key of {@link #TABLE}. */
    public static final List<List<String>> PRIMARY_KEY = List.of(List.of("table"));
}
