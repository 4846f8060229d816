package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.json.ByteSlice;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.Message.StateKind;
import io.airbyte.integrations.destination.convex.protocol.Message.StateMessage;
import io.airbyte.integrations.destination.convex.protocol.MessageWriter;
import io.airbyte.integrations.destination.convex.protocol.StreamDescriptor;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where states wait. A state leaves when every record before it is durable: of its stream, or of all streams for a global
 * one; in arrival order, every one, never merged (airbyte-semantics §3). A state whose records never become durable
 * never leaves.
 */
final class Checkpoints {

    private final Map<StreamDescriptor, StreamCheckpoint> streams = new LinkedHashMap<>();
    /** Batches with records that are not durable, the one with the oldest record first. */
    private final Set<Batch> undurable = new LinkedHashSet<>();

    private final StateQueue globalStates;
    private final MessageWriter output;
    private final Optional<WithheldStates> withheld;
    private long released;
    private long arrived;
    private boolean streamStatesSeen;
    private boolean globalStatesSeen;

    /** @param withheld takes the states of streams that replace a table, and all global ones if there is such a stream */
    Checkpoints(
            final MessageWriter output,
            final MemoryPool pool,
            final Collection<PlannedStream> streams,
            final Optional<WithheldStates> withheld) {
        this.output = output;
        this.withheld = withheld;
        final StateQueue.Sink late =
                withheld.<StateQueue.Sink>map(states -> states).orElse(this::leave);
        globalStates = new StateQueue(late, pool);
        for (final PlannedStream stream : streams) {
            final StateQueue states = new StateQueue(stream.isReplaced() ? late : this::leave, pool);
            this.streams.put(stream.descriptor(), new StreamCheckpoint(this, states, stream.isReplaced()));
        }
    }

    /** The checkpoint of a stream of the catalog. */
    StreamCheckpoint of(final StreamDescriptor stream) {
        final StreamCheckpoint checkpoint = streams.get(stream);
        if (checkpoint == null) {
            throw new IllegalArgumentException("Not in the catalog: " + stream);
        }
        return checkpoint;
    }

    long recordArrived() {
        return ++arrived;
    }

    /** Batches are opened in the order of their first records. */
    void batchOpened(final Batch batch) {
        undurable.add(batch);
    }

    void batchDurable(final Batch batch) {
        undurable.remove(batch);
        releaseGlobalStates();
    }

    /**
     * Takes a state in its turn among the records; it may leave at once.
     *
     * @throws Failure if it is about a stream that the catalog does not have, or of another kind than those before it
     */
    void add(final StateMessage state) {
        requireOneKind(state.kind());
        final byte[] line = copy(state.line());
        if (state.kind() == StateKind.STREAM) {
            state.stream().map(this::of).orElseThrow().add(line);
        } else {
            globalStates.add(line, arrived);
            releaseGlobalStates();
        }
    }

    private void requireOneKind(final StateKind kind) {
        streamStatesSeen |= kind == StateKind.STREAM;
        globalStatesSeen |= kind != StateKind.STREAM;
        if (streamStatesSeen && globalStatesSeen) {
            throw Failure.system(
                    "The source mixes STREAM and GLOBAL states in one sync, which the Airbyte protocol does"
                            + " not allow. Please report this to the source's maintainers.");
        }
    }

    private static byte[] copy(final ByteSlice line) {
        return Arrays.copyOfRange(line.array(), line.offset(), line.end());
    }

    private void leave(final byte[] line, final long recordCount) {
        output.state(ByteSlice.of(line), recordCount);
        released++;
    }

    private void releaseGlobalStates() {
        final boolean all = undurable.isEmpty() || withheld.isPresent();
        globalStates.releaseUpTo(all ? arrived : undurable.iterator().next().firstSequence() - 1);
    }

    /** Every table is replaced that was to be, and everything else is durable: the states leave that waited for it. */
    void releaseWithheld() {
        withheld.ifPresent(states -> states.release(this::leave));
    }

    /** How many states have left. */
    long released() {
        return released;
    }
}
