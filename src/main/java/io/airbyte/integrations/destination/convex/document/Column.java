package io.airbyte.integrations.destination.convex.document;

/** One top-level field of the document that is being encoded. Used again for the next document. */
final class Column {

    /** How the column gets into the document. */
    enum Form {
        /** Its value is copied from the record. */
        AS_IS,
        /** Its value was written anew. */
        REWRITTEN,
        /** Its value is null instead of what Convex cannot store. */
        NULLED,
        /** Not at all. */
        LEFT_OUT
    }

    private FieldName name;

    /** Which member of the record it is. */
    int ordinal;

    /** In the record: the index of the key's opening quote. */
    int keyStart;

    /** In the record: the index of the value's first byte. */
    int valueStart;

    /** In the record: the index after the value's last byte. */
    int valueEnd;

    /** In the rewritten values: the index of the first byte. */
    int rewrittenStart;

    /** In the rewritten values: the index after the last byte. */
    int rewrittenEnd;

    /** The value's size in Convex, or {@link ValueMeasure#NEEDS_CARE}. */
    long valueSize;

    Form form = Form.AS_IS;

    Column(final FieldName name) {
        this.name = name;
    }

    /** The column starts anew, as one of another document. */
    Column reset(final FieldName next) {
        name = next;
        form = Form.AS_IS;
        return this;
    }

    FieldName name() {
        return name;
    }

    boolean isStored() {
        return form != Form.LEFT_OUT;
    }

    /** What the column adds to the document's size. */
    long size() {
        return name.size() + valueSize;
    }
}
