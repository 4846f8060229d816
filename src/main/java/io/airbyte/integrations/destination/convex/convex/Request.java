package io.airbyte.integrations.destination.convex.convex;

import com.fasterxml.jackson.databind.JsonNode;
import io.airbyte.integrations.destination.convex.json.JsonTree;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * What is asked of a deployment, without what is the same for all requests.
 *
 * @param path with the query, encoded
 */
record Request(String method, String path, String contentType, RequestBody body) {

    private static final String JSON = "application/json";
    private static final RequestBody NO_BODY = new RequestBody(List.of(), 0);

    static Request withoutBody(final String method, final String path) {
        return new Request(method, path, JSON, NO_BODY);
    }

    static Request json(final String method, final String path, final JsonNode body) {
        final byte[] bytes = JsonTree.bytes(body);
        return json(method, path, new RequestBody(List.of(ByteBuffer.wrap(bytes)), bytes.length));
    }

    static Request json(final String method, final String path, final RequestBody body) {
        return new Request(method, path, JSON, body);
    }

    /** A part of a file, or all of it. */
    static Request bytes(final String method, final String path, final RequestBody body) {
        return new Request(method, path, "application/octet-stream", body);
    }
}
