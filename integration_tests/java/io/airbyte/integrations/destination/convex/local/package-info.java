/**
 * {@link io.airbyte.integrations.destination.convex.local.LocalDeployment}: an in-memory Convex deployment behind real
 * HTTP, for tests and for trying the connector without an account. It follows the contract in convex-api (§11 lists what
 * it emulates) and is proven by {@code ReplayIT}, which replays requests recorded from a real backend.
 *
 * <p>The way of a request: {@code HttpFront} (request log, faults, latency) → {@code Routes} → one class for each group of
 * routes ({@code StreamingImport}, {@code SnapshotImports}, {@code SystemQueries}, {@code StreamingExport}) → {@code
 * Transaction} over {@code Tables}.
 */
@NullMarked
package io.airbyte.integrations.destination.convex.local;

import org.jspecify.annotations.NullMarked;
