package io.airbyte.integrations.destination.convex.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The index {@code _by_airbyte_primary_key} of one table (convex-api §10). */
final class PrimaryKeyIndex {

    static final String NAME = "_by_airbyte_primary_key";

    private final List<String> fields;
    private final Map<String, List<StoredDocument>> entries = new HashMap<>();
    private boolean ready;

    /** @param fields the paths, dotted, without the {@code _creationTime} that the server appends */
    PrimaryKeyIndex(final List<String> fields) {
        this.fields = List.copyOf(fields);
    }

    List<String> fields() {
        return fields;
    }

    /** The fields as the server names them in its texts. */
    List<String> allFields() {
        return Stream.concat(fields.stream(), Stream.of("_creationTime")).toList();
    }

    boolean ready() {
        return ready;
    }

    void becomeReady(final Collection<StoredDocument> documents) {
        documents.forEach(this::addEntry);
        ready = true;
    }

    void add(final StoredDocument document) {
        if (ready) {
            addEntry(document);
        }
    }

    void remove(final StoredDocument document) {
        if (ready) {
            key(document.fields())
                    .ifPresent(key -> entries.computeIfPresent(key, (k, found) -> without(found, document)));
        }
    }

    List<StoredDocument> find(final String key) {
        return entries.getOrDefault(key, List.of());
    }

    /** What a document is found by; empty if it lacks one of the fields, for then nothing finds it. */
    Optional<String> key(final JsonNode document) {
        return key(fields, document);
    }

    static Optional<String> key(final List<String> fields, final JsonNode document) {
        final var key = new StringBuilder();
        for (final String field : fields) {
            final JsonNode value = at(document, field);
            if (value.isMissingNode()) {
                return Optional.empty();
            }
            key.append(value).append('\n');
        }
        return Optional.of(key.toString());
    }

    static JsonNode at(final JsonNode document, final String path) {
        if (path.indexOf('.') < 0) {
            return document.path(path);
        }
        JsonNode value = document;
        for (final String field : (Iterable<String>) Stream.of(path.split("\\.", -1))::iterator) {
            value = value.path(field);
        }
        return value;
    }

    /** An empty index like this one, at once ready: what a new version of the table gets. */
    PrimaryKeyIndex copyForEmptyTable() {
        final var copy = new PrimaryKeyIndex(fields);
        copy.ready = true;
        return copy;
    }

    private void addEntry(final StoredDocument document) {
        key(document.fields()).ifPresent(key -> addEntry(key, document));
    }

    private void addEntry(final String key, final StoredDocument document) {
        entries.merge(
                key,
                List.of(document),
                (found, more) -> Stream.concat(found.stream(), more.stream()).toList());
    }

    @SuppressWarnings("ReferenceEquality") // Versions of one document are told apart by identity.
    private static @org.jspecify.annotations.Nullable List<StoredDocument> without(
            final List<StoredDocument> found, final StoredDocument document) {
        final List<StoredDocument> rest = new ArrayList<>(found);
        rest.removeIf(other -> other == document);
        return rest.isEmpty() ? null : List.copyOf(rest);
    }

    static String names(final List<String> fields) {
        return fields.stream().map(ValueText::quoted).collect(Collectors.joining(", ", "[", "]"));
    }
}
