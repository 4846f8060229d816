package io.airbyte.integrations.destination.convex.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Carries out one snapshot import at a time, step by step; reading uploaded files comes first (convex-api §5.4). */
final class ImportWorker {

    private static final int BATCH = 8_000;
    private static final long BATCH_BYTES = 8 << 20;
    private static final TransactionLimits UNLIMITED = new TransactionLimits(
            Integer.MAX_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE);

    private final Tables tables;
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private @Nullable Run current;

    /** What a step does next. */
    private enum Stage {
        MAKE_TABLES,
        ANNOUNCE,
        WRITE,
        NOTE,
        PUBLISH
    }

    /** The import in progress. */
    private static final class Run {
        private final SnapshotImport what;
        private final Schema schema;
        private final Map<String, Table> targets = new LinkedHashMap<>();
        private Stage stage = Stage.MAKE_TABLES;

        Run(final SnapshotImport what, final Schema schema) {
            this.what = what;
            this.schema = schema;
        }
    }

    ImportWorker(final Tables tables) {
        this.tables = tables;
    }

    /** The next import that comes to its last step fails with this text. */
    void failNext(final String text) {
        failures.add(text);
    }

    /** One step of the first import that can go on; false if none can. */
    boolean step(final List<SnapshotImport> imports) {
        final Optional<SnapshotImport> unread = first(imports, SnapshotImport.State.UPLOADED);
        if (unread.isPresent()) {
            attempt(unread.get(), () -> parse(unread.get()));
            return true;
        }
        if (current == null || current.what.isOver()) {
            final Optional<SnapshotImport> next = first(imports, SnapshotImport.State.IN_PROGRESS);
            if (next.isEmpty()) {
                current = null;
                return false;
            }
            current = tables.atomically(() -> new Run(next.get(), tables.schema()));
        }
        final Run run = current;
        attempt(run.what, () -> advance(run));
        return true;
    }

    private Optional<SnapshotImport> first(final List<SnapshotImport> imports, final SnapshotImport.State state) {
        return tables.atomically(
                () -> imports.stream().filter(each -> each.state() == state).findFirst());
    }

    private interface Work {
        void run() throws ImportFile.Failure, IOException;
    }

    private void attempt(final SnapshotImport what, final Work work) {
        try {
            work.run();
        } catch (final ImportFile.Failure e) {
            fail(what, e);
        } catch (final ApiError e) {
            fail(what, ImportFile.Failure.of(e));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        if (what.isOver()) {
            try {
                Files.deleteIfExists(what.file());
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void fail(final SnapshotImport what, final ImportFile.Failure failure) {
        tables.atomicallyRun(() -> {
            if (!what.isOver()) {
                // Of an object that does not fit a schema as a whole, imports do not quote the object.
                what.fail(failure.text().replaceFirst("\nObject: [^\n]*(?=\nValidator: )", ""));
            }
        });
    }

    private void parse(final SnapshotImport what) throws ImportFile.Failure, IOException {
        final ImportRequest request = what.request();
        final Map<String, SnapshotImport.Checkpoint> checkpoints = new LinkedHashMap<>();
        ImportFile.read(request, what.file(), new ImportFile.Visitor() {
            @Override
            public void table(final String name) throws ImportFile.Failure {
                final long existing = tables.atomically(() -> size(name));
                if (request.mode() == ImportRequest.Mode.REQUIRE_EMPTY && existing > 0) {
                    throw new ImportFile.Failure(
                            "Table %s already exists. Please choose a new table name or use replace/append modes."
                                    .formatted(name));
                }
                checkpoints.put(
                        name,
                        new SnapshotImport.Checkpoint(existing, request.mode().replaces() ? existing : 0));
            }

            @Override
            public void row(final String table, final int number, final JsonNode row) {
                final SnapshotImport.Checkpoint checkpoint = checkpoints.get(table);
                if (checkpoint != null) {
                    checkpoint.count(Optional.of(row.path("_id"))
                            .filter(JsonNode::isTextual)
                            .map(JsonNode::textValue));
                }
            }
        });
        tables.atomicallyRun(() -> {
            if (!what.isOver()) {
                what.parsed(checkpoints);
            }
        });
    }

    private long size(final String name) {
        final Table table = tables.find(name);
        return table == null ? 0 : table.size();
    }

    private void advance(final Run run) throws ImportFile.Failure, IOException {
        final SnapshotImport what = run.what;
        switch (run.stage) {
            case MAKE_TABLES -> {
                makeTables(run);
                run.stage = Stage.ANNOUNCE;
            }
            case ANNOUNCE -> {
                tables.atomicallyRun(() -> what.checkpoints()
                        .forEach((table, each) -> what.progress("Importing \"%s\"".formatted(table))));
                run.stage = Stage.WRITE;
            }
            case WRITE -> {
                write(run);
                run.stage = Stage.NOTE;
            }
            case NOTE -> {
                tables.atomicallyRun(() -> what.checkpoints().keySet().forEach(what::finishedTable));
                run.stage = Stage.PUBLISH;
            }
            case PUBLISH -> publish(run);
        }
    }

    private void makeTables(final Run run) {
        tables.atomicallyRun(() -> run.what.checkpoints().forEach((name, checkpoint) -> {
            final Table target = target(run.what, name, checkpoint.firstId().map(ImportRow::tableNumber));
            checkpoint.goesTo(target);
            run.targets.put(name, target);
        }));
    }

    private Table target(final SnapshotImport what, final String name, final Optional<Integer> idsNumber) {
        final Table old = tables.find(name);
        if (!what.request().mode().replaces() && old != null) {
            return old;
        }
        final Table version = StreamingImport.emptyVersion(tables, name);
        if (idsNumber.isEmpty() || idsNumber.get() == version.number()) {
            return version;
        }
        final Optional<Table> holder = tables.numbered(idsNumber.get());
        if (holder.isPresent() && !what.checkpoints().containsKey(holder.get().name())) {
            throw ApiError.badRequest(
                    "TableConflict",
                    "New table %s has IDs that conflict with existing table %s"
                            .formatted(name, holder.get().name()));
        }
        final Table numbered = tables.version(name, idsNumber.get());
        numbered.useIndex(version.index().orElse(null));
        return numbered;
    }

    private void write(final Run run) throws ImportFile.Failure, IOException {
        final Map<String, Long> written = new TreeMap<>();
        final List<ImportRow> batch = new ArrayList<>();
        final var writer = new ImportFile.Visitor() {
            private String table = "";
            private long bytes;

            @Override
            public void table(final String name) {
                flush();
                table = name;
            }

            @Override
            public void row(final String name, final int number, final JsonNode row) throws ImportFile.Failure {
                final ImportRow added = ImportRow.of(row, number);
                batch.add(added);
                bytes += added.measured().size();
                if (batch.size() == BATCH || bytes > BATCH_BYTES) {
                    flush();
                }
            }

            void flush() {
                final Table target = run.targets.get(table);
                if (target != null && !batch.isEmpty()) {
                    tables.atomicallyRun(() -> insert(target, batch));
                    written.merge(table, (long) batch.size(), Long::sum);
                    batch.clear();
                    bytes = 0;
                }
            }
        };
        ImportFile.read(run.what.request(), run.what.file(), writer);
        writer.flush();
        tables.atomicallyRun(() -> written.forEach((table, rows) -> {
            final SnapshotImport.Checkpoint checkpoint = run.what.checkpoints().get(table);
            if (checkpoint != null) {
                checkpoint.wrote(rows);
                run.what.progress(run.what.importedText(table));
            }
        }));
    }

    private void insert(final Table target, final List<ImportRow> rows) {
        final var transaction = new Transaction(tables, UNLIMITED);
        final Set<String> ids = new HashSet<>();
        try {
            for (final ImportRow row : rows) {
                row.refuseWrongId(target, ids);
                transaction.insert(
                        target,
                        row.id().orElseGet(() -> DocumentId.random(target.number())),
                        row.creationTime().orElseGet(tables::nextCreation),
                        row.fields(),
                        row.measured());
            }
            transaction.commit();
        } catch (final ApiError e) {
            transaction.rollBack();
            throw e;
        }
    }

    private void publish(final Run run) throws ImportFile.Failure {
        final String failure = failures.poll();
        if (failure != null) {
            throw new ImportFile.Failure(failure);
        }
        tables.atomicallyRun(() -> {
            if (run.what.isOver()) {
                return;
            }
            final boolean schemaChanged =
                    !run.schema.json().equals(tables.schema().json());
            if (schemaChanged && run.what.request().mode().replaces()) {
                throw ApiError.badRequest("ImportSchemaChanged", "Schema was modified during the import.");
            }
            run.targets.values().forEach(this::takeIndexOfOld);
            if (run.what.request().mode() == ImportRequest.Mode.REPLACE_ALL) {
                emptyAllBut(run.targets.keySet());
            }
            run.targets.values().forEach(tables::publish);
            run.what.complete(tables.nextCommit());
        });
    }

    /** The old table's index may have changed since the new version was made. */
    private void takeIndexOfOld(final Table version) {
        final Table old = tables.find(version.name());
        if (old == null || old.tablet().equals(version.tablet())) {
            return;
        }
        final Optional<PrimaryKeyIndex> index = old.index();
        if (index.isPresent() && !index.get().ready()) {
            throw ApiError.badRequest(
                    "InvalidImport", "Table %s has an index that is still backfilling.".formatted(version.name()));
        }
        if (!index.map(PrimaryKeyIndex::fields).equals(version.index().map(PrimaryKeyIndex::fields))) {
            version.useIndex(
                    index.map(like -> new PrimaryKeyIndex(like.fields())).orElse(null));
            version.finishIndex();
        }
    }

    private void emptyAllBut(final Set<String> kept) {
        for (final Table table : List.copyOf(tables.all())) {
            if (!kept.contains(table.name())) {
                if (tables.schema().declares(table.name())) {
                    tables.publish(StreamingImport.emptyVersion(tables, table.name()));
                } else {
                    tables.drop(table.name());
                }
            }
        }
    }
}
