package io.airbyte.integrations.destination.convex.protocol;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a catalog's JSON schema says about a value (airbyte-semantics §6.2). Dates, times and binary values are texts. What is not
 * understood is {@link Unknown}: schemas are the sources' own, and many are incomplete.
 */
public sealed interface DeclaredType {

    /** What may be anything. */
    static DeclaredType unknown() {
        return new Unknown();
    }

    /** Anything. */
    record Unknown() implements DeclaredType {}

    /** The value null. */
    record Null() implements DeclaredType {}

    /** A boolean. */
    record Bool() implements DeclaredType {}

    /** A text. */
    record Text() implements DeclaredType {}

    /**
     * A number.
     *
     * @param exact the schema bounds it to ±(2^53−1), within which a double holds every integer
     */
    record Numeric(boolean exact) implements DeclaredType {}

    /** An array. */
    record ListOf(DeclaredType elements) implements DeclaredType {}

    /**
     * An object.
     *
     * @param properties by name, in the schema's order
     * @param open it may have others besides
     */
    record Struct(Map<String, Property> properties, boolean open) implements DeclaredType {

        public Struct {
            properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
        }
    }

    /** One of several. */
    record OneOf(List<DeclaredType> choices) implements DeclaredType {

        public OneOf {
            choices = List.copyOf(choices);
        }
    }

    /**
     * A property of an object.
     *
     * @param type what it may hold
     * @param required it is always there
     */
    record Property(DeclaredType type, boolean required) {}
}
