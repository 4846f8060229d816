package io.airbyte.integrations.destination.convex.validator;

import io.airbyte.integrations.destination.convex.validator.Validator.Field;
import io.airbyte.integrations.destination.convex.validator.Validator.Kind;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Stream;

/** How many of the values that one validator describes another one takes. */
public enum Fit {
    /** None. */
    NEVER,
    /** Some, and others not. */
    SOMETIMES,
    /** All, as far as is known: of a value that may be anything, nothing is. */
    ALWAYS;

    /**
     * Whether {@code wanted} takes what {@code sent} describes.
     *
     * @param sent what a streaming import can carry: no 64-bit integers and no bytes
     */
    public static Fit of(final Validator sent, final Validator wanted) {
        if (wanted instanceof Validator.Any || sent instanceof Validator.Any) {
            return ALWAYS;
        }
        if (sent instanceof Validator.Union union) {
            return ofSome(union.choices().stream().map(choice -> of(choice, wanted)));
        }
        if (wanted instanceof Validator.Union union) {
            return union.choices().stream()
                    .map(choice -> of(sent, choice))
                    .max(Enum::compareTo)
                    .orElse(NEVER);
        }
        if (sent instanceof Validator.Of of) {
            return ofKind(of.kind(), wanted);
        }
        if (sent instanceof Validator.ArrayOf array) {
            // An empty array fits whatever its elements are to be.
            return wanted instanceof Validator.ArrayOf other
                    ? atLeastSometimes(of(array.elements(), other.elements()))
                    : NEVER;
        }
        if (sent instanceof Validator.RecordOf record) {
            return ofRecord(record.values(), wanted);
        }
        return sent instanceof Validator.ObjectOf object ? ofObject(object.fields(), wanted) : NEVER;
    }

    /** Whether an object's field takes what is sent for it. */
    public static Fit of(final Field sent, final Field wanted) {
        final Fit present = of(sent.value(), wanted.value());
        if (!sent.optional()) {
            return present;
        }
        if (wanted.optional()) {
            return atLeastSometimes(present);
        }
        return present == NEVER ? NEVER : SOMETIMES;
    }

    /** Whether an object without such a field takes what is sent for it. */
    public static Fit unwanted(final Field sent) {
        return sent.optional() ? SOMETIMES : NEVER;
    }

    /** Whether an object takes that nothing is sent for its field. */
    public static Fit missing(final Field wanted) {
        return wanted.optional() ? ALWAYS : NEVER;
    }

    private static Fit ofKind(final Kind kind, final Validator wanted) {
        if (wanted instanceof Validator.Of of) {
            return of.kind() == kind ? ALWAYS : NEVER;
        }
        if (wanted instanceof Validator.Literal literal) {
            return literal.kind() == kind ? SOMETIMES : NEVER;
        }
        return wanted instanceof Validator.Id && kind == Kind.STRING ? SOMETIMES : NEVER;
    }

    private static Fit ofRecord(final Validator values, final Validator wanted) {
        if (wanted instanceof Validator.RecordOf other) {
            return atLeastSometimes(of(values, other.values()));
        }
        return wanted instanceof Validator.ObjectOf ? SOMETIMES : NEVER;
    }

    private static Fit ofObject(final Map<String, Field> fields, final Validator wanted) {
        if (wanted instanceof Validator.RecordOf record) {
            return ofAll(fields.values().stream().map(field -> of(field, new Field(record.values(), true))));
        }
        if (!(wanted instanceof Validator.ObjectOf object)) {
            return NEVER;
        }
        final Stream<Fit> ofSent = fields.entrySet().stream().map(field -> {
            final Field other = object.fields().get(field.getKey());
            return other == null ? unwanted(field.getValue()) : of(field.getValue(), other);
        });
        final Stream<Fit> ofOthers = object.fields().entrySet().stream()
                .filter(field -> !fields.containsKey(field.getKey()))
                .map(field -> missing(field.getValue()));
        return ofAll(Stream.concat(ofSent, ofOthers));
    }

    private static Fit atLeastSometimes(final Fit fit) {
        return fit == NEVER ? SOMETIMES : fit;
    }

    /** Of values that are all there at once. */
    private static Fit ofAll(final Stream<Fit> parts) {
        return parts.min(Enum::compareTo).orElse(ALWAYS);
    }

    /** Of values of which one is there. */
    private static Fit ofSome(final Stream<Fit> choices) {
        final Collection<Fit> fits = choices.distinct().toList();
        return fits.size() == 1 ? fits.iterator().next() : SOMETIMES;
    }
}
