package io.airbyte.integrations.destination.convex.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Reading documents back (convex-api §6.1): {@code list_snapshot}, {@code document_deltas} and their small companions. */
final class StreamingExport {

    private static final int SNAPSHOT_PAGE = 1_024;
    private static final int DELTAS_PAGE = 128;

    private final Tables tables;

    StreamingExport(final Tables tables) {
        this.tables = tables;
    }

    void addTo(final Routes routes) {
        for (final String method : List.of("GET", "POST")) {
            routes.json(method, "/api/list_snapshot", this::listSnapshot)
                    .json(method, "/api/document_deltas", this::documentDeltas);
        }
        routes.json("GET", "/api/json_schemas", this::jsonSchemas)
                .json("GET", "/api/get_table_column_names", this::columnNames)
                .json("GET", "/api/test_streaming_export_connection", call -> {
                    require(call, "test_streaming_export_connection");
                    return Answer.json(Json.object().nullNode());
                });
    }

    private static void require(final Call call, final String operation) {
        if (call.caller() instanceof Keys.Caller.ActingUser) {
            throw new ApiError(403, "SystemIdentityRequired", "Operation %s not permitted".formatted(operation));
        }
        call.require(Permission.VIEW_DATA);
    }

    private static Optional<String> argument(final Call call, final String name) {
        if (call.hasBody()
                && call.json().path(name).isValueNode()
                && !call.json().path(name).isNull()) {
            return Optional.of(call.json().path(name).asText());
        }
        return call.query(name);
    }

    private Answer listSnapshot(final Call call) {
        final Optional<String> table = argument(call, "tableName");
        final boolean encoded = encoded(argument(call, "format"));
        final Optional<String> cursor = argument(call, "cursor");
        final Optional<String> snapshot = argument(call, "snapshot");
        require(call, "list_snapshot");
        return tables.atomically(() -> Answer.json(snapshotPage(table, encoded, cursor, snapshot)));
    }

    private ObjectNode snapshotPage(
            final Optional<String> table,
            final boolean encoded,
            final Optional<String> cursor,
            final Optional<String> snapshot) {
        final Position from = cursor.map(text -> Position.read(text, snapshot)).orElse(Position.START);
        final List<Table> rest = tables.all().stream()
                .filter(any -> table.isEmpty() || any.name().equals(table.get()))
                .filter(any -> any.tablet().compareTo(from.tablet()) >= 0)
                .sorted(Comparator.comparing(Table::tablet))
                .toList();
        final ObjectNode answer = Json.object();
        final ArrayNode values = answer.putArray("values");
        answer.put("snapshot", snapshot.map(Long::valueOf).orElseGet(tables::latest));
        answer.putNull("cursor");
        answer.put("hasMore", false);
        if (rest.isEmpty()) {
            return answer;
        }
        final Table current = rest.get(0);
        final String after = current.tablet().equals(from.tablet()) ? from.id() : "";
        for (final StoredDocument document : current.documentsById()) {
            if (document.id().compareTo(after) > 0) {
                if (values.size() == SNAPSHOT_PAGE) {
                    return more(
                            answer,
                            current.tablet(),
                            values.path(SNAPSHOT_PAGE - 1).path("_id").asText());
                }
                values.add(exported(current.name(), document, encoded, Optional.empty()));
            }
        }
        return rest.size() > 1 ? more(answer, rest.get(1).tablet(), DocumentId.least(1)) : answer;
    }

    private static ObjectNode more(final ObjectNode answer, final String tablet, final String id) {
        final var cursor = Json.object().put("tablet", tablet).put("id", id);
        return answer.put("cursor", cursor.toString()).put("hasMore", true);
    }

    /** Where a page goes on: behind this id of this version of a table. */
    private record Position(String tablet, String id) {

        static final Position START = new Position("", "");

        static Position read(final String cursor, final Optional<String> snapshot) {
            try {
                final JsonNode json = Json.read(cursor.getBytes(java.nio.charset.StandardCharsets.UTF_8));
                if (snapshot.isPresent() && json.has("tablet") && json.has("id")) {
                    return new Position(
                            json.path("tablet").asText(), json.path("id").asText());
                }
            } catch (final Json.Unreadable e) {
                // Said below.
            }
            throw ApiError.badRequest(
                    "InvalidListSnapshotCursor",
                    "Invalid value for the `cursor` argument of list_snapshot. Use a `cursor` returned by a previous"
                            + " list_snapshot call, and treat it as an opaque value.");
        }
    }

    private Answer documentDeltas(final Call call) {
        final Optional<String> table = argument(call, "tableName");
        final boolean encoded = encoded(argument(call, "format"));
        final Optional<String> cursor = argument(call, "cursor");
        require(call, "document_deltas");
        final long after = Long.parseLong(cursor.orElseThrow(
                () -> ApiError.badRequest("DocumentDeltasCursorRequired", "/api/document_deltas requires a cursor")));
        return tables.atomically(() -> {
            final List<Tables.Commit> commits = tables.commitsAfter(after);
            int read = Math.min(DELTAS_PAGE, commits.size());
            while (read < commits.size()
                    && commits.get(read).time() == commits.get(read - 1).time()) {
                read++;
            }
            final ObjectNode answer = Json.object();
            final ArrayNode values = answer.putArray("values");
            for (final Tables.Commit commit : commits.subList(0, read)) {
                final String name = commit.table().name();
                if (table.isEmpty() || table.get().equals(name)) {
                    values.add(delta(commit, encoded));
                }
            }
            final boolean more = read < commits.size();
            answer.put("cursor", more ? commits.get(read - 1).time() : tables.latest());
            answer.put("hasMore", more);
            return Answer.json(answer);
        });
    }

    private static ObjectNode delta(final Tables.Commit commit, final boolean encoded) {
        if (!commit.deleted()) {
            return exported(commit.table().name(), commit.document(), encoded, Optional.of(commit.time()));
        }
        return Json.object()
                .put("_component", "")
                .put("_table", commit.table().name())
                .put("_ts", commit.time())
                .put("_deleted", true)
                .put("_id", commit.document().id());
    }

    private static ObjectNode exported(
            final String table, final StoredDocument document, final boolean encoded, final Optional<Long> delta) {
        final ObjectNode row = Json.object().put("_component", "").put("_table", table);
        row.put("_ts", delta.orElseGet(document::committed));
        delta.ifPresent(time -> row.put("_deleted", false));
        for (final Map.Entry<String, JsonNode> field : document.whole().properties()) {
            row.set(field.getKey(), encoded ? encode(field.getValue()) : field.getValue());
        }
        return row;
    }

    /** The form in which nothing is lost: here that concerns only −0, for no other special value can be stored. */
    private static JsonNode encode(final JsonNode value) {
        if (value instanceof ObjectNode object) {
            final ObjectNode encoded = Json.object();
            object.properties().forEach(field -> encoded.set(field.getKey(), encode(field.getValue())));
            return encoded;
        } else if (value.isArray()) {
            final ArrayNode encoded = Json.array();
            value.forEach(element -> encoded.add(encode(element)));
            return encoded;
        } else if (value.isDouble() && Double.compare(value.doubleValue(), -0.0) == 0) {
            final byte[] bytes = ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putDouble(value.doubleValue())
                    .array();
            return Json.object().put("$float", Base64.getEncoder().encodeToString(bytes));
        }
        return value;
    }

    private static boolean encoded(final Optional<String> format) {
        return switch (format.orElse("json")) {
            case "json", "convex_clean_json" -> false;
            case "convex_encoded_json", "convex_json", "export_json" -> true;
            default ->
                throw ApiError.badRequest(
                        "BadFormat", "format param must be one of [`json`]. Got " + format.orElseThrow());
        };
    }

    private Answer jsonSchemas(final Call call) {
        require(call, "json_schemas");
        final boolean delta = call.query("deltaSchema").equals(Optional.of("true"));
        return tables.atomically(() -> {
            if (!tables.schema().isPushed()) {
                throw ApiError.badRequest(
                        "NoSchemaForExport", "There is no active schema, which is needed for streaming export.");
            }
            final ObjectNode answer = Json.object();
            // A table that the application declares is there without a document, too.
            tables.schema().declared().forEach(name -> answer.set(name, InferredSchema.of(name, List.of(), delta)));
            tables.all()
                    .forEach(table -> answer.set(
                            table.name(),
                            InferredSchema.of(
                                    table.name(),
                                    table.documents().stream()
                                            .map(StoredDocument::fields)
                                            .toList(),
                                    delta)));
            return Answer.json(answer);
        });
    }

    private Answer columnNames(final Call call) {
        require(call, "get_table_column_names");
        return tables.atomically(() -> {
            final ObjectNode answer = Json.object();
            final ArrayNode root = answer.putObject("byComponent").putArray("");
            tables.all().stream().sorted(Comparator.comparing(Table::tablet)).forEach(table -> {
                final ArrayNode columns =
                        root.addObject().put("name", table.name()).putArray("columns");
                columnNames(table).forEach(columns::add);
            });
            return Answer.json(answer);
        });
    }

    /** Where a document has a field that is no identifier, the table has no columns to speak of. */
    private static Iterable<String> columnNames(final Table table) {
        final var names = new TreeSet<String>();
        table.documents().forEach(document -> document.fields().fieldNames().forEachRemaining(names::add));
        if (!names.stream().allMatch(Sanitiser::isIdentifier)) {
            names.clear();
        }
        names.add("_creationTime");
        names.add("_id");
        return names;
    }
}
