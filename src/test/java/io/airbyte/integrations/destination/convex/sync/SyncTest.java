package io.airbyte.integrations.destination.convex.sync;

import static io.airbyte.integrations.destination.convex.sync.SyncRig.dedup;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.record;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.state;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.stream;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.airbyte.integrations.destination.convex.config.ConnectorConfig;
import io.airbyte.integrations.destination.convex.config.ConnectorConfig.LargeIntegers;
import io.airbyte.integrations.destination.convex.config.ConnectorConfig.UnstorableValues;
import io.airbyte.integrations.destination.convex.json.ByteSlice;
import io.airbyte.integrations.destination.convex.protocol.ConfiguredCatalog;
import io.airbyte.integrations.destination.convex.protocol.ConfiguredStream;
import io.airbyte.integrations.destination.convex.protocol.DestinationSyncMode;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.MessageWriter;
import io.airbyte.integrations.destination.convex.protocol.Terminal;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A sync as the process runs it, on the thread of the test: all of its input lies ready. */
@Timeout(20)
class SyncTest {

    private final FakeDeployment deployment = new FakeDeployment();
    private final Mailbox mailbox = new Mailbox(() -> 0);
    private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();

    private Optional<Failure> run(final ConfiguredStream stream, final String... lines) throws InterruptedException {
        mailbox.putInput(new Event.InputArrived(ByteSlice.of(String.join("\n", lines) + "\n"), () -> {}));
        mailbox.putInput(new Event.InputEnded());
        return new Sync(
                        SyncPlan.of(new ConfiguredCatalog(List.of(stream), List.of()), Map.of()),
                        new ConnectorConfig(
                                "http://127.0.0.1:3210",
                                "key",
                                LargeIntegers.STRING,
                                UnstorableValues.NULL_AND_RECORD,
                                false),
                        deployment,
                        new MessageWriter(stdout),
                        mailbox,
                        new Surroundings(
                                () -> 0,
                                new Random(1),
                                mailbox,
                                Runnable::run,
                                256L << 20,
                                Optional.empty(),
                                Terminal.none(),
                                OptionalLong.empty()))
                .run();
    }

    @Test
    void input_is_written_and_acknowledged_before_it_ends() throws Exception {
        assertThat(run(dedup("users"), record("users", "{\"id\":1}"), state("users", 1)))
                .isEmpty();

        assertThat(deployment.documents("users")).containsExactly("{\"id\":1}");
        assertThat(stdout.toString(UTF_8)).contains("\"cursor\":1");
    }

    @Test
    void it_ends_with_the_reason_why_it_failed() throws Exception {
        assertThat(run(dedup("users"), "no message"))
                .hasValueSatisfying(failure -> assertThat(failure.message()).contains("ine 1"));
    }

    @Test
    void what_is_suspicious_about_the_catalog_is_logged() throws Exception {
        try (LoggedLines log = LoggedLines.of(Sync.class)) {
            run(stream("users", DestinationSyncMode.APPEND_DEDUP, List.of(List.of("number"))));

            assertThat(log.at(Level.WARNING))
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains("users", "number", "JSON schema"));
        }
    }
}
