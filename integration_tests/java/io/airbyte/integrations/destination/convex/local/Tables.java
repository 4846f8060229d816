package io.airbyte.integrations.destination.convex.local;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The deployment's tables, its clock and its log of commits. Everything happens {@link #atomically}; so no two
 * transactions overlap, and conflicts come only from {@link Faults}.
 */
final class Tables {

    private static final int FIRST_USER_TABLE = 10_001;
    private static final int MAX_TABLES = 10_000;

    /**
     * A write in the order of commits.
     *
     * @param document what was written, or what was deleted
     */
    record Commit(long time, Table table, StoredDocument document, boolean deleted) {}

    private final ReentrantLock lock = new ReentrantLock(true);
    private final boolean keepsDocuments;
    private final Map<String, Table> tables = new LinkedHashMap<>();
    private final List<Commit> commits = new ArrayList<>();
    private Schema schema = Schema.NONE;
    private int nextNumber = FIRST_USER_TABLE;
    private long lastCommit;
    private double lastCreation;

    Tables(final boolean keepsDocuments) {
        this.keepsDocuments = keepsDocuments;
    }

    <T> T atomically(final Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    void atomicallyRun(final Runnable work) {
        atomically(() -> {
            work.run();
            return true;
        });
    }

    @Nullable
    Table find(final String name) {
        return tables.get(name);
    }

    Collection<Table> all() {
        return Collections.unmodifiableCollection(tables.values());
    }

    Table create(final String name) {
        if (tables.size() >= MAX_TABLES) {
            throw ApiError.badRequest("TooManyTables", "Too many tables (limit %d)".formatted(MAX_TABLES));
        }
        final Table table = version(name, freshNumber());
        tables.put(name, table);
        return table;
    }

    /** An empty version of a table, which nobody sees until it is {@link #publish published}. */
    Table version(final String name, final int number) {
        return new Table(name, freshTablet(), number, keepsDocuments);
    }

    int freshNumber() {
        return nextNumber++;
    }

    void publish(final Table version) {
        tables.put(version.name(), version);
        nextNumber = Math.max(nextNumber, version.number() + 1);
    }

    void drop(final String name) {
        tables.remove(name);
    }

    /** The table that has this number, if one has it. */
    Optional<Table> numbered(final int number) {
        return tables.values().stream()
                .filter(table -> table.number() == number)
                .findAny();
    }

    /** Finishes one index that is being built, if there is one. */
    boolean finishOneIndex() {
        return atomically(() -> tables.values().stream().anyMatch(Table::finishIndex));
    }

    Schema schema() {
        return schema;
    }

    void useSchema(final Schema other) {
        schema = other;
    }

    /** A commit's time: nanoseconds, later than any before. */
    long nextCommit() {
        lastCommit = Math.max(System.currentTimeMillis() * 1_000_000, lastCommit + 1);
        return lastCommit;
    }

    /** The time of the last commit, or of now if there was none. */
    long latest() {
        return lastCommit == 0 ? nextCommit() : lastCommit;
    }

    /** A document's creation time: milliseconds, later than any before. */
    double nextCreation() {
        lastCreation = Math.max((double) System.currentTimeMillis(), Math.nextUp(lastCreation));
        return lastCreation;
    }

    /** Rows of a version that is not published yet are never seen as writes (convex-api §6.1). */
    @SuppressWarnings("ReferenceEquality")
    void log(final Commit commit) {
        if (keepsDocuments && tables.get(commit.table().name()) == commit.table()) {
            commits.add(commit);
        }
    }

    /** The writes later than a time, in the order of time and id. */
    List<Commit> commitsAfter(final long time) {
        int low = 0;
        int high = commits.size();
        while (low < high) {
            final int middle = (low + high) >>> 1;
            if (commits.get(middle).time() <= time) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return Collections.unmodifiableList(commits.subList(low, commits.size()));
    }

    void clear() {
        tables.clear();
        commits.clear();
        schema = Schema.NONE;
    }

    private static String freshTablet() {
        final var random = ThreadLocalRandom.current();
        final byte[] bytes = ByteBuffer.allocate(16)
                .putLong(random.nextLong())
                .putLong(random.nextLong())
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
