/**
 * What does not fit in memory and is not in Convex yet: documents that wait to replace a table, and states that must not
 * leave before it is replaced, in files of a private folder that is gone when the process is. It knows bytes, lines and
 * digests, and neither streams nor Convex.
 */
@NullMarked
package io.airbyte.integrations.destination.convex.spool;

import org.jspecify.annotations.NullMarked;
