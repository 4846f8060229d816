package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.convex.GenerationMarker;
import io.airbyte.integrations.destination.convex.document.FieldNames;
import io.airbyte.integrations.destination.convex.document.TableName;
import io.airbyte.integrations.destination.convex.protocol.ConfiguredCatalog;
import io.airbyte.integrations.destination.convex.protocol.ConfiguredStream;
import io.airbyte.integrations.destination.convex.protocol.DestinationSyncMode;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.StreamDescriptor;
import io.airbyte.integrations.destination.convex.sync.PlannedStream.Content;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a sync is going to do, settled before the first byte of input is read.
 *
 * @param caller who runs the sync
 * @param streams in the catalog's order
 * @param imports how tables are replaced, if any is
 */
public record SyncPlan(Caller caller, List<PlannedStream> streams, Imports imports) {

    /** How the documents of a table that is replaced reach the deployment. */
    public enum Imports {
        /** Part by part, in imports that are watched until they are completed. */
        WATCHED,
        /** Each in a single request, since the deploy key may not watch imports. */
        IN_ONE_REQUEST
    }

    /**
     * Plans the streams of a catalog.
     *
     * @param environment the process's variables
     * @throws Failure a config error that names every mistake of the catalog at once
     */
    public static SyncPlan of(final ConfiguredCatalog catalog, final Map<String, String> environment) {
        final Caller caller = Caller.of(catalog, environment);
        final List<String> mistakes = new ArrayList<>(catalog.mistakes());
        if (catalog.streams().isEmpty() && mistakes.isEmpty()) {
            mistakes.add("It has no streams. Select at least one stream for this connection.");
        }
        final List<PlannedStream> streams = new ArrayList<>();
        final Map<String, StreamDescriptor> tables = new LinkedHashMap<>();
        final Set<StreamDescriptor> known = new HashSet<>();
        for (final ConfiguredStream stream : catalog.streams()) {
            if (!known.add(stream.descriptor())) {
                mistakes.add("Stream %s is listed more than once. List it once.".formatted(stream.descriptor()));
                continue;
            }
            refusal(stream).ifPresent(mistakes::add);
            planned(stream, caller, tables, mistakes).ifPresent(streams::add);
        }
        if (!mistakes.isEmpty()) {
            throw Failure.config(text(mistakes));
        }
        return new SyncPlan(caller, List.copyOf(streams), Imports.WATCHED);
    }

    private static String text(final List<String> mistakes) {
        return mistakes.size() == 1
                ? "The configured catalog cannot be synchronised: " + mistakes.get(0)
                : "The configured catalog cannot be synchronised:\n- " + String.join("\n- ", mistakes);
    }

    /** A generation that cannot be served, whatever the stream's names. */
    private static Optional<String> refusal(final ConfiguredStream stream) {
        final long generation = stream.generationId().orElse(0);
        final long minimum = stream.minimumGenerationId().orElse(0);
        if (minimum != 0 && minimum != generation) {
            return Optional.of(
                    ("Stream %s has generation %d and minimum generation %d. The minimum must be 0, to keep what"
                                    + " the table holds, or equal to the generation, to replace it. Please report this: the Airbyte"
                                    + " platform never asks for anything else.")
                            .formatted(stream.descriptor(), generation, minimum));
        }
        return Optional.empty();
    }

    private static Optional<PlannedStream> planned(
            final ConfiguredStream stream,
            final Caller caller,
            final Map<String, StreamDescriptor> tables,
            final List<String> mistakes) {
        try {
            final String table = TableName.of(stream.descriptor()).text();
            if (table.equals(GenerationMarker.TABLE)) {
                mistakes.add(
                        ("Stream %s would go to the table %s, where the connector keeps its own notes about refreshes."
                                        + " Give the stream a prefix or a namespace in the connection's settings.")
                                .formatted(stream.descriptor(), table));
            }
            final StreamDescriptor other = tables.putIfAbsent(table, stream.descriptor());
            if (other != null) {
                mistakes.add(("Streams %s and %s would share the table %s. Rename one of them, or give one a prefix or"
                                + " namespace of its own in the connection's settings.")
                        .formatted(other, stream.descriptor(), table));
            }
            final FieldNames names = FieldNames.of(
                    stream.descriptor(),
                    stream.declaredColumns(),
                    stream.primaryKey(),
                    stream.destinationSyncMode() == DestinationSyncMode.APPEND_DEDUP);
            return Optional.of(new PlannedStream(stream, table, names, content(stream, caller)));
        } catch (final Failure mistake) {
            mistakes.add(mistake.message());
            return Optional.empty();
        }
    }

    /**
     * Without a platform generations mean nothing: PyAirbyte sends the same ones with every sync (DESIGN rule 9).
     */
    private static Content content(final ConfiguredStream stream, final Caller caller) {
        if (stream.destinationSyncMode() == DestinationSyncMode.OVERWRITE) {
            return Content.REPLACED;
        }
        return caller == Caller.REFRESH_PLATFORM && stream.minimumGenerationId().orElse(0) != 0
                ? Content.REPLACED_ONCE_A_GENERATION
                : Content.KEPT;
    }

    SyncPlan with(final List<PlannedStream> others) {
        return new SyncPlan(caller, List.copyOf(others), imports);
    }

    SyncPlan with(final Imports other) {
        return new SyncPlan(caller, streams, other);
    }

    /** Some table will hold what this sync writes, and nothing else. */
    public boolean replacesTables() {
        return streams.stream().anyMatch(PlannedStream::isReplaced);
    }

    /** The streams whose tables are replaced unless they hold the same generation already. */
    List<PlannedStream> replacedOnceAGeneration() {
        return streams.stream()
                .filter(stream -> stream.content() == Content.REPLACED_ONCE_A_GENERATION)
                .toList();
    }

    /** What is suspicious without being wrong, a sentence each. */
    public List<String> warnings() {
        return streams.stream()
                .filter(PlannedStream::isDeduplicated)
                .flatMap(stream -> undeclaredKeyColumns(stream.configured()).stream()
                        .map(column ->
                                ("Stream %s: the primary-key column %s is not in the stream's JSON schema. Records"
                                                + " without it will be refused.")
                                        .formatted(stream.descriptor(), column)))
                .toList();
    }

    private static List<String> undeclaredKeyColumns(final ConfiguredStream stream) {
        return stream.primaryKey().stream()
                .map(path -> path.get(0))
                .filter(column -> !stream.declaredColumns().contains(column))
                .distinct()
                .toList();
    }
}
