package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.json.ByteSlice;

/** What the pipeline thread takes, one after the other. */
sealed interface Event {

    /**
     * A piece of stdin, cut anywhere.
     *
     * @param usedUp gives the bytes back to the reader once they have been handled
     */
    record InputArrived(ByteSlice chunk, Runnable usedUp) implements Event {}

    /** The source has nothing more to say. */
    record InputEnded() implements Event {}

    /** Stdin cannot be read any further. */
    record InputBroken(Throwable cause) implements Event {}

    /** A request was answered, or given up. */
    record Answered(Runnable action) implements Event {}

    /** The platform wants the process to end (SIGTERM). */
    record TerminationAsked() implements Event {}
}
