package io.airbyte.integrations.destination.convex.document;

import io.airbyte.integrations.destination.convex.json.ByteBuilder;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/**
 * The fields that the connector adds to a document: {@code airbyte_meta} exactly when there are changes, the others as
 * configured.
 */
final class OwnFields {

    private static final int NUMBER_SIZE = 9;

    private final RecordedChanges changes;
    private final boolean metadata;
    private final byte[] sameInEveryDocument;
    private final int metadataCount;
    private final int metadataSize;

    OwnFields(final DocumentOptions options, final RecordedChanges changes) {
        this.changes = changes;
        metadata = options.airbyteMetadata();
        final StringBuilder ids = new StringBuilder();
        int count = metadata ? 1 : 0;
        int size = metadata ? FieldNames.EXTRACTED_AT.length() + 1 + NUMBER_SIZE : 0;
        if (metadata && options.generationId().isPresent()) {
            ids.append(numberField(FieldNames.GENERATION_ID, options.generationId()));
            count++;
            size += FieldNames.GENERATION_ID.length() + 1 + NUMBER_SIZE;
        }
        if (metadata && options.syncId().isPresent()) {
            ids.append(numberField(FieldNames.SYNC_ID, options.syncId()));
            count++;
            size += FieldNames.SYNC_ID.length() + 1 + NUMBER_SIZE;
        }
        sameInEveryDocument = ids.toString().getBytes(StandardCharsets.US_ASCII);
        metadataCount = count;
        metadataSize = size;
    }

    private static String numberField(final String name, final OptionalLong value) {
        return ",\"" + name + "\":" + value.orElseThrow();
    }

    /** How many fields this document gets. */
    int count() {
        return metadataCount + (changes.isEmpty() ? 0 : 1);
    }

    /** How many fields a document with changes gets. */
    int countWithChanges() {
        return metadataCount + 1;
    }

    /** What they add to the document's size. */
    long size() {
        return metadataSize + (changes.isEmpty() ? 0 : FieldNames.META.length() + 1 + changes.size());
    }

    /**
     * Appends the fields, separated from what is before them and from each other by commas.
     *
     * @param first nothing is before them
     */
    void appendTo(final ByteBuilder out, final boolean first, final long emittedAtMillis) {
        final int start = out.length();
        if (metadata) {
            out.append(",\"").append(FieldNames.EXTRACTED_AT).append("\":").append(Long.toString(emittedAtMillis));
            out.append(sameInEveryDocument);
        }
        if (!changes.isEmpty()) {
            out.append(",\"").append(FieldNames.META).append("\":");
            changes.appendTo(out);
        }
        if (first && out.length() > start) {
            out.remove(start, start + 1);
        }
    }
}
