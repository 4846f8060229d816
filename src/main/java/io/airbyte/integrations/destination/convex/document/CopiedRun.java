package io.airbyte.integrations.destination.convex.document;

import io.airbyte.integrations.destination.convex.json.ByteBuilder;

/** Puts columns into a document one after the other; neighbours that stay as they are go in one copy. */
final class CopiedRun {

    private static final byte[] NULL = {'n', 'u', 'l', 'l'};

    private final ByteBuilder out;
    private final byte[] record;
    private int from;
    private int to;
    private int lastOrdinal;

    CopiedRun(final ByteBuilder out, final byte[] record) {
        this.out = out;
        this.record = record;
    }

    /** Adds a column whose value is the record's. */
    void copy(final Column column) {
        if (!column.name().isKept()) {
            startColumn(column);
            out.append(record, column.valueStart, column.valueEnd - column.valueStart);
            return;
        }
        if (to == 0 || column.ordinal != lastOrdinal + 1) {
            finish();
            separate();
            from = column.keyStart;
        }
        to = column.valueEnd;
        lastOrdinal = column.ordinal;
    }

    /** Adds a column whose value was written anew. */
    void put(final Column column, final byte[] rewritten) {
        startColumn(column);
        out.append(rewritten, column.rewrittenStart, column.rewrittenEnd - column.rewrittenStart);
    }

    void putNull(final Column column) {
        startColumn(column);
        out.append(NULL);
    }

    /** Copies what is still to be copied. */
    void finish() {
        if (to > 0) {
            out.append(record, from, to - from);
            to = 0;
        }
    }

    private void startColumn(final Column column) {
        finish();
        separate();
        column.name().appendKey(out);
    }

    private void separate() {
        if (out.length() > 1) {
            out.append(',');
        }
    }
}
