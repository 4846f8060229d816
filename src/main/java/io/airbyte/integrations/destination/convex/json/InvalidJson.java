package io.airbyte.integrations.destination.convex.json;

/** Bytes that are not one strict JSON document. Says what is wrong and where, never what the bytes say. */
public final class InvalidJson extends Exception {

    private static final long serialVersionUID = 1L;

    private final String reason;
    private final int position;

    InvalidJson(final String reason, final int position) {
        super(reason + " at byte " + position);
        this.reason = reason;
        this.position = position;
    }

    /** What is wrong, as the end of a sentence. */
    public String reason() {
        return reason;
    }

    /** Where, in bytes from the start of the scanned document. */
    public int position() {
        return position;
    }

    /** Nothing is wrong but that the document stops before it is whole. */
    public boolean isTruncation() {
        return reason.startsWith("it ends");
    }
}
