package io.airbyte.integrations.destination.convex.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector.Result;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * An Airbyte platform that knows refreshes, and one connection of it: it hands out generations, runs the attempts of its jobs, and
 * keeps the states that came back, which decide what the source reads the next time (airbyte-semantics §1.1, §1.2, §2).
 */
final class AirbytePlatform {

    private static final int FIRST_JOB = 7;
    private static final int EVERYTHING = Integer.MAX_VALUE;

    private final LocalSync sync;
    private final List<ConnectionStream> streams;
    private int nextJob = FIRST_JOB;
    private boolean resumesFullRefreshes;

    private enum Kind {
        SYNC,
        REMOVE_RECORDS,
        RETAIN_RECORDS,
        CLEAR
    }

    AirbytePlatform(final LocalDeployment deployment, final Path folder, final ConnectionStream... streams) {
        this.sync = new LocalSync(deployment, folder);
        this.streams = List.of(streams);
    }

    /** The connection has another key than the one that may do everything. */
    AirbytePlatform key(final String key) {
        sync.key(key);
        return this;
    }

    /** A retry goes on with a full refresh where it was, instead of beginning a new generation: a flag, false by default. */
    AirbytePlatform resumingFullRefreshes() {
        resumesFullRefreshes = true;
        return this;
    }

    Job sync() {
        return new Job(Kind.SYNC, Set.of());
    }

    /** A refresh that removes what was there ("TRUNCATE"). */
    Job refreshRemovingRecords(final ConnectionStream... refreshed) {
        return new Job(Kind.REMOVE_RECORDS, Set.of(refreshed));
    }

    /** A refresh that retains what was there ("MERGE"). */
    Job refreshRetainingRecords(final ConnectionStream... refreshed) {
        return new Job(Kind.RETAIN_RECORDS, Set.of(refreshed));
    }

    /** A clear; its catalog has the cleared streams only, and its source is empty. */
    Job clear(final ConnectionStream... cleared) {
        return new Job(Kind.CLEAR, Set.of(cleared));
    }

    /** One job; each call of a method is one attempt of it. */
    final class Job {

        private final Kind kind;
        private final Set<ConnectionStream> named;
        private final int id = nextJob++;
        private boolean retry;

        private Job(final Kind kind, final Set<ConnectionStream> named) {
            this.kind = kind;
            this.named = named;
        }

        /** The source reads all that is left, and succeeds. */
        Result attempt() {
            try (PackagedConnector connector = begin()) {
                return saved(connector
                        .reads(lines(EVERYTHING).stream())
                        .reads(completes().stream())
                        .result());
            }
        }

        /** The source writes these lines instead of rows, and succeeds. */
        Result attemptWithLines(final List<String> lines) {
            try (PackagedConnector connector = begin()) {
                return saved(connector
                        .reads(lines.stream())
                        .reads(completes().stream())
                        .result());
            }
        }

        /** The source reads so many rows of each stream, and fails: no status is sent, and the input ends. */
        Result attemptInWhichTheSourceFailsAfter(final int rows) {
            try (PackagedConnector connector = begin()) {
                return saved(connector.reads(lines(rows).stream()).result());
            }
        }

        /** The source reads all that is left, and succeeds, but the destination is killed as soon as this is true. */
        Result attemptKilledWhen(final Callable<Boolean> when) {
            try (PackagedConnector connector = begin()) {
                connector.reads(lines(EVERYTHING).stream()).reads(completes().stream());
                final CompletableFuture<Result> end = connector.closesInput();
                Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> when.call() || end.isDone());
                if (end.isDone()) {
                    throw new AssertionError("The connector was not there any more to be killed: " + end.join());
                }
                connector.kill();
                return saved(end.join());
            }
        }

        /** The ids that the last attempt had, in a few words. */
        String ids(final ConnectionStream stream) {
            return "generation %d, minimum %d".formatted(stream.generation(), minimum(stream));
        }

        private PackagedConnector begin() {
            streams.stream().filter(isBumped()).forEach(ConnectionStream::bump);
            retry = true;
            return sync.environment("WORKER_JOB_ID", Integer.toString(id)).start(catalog());
        }

        private Predicate<ConnectionStream> isBumped() {
            final Predicate<ConnectionStream> readWhole =
                    stream -> kind == Kind.CLEAR ? named.contains(stream) : stream.isFullRefresh();
            return retry ? stream -> !resumesFullRefreshes && readWhole.test(stream) : readWhole.or(named::contains);
        }

        private String catalog() {
            return ConfiguredStreamJson.catalog(configured()
                    .map(stream -> stream.configured(kind == Kind.CLEAR || stream.isFullRefresh(), minimum(stream), id))
                    .toList());
        }

        private Stream<ConnectionStream> configured() {
            return streams.stream().filter(stream -> kind != Kind.CLEAR || named.contains(stream));
        }

        private long minimum(final ConnectionStream stream) {
            final boolean truncates = switch (kind) {
                case CLEAR -> true;
                case REMOVE_RECORDS -> named.contains(stream) || replacesAlways(stream);
                case SYNC, RETAIN_RECORDS -> replacesAlways(stream);
            };
            return truncates ? stream.generation() : 0;
        }

        private boolean replacesAlways(final ConnectionStream stream) {
            return stream.isFullRefresh() && stream.mode().overwrites();
        }

        private List<String> lines(final int rowsOfEach) {
            return kind == Kind.CLEAR
                    ? List.of()
                    : configured()
                            .flatMap(stream -> stream.lines(rowsOfEach).stream())
                            .toList();
        }

        /** What the platform writes once the source has ended well. */
        private List<String> completes() {
            return configured()
                    .map(stream -> SourceLines.status(stream.name(), "COMPLETE"))
                    .toList();
        }

        /** States that came back are kept, however the attempt ended. */
        private Result saved(final Result result) {
            for (final JsonNode message : result.states()) {
                final JsonNode state = message.at("/state/stream");
                final String name = state.at("/stream_descriptor/name").asText();
                streams.stream()
                        .filter(stream -> stream.name().equals(name))
                        .forEach(stream -> stream.acknowledge(
                                state.at("/stream_state/cursor").asInt(0)));
            }
            return result;
        }
    }
}
