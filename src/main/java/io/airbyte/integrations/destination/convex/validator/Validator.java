package io.airbyte.integrations.destination.convex.validator;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A Convex validator: which values it takes. */
public sealed interface Validator {

    /** Takes what is of one kind. */
    record Of(Kind kind) implements Validator {}

    /** A kind of value without parts. */
    enum Kind {
        NULL("v.null()"),
        BOOLEAN("v.boolean()"),
        /** A double. */
        NUMBER("v.number()"),
        /** A 64-bit integer, which a streaming import cannot carry (convex-api §0.3). */
        INT64("v.int64()"),
        STRING("v.string()"),
        /** Bytes, which a streaming import cannot carry (convex-api §0.3). */
        BYTES("v.bytes()");

        private final String text;

        Kind(final String text) {
            this.text = text;
        }

        /** The validator of this kind in TypeScript. */
        String text() {
            return text;
        }
    }

    /** Takes everything. */
    record Any() implements Validator {}

    /**
     * Takes one value.
     *
     * @param kind the value's kind
     * @param value as TypeScript spells it
     */
    record Literal(Kind kind, String value) implements Validator {}

    /** Takes the ids of a table's documents, which are strings. */
    record Id(String table) implements Validator {}

    /** Takes arrays. */
    record ArrayOf(Validator elements) implements Validator {}

    /** Takes objects of any names. */
    record RecordOf(Validator values) implements Validator {}

    /** Takes objects of these fields and no others. */
    record ObjectOf(Map<String, Field> fields) implements Validator {

        public ObjectOf {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }
    }

    /** Takes what one of the choices takes. */
    record Union(List<Validator> choices) implements Validator {

        public Union {
            choices = List.copyOf(choices);
        }
    }

    /**
     * A field of an object.
     *
     * @param value what the field may hold
     * @param optional the field may be absent
     */
    record Field(Validator value, boolean optional) {

        /** The field's validator in TypeScript, in one line. */
        public String text() {
            return optional ? "v.optional(" + value.text() + ")" : value.text();
        }
    }

    /** What takes everything. */
    static Validator any() {
        return new Any();
    }

    /** What is of this kind. */
    static Validator of(final Kind kind) {
        return new Of(kind);
    }

    /** What one of the choices takes, each choice once, null last; a union of one choice is that choice. */
    static Validator union(final List<Validator> choices) {
        final Set<Validator> flat = new LinkedHashSet<>();
        for (final Validator choice : choices) {
            if (choice instanceof Union union) {
                flat.addAll(union.choices());
            } else {
                flat.add(choice);
            }
        }
        if (flat.isEmpty() || flat.contains(any())) {
            return any();
        }
        final List<Validator> ordered = new ArrayList<>(flat);
        if (ordered.remove(of(Kind.NULL))) {
            ordered.add(of(Kind.NULL));
        }
        return ordered.size() == 1 ? ordered.get(0) : new Union(ordered);
    }

    /** This or null. */
    default Validator orNull() {
        return union(List.of(this, of(Kind.NULL)));
    }

    /** The validator in TypeScript, in one line. */
    default String text() {
        return ValidatorText.inOneLine(this);
    }
}
