package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.config.ConnectorConfig;
import io.airbyte.integrations.destination.convex.convex.Deployment;
import io.airbyte.integrations.destination.convex.convex.RetryPolicy;
import io.airbyte.integrations.destination.convex.json.ByteSlice;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.LineReader;
import io.airbyte.integrations.destination.convex.protocol.Message.RecordMessage;
import io.airbyte.integrations.destination.convex.protocol.MessageReader;
import io.airbyte.integrations.destination.convex.protocol.MessageWriter;
import io.airbyte.integrations.destination.convex.protocol.MessageWriter.Level;
import io.airbyte.integrations.destination.convex.protocol.StreamDescriptor;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * The way of a record from stdin to Convex, and of a state back. Input is cut into lines, lines are read as messages,
 * messages are routed: a record becomes a document and is left with its stream's writer, which sends it with others; a
 * state waits at the checkpoints until the records before it are durable, and then goes to stdout.
 *
 * <p>Takes events one after the other, on one thread, and owns everything that changes. Every state that has left stands
 * for records that are durable in Convex, wherever the pipeline stops.
 */
final class Pipeline {

    private static final Logger LOG = Logger.getLogger(Pipeline.class.getName());

    /** The process has ten seconds to end after SIGTERM. */
    private static final long TERMINATION_MILLIS = 8_000;

    /** How much longer a sync that is going to fail waits for indexes that are still being built. */
    private static final long INDEX_PATIENCE_MILLIS = 30_000;

    private final SyncPlan plan;
    private final MessageWriter output;
    private final LineReader lines;
    private final MessageReader messages = new MessageReader();
    private final MessageRouter router;
    private final List<StreamRoute> routes;
    private final Completion completion;
    private final Replacements replacements;
    private final Optional<Staging> staging;

    private final Timers timers;
    private final MemoryPool pool;
    private final InFlightWindow window;
    private final Checkpoints checkpoints;
    private final SyncStatistics statistics;
    private final IndexPreparation indexes;
    private final StreamFailures failures = new StreamFailures(this::firstFailureReported);

    /** What is to be done once everything that has arrived was routed; empty if it was. */
    private Optional<Runnable> whenUsedUp = Optional.empty();

    private boolean inputClosed;
    private boolean terminating;
    private boolean aborted;

    Pipeline(
            final SyncPlan plan,
            final ConnectorConfig config,
            final Deployment deployment,
            final MessageWriter output,
            final Surroundings surroundings) {
        this.plan = plan;
        this.output = output;
        lines = new LineReader(surroundings.longestLine());
        timers = new Timers(surroundings.ticker());
        pool = MemoryPool.forHeap(surroundings.heapBytes());
        window = new InFlightWindow(surroundings.pipelineThread());
        staging = staging(plan, surroundings);
        checkpoints =
                new Checkpoints(output, pool, plan.streams(), staging.map(disk -> new WithheldStates(disk.folder())));
        statistics = new SyncStatistics(timers, window, checkpoints, plan.streams(), surroundings.terminal());
        final Sending sending = new Sending(
                deployment,
                window,
                timers,
                new RetryPolicy(surroundings.random()),
                pool,
                checkpoints,
                new ReadRight(),
                failures,
                statistics);
        indexes = new IndexPreparation(sending);
        routes = plan.streams().stream()
                .map(stream -> route(stream, config, sending))
                .toList();
        completion = new Completion(plan.caller());
        router = new MessageRouter(routes, checkpoints, completion);
        replacements = new Replacements(plan, replacingWriters(), completion, sending, indexes);
    }

    private static Optional<Staging> staging(final SyncPlan plan, final Surroundings surroundings) {
        return plan.replacesTables()
                ? Optional.of(new Staging(surroundings.spool().orElseThrow(), surroundings))
                : Optional.empty();
    }

    private StreamRoute route(final PlannedStream stream, final ConnectorConfig config, final Sending sending) {
        final StreamStatistics counts = statistics.of(stream);
        return new StreamRoute(stream, stream.encoder(config, counts.changedFields()), writer(stream, sending), counts);
    }

    private StreamWriter writer(final PlannedStream stream, final Sending sending) {
        if (stream.isReplaced()) {
            return new ReplaceWriter(stream, sending, indexes, staging.orElseThrow(), plan.imports());
        }
        return stream.isDeduplicated() ? new DedupWriter(stream, sending, indexes) : new AppendWriter(stream, sending);
    }

    private List<ReplaceWriter> replacingWriters() {
        return routes.stream()
                .map(StreamRoute::writer)
                .filter(ReplaceWriter.class::isInstance)
                .map(ReplaceWriter.class::cast)
                .toList();
    }

    /** What has to happen before the first record. */
    void start() {
        indexes.begin(plan.streams().stream()
                .filter(stream -> stream.isDeduplicated() && !stream.isReplaced())
                .collect(Collectors.toMap(PlannedStream::table, PlannedStream::primaryKey)));
        statistics.tellProgressRegularly();
    }

    /** Takes an event, if there is one, and does everything that is due. */
    void take(final Optional<Event> event) {
        try {
            event.ifPresent(this::handle);
            timers.runDue();
            untilFailure(this::readOn);
            makeRoom();
            replacements.settle(inputClosed && everythingIsWritten());
            output.flush();
        } catch (final Failure failure) {
            abort(failure);
        } catch (final RuntimeException | StackOverflowError unexpected) {
            abort(Failure.system("An unexpected error ended the sync; please report it.", unexpected));
        }
    }

    private void handle(final Event event) {
        if (event instanceof Event.InputArrived input) {
            statistics.inputRead(input.chunk().length());
            lines.add(input.chunk());
            whenUsedUp = Optional.of(input.usedUp());
        } else if (event instanceof Event.InputEnded) {
            lines.endOfInput();
            whenUsedUp = Optional.of(this::endInput);
        } else if (event instanceof Event.InputBroken broken) {
            failures.report(Failure.system("The input could not be read to its end.", broken.cause()));
        } else if (event instanceof Event.Answered answered) {
            answered.action().run();
        } else if (event instanceof Event.TerminationAsked) {
            terminate();
        }
    }

    /** Routes what has arrived, line by line, for as long as there is memory for it. */
    private void readOn() {
        while (!inputClosed && whenUsedUp.isPresent() && hasRoom()) {
            if (lines.nextLine()) {
                route(lines.line(), lines.number());
            } else {
                final Runnable usedUp = whenUsedUp.get();
                whenUsedUp = Optional.empty();
                usedUp.run();
            }
        }
    }

    /** Of most lines, which are records, only the encoder looks at the data; others are read as a whole first. */
    private void route(final ByteSlice line, final long number) {
        final Optional<RecordMessage> skimmed = messages.skim(line, number);
        if (skimmed.isEmpty() || !router.routeSkimmed(skimmed.get(), number)) {
            router.route(messages.read(line, number), number);
        }
    }

    /** A mistake in the input ends the sync, but not before everything ahead of it is durable. */
    private void untilFailure(final Runnable reading) {
        try {
            reading.run();
        } catch (final Failure failure) {
            failures.report(failure);
        }
    }

    private void endInput() {
        closeInput();
        replacements.inputEnded();
    }

    private void closeInput() {
        inputClosed = true;
        routes.forEach(route -> route.writer().flush());
    }

    /** Nothing more is read; what was read is made durable, as far as the failed stream does not stand in the way. */
    private void firstFailureReported(final Failure failure) {
        LOG.warning("The sync is going to fail; what was read before is still written. Reason: " + failure.message());
        closeInput();
        replacements.abandon();
        timers.after(INDEX_PATIENCE_MILLIS, () -> indexes.giveUpWaiting(failure));
    }

    /** What is read next can be held. */
    private boolean hasRoom() {
        return !pool.isExhausted() && staging.filter(Staging::isFull).isEmpty();
    }

    /** While memory is short, those batches leave before they are full that give most of it back. */
    private void makeRoom() {
        while ((pool.isUnderPressure() || pool.isExhausted()) && window.hasRoom()) {
            final Optional<StreamWriter> largest = routes.stream()
                    .map(StreamRoute::writer)
                    .filter(writer -> writer.bytesToFlush() > 0)
                    .max(Comparator.comparingLong(StreamWriter::bytesToFlush));
            if (largest.isEmpty()) {
                return;
            }
            largest.get().flush();
        }
    }

    /** Nothing more leaves; what is in flight may still arrive. */
    private void terminate() {
        // Not by the logger: the JDK takes its handlers away as soon as the process is asked to end.
        output.log(
                Level.WARN,
                "The sync was asked to end (SIGTERM): requests in flight are waited for, nothing else is sent.");
        terminating = true;
        inputClosed = true;
        window.close();
        timers.after(TERMINATION_MILLIS, () -> aborted = true);
    }

    private void abort(final Failure failure) {
        failures.report(failure);
        window.close();
        aborted = true;
    }

    /** More input can be taken: there is some to come, and memory for it. */
    boolean wantsInput() {
        return !inputClosed && whenUsedUp.isEmpty() && hasRoom();
    }

    /** When {@link #take} has something to do even without an event. */
    OptionalLong nextDeadline() {
        return timers.nextDeadline();
    }

    /** Nothing more will happen. */
    boolean isFinished() {
        if (aborted) {
            return true;
        }
        return terminating ? window.inFlight() == 0 : inputClosed && everythingIsWritten() && replacements.isSettled();
    }

    private boolean everythingIsWritten() {
        return indexes.isAsked()
                && routes.stream().allMatch(route -> route.writer().isDone());
    }

    /**
     * Tells what the sync came to.
     *
     * @return why it has failed, if it has
     */
    Optional<Failure> conclude() {
        statistics.tellSummary();
        return failures.first().or(this::unconfirmedEnd);
    }

    /**
     * A platform that knows refreshes confirms every stream that the source has read to its end (airbyte-semantics §2);
     * elsewhere it matters for the tables that were to be replaced.
     */
    private Optional<Failure> unconfirmedEnd() {
        final List<StreamDescriptor> incomplete = plan.caller() == Caller.REFRESH_PLATFORM
                ? plan.streams().stream()
                        .map(PlannedStream::descriptor)
                        .filter(stream -> !completion.isConfirmed(stream))
                        .toList()
                : replacements.incomplete();
        if (terminating || incomplete.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                Failure.transientError(("The input ended before the source had completed every stream, so the"
                                + " source or the platform has failed. Tables that were to be replaced by a stream that is"
                                + " not complete keep what they held; everything else that arrived was written. Not complete: %s.")
                        .formatted(incomplete.stream().map(Object::toString).collect(Collectors.joining(", ")))));
    }
}
