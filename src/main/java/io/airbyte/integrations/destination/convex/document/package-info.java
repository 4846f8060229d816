/**
 * How a record becomes a Convex document: table and field names, values, limits, sizes, and the record of what had to
 * be changed.
 *
 * <p>What the documents of a stream look like, it says as a validator
 * ({@link io.airbyte.integrations.destination.convex.document.DocumentShape}), from what the stream's JSON schema declares.
 *
 * <p>It owns the rules of the reference, sections 3 (names) and 4 (values), and knows nothing of requests, batches or
 * streams of messages: bytes of a record in, bytes of a document out.
 *
 * <p>Choices that the reference leaves open:
 *
 * <ul>
 *   <li>{@code field} in {@code airbyte_meta.changes} is the name in the document, which need not be the source's.
 *   <li>A key with half of a surrogate pair is renamed like any other that a deployment does not keep, so its value stays.
 *   <li>A top-level name that is too long even when renamed is left out with its value, and so are columns beyond 1,022.
 *   <li>Large integers that become text are no change in Airbyte's sense: nothing is lost, so nothing is recorded.
 *   <li>Key columns have the same names and text in every sync mode; only in dedup must they be there and storable.
 * </ul>
 */
@NullMarked
package io.airbyte.integrations.destination.convex.document;

import org.jspecify.annotations.NullMarked;
