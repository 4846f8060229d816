package io.airbyte.integrations.destination.convex.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;

/**
 * What goes back to the client.
 *
 * @param contentType empty where the answer has no body
 */
record Answer(int status, String contentType, byte[] body, Map<String, String> headers) {

    private static final byte[] NOTHING = {};

    static Answer empty(final int status) {
        return new Answer(status, "", NOTHING, Map.of());
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

    @Override
    public boolean equals(final Object other) {
        return other instanceof Answer that
                && status == that.status
                && contentType.equals(that.contentType)
                && Arrays.equals(body, that.body)
                && headers.equals(that.headers);
    }

    @Override
    public int hashCode() {
        return Objects.hash(status, contentType, Arrays.hashCode(body), headers);
    }

    @Override
    public String toString() {
        return "Answer[%d, %d bytes]".formatted(status, body.length);
    }
}
