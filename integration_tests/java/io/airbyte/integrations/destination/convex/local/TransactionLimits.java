package io.airbyte.integrations.destination.convex.local;

/**
 * How much one transaction may do (convex-api §5.1).
 *
 * @param writes documents written
 * @param bytesWritten document size of what is written
 * @param documentsRead documents read
 * @param bytesRead document size of what is read
 * @param intervals index ranges read
 */
public record TransactionLimits(int writes, long bytesWritten, int documentsRead, long bytesRead, int intervals) {

    /** What a deployment starts with. */
    public static final TransactionLimits DEFAULT = new TransactionLimits(16_000, 16 << 20, 32_000, 16 << 20, 4_096);

    /** The same limits with fewer or more writes, to make pages small. */
    public TransactionLimits withWrites(final int number) {
        return new TransactionLimits(number, bytesWritten, documentsRead, bytesRead, intervals);
    }

    /** The same limits with fewer or more index ranges, to make pages of upserts small. */
    public TransactionLimits withIntervals(final int number) {
        return new TransactionLimits(writes, bytesWritten, documentsRead, bytesRead, number);
    }
}
