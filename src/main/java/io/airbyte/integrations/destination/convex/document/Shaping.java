package io.airbyte.integrations.destination.convex.document;

import io.airbyte.integrations.destination.convex.config.ConnectorConfig.LargeIntegers;
import io.airbyte.integrations.destination.convex.config.ConnectorConfig.UnstorableValues;
import io.airbyte.integrations.destination.convex.protocol.DeclaredType;
import io.airbyte.integrations.destination.convex.protocol.DeclaredType.Property;
import io.airbyte.integrations.destination.convex.validator.Validator;
import io.airbyte.integrations.destination.convex.validator.Validator.Field;
import io.airbyte.integrations.destination.convex.validator.Validator.Kind;
import io.airbyte.integrations.destination.convex.validator.Validator.ObjectOf;
import io.airbyte.integrations.destination.convex.validator.Validator.RecordOf;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns what a JSON schema declares into validators of what {@link DocumentEncoder} makes of it. */
final class Shaping {

    private static final Validator NUMBER = Validator.of(Kind.NUMBER);
    private static final Validator STRING = Validator.of(Kind.STRING);

    private final FieldNames names;
    private final DocumentOptions options;
    private final boolean withExceptions;

    /** @param withExceptions values beyond Convex's limits may come, which are stored in another form */
    Shaping(final FieldNames names, final DocumentOptions options, final boolean withExceptions) {
        this.names = names;
        this.options = options;
        this.withExceptions = withExceptions;
    }

    /** The fields of a document, those of the schema first and in its order. */
    Map<String, Field> fields(final Map<String, Property> columns) {
        final Map<String, Field> fields = new LinkedHashMap<>();
        columns.forEach((column, property) -> names.known(column)
                .filter(name -> name.fate() == FieldName.Fate.STORED)
                .ifPresent(name -> fields.put(name.stored(), field(name, property))));
        for (final KeyColumn column : names.key()) {
            fields.putIfAbsent(column.column().stored(), new Field(Validator.any(), !options.dedup()));
        }
        addOwnFields(fields);
        return fields;
    }

    private Field field(final FieldName name, final Property property) {
        final KeyPath key = name.key();
        final Validator value = value(property.type(), 1, key);
        final boolean mayBecomeNull = withExceptions
                && (key == null || !options.dedup())
                && options.unstorableValues() == UnstorableValues.NULL_AND_RECORD
                && !isAlwaysStorable(property.type());
        return new Field(mayBecomeNull ? value.orNull() : value, isOptional(property, key));
    }

    /** Records that are written by key always have it. */
    private boolean isOptional(final Property property, final @Nullable KeyPath key) {
        return !property.required() && (key == null || !options.dedup());
    }

    private static boolean isAlwaysStorable(final DeclaredType type) {
        if (type instanceof DeclaredType.OneOf oneOf) {
            return oneOf.choices().stream().allMatch(Shaping::isAlwaysStorable);
        }
        return type instanceof DeclaredType.Bool
                || type instanceof DeclaredType.Null
                || (type instanceof DeclaredType.Numeric number && number.exact());
    }

    private void addOwnFields(final Map<String, Field> fields) {
        if (options.airbyteMetadata()) {
            fields.put(FieldNames.EXTRACTED_AT, new Field(NUMBER, false));
            if (withExceptions || options.generationId().isPresent()) {
                fields.put(FieldNames.GENERATION_ID, new Field(NUMBER, withExceptions));
            }
            if (withExceptions || options.syncId().isPresent()) {
                fields.put(FieldNames.SYNC_ID, new Field(NUMBER, withExceptions));
            }
        }
        if (withExceptions) {
            // What a record came with is taken over as it is.
            final Field changes = new Field(new Validator.ArrayOf(Validator.any()), false);
            fields.put(FieldNames.META, new Field(new ObjectOf(Map.of("changes", changes)), true));
        }
    }

    private Validator value(final DeclaredType type, final int depth, final @Nullable KeyPath key) {
        if (depth > ValueMeasure.DEEPEST || type instanceof DeclaredType.Unknown) {
            return Validator.any();
        }
        if (type instanceof DeclaredType.Null) {
            return Validator.of(Kind.NULL);
        }
        if (type instanceof DeclaredType.Bool) {
            return Validator.of(Kind.BOOLEAN);
        }
        if (type instanceof DeclaredType.Text) {
            return STRING;
        }
        if (type instanceof DeclaredType.Numeric number) {
            return mayBecomeText(number, key) ? Validator.union(List.of(NUMBER, STRING)) : NUMBER;
        }
        if (type instanceof DeclaredType.ListOf list) {
            return new Validator.ArrayOf(value(list.elements(), depth + 1, null));
        }
        if (type instanceof DeclaredType.Struct struct) {
            return struct.open() ? new RecordOf(Validator.any()) : object(struct.properties(), depth, key);
        }
        return Validator.union(((DeclaredType.OneOf) type)
                .choices().stream().map(choice -> value(choice, depth, key)).toList());
    }

    private boolean mayBecomeText(final DeclaredType.Numeric number, final @Nullable KeyPath key) {
        final boolean isKey = key != null && key.children().isEmpty();
        return withExceptions && !number.exact() && (isKey || options.largeIntegers() == LargeIntegers.STRING);
    }

    private Validator object(final Map<String, Property> properties, final int depth, final @Nullable KeyPath key) {
        final Map<String, Field> fields = new LinkedHashMap<>();
        final Map<String, String> stored = new NestedNames().stored(properties.keySet(), key);
        for (final Map.Entry<String, Property> property : properties.entrySet()) {
            final Optional<String> name = alwaysStoredAs(property.getKey(), stored, key);
            if (name.isEmpty()) {
                return new RecordOf(Validator.any());
            }
            final KeyPath below = key == null ? null : key.children().get(property.getKey());
            fields.put(
                    name.get(),
                    new Field(
                            value(property.getValue().type(), depth + 1, below),
                            isOptional(property.getValue(), below)));
        }
        return new ObjectOf(fields);
    }

    /** The name, if a validator knows such names and it does not depend on which others are there. */
    private static Optional<String> alwaysStoredAs(
            final String name, final Map<String, String> stored, final @Nullable KeyPath key) {
        return Optional.ofNullable(stored.get(name))
                .filter(NameRule::keepsIdentifier)
                .filter(found ->
                        found.equals(new NestedNames().stored(Set.of(name), key).get(name)));
    }
}
