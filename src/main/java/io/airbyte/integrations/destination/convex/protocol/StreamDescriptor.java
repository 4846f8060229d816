package io.airbyte.integrations.destination.convex.protocol;

import java.util.Optional;

/**
 * What names a stream in Airbyte: a name within an optional namespace. A namespace that is null or empty on the wire is
 * absent here, so both spellings mean the same stream (airbyte-semantics §5.7).
 */
public record StreamDescriptor(Optional<String> namespace, String name) {

    public StreamDescriptor {
        namespace = namespace.filter(text -> !text.isEmpty());
    }

    public static StreamDescriptor of(final String name) {
        return new StreamDescriptor(Optional.empty(), name);
    }

    public static StreamDescriptor of(final String namespace, final String name) {
        return new StreamDescriptor(Optional.of(namespace), name);
    }

    /** The form for messages to people: {@code namespace.name}, or {@code name} alone. */
    @Override
    public String toString() {
        return namespace.map(space -> space + "." + name).orElse(name);
    }
}
