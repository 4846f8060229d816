package io.airbyte.integrations.destination.convex.convex;

import java.nio.ByteBuffer;

/**
 * The bytes of a request, in the buffers they were gathered in, or read from where they lie while they are sent. They
 * must stay unchanged until the request's outcome is known; they may be sent any number of times.
 *
 * @param buffers the parts in order, each from its position to its limit; never moved. Iterators are used on threads of
 *     the HTTP client, one at a time; what one throws ends the request as if the connection had broken
 * @param length the bytes of all parts together. Fewer or more end the request like an exception; where it is 0, the
 *     buffers are not looked at
 */
public record RequestBody(Iterable<ByteBuffer> buffers, long length) {}
