/**
 * The deployment as this connector uses it: its URL and key, one method for each request, what an answer proves, and
 * when a request may be sent again.
 *
 * <p>The only package that knows HTTP, and the only one that holds the deploy key. It does not know what the documents
 * in a request mean, nor decide what happens to a stream.
 */
@NullMarked
package io.airbyte.integrations.destination.convex.convex;

import org.jspecify.annotations.NullMarked;
