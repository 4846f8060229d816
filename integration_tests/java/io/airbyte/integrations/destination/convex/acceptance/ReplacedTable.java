package io.airbyte.integrations.destination.convex.acceptance;

import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Table {@code users} of a local deployment: filled with old documents, to be replaced by new ones. From {@link #watch} on
 * until it is closed, a reader looks at it all the time.
 */
final class ReplacedTable implements AutoCloseable {

    static final String USERS = "users";
    static final String MARKERS = "airbyte_generations";
    static final int OLD = 40;

    private static final String INDEXES = "/api/streaming_import/add_primary_key_indexes";
    private static final String PAD = "x".repeat(20_000);

    private final LocalDeployment deployment;
    private final DeploymentWriter others;
    private final Set<Long> sizesSeen = new ConcurrentSkipListSet<>();
    private volatile boolean watching;

    ReplacedTable(final LocalDeployment deployment) {
        this.deployment = deployment;
        this.others = new DeploymentWriter(deployment);
    }

    // What it held before.

    /** Old documents without an index. */
    ReplacedTable fill() {
        others.insert(
                USERS,
                IntStream.range(0, OLD)
                        .mapToObj("{\"id\":%d,\"v\":\"old\"}"::formatted)
                        .toList());
        return this;
    }

    /** Asks for an index; whether it becomes ready is the deployment's affair. */
    ReplacedTable index(final String table, final String field) {
        others.send("PUT", INDEXES, "{\"indexes\":{\"%s\":[[\"%s\"]]}}".formatted(table, field));
        return this;
    }

    /** The marker that a sync of an earlier generation has left. */
    ReplacedTable mark(final int generation) {
        index(MARKERS, "table");
        others.insert(
                MARKERS,
                List.of("{\"table\":\"users\",\"stream\":\"users\",\"generation\":%d,\"sync_id\":1}"
                        .formatted(generation)));
        return this;
    }

    /** What somebody does who cancels an import in the dashboard. */
    void cancelImport(final String id) {
        others.send("POST", "/api/cancel_import", "{\"importId\":\"%s\"}".formatted(id));
    }

    // What the source has.

    /** New records with these numbers. */
    static Stream<String> newRecords(final int from, final int to) {
        return IntStream.range(from, to).mapToObj(i -> record(USERS, "{\"id\":%d,\"v\":\"new\"}".formatted(i)));
    }

    /** The same, of about 20 KB each. */
    static Stream<String> largeNewRecords(final int from, final int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> record(USERS, "{\"id\":%d,\"v\":\"new\",\"pad\":\"%s\"}".formatted(i, PAD)));
    }

    // What it holds now.

    void assertOld() {
        assertThat(values()).as("old documents, whole").hasSize(OLD).containsOnly("old");
    }

    /** Each of so many new documents, once. */
    void assertNew(final int documents) {
        assertThat(values()).as("new documents only").containsOnly("new");
        assertThat(ids())
                .as("new documents, each once")
                .hasSize(documents)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, documents).boxed().toList());
    }

    /** Each of so many new documents, once or twice. */
    void assertNewAtLeastOnce(final int documents) {
        assertThat(values()).as("new documents only").containsOnly("new");
        assertThat(ids())
                .as("new documents, none missing")
                .hasSizeBetween(documents, 2 * documents)
                .containsAll(IntStream.range(0, documents).boxed().toList());
    }

    /** Whether every new document with a smaller number is there. */
    boolean holdsNewBelow(final int number) {
        return !values().contains("old")
                && ids().containsAll(IntStream.range(0, number).boxed().toList());
    }

    /** The generation that the marker names; empty where there is no marker. */
    List<Long> markedGenerations() {
        return deployment.records(MARKERS).stream()
                .filter(marker -> marker.path("table").asText().equals(USERS))
                .map(marker -> marker.path("generation").asLong())
                .toList();
    }

    private List<String> values() {
        return deployment.records(USERS).stream()
                .map(document -> document.path("v").asText())
                .toList();
    }

    private List<Integer> ids() {
        return deployment.records(USERS).stream()
                .map(document -> document.path("id").asInt())
                .toList();
    }

    // What readers saw meanwhile.

    /** From now on a reader looks at the table again and again. */
    ReplacedTable watch() {
        watching = true;
        final Thread reader = new Thread(() -> {
            while (watching) {
                sizesSeen.add(deployment.size(USERS));
                LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
            }
        });
        reader.setDaemon(true);
        reader.start();
        await().until(() -> !sizesSeen.isEmpty());
        return this;
    }

    /** The reader saw the old table, or the new one, and nothing between or beyond them. */
    void assertReadersSawWholeTables(final int documents) {
        assertThat(sizesSeen).as("numbers of documents that a reader saw").isSubsetOf((long) OLD, (long) documents);
    }

    @Override
    public void close() {
        watching = false;
    }
}
