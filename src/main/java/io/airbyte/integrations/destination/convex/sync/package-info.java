/**
 * The way of a record from stdin to Convex, and of a state back to stdout: routing, batches, the in-flight window,
 * checkpoints, and one writer for each way of writing a stream.
 *
 * <p>Everything that changes is owned by one thread, the pipeline thread, which takes events in turn: a chunk of input,
 * the outcome of a request, a timer. So nothing here is shared and nothing is locked, apart from the mailbox that hands
 * events over.
 *
 * <p>A stream that replaces its table is not written record by record: its documents wait in the spool until the whole stream
 * is there ({@link io.airbyte.integrations.destination.convex.sync.ReplaceWriter}), and who may say so depends on who runs the
 * sync ({@link io.airbyte.integrations.destination.convex.sync.Completion},
 * {@link io.airbyte.integrations.destination.convex.sync.Replacements}).
 *
 * <p>It knows requests only by their outcomes, never by HTTP, and messages only as the protocol package reads
 * them, never as JSON.
 */
@NullMarked
package io.airbyte.integrations.destination.convex.sync;

import org.jspecify.annotations.NullMarked;
