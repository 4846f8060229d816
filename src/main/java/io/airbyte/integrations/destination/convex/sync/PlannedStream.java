package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.config.ConnectorConfig;
import io.airbyte.integrations.destination.convex.convex.GenerationMarker;
import io.airbyte.integrations.destination.convex.document.ChangedFields;
import io.airbyte.integrations.destination.convex.document.DocumentEncoder;
import io.airbyte.integrations.destination.convex.document.DocumentOptions;
import io.airbyte.integrations.destination.convex.document.DocumentShape;
import io.airbyte.integrations.destination.convex.document.FieldNames;
import io.airbyte.integrations.destination.convex.protocol.ConfiguredStream;
import io.airbyte.integrations.destination.convex.protocol.DestinationSyncMode;
import io.airbyte.integrations.destination.convex.protocol.StreamDescriptor;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A stream and where it goes.
 *
 * @param configured the stream as the user configured it
 * @param table the Convex table
 * @param names what its columns are called there
 * @param content what becomes of the documents that the table holds
 */
public record PlannedStream(ConfiguredStream configured, String table, FieldNames names, Content content) {

    /** What becomes of the documents that a table holds when a sync begins. */
    public enum Content {
        /** They stay. */
        KEPT,
        /** The stream's records take their place, every time. */
        REPLACED,
        /** The stream's records take their place, unless the table holds records of the same generation already. */
        REPLACED_ONCE_A_GENERATION
    }

    public StreamDescriptor descriptor() {
        return configured.descriptor();
    }

    /** The last record of each primary key is kept, rather than every record. */
    public boolean isDeduplicated() {
        return configured.destinationSyncMode() == DestinationSyncMode.APPEND_DEDUP;
    }

    /** The table will hold what this sync writes, and nothing else. */
    public boolean isReplaced() {
        return content != Content.KEPT;
    }

    /** Says that the table holds this stream's generation. */
    GenerationMarker marker() {
        return new GenerationMarker(
                table,
                descriptor(),
                configured.generationId().orElseThrow(),
                configured.syncId().orElse(0));
    }

    /** The stream as it is written to a table that holds its generation already. */
    PlannedStream continued() {
        return new PlannedStream(configured, table, names, Content.KEPT);
    }

    /** The paths of the primary key's fields as they are stored. */
    public List<List<String>> primaryKey() {
        return names.primaryKeyPaths();
    }

    /** The path of the field that the source goes by as it is stored, if an index could be made of it. */
    public Optional<List<String>> storedCursor() {
        return names.indexable(configured.cursor());
    }

    /** The stream in a sentence for the log. */
    public String description() {
        return "Stream %s goes to table %s, %s%s%s."
                .formatted(
                        descriptor(),
                        table,
                        isDeduplicated() ? "append_dedup" : "append",
                        isDeduplicated() ? primaryKeyText() : "",
                        isReplaced() ? ", in place of what the table holds" : "");
    }

    /** Turns records of this stream into documents. */
    DocumentEncoder encoder(final ConnectorConfig config, final ChangedFields changedFields) {
        return new DocumentEncoder(configured.descriptor(), names, options(config), changedFields);
    }

    /** What the documents of this stream look like. */
    public DocumentShape shape(final ConnectorConfig config) {
        return DocumentShape.of(names, configured.records(), options(config));
    }

    private DocumentOptions options(final ConnectorConfig config) {
        return new DocumentOptions(
                config.largeIntegers(),
                config.unstorableValues(),
                config.airbyteMetadata(),
                configured.generationId(),
                configured.syncId(),
                isDeduplicated());
    }

    /** The primary key as a source's user knows it, for error messages: {@code " (primary key id, order.number)"}, or nothing. */
    String primaryKeyText() {
        if (configured.primaryKey().isEmpty()) {
            return "";
        }
        return configured.primaryKey().stream()
                .map(path -> String.join(".", path))
                .collect(Collectors.joining(", ", " (primary key ", ")"));
    }
}
