package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.convex.RetryPolicy;
import io.airbyte.integrations.destination.convex.protocol.ConfiguredCatalog;
import io.airbyte.integrations.destination.convex.protocol.ConfiguredStream;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.MessageWriter;
import io.airbyte.integrations.destination.convex.protocol.Terminal;
import io.airbyte.integrations.destination.convex.spool.SpoolFolder;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/** What the writers of a sync share, without a pipeline around it; answers and time come when the test says so. */
final class SharedParts {

    final FakeDeployment deployment = new FakeDeployment();
    final MemoryPool pool = new MemoryPool(64L * MemoryPool.BLOCK_BYTES);
    final Deque<Runnable> answers = new ArrayDeque<>();
    final List<Failure> failures = new ArrayList<>();
    final List<PlannedStream> streams;
    final Timers timers = new Timers(this::millis);
    final Sending sending;

    private long now = 1_000_000;

    SharedParts(final ConfiguredStream... configured) {
        streams = SyncPlan.of(new ConfiguredCatalog(List.of(configured), List.of()), Map.of())
                .streams();
        final InFlightWindow window = new InFlightWindow(answers::add);
        final Checkpoints checkpoints =
                new Checkpoints(new MessageWriter(OutputStream.nullOutputStream()), pool, streams, Optional.empty());
        sending = new Sending(
                deployment,
                window,
                timers,
                new RetryPolicy(new SplittableRandom(1)),
                pool,
                checkpoints,
                new ReadRight(),
                new StreamFailures(failures::add),
                new SyncStatistics(timers, window, checkpoints, streams, Terminal.none()));
    }

    /** Documents on disk that wait on the test's own thread, at a standing clock. */
    static Staging staging(final SpoolFolder spool, final OptionalLong diskBytes) {
        return new Staging(
                spool,
                new Surroundings(
                        () -> 0,
                        new SplittableRandom(1),
                        Runnable::run,
                        Runnable::run,
                        256L << 20,
                        Optional.of(spool),
                        Terminal.none(),
                        diskBytes));
    }

    private long millis() {
        return now;
    }

    PlannedStream stream() {
        return streams.get(0);
    }

    /** All answers that have been given are taken. */
    void settle() {
        while (!answers.isEmpty()) {
            answers.remove().run();
        }
    }

    /** Time goes by, and what is due at the end of it happens. */
    void waits(final Duration duration) {
        now += duration.toMillis();
        timers.runDue();
        settle();
    }

    /** How many blocks can be taken until memory is exhausted. */
    int blocksLeft() {
        int blocks = 0;
        while (!pool.isExhausted()) {
            pool.charge(MemoryPool.BLOCK_BYTES);
            blocks++;
        }
        pool.discharge((long) blocks * MemoryPool.BLOCK_BYTES);
        return blocks;
    }
}
