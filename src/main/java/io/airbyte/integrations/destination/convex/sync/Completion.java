package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.protocol.Message.StreamStatus;
import io.airbyte.integrations.destination.convex.protocol.Message.StreamStatusMessage;
import io.airbyte.integrations.destination.convex.protocol.StreamDescriptor;
import java.util.HashSet;
import java.util.Set;

/**
 * Which streams the source has read to their end, as far as the input tells: that depends on who runs the sync (DESIGN
 * rule 9; airbyte-semantics §1.3, §2). What counts is a clean end of input; without one no stream is complete.
 */
final class Completion {

    private final Caller caller;
    private final Set<StreamDescriptor> completed = new HashSet<>();
    private boolean statusSeen;

    Completion(final Caller caller) {
        this.caller = caller;
    }

    /** Takes a status of a stream of the catalog. */
    void note(final StreamStatusMessage message) {
        statusSeen = true;
        if (message.status() == StreamStatus.COMPLETE) {
            completed.add(message.stream());
        } else if (message.status() == StreamStatus.INCOMPLETE) {
            completed.remove(message.stream());
        }
    }

    /** The source or the platform in its place has said that it has read all of the stream. */
    boolean isConfirmed(final StreamDescriptor stream) {
        return completed.contains(stream);
    }

    /** The end of input means that the source has read all of the stream. */
    boolean isComplete(final StreamDescriptor stream, final StreamCheckpoint checkpoint) {
        if (caller == Caller.REFRESH_PLATFORM || statusSeen) {
            return isConfirmed(stream);
        }
        return caller == Caller.NO_PLATFORM || !checkpoint.endsWithoutItsState();
    }

    /**
     * A platform that confirms nothing tells by SIGTERM that the source has failed, up to 70 s after it has closed the
     * input (airbyte-semantics §2).
     */
    boolean mayStillBeDenied() {
        return caller == Caller.LEGACY_PLATFORM && !statusSeen;
    }
}
