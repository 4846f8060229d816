package io.airbyte.integrations.destination.convex.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.stream.Collectors;

/** {@code POST /api/query} for the queries that the official command line uses (convex-api §5.4, §6.2). */
final class SystemQueries {

    private static final int MAX_PAGE_ROWS = 10_000;
    private static final long MAX_PAGE_BYTES = 5_000_000;

    private record Query(Permission permission, Validator arguments, Function<JsonNode, JsonNode> answer) {}

    private final Tables tables;
    private final Map<String, Query> queries;

    SystemQueries(final Tables tables, final SnapshotImports imports) {
        this.tables = tables;
        final JsonNode text = Json.object().put("type", "string");
        final JsonNode any = Json.object().put("type", "any");
        final JsonNode importId = Json.object().put("type", "id").put("tableName", SnapshotImports.TABLE);
        final String root = "_system/cli/";
        this.queries = Map.of(
                root + "tables",
                query(Permission.VIEW_DATA, Map.of("paginationOpts", any), this::tables),
                root + "tableSize",
                query(Permission.VIEW_DATA, Map.of("tableName", text), this::tableSize),
                root + "tableData",
                query(
                        Permission.VIEW_DATA,
                        Map.of("table", text, "order", text, "paginationOpts", any),
                        this::tableData),
                root + "queryImport",
                query(Permission.VIEW_BACKUPS, Map.of("importId", importId), imports::row),
                root + "queryImport:list",
                query(Permission.VIEW_BACKUPS, Map.of(), arguments -> imports.newest()));
    }

    private static Query query(
            final Permission permission,
            final Map<String, JsonNode> arguments,
            final Function<JsonNode, JsonNode> answer) {
        final ObjectNode validator = Json.object().put("type", "object");
        final ObjectNode fields = validator.putObject("value");
        arguments.forEach((name, type) -> fields.putObject(name).set("fieldType", type));
        return new Query(permission, new Validator(validator, SnapshotImports::isId), answer);
    }

    void addTo(final Routes routes) {
        routes.json("POST", "/api/query", this::run);
    }

    private Answer run(final Call call) {
        final JsonNode body = call.json();
        final String path = Json.requiredText(body, "path");
        final JsonNode sent = Json.required(body, "args");
        final Query query = queries.get(path.endsWith(":default") ? path.substring(0, path.length() - 8) : path);
        if (query == null) {
            return failed("Could not find public function for '%s'.".formatted(path));
        }
        if (!call.caller().may(query.permission())) {
            return failed("Operation query not permitted");
        }
        final JsonNode arguments = sent.isArray() ? sent.path(0) : sent;
        try {
            query.arguments().check(new ValueConversion(SystemQueries::asTheyAre).convert(arguments));
        } catch (final Validator.Mismatch mismatch) {
            return failed("Uncaught Error: %s\n".formatted(mismatch.text()));
        }
        final JsonNode value = tables.atomically(() -> query.answer().apply(arguments));
        final ObjectNode answer = Json.object().put("status", "success");
        answer.set("value", value);
        return Answer.json(answer);
    }

    private static Map<String, JsonNode> asTheyAre(final ObjectNode object) {
        return object.propertyStream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static Answer failed(final String reason) {
        final String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        return Answer.json(Json.object()
                .put("status", "error")
                .put("errorMessage", "[Request ID: %s] Server Error\n%s\n".formatted(id, reason)));
    }

    private JsonNode tables(final JsonNode arguments) {
        final JsonNode page = arguments.path("paginationOpts");
        final List<String> names = tables.all().stream()
                .map(Table::name)
                .filter(name -> name.compareTo(page.path("cursor").asText("")) > 0
                        || page.path("cursor").isNull())
                .sorted()
                .toList();
        final int wanted = Math.max(0, page.path("numItems").asInt());
        final boolean done = names.size() <= wanted;
        final ObjectNode answer = Json.object();
        answer.put("continueCursor", done || wanted == 0 ? "end" : names.get(wanted - 1));
        answer.put("isDone", done);
        final ArrayNode found = answer.putArray("page");
        names.stream().limit(wanted).forEach(name -> found.addObject().put("name", name));
        return answer;
    }

    private JsonNode tableSize(final JsonNode arguments) {
        final Table table = tables.find(arguments.path("tableName").asText());
        return arguments.path("tableName").isTextual() && table != null
                ? Json.object().numberNode((double) table.size())
                : Json.object().numberNode(0.0);
    }

    private JsonNode tableData(final JsonNode arguments) {
        final Table table = tables.find(arguments.path("table").asText());
        final List<StoredDocument> documents = table == null ? List.of() : new java.util.ArrayList<>(table.documents());
        if (arguments.path("order").asText().equals("desc")) {
            java.util.Collections.reverse(documents);
        }
        final int wanted = Math.min(
                MAX_PAGE_ROWS, arguments.path("paginationOpts").path("numItems").asInt());
        int at = positionAfter(arguments.path("paginationOpts").path("cursor"), documents);
        final ObjectNode answer = Json.object();
        final ArrayNode page = Json.array();
        long bytes = 0;
        while (at < documents.size() && page.size() < wanted && bytes < MAX_PAGE_BYTES) {
            bytes += documents.get(at).size();
            page.add(documents.get(at).whole());
            at++;
        }
        // A page that came to an end because it is full has not looked whether more follows.
        final boolean done = page.size() < wanted && at == documents.size();
        answer.put("continueCursor", cursor(at == 0 ? "" : documents.get(at - 1).id()));
        answer.put("isDone", done);
        answer.set("page", page);
        answer.putNull("pageStatus");
        answer.put(
                "splitCursor",
                page.size() > 2 ? cursor(page.path(page.size() / 2).path("_id").asText()) : null);
        return answer;
    }

    private static int positionAfter(final JsonNode cursor, final List<StoredDocument> documents) {
        if (!cursor.isTextual()) {
            return 0;
        }
        for (int i = 0; i < documents.size(); i++) {
            if (cursor(documents.get(i).id()).equals(cursor.asText())) {
                return i + 1;
            }
        }
        return documents.size();
    }

    private static String cursor(final String id) {
        return HexFormat.of().formatHex(id.getBytes(StandardCharsets.UTF_8));
    }
}
