package io.airbyte.integrations.destination.convex.campaign;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A record of the source. Its column {@code n} is its number in the stream, by which the model knows its document.
 *
 * @param key which of the stream's keys it has
 * @param deletes whether it says that the row was deleted
 * @param data as it is sent
 * @param document as it is to be stored
 */
record SourceRecord(int key, boolean deletes, String data, ObjectNode document) {}
