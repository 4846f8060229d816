package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.spool.LineLog;
import io.airbyte.integrations.destination.convex.spool.SpoolFolder;
import java.io.IOException;

/**
 * States that must not leave before every table is replaced that is to be: on disk, in arrival order. If the sync fails
 * they never leave.
 */
final class WithheldStates implements StateQueue.Sink {

    private final SpoolFolder folder;
    private final LineLog log;

    WithheldStates(final SpoolFolder folder) {
        this.folder = folder;
        this.log = folder.lineLog();
    }

    @Override
    public void state(final byte[] line, final long recordCount) {
        try {
            log.add(line, recordCount);
        } catch (final IOException e) {
            throw Staging.unwritable(folder, e);
        }
    }

    /** Every state leaves, since everything that the sync was to do is durable. */
    void release(final StateQueue.Sink output) {
        try {
            log.forEach(output::state);
        } catch (final IOException e) {
            throw Staging.broken(e);
        }
        log.delete();
    }
}
