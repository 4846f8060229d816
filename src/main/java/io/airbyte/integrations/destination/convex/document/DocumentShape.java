package io.airbyte.integrations.destination.convex.document;

import io.airbyte.integrations.destination.convex.protocol.DeclaredType.Struct;
import io.airbyte.integrations.destination.convex.validator.Validator;
import io.airbyte.integrations.destination.convex.validator.Validator.Field;
import io.airbyte.integrations.destination.convex.validator.Validator.Kind;
import io.airbyte.integrations.destination.convex.validator.Validator.ObjectOf;
import java.util.List;
import java.util.Map;

/**
 * What the documents look like that {@link DocumentEncoder} makes of records which follow their JSON schema and have no
 * other columns.
 *
 * @param usual what they hold as long as no value is beyond Convex's limits
 * @param complete what they may hold: large integers as text, null for what cannot be stored, {@code airbyte_meta};
 *     {@code v.any()} where no object validator can say it
 * @param open the JSON schema does not say that there are no other columns
 */
public record DocumentShape(ObjectOf usual, Validator complete, boolean open) {

    /** The field that says when a record was extracted, where the user wants it. */
    public static final String EXTRACTED_AT = FieldNames.EXTRACTED_AT;

    /** Whatever a field of a document may hold. */
    public static final Validator ANYTHING = Validator.union(List.of(
            Validator.of(Kind.STRING),
            Validator.of(Kind.NUMBER),
            Validator.of(Kind.BOOLEAN),
            Validator.of(Kind.NULL),
            new Validator.ArrayOf(Validator.any()),
            new Validator.RecordOf(Validator.any())));

    /**
     * The shape of one stream's documents.
     *
     * @param records what the stream's JSON schema says about them
     */
    public static DocumentShape of(final FieldNames names, final Struct records, final DocumentOptions options) {
        final Map<String, Field> complete = new Shaping(names, options, true).fields(records.properties());
        return new DocumentShape(
                new ObjectOf(new Shaping(names, options, false).fields(records.properties())),
                isExpressible(complete) ? new ObjectOf(complete) : Validator.any(),
                records.open());
    }

    /**
     * A validator knows identifiers only (convex-api §3.2), and a document of more columns than Convex holds lacks some
     * of them.
     */
    private static boolean isExpressible(final Map<String, Field> fields) {
        return fields.keySet().stream().allMatch(NameRule::keepsIdentifier)
                && fields.size() <= DocumentLimits.MOST_FIELDS;
    }
}
