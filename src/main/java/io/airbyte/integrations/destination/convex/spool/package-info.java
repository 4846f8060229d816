/**
 * What does not fit in memory and is not in Convex yet: documents that wait to replace a table, and states that must not
 * leave before it is replaced, in files of a private folder that is gone when the process is. It knows bytes, lines and
 * digests, and neither streams nor Convex.
 *
 * <p>A folder is called {@code destination-convex-spool-<process>-<its start>-<chance>}; in it are files called by number and an
 * empty one, {@code lock}, that is locked as long as the process lives. Files hold frames with a checksum each; a key log
 * has one checksum for all of it. Nothing is synced to the disk: no file is of use to another process.
 */
@NullMarked
package io.airbyte.integrations.destination.convex.spool;

import org.jspecify.annotations.NullMarked;
