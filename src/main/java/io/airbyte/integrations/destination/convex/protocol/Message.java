package io.airbyte.integrations.destination.convex.protocol;

import io.airbyte.integrations.destination.convex.json.ByteSlice;
import java.util.Optional;

/**
 * A message of Airbyte's protocol as a destination receives it. Its slices are ranges of the line that it was read from
 * and stay valid as long as that line does.
 */
public sealed interface Message {

    /**
     * One record of a stream.
     *
     * @param data the bytes of the record's JSON object
     * @param emittedAtMillis when the source emitted it, in milliseconds of the epoch
     * @param changes the bytes of {@code meta.changes}, a JSON array with at least one entry, if the record has one
     */
    record RecordMessage(StreamDescriptor stream, ByteSlice data, long emittedAtMillis, Optional<ByteSlice> changes)
            implements Message {}

    /**
     * A checkpoint of the source, to be returned once everything before it is durable.
     *
     * @param stream the stream that it is about, present exactly if the kind is {@link StateKind#STREAM}
     * @param line the whole message as received, for {@link MessageWriter#state}
     */
    record StateMessage(StateKind kind, Optional<StreamDescriptor> stream, ByteSlice line) implements Message {}

    /** What the source, or the platform in its place, says about the progress of a stream. */
    record StreamStatusMessage(StreamDescriptor stream, StreamStatus status) implements Message {}

    /** A message that a destination has no use for (airbyte-semantics §5.7). */
    enum Ignored implements Message {
        IGNORED
    }

    /** What a state stands for (airbyte-semantics §3). */
    enum StateKind {
        /** The records of one stream before it. */
        STREAM,
        /** The records of all streams before it. */
        GLOBAL,
        /** As {@link #GLOBAL}: a state without a type, or of the type that sources used before there were others. */
        LEGACY
    }

    /** The states of a stream (airbyte-semantics §2). */
    enum StreamStatus {
        STARTED,
        RUNNING,
        COMPLETE,
        INCOMPLETE,
        /** One that this connector does not know, and that therefore means nothing to it. */
        UNKNOWN
    }
}
