package io.airbyte.integrations.destination.convex.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** What a request is about, read before it is answered, for faults and the log speak of it. */
final class RequestSubject {

    private RequestSubject() {}

    /** Tells the log, as far as the body can be read; where it cannot, the request's route will say why. */
    static void tell(final LoggedRequest request, final byte[] body) {
        Optional.ofNullable(request.query().get("tableName")).ifPresent(request::names);
        switch (request.path()) {
            case "/api/query" -> read(body).ifPresent(json -> query(request, json));
            case "/api/import/finish_upload" ->
                read(body).ifPresent(json -> table(request, json.at("/import/tableName")));
            case "/api/streaming_import/add_primary_key_indexes" ->
                read(body).ifPresent(json -> json.path("indexes").fieldNames().forEachRemaining(request::names));
            case "/api/streaming_import/primary_key_indexes_ready" ->
                read(body).ifPresent(json -> json.path("tables").forEach(table -> table(request, table)));
            case "/api/streaming_import/clear_tables" ->
                read(body).ifPresent(json -> json.path("tableNames").forEach(table -> table(request, table)));
            default -> {}
        }
    }

    private static Optional<JsonNode> read(final byte[] body) {
        try {
            return Optional.of(Json.read(body));
        } catch (final Json.Unreadable e) {
            return Optional.empty();
        }
    }

    private static void query(final LoggedRequest request, final JsonNode json) {
        final String path = json.path("path").asText().replaceFirst(":default$", "");
        request.asks(path.substring(path.lastIndexOf('/') + 1));
        final JsonNode sent = json.path("args");
        final JsonNode arguments = sent.isArray() ? sent.path(0) : sent;
        table(request, arguments.path("table"));
        table(request, arguments.path("tableName"));
    }

    private static void table(final LoggedRequest request, final JsonNode name) {
        if (name.isTextual()) {
            request.names(name.textValue());
        }
    }
}
