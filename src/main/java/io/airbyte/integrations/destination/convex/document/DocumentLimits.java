package io.airbyte.integrations.destination.convex.document;

import io.airbyte.integrations.destination.convex.protocol.Failure;

/**
 * Makes a document fit: at most 1,022 top-level fields, at most 1 MiB (convex-api §4.2). The connector's own fields count.
 *
 * <p>Excess columns are left out, the last one first in this order: key columns, declared columns by name, other columns
 * as the record shows them. A document that is too large has its largest values nulled, one after the other; if it is the
 * names that make it large, columns are left out too.
 */
final class DocumentLimits {

    static final int MOST_FIELDS = 1022;
    static final int LARGEST_DOCUMENT = 1 << 20;

    /** The size of the braces, of {@code _id} and of {@code _creationTime} (convex-api §4.3). */
    static final int EMPTY_DOCUMENT = 2 + 38 + 23;

    private final Columns columns;
    private final OwnFields ownFields;
    private final Refusals refusals;

    DocumentLimits(final Columns columns, final OwnFields ownFields, final Refusals refusals) {
        this.columns = columns;
        this.ownFields = ownFields;
        this.refusals = refusals;
    }

    /** The document's size as it stands. */
    long size() {
        long size = EMPTY_DOCUMENT + ownFields.size();
        for (int i = 0; i < columns.count(); i++) {
            if (columns.get(i).isStored()) {
                size += columns.get(i).size();
            }
        }
        return size;
    }

    /**
     * Leaves out and nulls what does not fit.
     *
     * @return the document's size
     * @throws Failure a config error, if only the key's columns could be dispensed with or the user wants the sync to fail
     */
    long fit() {
        leaveOutExcess();
        final long size = size();
        if (size <= LARGEST_DOCUMENT) {
            return size;
        }
        return leaveOutNames(nullLargest(size));
    }

    private void leaveOutExcess() {
        int stored = 0;
        for (int i = 0; i < columns.count(); i++) {
            stored += columns.get(i).isStored() ? 1 : 0;
        }
        if (stored + ownFields.count() <= MOST_FIELDS) {
            return;
        }
        final int room = MOST_FIELDS - ownFields.countWithChanges();
        int kept = 0;
        for (final Column column : columns.byRank()) {
            if (column.isStored() && ++kept > room) {
                refusals.leaveOut(column, Unstorable.COLUMN_COUNT);
            }
        }
    }

    private long nullLargest(final long tooLarge) {
        long size = tooLarge;
        for (final Column column : columns.bySize()) {
            final boolean helps = column.isStored()
                    && column.valueSize - 1
                            > RecordedChanges.entrySize(column.name().stored(), Unstorable.DOCUMENT_SIZE);
            if (size > LARGEST_DOCUMENT && helps && !refusals.isKey(column)) {
                final long before = column.size() + ownFields.size();
                refusals.makeNull(column, Unstorable.DOCUMENT_SIZE);
                size += column.size() + ownFields.size() - before;
            }
        }
        return size;
    }

    private long leaveOutNames(final long perhapsTooLarge) {
        long size = perhapsTooLarge;
        final var byRank = columns.byRank();
        for (int i = byRank.size() - 1; i >= 0 && size > LARGEST_DOCUMENT; i--) {
            final Column column = byRank.get(i);
            if (column.isStored()) {
                final long before = column.size() + ownFields.size();
                refusals.leaveOut(column, Unstorable.DOCUMENT_SIZE);
                size += ownFields.size() - before;
            }
        }
        return size;
    }
}
