package io.airbyte.integrations.destination.convex.sync;

import java.util.logging.Logger;

/**
 * Whether the deploy key may look at tables ({@code deployment:data:view}); assumed until the deployment says otherwise.
 * Without it nobody can tell whether an append request landed whose answer was lost.
 */
final class ReadRight {

    private static final Logger LOG = Logger.getLogger(ReadRight.class.getName());

    private boolean missing;
    private boolean told;

    boolean isMissing() {
        return missing;
    }

    void foundMissing() {
        missing = true;
    }

    /** A request is about to be sent again although it may have landed; the log says so once in a sync. */
    void tellThatRecordsMayDouble() {
        if (!told) {
            told = true;
            LOG.warning(
                    "The answer to an append request was lost, and nobody could look whether its records were written:"
                            + " the deploy key lacks the permission deployment:data:view, or the deployment did not answer. They are"
                            + " sent again, so they may appear twice. A deploy key with that permission prevents this.");
        }
    }
}
