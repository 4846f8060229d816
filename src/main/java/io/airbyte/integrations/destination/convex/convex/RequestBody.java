package io.airbyte.integrations.destination.convex.convex;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * The bytes of a request, in the buffers they were gathered in. The buffers must stay unchanged until the request's
 * outcome is known; they may be sent any number of times.
 *
 * @param buffers the parts in order, each from its position to its limit; never moved
 * @param length the bytes of all parts together
 */
public record RequestBody(List<ByteBuffer> buffers, long length) {}
