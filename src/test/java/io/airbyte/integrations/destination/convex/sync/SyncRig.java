package io.airbyte.integrations.destination.convex.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.airbyte.integrations.destination.convex.config.ConnectorConfig;
import io.airbyte.integrations.destination.convex.config.ConnectorConfig.LargeIntegers;
import io.airbyte.integrations.destination.convex.config.ConnectorConfig.UnstorableValues;
import io.airbyte.integrations.destination.convex.convex.RetryPolicy;
import io.airbyte.integrations.destination.convex.json.ByteSlice;
import io.airbyte.integrations.destination.convex.protocol.ConfiguredCatalog;
import io.airbyte.integrations.destination.convex.protocol.ConfiguredStream;
import io.airbyte.integrations.destination.convex.protocol.DeclaredType;
import io.airbyte.integrations.destination.convex.protocol.DeclaredType.Property;
import io.airbyte.integrations.destination.convex.protocol.DeclaredType.Struct;
import io.airbyte.integrations.destination.convex.protocol.DestinationSyncMode;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.MessageWriter;
import io.airbyte.integrations.destination.convex.protocol.StreamDescriptor;
import io.airbyte.integrations.destination.convex.protocol.SyncMode;
import io.airbyte.integrations.destination.convex.protocol.Terminal;
import io.airbyte.integrations.destination.convex.spool.SpoolFolder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** A sync driven by hand: input, answers and time come when the test says so. */
final class SyncRig {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ConnectorConfig CONFIG = new ConnectorConfig(
            "http://127.0.0.1:3210", "key", LargeIntegers.STRING, UnstorableValues.NULL_AND_RECORD, false);

    final FakeDeployment deployment;

    private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    private final Deque<Runnable> answers = new ArrayDeque<>();
    private final Deque<Event> input = new ArrayDeque<>();
    private final Pipeline pipeline;
    private long now = 1_000_000;

    private SyncRig(final long heapBytes, final Map<String, String> environment, final List<ConfiguredStream> streams) {
        this(
                heapBytes,
                environment,
                streams,
                new FakeDeployment(),
                Optional.empty(),
                Terminal.none(),
                OptionalLong.empty());
    }

    private SyncRig(
            final long heapBytes,
            final Map<String, String> environment,
            final List<ConfiguredStream> streams,
            final FakeDeployment deployment,
            final Optional<SpoolFolder> spool,
            final Terminal terminal,
            final OptionalLong diskBytes) {
        this.deployment = deployment;
        pipeline = new Pipeline(
                prepared(SyncPlan.of(new ConfiguredCatalog(streams, List.of()), environment)),
                CONFIG,
                deployment,
                new MessageWriter(stdout),
                new Surroundings(
                        () -> now,
                        new SplittableRandom(1),
                        answers::add,
                        Runnable::run,
                        heapBytes,
                        spool,
                        terminal,
                        diskBytes));
    }

    private SyncPlan prepared(final SyncPlan plan) {
        try {
            return new SyncPreparation(deployment, new RetryPolicy(new SplittableRandom(1)), pause -> {})
                    .prepared(plan);
        } catch (final InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A sync that may replace tables. */
    static SyncRig replacing(
            final SpoolFolder spool,
            final FakeDeployment deployment,
            final Map<String, String> environment,
            final ConfiguredStream... streams) {
        return new SyncRig(
                        256L << 20,
                        environment,
                        List.of(streams),
                        deployment,
                        Optional.of(spool),
                        Terminal.none(),
                        OptionalLong.empty())
                .start();
    }

    /** A sync that replaces tables and may have so much on disk. */
    static SyncRig replacingWithin(
            final long diskBytes,
            final SpoolFolder spool,
            final FakeDeployment deployment,
            final ConfiguredStream... streams) {
        return new SyncRig(
                        256L << 20,
                        Map.of(),
                        List.of(streams),
                        deployment,
                        Optional.of(spool),
                        Terminal.none(),
                        OptionalLong.of(diskBytes))
                .start();
    }

    /** A sync that may replace tables, with little memory. */
    static SyncRig replacingWithHeap(
            final long heapBytes,
            final SpoolFolder spool,
            final FakeDeployment deployment,
            final ConfiguredStream... streams) {
        return new SyncRig(
                        heapBytes,
                        Map.of(),
                        List.of(streams),
                        deployment,
                        Optional.of(spool),
                        Terminal.none(),
                        OptionalLong.empty())
                .start();
    }

    /** A sync that somebody at a terminal looks at. */
    static SyncRig watched(final Terminal terminal, final ConfiguredStream... streams) {
        return new SyncRig(
                        256L << 20,
                        Map.of(),
                        List.of(streams),
                        new FakeDeployment(),
                        Optional.empty(),
                        terminal,
                        OptionalLong.empty())
                .start();
    }

    static SyncRig of(final ConfiguredStream... streams) {
        return started(256L << 20, Map.of(), streams);
    }

    static SyncRig withHeap(final long heapBytes, final ConfiguredStream... streams) {
        return started(heapBytes, Map.of(), streams);
    }

    /** A sync that starts while the deployment is still building the index of {@code table}. */
    static SyncRig withBackfill(final String table, final ConfiguredStream... streams) {
        final SyncRig rig = new SyncRig(256L << 20, Map.of(), List.of(streams));
        rig.deployment.backfills(table);
        return rig.start();
    }

    /** A sync that starts while the deployment has not yet answered the request for indexes. */
    static SyncRig withHeldIndexes(final ConfiguredStream... streams) {
        final SyncRig rig = new SyncRig(256L << 20, Map.of(), List.of(streams));
        rig.deployment.holdsIndexes();
        return rig.start();
    }

    static SyncRig started(
            final long heapBytes, final Map<String, String> environment, final ConfiguredStream... streams) {
        return new SyncRig(heapBytes, environment, List.of(streams)).start();
    }

    private SyncRig start() {
        pipeline.start();
        settle();
        return this;
    }

    static ConfiguredStream append(final String name) {
        return stream(name, DestinationSyncMode.APPEND, List.of());
    }

    static ConfiguredStream dedup(final String name) {
        return stream(name, DestinationSyncMode.APPEND_DEDUP, List.of(List.of("id")));
    }

    private static final Property ANYTHING = new Property(DeclaredType.unknown(), false);

    static ConfiguredStream stream(
            final String name, final DestinationSyncMode mode, final List<List<String>> primaryKey) {
        return new ConfiguredStream(
                StreamDescriptor.of(name),
                SyncMode.INCREMENTAL,
                mode,
                primaryKey,
                List.of(),
                new Struct(Map.of("id", ANYTHING, "name", ANYTHING), true),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty());
    }

    static String record(final String stream, final String data) {
        return "{\"type\":\"RECORD\",\"record\":{\"stream\":\"%s\",\"data\":%s,\"emitted_at\":1}}"
                .formatted(stream, data);
    }

    static String state(final String stream, final int cursor) {
        return "{\"type\":\"STATE\",\"state\":{\"type\":\"STREAM\",\"stream\":{\"stream_descriptor\":{\"name\":\"%s\"},\"stream_state\":{\"cursor\":%d}},\"id\":%d}}"
                .formatted(stream, cursor, cursor);
    }

    static String globalState(final int cursor) {
        return "{\"type\":\"STATE\",\"state\":{\"type\":\"GLOBAL\",\"global\":{\"shared_state\":{\"cursor\":%d},\"stream_states\":[]},\"id\":%d}}"
                .formatted(cursor, cursor);
    }

    static String complete(final String stream) {
        return status(stream, "COMPLETE");
    }

    static String status(final String stream, final String status) {
        return "{\"type\":\"TRACE\",\"trace\":{\"type\":\"STREAM_STATUS\",\"emitted_at\":1,\"stream_status\":{\"stream_descriptor\":{\"name\":\"%s\"},\"status\":\"%s\"}}}"
                .formatted(stream, status);
    }

    SyncRig reads(final String... lines) {
        return reads(Stream.of(lines));
    }

    SyncRig reads(final Stream<String> lines) {
        lines.forEach(line -> input.add(new Event.InputArrived(ByteSlice.of(line + "\n"), () -> {})));
        settle();
        return this;
    }

    /** Bytes arrive that need not end where a line does. */
    SyncRig readsPiece(final String piece) {
        input.add(new Event.InputArrived(ByteSlice.of(piece), () -> {}));
        settle();
        return this;
    }

    SyncRig cannotReadOn(final Throwable cause) {
        input.add(new Event.InputBroken(cause));
        settle();
        return this;
    }

    SyncRig reachesEndOfInput() {
        input.add(new Event.InputEnded());
        settle();
        return this;
    }

    SyncRig isTerminated() {
        take(Optional.of(new Event.TerminationAsked()));
        settle();
        return this;
    }

    /** Time goes by, and everything that falls due in it happens when it is due. */
    SyncRig waits(final Duration duration) {
        final long until = now + duration.toMillis();
        OptionalLong next = pipeline.nextDeadline();
        while (next.isPresent() && next.getAsLong() <= until && !pipeline.isFinished()) {
            now = Math.max(now, next.getAsLong());
            take(Optional.empty());
            settle();
            next = pipeline.nextDeadline();
        }
        now = Math.max(now, until);
        return this;
    }

    /** All answers that have been given are taken, and the input as far as it is wanted. */
    void settle() {
        while (!answers.isEmpty() || (!input.isEmpty() && pipeline.wantsInput())) {
            take(Optional.of(answers.isEmpty() ? input.remove() : new Event.Answered(answers.remove())));
        }
    }

    private void take(final Optional<Event> event) {
        pipeline.take(event);
    }

    boolean wantsInput() {
        return pipeline.wantsInput();
    }

    boolean isFinished() {
        return pipeline.isFinished();
    }

    Optional<Failure> conclusion() {
        if (!pipeline.isFinished()) {
            throw new AssertionError("The sync is not finished.");
        }
        return pipeline.conclude();
    }

    /** The states that were written, by the cursor that the test gave them. */
    List<Integer> states() {
        return stateMessages().stream()
                .map(message -> message.at("/state/id").asInt())
                .toList();
    }

    List<Double> recordCounts() {
        return stateMessages().stream()
                .map(message ->
                        message.at("/state/destinationStats/recordCount").asDouble(-1))
                .toList();
    }

    /** What was written to stdout for the platform's log, past the logger. */
    List<String> logMessages() {
        return messages("log").stream()
                .map(message -> message.at("/log/message").asText())
                .toList();
    }

    private List<JsonNode> stateMessages() {
        return messages("state");
    }

    private List<JsonNode> messages(final String member) {
        final List<JsonNode> messages = new ArrayList<>();
        for (final String line : stdout.toString(StandardCharsets.UTF_8).lines().toList()) {
            try {
                final JsonNode message = JSON.readTree(line);
                if (message.has(member)) {
                    messages.add(message);
                }
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return messages;
    }
}
