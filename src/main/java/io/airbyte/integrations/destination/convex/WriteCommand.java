package io.airbyte.integrations.destination.convex;

import io.airbyte.integrations.destination.convex.Arguments.Option;
import io.airbyte.integrations.destination.convex.convex.ApplicationSchema;
import io.airbyte.integrations.destination.convex.convex.ConnectionCheck;
import io.airbyte.integrations.destination.convex.convex.HttpDeployment;
import io.airbyte.integrations.destination.convex.convex.RetryPolicy;
import io.airbyte.integrations.destination.convex.convex.Timeouts;
import io.airbyte.integrations.destination.convex.protocol.ConfiguredCatalog;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.LogHandler;
import io.airbyte.integrations.destination.convex.protocol.MessageWriter;
import io.airbyte.integrations.destination.convex.protocol.Terminal;
import io.airbyte.integrations.destination.convex.sync.SchemaPreflight;
import io.airbyte.integrations.destination.convex.sync.SyncPlan;
import io.airbyte.integrations.destination.convex.sync.SyncPreparation;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import java.util.random.RandomGenerator;

/** Writes the Airbyte messages on stdin to Convex, and returns their states on stdout. */
final class WriteCommand {

    private static final Logger LOG = Logger.getLogger(WriteCommand.class.getName());

    private final InputStream input;
    private final MessageWriter output;
    private final Terminal terminal;
    private final Map<String, String> environment;

    WriteCommand(
            final InputStream input,
            final MessageWriter output,
            final Terminal terminal,
            final Map<String, String> environment) {
        this.input = input;
        this.output = output;
        this.terminal = terminal;
        this.environment = environment;
    }

    /** @throws Failure if not everything that was read is in Convex; the states that were written stay true */
    void run(final Arguments arguments) {
        LogHandler.install(output);
        refuseSockets();
        final Connection connection = Connection.read(arguments.requiredFile(Option.CONFIG));
        LogHandler.install(output, List.of(connection.config().accessKey()));
        final SyncPlan asked = SyncPlan.of(ConfiguredCatalog.read(arguments.requiredFile(Option.CATALOG)), environment);
        tell(connection, asked);

        try (HttpDeployment deployment =
                new HttpDeployment(connection.url(), connection.key(), DestinationConvex.VERSION, Timeouts.STANDARD)) {
            final ApplicationSchema schema = ConnectionCheck.requireAccess(deployment);
            new SchemaPreflight(schema, connection.config()).requireFit(asked);
            final SplittableRandom random = new SplittableRandom();
            final SyncPlan plan = prepared(asked, deployment, random);
            new SyncProcess(plan, connection.config(), deployment, random, environment, terminal)
                    .run(input, output)
                    .ifPresent(failure -> {
                        throw failure;
                    });
            terminal.succeeded("everything that was read is in Convex.");
        }
    }

    private static SyncPlan prepared(
            final SyncPlan plan, final HttpDeployment deployment, final RandomGenerator random) {
        try {
            return new SyncPreparation(
                            deployment, new RetryPolicy(random), delay -> TimeUnit.MILLISECONDS.sleep(delay.toMillis()))
                    .prepared(plan);
        } catch (final InterruptedException e) {
            throw SyncProcess.interrupted(e);
        }
    }

    /** Over sockets the platform would send other messages in another form (airbyte-semantics §5.3). */
    private void refuseSockets() {
        if ("SOCKET".equalsIgnoreCase(environment.get("DATA_CHANNEL_MEDIUM"))) {
            throw Failure.config(
                    "This connector reads records from stdin, but DATA_CHANNEL_MEDIUM=SOCKET asks it to read"
                            + " them from sockets. Set DATA_CHANNEL_MEDIUM to STDIO, or remove connectorIPCOptions from the"
                            + " connector's definition.");
        }
    }

    private static void tell(final Connection connection, final SyncPlan plan) {
        LOG.info(() -> "destination-convex %s writes %d streams to %s."
                .formatted(DestinationConvex.VERSION, plan.streams().size(), connection.url()));
        connection.url().warning().ifPresent(LOG::warning);
        plan.streams().forEach(stream -> LOG.info(stream::description));
    }
}
