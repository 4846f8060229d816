package io.airbyte.integrations.destination.convex;

import io.airbyte.integrations.destination.convex.config.ConnectorConfig;
import io.airbyte.integrations.destination.convex.convex.Deployment;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.MessageWriter;
import io.airbyte.integrations.destination.convex.protocol.Terminal;
import io.airbyte.integrations.destination.convex.spool.SpoolFolder;
import io.airbyte.integrations.destination.convex.sync.InputReader;
import io.airbyte.integrations.destination.convex.sync.Mailbox;
import io.airbyte.integrations.destination.convex.sync.Surroundings;
import io.airbyte.integrations.destination.convex.sync.Sync;
import io.airbyte.integrations.destination.convex.sync.SyncPlan;
import io.airbyte.integrations.destination.convex.sync.Ticker;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import java.util.random.RandomGenerator;

/**
 * What a sync needs of the process it runs in: threads, a clock, a folder for what does not fit in memory, and an end in
 * good order when the process is asked to end.
 */
final class SyncProcess {

    private static final Logger LOG = Logger.getLogger(SyncProcess.class.getName());

    /** Longer than the pipeline takes to end once it was asked to; the platform's patience is ten seconds at least. */
    private static final long SECONDS_TO_END = 9;

    private final SyncPlan plan;
    private final ConnectorConfig config;
    private final Deployment deployment;
    private final RandomGenerator random;
    private final Map<String, String> environment;
    private final Terminal terminal;
    private final Ticker ticker = () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    private final Mailbox mailbox = new Mailbox(ticker);
    private final CountDownLatch ended = new CountDownLatch(1);

    /** @param environment the process's variables */
    SyncProcess(
            final SyncPlan plan,
            final ConnectorConfig config,
            final Deployment deployment,
            final RandomGenerator random,
            final Map<String, String> environment,
            final Terminal terminal) {
        this.plan = plan;
        this.config = config;
        this.deployment = deployment;
        this.random = random;
        this.environment = environment;
        this.terminal = terminal;
    }

    /**
     * Synchronises until the input has ended and everything is durable, or until nothing more can be done. Nothing is left
     * on disk, after SIGTERM neither; what a killed process has left there is removed.
     *
     * @return why the sync has failed, if it has
     */
    Optional<Failure> run(final InputStream input, final MessageWriter output) {
        endInGoodOrder();
        try {
            if (!plan.replacesTables()) {
                SpoolFolder.removeLeftovers(temporaryFolder());
                return run(input, output, Optional.empty());
            }
            try (SpoolFolder spool = spoolFolder()) {
                return run(input, output, Optional.of(spool));
            }
        } finally {
            ended.countDown();
        }
    }

    private Optional<Failure> run(
            final InputStream input, final MessageWriter output, final Optional<SpoolFolder> spool) {
        final Surroundings surroundings = new Surroundings(
                ticker,
                random,
                mailbox,
                inTurnOnAnotherThread(),
                Runtime.getRuntime().maxMemory(),
                spool,
                terminal,
                storageLimit());
        final Sync sync = new Sync(plan, config, deployment, output, mailbox, surroundings);
        daemons("stdin").newThread(new InputReader(input, mailbox)).start();
        try {
            return sync.run();
        } catch (final InterruptedException e) {
            throw interrupted(e);
        }
    }

    static Failure interrupted(final InterruptedException cause) {
        Thread.currentThread().interrupt();
        return Failure.system("The sync was interrupted.", cause);
    }

    private static Executor inTurnOnAnotherThread() {
        return Executors.newSingleThreadExecutor(daemons("staging"));
    }

    private static ThreadFactory daemons(final String name) {
        return work -> {
            final Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        };
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
        try {
            return SpoolFolder.open(temporaryFolder());
        } catch (final IOException e) {
            throw Failure.config("Records that replace a table wait on disk. " + e.getMessage());
        }
    }

    /** A shutdown hook holds the process until the sync has come to an end of its own, after SIGTERM as at any exit. */
    private void endInGoodOrder() {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            mailbox.askForTermination();
            awaitEnd();
        }));
    }

    private void awaitEnd() {
        try {
            if (!ended.await(SECONDS_TO_END, TimeUnit.SECONDS)) {
                LOG.warning("The sync did not end in time.");
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
