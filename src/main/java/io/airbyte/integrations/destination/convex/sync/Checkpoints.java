package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.json.ByteSlice;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.Message.StateKind;
import io.airbyte.integrations.destination.convex.protocol.Message.StateMessage;
import io.airbyte.integrations.destination.convex.protocol.MessageWriter;
import io.airbyte.integrations.destination.convex.protocol.StreamDescriptor;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Where states wait. A state leaves when every record before it is durable: of its stream, or of all streams for a global
 * one; in arrival order, every one, never merged (airbyte-semantics §3). A state whose records never become durable
 * never leaves. Waiting states count in the memory pool.
 */
final class Checkpoints {

    private final MessageWriter output;
    private final MemoryPool pool;
    private final Map<StreamDescriptor, StreamCheckpoint> streams = new LinkedHashMap<>();
    /** Batches with records that are not durable, the one with the oldest record first. */
    private final Set<Batch> undurable = new LinkedHashSet<>();

    private final Deque<WaitingState> waiting = new ArrayDeque<>();
    private long arrived;
    private long arrivedAtLastState;
    private long released;
    private boolean streamStatesSeen;
    private boolean globalStatesSeen;

    Checkpoints(final MessageWriter output, final MemoryPool pool, final Collection<StreamDescriptor> streams) {
        this.output = output;
        this.pool = pool;
        streams.forEach(stream -> this.streams.put(stream, new StreamCheckpoint(this)));
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
        pool.charge(new WaitingState(line, 0, 0).memory());
        if (state.kind() == StateKind.STREAM) {
            state.stream().map(this::of).orElseThrow().add(line);
        } else {
            waiting.add(new WaitingState(line, arrived, arrived - arrivedAtLastState));
            arrivedAtLastState = arrived;
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

    private void releaseGlobalStates() {
        final long firstUndurable = undurable.isEmpty()
                ? Long.MAX_VALUE
                : undurable.iterator().next().firstSequence();
        while (!waiting.isEmpty() && waiting.peek().records() < firstUndurable) {
            release(waiting.remove());
        }
    }

    void release(final WaitingState state) {
        output.state(ByteSlice.of(state.line()), state.recordCount());
        pool.discharge(state.memory());
        released++;
    }

    /** How many states have left. */
    long released() {
        return released;
    }
}
