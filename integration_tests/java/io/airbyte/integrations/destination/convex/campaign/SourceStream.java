package io.airbyte.integrations.destination.convex.campaign;

import java.util.List;

/**
 * A stream of the source and the table it goes to.
 *
 * @param namespace empty where the stream has none
 * @param old how many documents the table holds before, with negative numbers {@code n} and keys of their own
 */
record SourceStream(String namespace, String name, String table, Mode mode, int old, List<SourceRecord> records) {

    /** As states and statuses name it, within braces. */
    String descriptor() {
        return "\"name\":\"%s\"%s"
                .formatted(name, namespace.isEmpty() ? "" : ",\"namespace\":\"%s\"".formatted(namespace));
    }

    SourceStream first(final int most) {
        return new SourceStream(namespace, name, table, mode, old, List.copyOf(records.subList(0, most)));
    }
}
