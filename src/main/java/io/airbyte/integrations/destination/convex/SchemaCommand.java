package io.airbyte.integrations.destination.convex;

import io.airbyte.integrations.destination.convex.Arguments.Option;
import io.airbyte.integrations.destination.convex.protocol.ConfiguredCatalog;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.MessageWriter;
import io.airbyte.integrations.destination.convex.sync.SyncPlan;
import io.airbyte.integrations.destination.convex.typescript.MirrorTypes;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Generates TypeScript for the tables that {@code write} fills with the same configuration and catalog. Asks no deployment. */
final class SchemaCommand {

    /** A folder of its own, so that an application's schema.ts is not in the way. */
    private static final Path STANDARD_FOLDER = Path.of("convex", "mirror");

    private final MessageWriter output;
    private final Map<String, String> environment;

    SchemaCommand(final MessageWriter output, final Map<String, String> environment) {
        this.output = output;
        this.environment = environment;
    }

    /** @throws Failure if catalog or configuration cannot be read, or a file cannot be written */
    void run(final Arguments arguments) {
        final Connection connection = Connection.read(arguments.requiredFile(Option.CONFIG));
        output.conceal(List.of(connection.config().accessKey()));
        final SyncPlan plan = SyncPlan.of(ConfiguredCatalog.read(arguments.requiredFile(Option.CATALOG)), environment);
        new MirrorTypes(plan, connection.config())
                .writeTo(arguments.file(Option.OUT).orElse(STANDARD_FOLDER), output::text);
    }
}
