package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.config.ConnectorConfig;
import io.airbyte.integrations.destination.convex.convex.Deployment;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.MessageWriter;
import java.util.Optional;
import java.util.logging.Logger;

/** A sync from beginning to end, driven by the thread that runs it. */
public final class Sync {

    private static final Logger LOG = Logger.getLogger(Sync.class.getName());

    private final SyncPlan plan;
    private final Mailbox mailbox;
    private final Pipeline pipeline;

    /** @param mailbox where input and answers arrive; it must be the surroundings' pipeline thread too */
    public Sync(
            final SyncPlan plan,
            final ConnectorConfig config,
            final Deployment deployment,
            final MessageWriter output,
            final Mailbox mailbox,
            final Surroundings surroundings) {
        this.plan = plan;
        this.mailbox = mailbox;
        this.pipeline = new Pipeline(plan, config, deployment, output, surroundings);
    }

    /**
     * Synchronises until the input has ended and everything is durable, or until nothing more can be done.
     *
     * @return why the sync has failed, if it has; every state that was written stands for durable records in either case
     */
    public Optional<Failure> run() throws InterruptedException {
        plan.warnings().forEach(LOG::warning);
        pipeline.start();
        while (!pipeline.isFinished()) {
            pipeline.take(mailbox.next(pipeline.wantsInput(), pipeline.nextDeadline()));
        }
        return pipeline.conclude();
    }
}
