package io.airbyte.integrations.destination.convex.protocol;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.airbyte.integrations.destination.convex.json.JsonTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads one configured catalog, and gathers what is wrong with its streams. A key whose value is null is absent. */
final class CatalogReader {

    private final Path file;
    private final List<String> mistakes = new ArrayList<>();

    CatalogReader(final Path file) {
        this.file = file;
    }

    ConfiguredCatalog read() {
        final JsonNode catalog = parsed(bytes());
        final JsonNode entries = catalog.path("streams");
        if (!catalog.isObject() || !entries.isArray()) {
            throw Failure.config("The configured catalog " + file
                    + " is not an Airbyte catalog: it must be a JSON object with a list of \"streams\".");
        }
        if (entries.isEmpty()) {
            mistakes.add("The configured catalog has no streams. Select at least one stream to sync.");
        }
        final List<ConfiguredStream> streams = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            stream(entries.get(i), i + 1).ifPresent(streams::add);
        }
        return new ConfiguredCatalog(streams, mistakes);
    }

    private byte[] bytes() {
        try {
            return Files.readAllBytes(file);
        } catch (final NoSuchFileException missing) {
            throw Failure.config("The configured catalog " + file
                    + " does not exist. Pass the path of an existing file with --catalog.");
        } catch (final IOException unreadable) {
            throw Failure.config("The configured catalog " + file
                    + " cannot be read. Check that it is a file, and that the connector may read it.");
        }
    }

    private JsonNode parsed(final byte[] json) {
        try {
            return JsonTree.read(json);
        } catch (final JsonProcessingException invalid) {
            final JsonLocation location = invalid.getLocation();
            throw Failure.config("The configured catalog " + file + " is not valid JSON"
                    + (location == null
                            ? "."
                            : " at line " + location.getLineNr() + ", column " + location.getColumnNr() + "."));
        } catch (final IOException invalid) {
            throw Failure.config("The configured catalog " + file + " is not valid JSON: it is not UTF-8 text.");
        }
    }

    private Optional<ConfiguredStream> stream(final JsonNode entry, final int position) {
        final JsonNode stream = entry.path("stream");
        final JsonNode name = stream.path("name");
        if (!name.isTextual() || name.textValue().isEmpty()) {
            mistakes.add("Stream number " + position + " of the configured catalog has no name.");
            return Optional.empty();
        }
        final JsonNode namespace = stream.path("namespace");
        if (isPresent(namespace) && !namespace.isTextual()) {
            mistakes.add("Stream " + name.textValue() + " has a namespace that is not a string.");
            return Optional.empty();
        }
        final StreamDescriptor descriptor = StreamDescriptor.of(namespace.asText(""), name.textValue());
        final int mistakesBefore = mistakes.size();
        final Optional<SyncMode> sourceMode = sourceMode(entry.path("sync_mode"), descriptor);
        final Optional<DestinationSyncMode> mode = destinationMode(entry.path("destination_sync_mode"), descriptor);
        final List<List<String>> primaryKey = primaryKey(entry, descriptor);
        final OptionalLong generation = id(entry, "generation_id", descriptor);
        final OptionalLong minimumGeneration = id(entry, "minimum_generation_id", descriptor);
        final OptionalLong sync = id(entry, "sync_id", descriptor);
        if (mistakes.size() > mistakesBefore) {
            return Optional.empty();
        }
        return Optional.of(new ConfiguredStream(
                descriptor,
                sourceMode.orElseThrow(),
                mode.orElseThrow(),
                primaryKey,
                cursor(entry),
                JsonSchemaReader.records(stream.path("json_schema")),
                generation,
                minimumGeneration,
                sync));
    }

    private Optional<SyncMode> sourceMode(final JsonNode mode, final StreamDescriptor stream) {
        return switch (mode.asText("").toLowerCase(Locale.ROOT)) {
            case "full_refresh" -> Optional.of(SyncMode.FULL_REFRESH);
            case "incremental" -> Optional.of(SyncMode.INCREMENTAL);
            default -> {
                mistakes.add("Stream " + stream + " has " + described(mode, "sync mode")
                        + ". It must be full_refresh or incremental.");
                yield Optional.empty();
            }
        };
    }

    private Optional<DestinationSyncMode> destinationMode(final JsonNode mode, final StreamDescriptor stream) {
        return switch (mode.asText("").toLowerCase(Locale.ROOT)) {
            case "append" -> Optional.of(DestinationSyncMode.APPEND);
            case "append_dedup" -> Optional.of(DestinationSyncMode.APPEND_DEDUP);
            case "overwrite" -> Optional.of(DestinationSyncMode.OVERWRITE);
            default -> {
                mistakes.add("Stream " + stream + " has " + described(mode, "destination sync mode")
                        + ". This connector knows append, append_dedup and overwrite: choose one of them.");
                yield Optional.empty();
            }
        };
    }

    private static String described(final JsonNode mode, final String what) {
        return isPresent(mode) ? "the unknown " + what + " " + mode : "no " + what;
    }

    /** The configured key; where none is configured, the one that the source defines. */
    private List<List<String>> primaryKey(final JsonNode entry, final StreamDescriptor stream) {
        final List<List<String>> configured = paths(entry.path("primary_key"), "primary key", stream);
        return configured.isEmpty()
                ? paths(entry.path("stream").path("source_defined_primary_key"), "source-defined primary key", stream)
                : configured;
    }

    private List<List<String>> paths(final JsonNode key, final String what, final StreamDescriptor stream) {
        if (!isPresent(key)) {
            return List.of();
        }
        final List<List<String>> paths = new ArrayList<>();
        boolean wellFormed = key.isArray();
        for (final JsonNode path : key) {
            wellFormed &= path.isArray() && !path.isEmpty();
            final List<String> steps = new ArrayList<>();
            for (final JsonNode step : path) {
                wellFormed &= step.isTextual();
                steps.add(step.asText(""));
            }
            paths.add(List.copyOf(steps));
        }
        if (!wellFormed) {
            mistakes.add("Stream " + stream + " has a malformed " + what
                    + ". It must be a list of paths, such as [[\"id\"], [\"address\", \"city\"]].");
        }
        return List.copyOf(paths);
    }

    /** Only a hint for the user, so that a malformed one is none. */
    private static List<String> cursor(final JsonNode entry) {
        final List<String> path = new ArrayList<>();
        final JsonNode configured = entry.path("cursor_field");
        (configured.isEmpty() ? entry.path("stream").path("default_cursor_field") : configured)
                .forEach(step -> path.add(step.asText()));
        return List.copyOf(path);
    }

    private OptionalLong id(final JsonNode entry, final String key, final StreamDescriptor stream) {
        final JsonNode id = entry.path(key);
        if (!isPresent(id)) {
            return OptionalLong.empty();
        }
        if (!id.isNumber() || !id.canConvertToLong() || !id.canConvertToExactIntegral()) {
            mistakes.add("Stream " + stream + " has a " + key + " that is not an integer.");
            return OptionalLong.empty();
        }
        return OptionalLong.of(id.longValue());
    }

    private static boolean isPresent(final JsonNode node) {
        return !node.isMissingNode() && !node.isNull();
    }
}
