package io.airbyte.integrations.destination.convex.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The routes under {@code /api/streaming_import} but for the records themselves (convex-api §2, §7, §10). */
final class StreamingImport {

    static final String RECORDS = "/api/streaming_import/import_airbyte_records";

    private static final int MAX_INDEX_FIELDS = 16;

    private final Tables tables;
    private final Background indexing;

    StreamingImport(final Tables tables, final Background indexing) {
        this.tables = tables;
        this.indexing = indexing;
    }

    void addTo(final Routes routes, final AirbyteRecords records) {
        final String root = "/api/streaming_import/";
        routes.records(RECORDS, records::importAll)
                .json("GET", root + "get_schema", this::getSchema)
                .json("PUT", root + "add_primary_key_indexes", this::addPrimaryKeyIndexes)
                .json("GET", root + "primary_key_indexes_ready", this::primaryKeyIndexesReady)
                .json("PUT", root + "clear_tables", this::clearTables)
                .open("POST", root + "replace_tables", this::replaceTables)
                .json("POST", root + "apply_fivetran_operations", StreamingImport::applyFivetranOperations);
    }

    private Answer getSchema(final Call call) {
        call.require(Permission.IMPORT_BACKUPS);
        return tables.atomically(() -> Answer.json(tables.schema().json()));
    }

    private Answer addPrimaryKeyIndexes(final Call call) {
        final Map<String, List<List<String>>> wanted = new LinkedHashMap<>();
        for (final Map.Entry<String, JsonNode> table :
                Json.objectOf(Json.required(call.json(), "indexes")).properties()) {
            wanted.put(table.getKey(), paths(table.getValue()));
        }
        call.require(Permission.IMPORT_BACKUPS);
        final Map<String, PrimaryKeyIndex> indexes = new LinkedHashMap<>();
        wanted.forEach((table, paths) -> indexes.put(Sanitiser.tableName(table), checkedIndex(paths)));
        tables.atomicallyRun(() -> {
            final var transaction = new Transaction(tables, TransactionLimits.DEFAULT);
            indexes.forEach((name, index) -> {
                final Table table = transaction.findOrCreate(name);
                final Optional<PrimaryKeyIndex> present = table.index();
                if (present.isEmpty() || !present.get().fields().equals(index.fields())) {
                    transaction.useIndex(table, index);
                }
            });
            transaction.commit();
        });
        indexing.wake();
        return Answer.ok();
    }

    static List<List<String>> paths(final JsonNode json) {
        final List<List<String>> paths = new ArrayList<>();
        for (final JsonNode path : Json.arrayOf(json)) {
            final ArrayNode fields = Json.arrayOf(path);
            paths.add(fields.valueStream().map(Json::text).toList());
        }
        return paths;
    }

    private static PrimaryKeyIndex checkedIndex(final List<List<String>> paths) {
        final boolean wellFormed = paths.size() <= MAX_INDEX_FIELDS
                && new HashSet<>(paths).size() == paths.size()
                && paths.stream()
                        .allMatch(path -> !path.isEmpty()
                                && path.stream().allMatch(Sanitiser::isIdentifier)
                                && !path.equals(List.of("_id")));
        if (!wellFormed) {
            final String quoted =
                    paths.stream().map(PrimaryKeyIndex::names).collect(Collectors.joining(", ", "[", "]"));
            throw ApiError.badRequest(
                    "InvalidPrimaryKey",
                    ("Invalid primary key: Identifiers must start with a letter and can only contain letters, digits,"
                                    + " and underscores. %s.")
                            .formatted(quoted));
        }
        final List<String> fields =
                paths.stream().map(path -> String.join(".", path)).toList();
        if (fields.contains("_creationTime")) {
            throw ApiError.badRequest(
                    "IndexFieldsContainCreationTime", "`_creationTime` is added to every index by itself.");
        }
        if (paths.stream().flatMap(List::stream).anyMatch(name -> name.startsWith("_"))) {
            throw ApiError.badRequest("IndexFieldNameReserved", "Fields that start with an underscore are reserved.");
        }
        if (fields.size() >= MAX_INDEX_FIELDS) {
            throw ApiError.badRequest(
                    "IndexTooManyFields",
                    "An index may have %d fields, `_creationTime` included.".formatted(MAX_INDEX_FIELDS));
        }
        return new PrimaryKeyIndex(fields);
    }

    private Answer primaryKeyIndexesReady(final Call call) {
        final Set<String> names = names(Json.required(call.json(), "tables"));
        call.require(Permission.IMPORT_BACKUPS);
        return tables.atomically(() -> {
            boolean ready = true;
            for (final String name : names) {
                final Table table = tables.find(name);
                if (table == null || table.index().isEmpty()) {
                    throw ApiError.badRequest(
                            "MissingIndex", "Missing index: %s.%s".formatted(name, PrimaryKeyIndex.NAME));
                }
                ready &= table.index().get().ready();
            }
            return Answer.json(Json.object().put("indexesReady", ready));
        });
    }

    private Answer clearTables(final Call call) {
        final Set<String> names = names(Json.required(call.json(), "tableNames"));
        call.require(Permission.IMPORT_BACKUPS);
        tables.atomicallyRun(() -> {
            final List<Table> cleared = new ArrayList<>();
            for (final String name : names) {
                cleared.add(emptyVersion(tables, name));
            }
            cleared.forEach(tables::publish);
            tables.nextCommit();
        });
        return Answer.ok();
    }

    /** What replaces a table: empty, with the same number and index. Refused while the index is being built. */
    static Table emptyVersion(final Tables tables, final String name) {
        final Table old = tables.find(name);
        if (old == null) {
            return tables.version(name, tables.freshNumber());
        }
        final Table version = tables.version(name, old.number());
        old.index().ifPresent(index -> {
            if (!index.ready()) {
                throw ApiError.badRequest(
                        "InvalidImport", "Table %s has an index that is still backfilling.".formatted(name));
            }
            version.useIndex(index.copyForEmptyTable());
        });
        return version;
    }

    private static Set<String> names(final JsonNode json) {
        final List<String> sent =
                Json.arrayOf(json).valueStream().map(Json::text).toList();
        return sent.stream().map(Sanitiser::tableName).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private Answer replaceTables(final Call call) {
        Json.objectOf(Json.required(call.json(), "tableNames"));
        throw ApiError.badRequest(
                "OverwriteNotSupported", "Overwrite sync mode is not supported. Please use a different sync mode.");
    }

    /** Only the empty list: a destination has no use for these routes (convex-api §8). */
    private static Answer applyFivetranOperations(final Call call) {
        final ArrayNode operations = Json.arrayOf(call.json());
        call.require(Permission.IMPORT_BACKUPS);
        if (!operations.isEmpty()) {
            throw new UnsupportedOperationException("Fivetran operations are not emulated.");
        }
        return Answer.ok();
    }
}
