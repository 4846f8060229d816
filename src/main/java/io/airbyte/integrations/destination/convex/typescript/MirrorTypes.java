package io.airbyte.integrations.destination.convex.typescript;

import io.airbyte.integrations.destination.convex.config.ConnectorConfig;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.sync.SyncPlan;
import io.airbyte.integrations.destination.convex.typescript.GeneratedFolder.GeneratedFile;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** The TypeScript for the tables of one sync. The same catalog and configuration give the same files. */
public final class MirrorTypes {

    /** Where an application's functions are, and Convex's generated files. */
    private static final String FUNCTIONS_FOLDER = "convex";

    private final List<MirrorTable> tables;

    public MirrorTypes(final SyncPlan plan, final ConnectorConfig config) {
        tables = plan.streams().stream()
                .map(stream -> MirrorTable.of(stream, config))
                .toList();
    }

    /**
     * Writes {@code schema.ts} and {@code mirror.ts}, where they are not what they are to be.
     *
     * @param folder an application's functions folder, or one below it; need not exist
     * @param tell hears, line by line, what has changed
     * @throws Failure a config error, if there is such a file of another origin, where nothing was written, or one cannot
     *     be written
     */
    public void writeTo(final Path folder, final Consumer<String> tell) {
        new GeneratedFolder(folder)
                .write(
                        List.of(
                                new GeneratedFile("schema.ts", SchemaFile.text(tables)),
                                new GeneratedFile("mirror.ts", MirrorFile.text(tables, generatedFrom(folder)))),
                        tell);
    }

    /** The way to {@code _generated}, which is in the functions folder; outside of one, it is taken to be one folder up. */
    private static String generatedFrom(final Path folder) {
        final Path path = folder.toAbsolutePath().normalize();
        for (int depth = 0; depth < path.getNameCount(); depth++) {
            if (path.getName(path.getNameCount() - 1 - depth).toString().equals(FUNCTIONS_FOLDER)) {
                return depth == 0 ? "./_generated" : "../".repeat(depth) + "_generated";
            }
        }
        return "../_generated";
    }
}
