package io.airbyte.integrations.destination.convex.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What goes back to the client. */
final class Answer {

    private final int status;
    private final String contentType;
    private final byte[] body;
    private final Map<String, String> headers;

    /** @param contentType empty where the answer has no body */
    Answer(final int status, final String contentType, final byte[] body, final Map<String, String> headers) {
        this.status = status;
        this.contentType = contentType;
        this.body = body;
        this.headers = headers;
    }

    static Answer empty(final int status) {
        return new Answer(status, "", new byte[0], Map.of());
    }

    static Answer ok() {
        return empty(200);
    }

    static Answer json(final JsonNode value) {
        return new Answer(200, "application/json", Json.bytes(value), Map.of());
    }

    static Answer text(final String text) {
        return new Answer(200, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    static Answer error(final int status, final String code, final String message) {
        final var body = Json.object().put("code", code).put("message", message);
        return new Answer(status, "application/json", Json.bytes(body), Map.of());
    }

    Answer withHeaders(final Map<String, String> more) {
        return new Answer(status, contentType, body, more);
    }

    int status() {
        return status;
    }

    String contentType() {
        return contentType;
    }

    byte[] body() {
        return body;
    }

    Map<String, String> headers() {
        return headers;
    }
}
