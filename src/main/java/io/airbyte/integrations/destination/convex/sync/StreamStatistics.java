package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.document.ChangedFields;
import io.airbyte.integrations.destination.convex.document.ChangedFields.ChangedField;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/** What has become of one stream's records so far. */
final class StreamStatistics {

    private static final Logger LOG = Logger.getLogger(StreamStatistics.class.getName());

    private final PlannedStream stream;
    private final ChangedFields changedFields = new ChangedFields(this::tellOfChangedField);
    private long received;
    private long deletes;
    private long written;

    StreamStatistics(final PlannedStream stream) {
        this.stream = stream;
    }

    private void tellOfChangedField(final ChangedField changed) {
        LOG.warning(() ->
                "Stream %s: a value of field %s cannot be stored: %s. It is stored as null, and the document says so in airbyte_meta.changes. Further values like it are only counted."
                        .formatted(
                                stream.descriptor(),
                                changed.field(),
                                changed.reason().sentence()));
    }

    /** What the stream's encoder could not store. */
    ChangedFields changedFields() {
        return changedFields;
    }

    void recordReceived(final boolean delete) {
        received++;
        if (delete) {
            deletes++;
        }
    }

    void recordsWritten(final long records) {
        written += records;
    }

    PlannedStream stream() {
        return stream;
    }

    long received() {
        return received;
    }

    long written() {
        return written;
    }

    /** Tells what the stream's records came to. */
    void tellSummary() {
        LOG.info(() ->
                "Stream %s, table %s: %,d records read, %,d of them deletes; %,d written; %,d documents with values that could not be stored%s."
                        .formatted(
                                stream.descriptor(),
                                stream.table(),
                                received,
                                deletes,
                                written,
                                changedFields.documents(),
                                changedFieldsText()));
    }

    private String changedFieldsText() {
        if (changedFields.counts().isEmpty()) {
            return "";
        }
        return changedFields.counts().entrySet().stream()
                .map(entry -> "%s %,d times (%s)"
                        .formatted(
                                entry.getKey().field(),
                                entry.getValue(),
                                entry.getKey().reason().reasonCode()))
                .collect(Collectors.joining(", ", ": ", ""));
    }
}
