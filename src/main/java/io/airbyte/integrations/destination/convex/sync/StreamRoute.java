package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.document.DocumentEncoder;
import io.airbyte.integrations.destination.convex.document.EncodedDocument;
import io.airbyte.integrations.destination.convex.json.InvalidJson;
import io.airbyte.integrations.destination.convex.protocol.Message.RecordMessage;

/** The way that a stream's records take. */
record StreamRoute(PlannedStream stream, DocumentEncoder encoder, StreamWriter writer, StreamStatistics statistics) {

    void write(final RecordMessage message) throws InvalidJson {
        final EncodedDocument document = encoder.encode(message.data(), message.emittedAtMillis(), message.changes());
        writer.write(document);
        encoder.letGoOfLargeBuffers();
        statistics.recordReceived(document.delete());
    }
}
