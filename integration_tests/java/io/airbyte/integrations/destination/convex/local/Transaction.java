package io.airbyte.integrations.destination.convex.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Writes that become visible together or not at all. It lives within one {@link Tables#atomically}: it writes at once
 * and takes everything back on {@link #rollBack}.
 */
final class Transaction {

    private final Tables tables;
    private final TransactionLimits limits;
    private final Deque<Runnable> undo = new ArrayDeque<>();
    private final Map<String, Tables.Commit> written = new LinkedHashMap<>();
    private int writes;
    private long bytesWritten;
    private int documentsRead;
    private long bytesRead;
    private int intervals;

    /** One of the transaction's limits is reached; what led to it was not done. */
    static final class LimitReached extends ApiError {
        LimitReached(final String code) {
            super(400, code, "A transaction reached one of its limits (%s).".formatted(code));
        }
    }

    Transaction(final Tables tables, final TransactionLimits limits) {
        this.tables = tables;
        this.limits = limits;
    }

    Table findOrCreate(final String name) {
        final Table found = tables.find(name);
        if (found != null) {
            return found;
        }
        final Table created = tables.create(name);
        undo.push(() -> tables.drop(name));
        return created;
    }

    void useIndex(final Table table, final PrimaryKeyIndex index) {
        final Optional<PrimaryKeyIndex> before = table.index();
        table.useIndex(index);
        undo.push(() -> table.useIndex(before.orElse(null)));
    }

    /** A lookup by primary key that finds nothing. */
    void readNothing() {
        read(1, 0, 0);
    }

    /** The two reads of a document that a replacement or deletion makes: by primary key, and by id. */
    void readToChange(final StoredDocument document) {
        read(2, 2, 2 * document.size());
    }

    private void read(final int ranges, final int documents, final long bytes) {
        limit(intervals + ranges > limits.intervals(), "TooManyReads");
        limit(documentsRead + documents > limits.documentsRead(), "TooManyDocumentsRead");
        limit(bytesRead + bytes > limits.bytesRead(), "TooManyBytesRead");
        intervals += ranges;
        documentsRead += documents;
        bytesRead += bytes;
    }

    void insert(final Table table, final ObjectNode fields, final DocumentRules.Measured measured) {
        final String id = DocumentId.random(table.number());
        insert(table, id, tables.nextCreation(), fields, measured);
    }

    void insert(
            final Table table,
            final String id,
            final double creationTime,
            final ObjectNode fields,
            final DocumentRules.Measured measured) {
        final long size = DocumentRules.check(id, creationTime, fields, measured);
        tables.schema().check(table.name(), fields);
        write(size);
        final StoredDocument stored = table.insert(new StoredDocument(id, creationTime, fields, size));
        undo.push(() -> table.remove(stored));
        note(table, stored, false);
    }

    void replace(
            final Table table,
            final StoredDocument old,
            final ObjectNode fields,
            final DocumentRules.Measured measured) {
        if (old.hasContents(fields)) {
            return;
        }
        final long size = DocumentRules.check(old.id(), old.creationTime(), fields, measured);
        tables.schema().check(table.name(), fields);
        write(size);
        table.remove(old);
        final StoredDocument stored = table.insert(new StoredDocument(old.id(), old.creationTime(), fields, size));
        undo.push(() -> {
            table.remove(stored);
            table.put(old);
        });
        note(table, stored, false);
    }

    void delete(final Table table, final StoredDocument old) {
        write(0);
        table.remove(old);
        undo.push(() -> table.put(old));
        note(table, old, true);
    }

    /** Only a document's last version of a transaction is in the log. */
    private void note(final Table table, final StoredDocument document, final boolean deleted) {
        written.put(document.id(), new Tables.Commit(0, table, document, deleted));
    }

    private void write(final long size) {
        limit(writes + 1 > limits.writes(), "TooManyWrites");
        limit(bytesWritten + size > limits.bytesWritten(), "TooManyBytesWritten");
        writes++;
        bytesWritten += size;
    }

    private static void limit(final boolean reached, final String code) {
        if (reached) {
            throw new LimitReached(code);
        }
    }

    void commit() {
        undo.clear();
        if (written.isEmpty()) {
            return;
        }
        final long time = tables.nextCommit();
        written.values().stream()
                .sorted(Comparator.comparing(commit -> commit.document().id()))
                .forEach(commit -> {
                    commit.document().committedAt(time);
                    tables.log(new Tables.Commit(time, commit.table(), commit.document(), commit.deleted()));
                });
        written.clear();
    }

    void rollBack() {
        while (!undo.isEmpty()) {
            undo.pop().run();
        }
        written.clear();
    }
}
