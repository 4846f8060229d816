package io.airbyte.integrations.destination.convex;

import io.airbyte.integrations.destination.convex.Arguments.Option;
import io.airbyte.integrations.destination.convex.convex.CheckResult;
import io.airbyte.integrations.destination.convex.convex.ConnectionCheck;
import io.airbyte.integrations.destination.convex.convex.HttpDeployment;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.LogHandler;
import io.airbyte.integrations.destination.convex.protocol.MessageWriter;
import io.airbyte.integrations.destination.convex.protocol.Terminal;
import io.airbyte.integrations.destination.convex.sync.SchemaPreflight;
import java.util.List;
import java.util.logging.Logger;

/**
 * Tests URL, key and permission, and answers with exactly one CONNECTION_STATUS whatever is wrong (airbyte-semantics §5.6).
 */
final class CheckCommand {

    private static final Logger LOG = Logger.getLogger(CheckCommand.class.getName());

    private final MessageWriter output;
    private final Terminal terminal;

    CheckCommand(final MessageWriter output, final Terminal terminal) {
        this.output = output;
        this.terminal = terminal;
    }

    void run(final Arguments arguments) {
        LogHandler.install(output);
        try {
            final Connection connection = Connection.read(arguments.requiredFile(Option.CONFIG));
            LogHandler.install(output, List.of(connection.config().accessKey()));
            check(connection);
        } catch (final Failure failure) {
            answer(false, failure.message());
        } catch (final RuntimeException | Error unexpected) {
            answer(
                    false,
                    "An unexpected error ended the check (%s); please report it."
                            .formatted(unexpected.getClass().getName()));
        }
    }

    private void check(final Connection connection) {
        try (HttpDeployment deployment = new HttpDeployment(
                connection.url(), connection.key(), DestinationConvex.VERSION, ConnectionCheck.TIMEOUTS)) {
            connection.url().warning().ifPresent(LOG::warning);
            final CheckResult result = new ConnectionCheck(connection.url(), connection.key(), deployment).run();
            result.notes().forEach(LOG::info);
            new SchemaPreflight(result.schema(), connection.config())
                    .closedTables()
                    .forEach(LOG::info);
            answer(result.succeeded(), result.message());
        }
    }

    private void answer(final boolean succeeded, final String message) {
        final String shown = output.withoutSecrets(message);
        if (succeeded) {
            terminal.succeeded(shown);
        } else {
            terminal.failed(shown);
        }
        output.connectionStatus(succeeded, message);
    }
}
