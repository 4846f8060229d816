package io.airbyte.integrations.destination.convex.document;

import io.airbyte.integrations.destination.convex.config.ConnectorConfig.UnstorableValues;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.StreamDescriptor;

/** What happens when Convex cannot store something: recorded and counted, or the end of the sync. */
final class Refusals {

    private final StreamDescriptor stream;
    private final DocumentOptions options;
    private final RecordedChanges changes;
    private final ChangedFields statistic;

    Refusals(
            final StreamDescriptor stream,
            final DocumentOptions options,
            final RecordedChanges changes,
            final ChangedFields statistic) {
        this.stream = stream;
        this.options = options;
        this.changes = changes;
        this.statistic = statistic;
    }

    /**
     * The column's value becomes null.
     *
     * @throws Failure a config error, if the column is part of the key or the user wants the sync to fail
     */
    void makeNull(final Column column, final Unstorable reason) {
        requireDispensable(column, reason);
        record(column.name().stored(), reason);
        column.form = Column.Form.NULLED;
        column.valueSize = 1;
    }

    /**
     * The column is left out; what was nulled before is already recorded.
     *
     * @throws Failure as {@link #makeNull} does
     */
    void leaveOut(final Column column, final Unstorable reason) {
        requireDispensable(column, reason);
        if (column.form != Column.Form.NULLED) {
            record(column.name().stored(), reason);
        }
        column.form = Column.Form.LEFT_OUT;
    }

    /** Fields that nobody looked at, because there are far too many, are left out. */
    void leaveOutMore(final long fields) {
        changes.addMore(fields);
        statistic.countMore(fields);
    }

    /** Something that is not a column could not be kept. */
    void record(final String field, final Unstorable reason) {
        changes.add(field, reason);
        statistic.count(RecordedChanges.shortened(field), reason);
    }

    /** The column is part of the key that records are written by. */
    boolean isKey(final Column column) {
        return options.dedup() && column.name().key() != null;
    }

    private void requireDispensable(final Column column, final Unstorable reason) {
        final String field = RecordedChanges.shortened(column.name().stored());
        if (isKey(column)) {
            throw Failure.config(("The primary-key field %s of a record of stream %s cannot be stored in Convex: %s. A"
                                    + " primary key is never changed; choose another one for this stream, or mend the record"
                                    + " in the source.")
                            .formatted(field, stream, reason.sentence()))
                    .ofStream(stream);
        }
        if (options.unstorableValues() == UnstorableValues.FAIL) {
            throw Failure.config(
                            ("The field %s of a record of stream %s cannot be stored in Convex: %s. Mend the record in"
                                            + " the source, deselect the field, or set unstorable_values to"
                                            + " null_and_record.")
                                    .formatted(field, stream, reason.sentence()))
                    .ofStream(stream);
        }
    }
}
