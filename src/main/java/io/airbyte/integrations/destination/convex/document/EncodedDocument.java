package io.airbyte.integrations.destination.convex.document;

import io.airbyte.integrations.destination.convex.json.ByteSlice;

/**
 * A record as the document that Convex is to store.
 *
 * @param json the document, one JSON object; valid until the encoder's next call and as long as the record's bytes are
 * @param size what it counts in Convex, in bytes, with the system fields (convex-api §4.3)
 * @param delete the record says that its row was deleted; the document is the row as the record shows it
 */
public record EncodedDocument(ByteSlice json, int size, boolean delete) {}
