/**
 * {@link io.airbyte.integrations.destination.convex.local.LocalDeployment}: an in-memory Convex deployment behind real
 * HTTP, for tests and for trying the connector without an account. It follows the contract in convex-api (§11 lists what
 * it emulates) and is proven by {@code ReplayIT}, which replays requests recorded from a real backend.
 *
 * <p>The way of a request: {@code HttpFront} (request log, faults, latency) → {@code Routes} → one class for each group of
 * routes ({@code StreamingImport}, {@code SnapshotImports}, {@code SystemQueries}, {@code StreamingExport}) → {@code
 * Transaction} over {@code Tables}.
 *
 * <p>Known to be otherwise than in a real deployment: transactions never overlap, so conflicts come only from injected
 * faults; index ranges that touch are not merged, so pages are as short as they can be; {@code list_snapshot} shows the
 * present, whatever snapshot is asked for; a cancelled import stops at its next step; a lost connection is closed, not
 * reset. Not emulated: components, file storage and generated schemas in zip files, the JSON schemas and {@code
 * data/sync} of streaming export, Fivetran's operations, write-throughput limits.
 */
@NullMarked
package io.airbyte.integrations.destination.convex.local;

import org.jspecify.annotations.NullMarked;
