package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.protocol.Terminal;
import io.airbyte.integrations.destination.convex.spool.SpoolFolder;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * What a sync takes from the process it runs in; tests bring their own.
 *
 * @param ticker the clock of deadlines
 * @param random the source of jitter
 * @param pipelineThread runs what it is given on the thread that drives the pipeline, later
 * @param background runs what takes long on another thread
 * @param heapBytes how large the heap may grow
 * @param spool where documents wait that replace a table; needed by plans that replace tables
 * @param terminal where somebody may be looking on
 * @param diskBytes how much the process may have on disk, where the platform has told
 */
public record Surroundings(
        Ticker ticker,
        RandomGenerator random,
        Executor pipelineThread,
        Executor background,
        long heapBytes,
        Optional<SpoolFolder> spool,
        Terminal terminal,
        OptionalLong diskBytes) {

    private static final long LONGEST_LINE = 64L << 20;

    /** How many bytes the search for the last record of each key may take. */
    long searchMemory() {
        return heapBytes / 8;
    }

    /**
     * How long a line of input may be, in bytes: 64 MiB, or an eighth of a small heap, for a line is held up to three
     * times on its way into a request.
     */
    int longestLine() {
        return (int) Math.min(LONGEST_LINE, heapBytes / 8);
    }
}
