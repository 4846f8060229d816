package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.convex.Deployment;
import io.airbyte.integrations.destination.convex.convex.RetryPolicy;

/**
 * What all writers of a sync share in order to send; owned by the pipeline thread.
 *
 * @param deployment where requests go
 * @param window the turn that a request waits for
 * @param timers what happens later
 * @param retries when to try again
 * @param pool the memory of batches and states
 * @param checkpoints what waits for records to be durable
 * @param readRight whether the deploy key may look at tables
 * @param failures where a stream says that it cannot go on
 * @param statistics what the log tells
 */
record Sending(
        Deployment deployment,
        InFlightWindow window,
        Timers timers,
        RetryPolicy retries,
        MemoryPool pool,
        Checkpoints checkpoints,
        ReadRight readRight,
        StreamFailures failures,
        SyncStatistics statistics) {}
