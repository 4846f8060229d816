package io.airbyte.integrations.destination.convex;

import io.airbyte.integrations.destination.convex.Arguments.Option;
import io.airbyte.integrations.destination.convex.convex.ConnectionCheck;
import io.airbyte.integrations.destination.convex.convex.HttpDeployment;
import io.airbyte.integrations.destination.convex.convex.RetryPolicy;
import io.airbyte.integrations.destination.convex.convex.Timeouts;
import io.airbyte.integrations.destination.convex.protocol.ConfiguredCatalog;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.LogHandler;
import io.airbyte.integrations.destination.convex.protocol.MessageWriter;
import io.airbyte.integrations.destination.convex.spool.SpoolFolder;
import io.airbyte.integrations.destination.convex.sync.InputReader;
import io.airbyte.integrations.destination.convex.sync.Mailbox;
import io.airbyte.integrations.destination.convex.sync.Surroundings;
import io.airbyte.integrations.destination.convex.sync.Sync;
import io.airbyte.integrations.destination.convex.sync.SyncPlan;
import io.airbyte.integrations.destination.convex.sync.SyncPreparation;
import io.airbyte.integrations.destination.convex.sync.Ticker;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.logging.Logger;
import java.util.random.RandomGenerator;

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
        final SyncPlan asked = SyncPlan.of(ConfiguredCatalog.read(arguments.requiredFile(Option.CATALOG)), environment);
        tell(connection, asked);

        try (HttpDeployment deployment =
                new HttpDeployment(connection.url(), connection.key(), DestinationConvex.VERSION, Timeouts.STANDARD)) {
            ConnectionCheck.requireAccess(deployment);
            final SplittableRandom random = new SplittableRandom();
            final SyncPlan plan = prepared(asked, deployment, random);
            final Ticker ticker = () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
            final Mailbox mailbox = new Mailbox(ticker);
            final Function<Optional<SpoolFolder>, Sync> sync = spool -> new Sync(
                    plan,
                    connection.config(),
                    deployment,
                    output,
                    mailbox,
                    new Surroundings(
                            ticker,
                            random,
                            mailbox,
                            inTurnOnAnotherThread(),
                            Runtime.getRuntime().maxMemory(),
                            spool,
                            storageLimit()));
            untilItEndsOrIsTerminated(plan, sync, mailbox).ifPresent(failure -> {
                throw failure;
            });
        }
    }

    private static SyncPlan prepared(
            final SyncPlan plan, final HttpDeployment deployment, final RandomGenerator random) {
        try {
            return new SyncPreparation(
                            deployment, new RetryPolicy(random), delay -> TimeUnit.MILLISECONDS.sleep(delay.toMillis()))
                    .prepared(plan);
        } catch (final InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static Failure interrupted(final InterruptedException cause) {
        Thread.currentThread().interrupt();
        return Failure.system("The sync was interrupted.", cause);
    }

    private static Executor inTurnOnAnotherThread() {
        return Executors.newSingleThreadExecutor(work -> {
            final Thread thread = new Thread(work, "staging");
            thread.setDaemon(true);
            return thread;
        });
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

    /**
     * A shutdown hook holds the process until the sync has come to an end of its own, after SIGTERM as at any exit, and
     * nothing of it is left on disk.
     */
    private Optional<Failure> untilItEndsOrIsTerminated(
            final SyncPlan plan, final Function<Optional<SpoolFolder>, Sync> sync, final Mailbox mailbox) {
        final CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            mailbox.askForTermination();
            await(ended);
        }));
        try {
            if (!plan.replacesTables()) {
                SpoolFolder.removeLeftovers(temporaryFolder());
                return run(sync.apply(Optional.empty()), mailbox);
            }
            try (SpoolFolder spool = spoolFolder()) {
                return run(sync.apply(Optional.of(spool)), mailbox);
            }
        } finally {
            ended.countDown();
        }
    }

    private Optional<Failure> run(final Sync sync, final Mailbox mailbox) {
        readInBackground(mailbox);
        try {
            return sync.run();
        } catch (final InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** A platform that limits a connector's disk says so (airbyte-semantics §5.2). */
    private OptionalLong storageLimit() {
        final String bytes = environment.getOrDefault("CONNECTOR_STORAGE_LIMIT_BYTES", "");
        return bytes.matches("[0-9]{1,18}") ? OptionalLong.of(Long.parseLong(bytes)) : OptionalLong.empty();
    }

    private static Path temporaryFolder() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    private static SpoolFolder spoolFolder() {
        final Path parent = temporaryFolder();
        try {
            return SpoolFolder.open(parent);
        } catch (final IOException e) {
            throw Failure.config(
                    "Records that replace a table wait in a temporary folder, and none can be made in %s: %s. Set TMPDIR to a folder that can be written to."
                            .formatted(parent, e.getMessage()));
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
