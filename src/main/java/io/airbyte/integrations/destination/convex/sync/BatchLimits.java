package io.airbyte.integrations.destination.convex.sync;

/**
 * When a batch is full.
 *
 * @param records how many records it may hold
 * @param documentBytes what the deployment may count for its documents (convex-api §4.3)
 * @param bodyBytes how long its request may be
 */
record BatchLimits(int records, long documentBytes, long bodyBytes) {

    /** No request may be longer; the deployment refuses it (convex-api §2.1). */
    static final long LONGEST_BODY = 20L << 20;

    /**
     * An append request fits one transaction of every server version, so that a refusal means that nothing of it was
     * written (convex-api §2.3, §5.1).
     */
    static final BatchLimits APPEND = new BatchLimits(8_000, 7L << 20, 16L << 20);

    /**
     * A dedup request may take several transactions, since it may be sent again. The number of records keeps the
     * deployment's work on one request well below its time-out of 300 s.
     */
    static final BatchLimits DEDUP = new BatchLimits(32_000, Long.MAX_VALUE, 16L << 20);

    /** One more record of these sizes would make {@code batch} overfull. */
    boolean areReachedBy(final Batch batch, final long messageBytes, final int documentSize) {
        return batch.records() == records
                || batch.documentBytes() + documentSize > documentBytes
                || batch.bodyBytes() + messageBytes > bodyBytes;
    }
}
