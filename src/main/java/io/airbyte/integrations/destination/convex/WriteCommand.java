package io.airbyte.integrations.destination.convex;

import io.airbyte.integrations.destination.convex.Arguments.Option;
import io.airbyte.integrations.destination.convex.convex.ConnectionCheck;
import io.airbyte.integrations.destination.convex.convex.HttpDeployment;
import io.airbyte.integrations.destination.convex.convex.Timeouts;
import io.airbyte.integrations.destination.convex.protocol.ConfiguredCatalog;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.LogHandler;
import io.airbyte.integrations.destination.convex.protocol.MessageWriter;
import io.airbyte.integrations.destination.convex.sync.InputReader;
import io.airbyte.integrations.destination.convex.sync.Mailbox;
import io.airbyte.integrations.destination.convex.sync.Surroundings;
import io.airbyte.integrations.destination.convex.sync.Sync;
import io.airbyte.integrations.destination.convex.sync.SyncPlan;
import io.airbyte.integrations.destination.convex.sync.Ticker;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;

/** Writes the Airbyte messages on stdin to Convex, and returns their states on stdout. */
final class WriteCommand {

    private static final Logger LOG = Logger.getLogger(WriteCommand.class.getName());

    /** Longer than the pipeline takes to end once it was asked to; the platform's patience is ten seconds at least. */
    private static final long SECONDS_TO_END = 9;

    private final InputStream input;
    private final MessageWriter output;
    private final Map<String, String> environment;

    WriteCommand(final InputStream input, final MessageWriter output, final Map<String, String> environment) {
        this.input = input;
        this.output = output;
        this.environment = environment;
    }

    /** @throws Failure if not everything that was read is in Convex; the states that were written stay true */
    void run(final Arguments arguments) {
        LogHandler.install(output);
        refuseSockets();
        final Connection connection = Connection.read(arguments.requiredFile(Option.CONFIG));
        LogHandler.install(output, List.of(connection.config().accessKey()));
        final SyncPlan plan = SyncPlan.of(ConfiguredCatalog.read(arguments.requiredFile(Option.CATALOG)), environment);
        tell(connection, plan);

        try (HttpDeployment deployment =
                new HttpDeployment(connection.url(), connection.key(), DestinationConvex.VERSION, Timeouts.STANDARD)) {
            ConnectionCheck.requireAccess(deployment);
            final Ticker ticker = () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
            final Mailbox mailbox = new Mailbox(ticker);
            final Surroundings surroundings = new Surroundings(
                    ticker,
                    new SplittableRandom(),
                    mailbox,
                    Runtime.getRuntime().maxMemory());
            final Sync sync = new Sync(plan, connection.config(), deployment, output, mailbox, surroundings);
            readInBackground(mailbox);
            untilItEndsOrIsTerminated(sync, mailbox).ifPresent(failure -> {
                throw failure;
            });
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

    private void readInBackground(final Mailbox mailbox) {
        final Thread reader = new Thread(new InputReader(input, mailbox), "stdin");
        reader.setDaemon(true);
        reader.start();
    }

    /** A shutdown hook holds the process until the sync has come to an end of its own, after SIGTERM as at any exit. */
    private static Optional<Failure> untilItEndsOrIsTerminated(final Sync sync, final Mailbox mailbox) {
        final CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            mailbox.askForTermination();
            await(ended);
        }));
        try {
            return sync.run();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.system("The sync was interrupted.", e);
        } finally {
            ended.countDown();
        }
    }

    private static void await(final CountDownLatch ended) {
        try {
            if (!ended.await(SECONDS_TO_END, TimeUnit.SECONDS)) {
                LOG.warning("The sync did not end in time.");
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
