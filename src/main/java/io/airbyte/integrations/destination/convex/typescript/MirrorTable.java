package io.airbyte.integrations.destination.convex.typescript;

import io.airbyte.integrations.destination.convex.config.ConnectorConfig;
import io.airbyte.integrations.destination.convex.sync.PlannedStream;
import io.airbyte.integrations.destination.convex.validator.Validator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One table that the connector fills, as the generated files describe it.
 *
 * @param name an identifier
 * @param origin the stream and how it is written, in words that fit a comment of one line
 * @param documents what its documents look like
 * @param primaryKey the paths of the key's fields, each from the top of the document; none if the table has no key
 * @param cursor the path of the field that the source goes by
 */
record MirrorTable(
        String name, String origin, Validator documents, List<List<String>> primaryKey, Optional<List<String>> cursor) {

    /** The user's own index on the primary key: the connector's is invisible to an application (convex-api §10). */
    static final String PRIMARY_KEY_INDEX = "by_primary_key";

    static MirrorTable of(final PlannedStream stream, final ConnectorConfig config) {
        return new MirrorTable(
                stream.table(),
                "Stream " + inOneLine(stream.descriptor().toString()) + ", " + mode(stream) + ".",
                stream.shape(config).complete(),
                stream.isDeduplicated() ? stream.primaryKey() : List.of(),
                stream.storedCursor());
    }

    private static String mode(final PlannedStream stream) {
        return stream.configured().destinationSyncMode().name().toLowerCase(Locale.ROOT);
    }

    /** A stream may have any name, a comment ends where its line does. */
    private static String inOneLine(final String text) {
        return text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]", "?");
    }
}
