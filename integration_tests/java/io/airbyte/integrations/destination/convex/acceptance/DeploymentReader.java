package io.airbyte.integrations.destination.convex.acceptance;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** What a deployment holds, read over its API by its system queries (convex-api §6.2). */
final class DeploymentReader {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PAGE = 1_000;
    private static final int LARGEST_PAGE = 10_000;

    private final String url;
    private final String key;

    DeploymentReader(final String url, final String key) {
        this.url = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        this.key = key;
    }

    /** The documents of a table in the order of their creation, without the deployment's own fields. */
    List<ObjectNode> documents(final String table) {
        final List<ObjectNode> documents = new ArrayList<>();
        JsonNode cursor = JSON.nullNode();
        boolean done = false;
        while (!done) {
            final ObjectNode arguments =
                    JSON.createObjectNode().put("table", table).put("order", "asc");
            arguments.putObject("paginationOpts").put("numItems", PAGE).set("cursor", cursor);
            final JsonNode page = query("_system/cli/tableData", arguments);
            page.get("page").forEach(document -> documents.add(withoutSystemFields((ObjectNode) document)));
            cursor = page.get("continueCursor");
            done = page.get("isDone").asBoolean();
        }
        return documents;
    }

    /**
     * The same in one query, so that all of it is of one moment; the table may have 10,000 documents or 5 MB at most
     * (convex-api §6.2).
     */
    List<ObjectNode> documentsOfOneMoment(final String table) {
        final ObjectNode arguments = JSON.createObjectNode().put("table", table).put("order", "asc");
        arguments.putObject("paginationOpts").put("numItems", LARGEST_PAGE).putNull("cursor");
        final JsonNode page = query("_system/cli/tableData", arguments);
        if (!page.get("isDone").asBoolean()) {
            throw new IllegalStateException("The table %s is too large to be read in one query.".formatted(table));
        }
        final List<ObjectNode> documents = new ArrayList<>();
        page.get("page").forEach(document -> documents.add(withoutSystemFields((ObjectNode) document)));
        return documents;
    }

    private static ObjectNode withoutSystemFields(final ObjectNode document) {
        document.remove(List.of("_id", "_creationTime"));
        return document;
    }

    /** How many documents a table holds. */
    long size(final String table) {
        return query("_system/cli/tableSize", JSON.createObjectNode().put("tableName", table))
                .asLong();
    }

    /** The tables are empty afterwards. */
    void clear(final Collection<String> tables) {
        final ObjectNode body = JSON.createObjectNode();
        tables.forEach(body.putArray("tableNames")::add);
        send("PUT", "/api/streaming_import/clear_tables", body);
    }

    private JsonNode query(final String path, final ObjectNode arguments) {
        final ObjectNode body = JSON.createObjectNode().put("path", path).put("format", "json");
        body.set("args", arguments);
        final JsonNode answer = send("POST", "/api/query", body);
        if (!"success".equals(answer.path("status").asText())) {
            throw new AssertionError("%s: %s".formatted(path, answer));
        }
        return answer.get("value");
    }

    private JsonNode send(final String method, final String path, final ObjectNode body) {
        final HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
                .header("Authorization", "Convex " + key)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body.toString()))
                .build();
        try {
            return JSON.readTree(SuccessfulAnswer.to(request));
        } catch (final JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
