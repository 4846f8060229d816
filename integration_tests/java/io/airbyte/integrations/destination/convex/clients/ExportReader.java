package io.airbyte.integrations.destination.convex.clients;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbyte.integrations.destination.convex.acceptance.SuccessfulAnswer;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Reads a table as Airbyte's and Fivetran's Convex sources do: first a snapshot of it, then what has changed since, each page
 * by page (convex-api §6.1).
 *
 * @param url the deployment's URL
 * @param key a key that may read data
 * @param method GET, with the arguments in the query, or POST, with the arguments in the body
 * @param format {@code json}, or one of those in which no number is lost
 */
record ExportReader(String url, String key, String method, String format) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> ROW_FIELDS =
            List.of("_component", "_table", "_ts", "_deleted", "_id", "_creationTime");

    /** One row of an answer: a document, or that it is gone. */
    record Row(String id, boolean deleted, ObjectNode document) {}

    /**
     * What a table held at a moment.
     *
     * @param time the moment, from which the deltas go on
     * @param pages how many answers it took
     */
    record Snapshot(List<Row> rows, long time, int pages) {}

    Snapshot snapshot(final String table) {
        final List<Row> rows = new ArrayList<>();
        final Map<String, JsonNode> arguments = arguments(table);
        int pages = 0;
        JsonNode page;
        do {
            page = send("/api/list_snapshot", arguments);
            addRows(page, table, rows);
            arguments.put("cursor", page.get("cursor"));
            arguments.put("snapshot", page.get("snapshot"));
            pages++;
        } while (page.get("hasMore").booleanValue());
        return new Snapshot(rows, page.get("snapshot").longValue(), pages);
    }

    List<Row> deltas(final String table, final long after) {
        final List<Row> rows = new ArrayList<>();
        final Map<String, JsonNode> arguments = arguments(table);
        arguments.put("cursor", JSON.valueToTree(after));
        JsonNode page;
        do {
            page = send("/api/document_deltas", arguments);
            addRows(page, table, rows);
            arguments.put("cursor", page.get("cursor"));
        } while (page.get("hasMore").booleanValue());
        return rows;
    }

    private Map<String, JsonNode> arguments(final String table) {
        final Map<String, JsonNode> arguments = new LinkedHashMap<>();
        arguments.put("tableName", JSON.valueToTree(table));
        arguments.put("format", JSON.valueToTree(format));
        return arguments;
    }

    private static void addRows(final JsonNode page, final String table, final List<Row> rows) {
        page.get("values").forEach(row -> {
            if (!row.get("_table").asText().equals(table)) {
                throw new AssertionError("A row of another table: " + row.get("_table"));
            }
            rows.add(new Row(row.get("_id").asText(), row.path("_deleted").asBoolean(), (ObjectNode)
                    decoded(((ObjectNode) row.deepCopy()).without(ROW_FIELDS))));
        });
    }

    /** A value in which {@code $float} stands for a number that JSON cannot tell from another one, with that number. */
    private static JsonNode decoded(final JsonNode value) {
        if (value instanceof ArrayNode array) {
            final ArrayNode elements = JsonNodeFactory.instance.arrayNode();
            array.forEach(element -> elements.add(decoded(element)));
            return elements;
        }
        if (!(value instanceof ObjectNode object)) {
            return value.isNumber() ? DoubleNode.valueOf(value.doubleValue()) : value;
        }
        if (object.size() == 1 && object.has("$float")) {
            return DoubleNode.valueOf(ByteBuffer.wrap(
                            Base64.getDecoder().decode(object.get("$float").asText()))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getDouble());
        }
        final ObjectNode fields = JsonNodeFactory.instance.objectNode();
        object.properties().forEach(field -> fields.set(field.getKey(), decoded(field.getValue())));
        return fields;
    }

    private JsonNode send(final String path, final Map<String, JsonNode> arguments) {
        final boolean inQuery = method.equals("GET");
        final String query = arguments.entrySet().stream()
                .filter(argument -> !argument.getValue().isNull())
                .map(argument -> argument.getKey() + "="
                        + URLEncoder.encode(argument.getValue().asText(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&", "?", ""));
        final HttpRequest request = HttpRequest.newBuilder(URI.create(url + path + (inQuery ? query : "")))
                .header("Authorization", "Convex " + key)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        inQuery
                                ? BodyPublishers.noBody()
                                : BodyPublishers.ofString(
                                        JSON.valueToTree(arguments).toString()))
                .build();
        try {
            return JSON.readTree(SuccessfulAnswer.to(request));
        } catch (final JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
