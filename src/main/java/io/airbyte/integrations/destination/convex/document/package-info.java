/**
 * How a record becomes a Convex document: table and field names, values, limits, sizes, and the record of what had to
 * be changed.
 *
 * <p>It owns the rules of the reference, sections 3 (names) and 4 (values), and knows nothing of requests, batches or
 * streams of messages: bytes of a record in, bytes of a document out.
 */
@NullMarked
package io.airbyte.integrations.destination.convex.document;

import org.jspecify.annotations.NullMarked;
