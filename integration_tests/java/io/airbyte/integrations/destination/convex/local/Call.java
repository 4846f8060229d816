package io.airbyte.integrations.destination.convex.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A request on its way to the class that answers it. */
final class Call {

    private final LoggedRequest log;
    private final Map<String, String> query;
    private final Optional<String> contentType;
    private final byte[] body;
    private final Optional<JsonNode> read;
    private final Optional<Path> bodyFile;
    private final Keys.Caller caller;
    private final int bodyLimit;
    private final Optional<Fault.ConflictAtPage> conflict;

    Call(
            final LoggedRequest log,
            final Map<String, String> query,
            final Optional<String> contentType,
            final byte[] body,
            final Optional<JsonNode> read,
            final Optional<Path> bodyFile,
            final Keys.Caller caller,
            final int bodyLimit,
            final Optional<Fault.ConflictAtPage> conflict) {
        this.log = log;
        this.query = query;
        this.contentType = contentType;
        this.body = body;
        this.read = read;
        this.bodyFile = bodyFile;
        this.caller = caller;
        this.bodyLimit = bodyLimit;
        this.conflict = conflict;
    }

    LoggedRequest log() {
        return log;
    }

    Keys.Caller caller() {
        return caller;
    }

    Optional<String> query(final String name) {
        return Optional.ofNullable(query.get(name));
    }

    String requiredQuery(final String name) {
        return query(name)
                .orElseThrow(() -> ApiError.badRequest(
                        "BadQueryArgs", "Failed to deserialize query string: missing field `%s`".formatted(name)));
    }

    /** The body as JSON; refused, before the permission is looked at, where it is none. */
    JsonNode json() {
        final String type = contentType.orElse("").toLowerCase(Locale.ROOT);
        if (!type.matches("application/([^;]+\\+)?json\\s*(;.*)?")) {
            throw ApiError.badJsonBody("Expected request with `Content-Type: application/json`");
        }
        if (body.length > bodyLimit) {
            throw ApiError.badJsonBody("Failed to buffer the request body: length limit exceeded");
        }
        if (read.isPresent()) {
            return read.get();
        }
        try {
            return Json.read(body);
        } catch (final Json.Unreadable e) {
            throw ApiError.badJsonBody("Failed to parse the request body as JSON: " + e.getMessage());
        }
    }

    boolean hasBody() {
        return body.length > 0;
    }

    /** The body of a route that takes any bytes. The file is gone when the call has been answered. */
    Path bodyFile() {
        return bodyFile.orElseThrow();
    }

    void require(final Permission permission) {
        if (caller instanceof Keys.Caller.Key && !caller.may(permission)) {
            throw ApiError.notPermitted(permission);
        }
        if (!(caller instanceof Keys.Caller.Key)) {
            throw ApiError.badDeployKey();
        }
    }

    /** Refuses the commit of a page (counted from 0) that a test wants to conflict. */
    void beforeCommit(final int page, final String table) {
        if (conflict.isPresent() && conflict.get().page() == page) {
            throw ApiError.conflict(table);
        }
    }
}
