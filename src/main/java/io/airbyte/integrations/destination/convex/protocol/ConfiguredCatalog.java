package io.airbyte.integrations.destination.convex.protocol;

import java.nio.file.Path;
import java.util.List;

/**
 * The streams of a sync, as the platform hands them to {@code write}.
 *
 * @param streams in the catalog's order; those that a mistake leaves undescribed are missing
 * @param mistakes a sentence for each thing that the user has to mend before a sync can start
 */
public record ConfiguredCatalog(List<ConfiguredStream> streams, List<String> mistakes) {

    public ConfiguredCatalog {
        streams = List.copyOf(streams);
        mistakes = List.copyOf(mistakes);
    }

    /**
     * Reads the catalog in {@code file}. What is wrong with single streams is gathered in the mistakes.
     *
     * @throws Failure a {@code config_error} if there is no catalog to be read in it
     */
    public static ConfiguredCatalog read(final Path file) {
        return new CatalogReader(file).read();
    }
}
