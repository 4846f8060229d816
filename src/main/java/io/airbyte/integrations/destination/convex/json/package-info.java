/**
 * JSON at the level of bytes: finding, checking and cutting values without building a tree. What comes only once may be
 * read as a tree.
 *
 * <p>It knows nothing of Airbyte or Convex.
 */
@NullMarked
package io.airbyte.integrations.destination.convex.json;

import org.jspecify.annotations.NullMarked;
