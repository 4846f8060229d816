package io.airbyte.integrations.destination.convex.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** {@code import_airbyte_records}: everything is converted first, then written page by page (convex-api §2.2, §2.3). */
final class AirbyteRecords {

    private static final String CDC = "source_ab_cdc";
    private static final String DELETED_AT = "source_ab_cdc_deleted_at";
    private static final int MAX_INDEX_FIELDS = 16;

    private final Tables tables;
    private volatile TransactionLimits limits;

    /**
     * @param table sanitised
     * @param fields sanitised, without the CDC columns
     * @param deletes whether the record says that its row was deleted at the source
     */
    private record Row(String table, ObjectNode fields, DocumentRules.Measured measured, boolean deletes) {}

    AirbyteRecords(final Tables tables, final TransactionLimits limits) {
        this.tables = tables;
        this.limits = limits;
    }

    void useLimits(final TransactionLimits other) {
        limits = other;
    }

    Answer importAll(final Call call) {
        final JsonNode body = call.json();
        final ObjectNode streams = Json.objectOf(Json.required(body, "tables"));
        for (final Map.Entry<String, JsonNode> stream : streams.properties()) {
            Json.required(stream.getValue(), "jsonSchema");
            primaryKey(stream.getValue());
        }
        final JsonNode messages = Json.arrayOf(Json.required(body, "messages"));
        for (final JsonNode message : messages) {
            Json.requiredText(message, "tableName");
            Json.required(message, "data");
        }
        call.require(Permission.IMPORT_BACKUPS);
        final List<Row> rows = new ArrayList<>(messages.size());
        final Map<String, String> names = new HashMap<>();
        for (final JsonNode message : messages) {
            final String name = message.path("tableName").textValue();
            rows.add(row(names.computeIfAbsent(name, Sanitiser::tableName), message.path("data")));
        }
        write(call, rows, primaryKeys(streams));
        return Answer.ok();
    }

    private static Optional<List<List<String>>> primaryKey(final JsonNode stream) {
        final JsonNode key = stream.path("primaryKey");
        return key.isMissingNode() || key.isNull() ? Optional.empty() : Optional.of(StreamingImport.paths(key));
    }

    private static Row row(final String table, final JsonNode data) {
        if (!(data instanceof ObjectNode record)) {
            throw ApiError.internal();
        }
        final var conversion = new ValueConversion(Sanitiser::fields);
        final ObjectNode fields = conversion.convertObject(record);
        final boolean deletes =
                fields.has(DELETED_AT) && !fields.path(DELETED_AT).isNull();
        final List<String> cdc = new ArrayList<>();
        fields.fieldNames().forEachRemaining(name -> {
            if (name.startsWith(CDC)) {
                cdc.add(name);
            }
        });
        if (cdc.isEmpty()) {
            return new Row(table, fields, new DocumentRules.Measured(conversion.size(), conversion.nesting()), false);
        }
        fields.remove(cdc);
        final var rest = new ValueConversion(AirbyteRecords::asTheyAre);
        final ObjectNode kept = rest.convertObject(fields);
        return new Row(table, kept, new DocumentRules.Measured(rest.size(), rest.nesting()), deletes);
    }

    private static Map<String, JsonNode> asTheyAre(final ObjectNode object) {
        return object.propertyStream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, Map.Entry::getValue, (a, b) -> b, java.util.LinkedHashMap::new));
    }

    /** For each stored table the primary key to find its rows by, dotted; empty means to append. */
    private static Map<String, Optional<List<String>>> primaryKeys(final ObjectNode streams) {
        final Map<String, Optional<List<String>>> keys = new HashMap<>();
        for (final Map.Entry<String, JsonNode> stream : streams.properties()) {
            final Optional<List<List<String>>> key = primaryKey(stream.getValue());
            key.ifPresent(AirbyteRecords::refuseUnusable);
            keys.put(
                    Sanitiser.tableName(stream.getKey()),
                    key.map(paths ->
                            paths.stream().map(path -> String.join(".", path)).toList()));
        }
        return keys;
    }

    private static void refuseUnusable(final List<List<String>> key) {
        if (key.isEmpty()) {
            throw ApiError.badRequest("EmptyPrimaryKey", "Primary keys cannot be empty");
        }
        if (key.stream().anyMatch(path -> path.isEmpty() || !path.stream().allMatch(Sanitiser::isIdentifier))) {
            throw ApiError.internal();
        }
        if (key.size() > MAX_INDEX_FIELDS) {
            throw ApiError.badRequest("IndexTooManyFields", "Too many fields in the primary key.");
        }
        if (new HashSet<>(key).size() < key.size()) {
            throw ApiError.badRequest("FieldsNotUniqueWithinIndex", "A field is twice in the primary key.");
        }
        if (key.contains(List.of("_id"))) {
            throw ApiError.badRequest("IndexFieldsContainId", "`_id` cannot be in the primary key.");
        }
    }

    private void write(final Call call, final List<Row> rows, final Map<String, Optional<List<String>>> keys) {
        int next = 0;
        for (int page = 0; next < rows.size(); page++) {
            final int from = next;
            final int number = page;
            next = tables.atomically(() -> writePage(call, rows, from, number, keys));
        }
    }

    /** Writes as many rows as one transaction holds; returns the first that it did not. */
    private int writePage(
            final Call call,
            final List<Row> rows,
            final int from,
            final int page,
            final Map<String, Optional<List<String>>> keys) {
        final var transaction = new Transaction(tables, limits);
        int next = from;
        try {
            while (next < rows.size() && written(transaction, rows.get(next), keys, next == from)) {
                next++;
            }
            call.beforeCommit(page, rows.get(from).table());
            transaction.commit();
            return next;
        } catch (final ApiError e) {
            transaction.rollBack();
            throw e;
        }
    }

    /** False if the transaction is full. A row that is too much for a fresh one is refused. */
    private boolean written(
            final Transaction transaction,
            final Row row,
            final Map<String, Optional<List<String>>> keys,
            final boolean first) {
        final Optional<List<String>> key = keys.get(row.table());
        if (key == null) {
            throw ApiError.badRequest("MissingStream", "Missing stream for table " + row.table());
        }
        try {
            if (key.isPresent()) {
                upsert(transaction, row, key.get());
            } else {
                transaction.insert(transaction.findOrCreate(row.table()), row.fields(), row.measured());
            }
            return true;
        } catch (final Transaction.LimitReached e) {
            if (first) {
                throw e;
            }
            return false;
        }
    }

    private void upsert(final Transaction transaction, final Row row, final List<String> key) {
        for (final String field : key) {
            if (PrimaryKeyIndex.at(row.fields(), field).isMissingNode()) {
                throw ApiError.badRequest(
                        "MissingPrimaryKeyValue",
                        "Missing value for primary key field: %s.".formatted(ValueText.quoted(field)));
            }
        }
        final Table table = tables.find(row.table());
        final PrimaryKeyIndex index = usableIndex(table, row.table(), key);
        if (table == null) {
            throw new IllegalStateException("A table without an index passed for one that has it.");
        }
        final List<StoredDocument> found = find(table, index, row, key);
        if (found.size() > 1) {
            throw ApiError.internal();
        }
        if (found.isEmpty()) {
            transaction.readNothing();
            transaction.insert(table, row.fields(), row.measured());
            return;
        }
        transaction.readToChange(found.get(0));
        if (row.deletes()) {
            transaction.delete(table, found.get(0));
        } else {
            transaction.replace(table, found.get(0), row.fields(), row.measured());
        }
    }

    private static PrimaryKeyIndex usableIndex(
            final @org.jspecify.annotations.Nullable Table table, final String name, final List<String> key) {
        final String indexName = name + "." + PrimaryKeyIndex.NAME;
        final Optional<PrimaryKeyIndex> present = table == null ? Optional.empty() : table.index();
        if (present.isEmpty()) {
            throw ApiError.badRequest("IndexNotFoundError", "Index %s not found.".formatted(indexName));
        }
        final PrimaryKeyIndex index = present.get();
        if (!index.ready()) {
            throw ApiError.badRequest(
                    "IndexBackfillingError",
                    "Index %s is currently backfilling and not available to query yet.".formatted(indexName));
        }
        for (final String field : key) {
            if (!index.fields().contains(field)) {
                throw ApiError.badRequest(
                        "FieldNotInIndex",
                        ("The index range included a comparison with %s, but %s with fields %s doesn't index this"
                                        + " field. For more information see https://docs.convex.dev/using/indexes.")
                                .formatted(
                                        ValueText.quoted(field), indexName, PrimaryKeyIndex.names(index.allFields())));
            }
        }
        if (!key.containsAll(index.fields().subList(0, key.size()))) {
            throw ApiError.badRequest(
                    "InvalidIndexRange",
                    "Tried to query index %s but the query didn't use the index fields in order.".formatted(indexName));
        }
        return index;
    }

    private static List<StoredDocument> find(
            final Table table, final PrimaryKeyIndex index, final Row row, final List<String> key) {
        if (key.size() == index.fields().size()) {
            return index.key(row.fields()).map(index::find).orElse(List.of());
        }
        final Optional<String> part = PrimaryKeyIndex.key(key, row.fields());
        return table.documents().stream()
                .filter(document -> index.key(document.fields()).isPresent()
                        && PrimaryKeyIndex.key(key, document.fields()).equals(part))
                .toList();
    }
}
