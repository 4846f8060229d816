package io.airbyte.integrations.destination.convex.local;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One version of a table: clearing or replacing a table puts another one in its place. Guarded by the lock of {@link
 * Tables}.
 */
final class Table {

    private final String name;
    private final String tablet;
    private final int number;
    private final boolean keepsDocuments;
    private final Map<String, StoredDocument> documents = new LinkedHashMap<>();
    private @Nullable PrimaryKeyIndex index;
    private long size;

    /**
     * @param tablet what tells versions of a table apart
     * @param number what its documents' ids begin with
     * @param keepsDocuments whether documents can be read back; else they are only counted, and found by primary key
     */
    Table(final String name, final String tablet, final int number, final boolean keepsDocuments) {
        this.name = name;
        this.tablet = tablet;
        this.number = number;
        this.keepsDocuments = keepsDocuments;
    }

    String name() {
        return name;
    }

    String tablet() {
        return tablet;
    }

    int number() {
        return number;
    }

    long size() {
        return size;
    }

    Optional<PrimaryKeyIndex> index() {
        return Optional.ofNullable(index);
    }

    void useIndex(final @Nullable PrimaryKeyIndex other) {
        index = other;
    }

    /** Builds the index, if one is being built. */
    boolean finishIndex() {
        if (index == null || index.ready()) {
            return false;
        }
        if (!keepsDocuments && size > 0) {
            throw new IllegalStateException("Table %s keeps no documents to index.".formatted(name));
        }
        index.becomeReady(documents.values());
        return true;
    }

    /** Adds a document; what comes back stands for it from now on. */
    StoredDocument insert(final StoredDocument document) {
        final StoredDocument stored = keepsDocuments ? document : document.reducedTo(indexed());
        put(stored);
        return stored;
    }

    /** Puts back what {@link #remove} took. */
    void put(final StoredDocument stored) {
        size++;
        if (keepsDocuments) {
            documents.put(stored.id(), stored);
        }
        if (index != null) {
            index.add(stored);
        }
    }

    void remove(final StoredDocument stored) {
        size--;
        documents.remove(stored.id());
        if (index != null) {
            index.remove(stored);
        }
    }

    /** In the order of creation. */
    List<StoredDocument> documents() {
        final List<StoredDocument> sorted = new ArrayList<>(readable());
        sorted.sort(Comparator.comparingDouble(StoredDocument::creationTime));
        return sorted;
    }

    /** In the order of ids, which is none that means anything. */
    List<StoredDocument> documentsById() {
        final List<StoredDocument> sorted = new ArrayList<>(readable());
        sorted.sort(Comparator.comparing(StoredDocument::id));
        return sorted;
    }

    private Collection<StoredDocument> readable() {
        if (!keepsDocuments && size > 0) {
            throw new IllegalStateException("Table %s keeps no documents to read.".formatted(name));
        }
        return Collections.unmodifiableCollection(documents.values());
    }

    private Set<String> indexed() {
        return index == null
                ? Set.of()
                : index.fields().stream().map(Table::topLevel).collect(Collectors.toUnmodifiableSet());
    }

    private static String topLevel(final String path) {
        final int dot = path.indexOf('.');
        return dot < 0 ? path : path.substring(0, dot);
    }
}
