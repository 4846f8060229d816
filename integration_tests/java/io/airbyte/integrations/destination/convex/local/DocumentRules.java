package io.airbyte.integrations.destination.convex.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Iterator;

/** What a value must keep to be a document (convex-api §4.2), beyond what every value keeps. */
final class DocumentRules {

    private static final int MAX_NESTING = 16;
    private static final long MAX_SIZE = 1 << 20;

    private DocumentRules() {}

    /**
     * What is known of a document's fields from their conversion.
     *
     * @param size of the user's fields
     */
    record Measured(long size, int nesting) {}

    /** Refuses what cannot be a document; returns the size of the whole. */
    static long check(final String id, final double creationTime, final ObjectNode fields, final Measured measured) {
        if (fields.size() + 2 > ValueConversion.MAX_FIELDS) {
            throw ValueConversion.tooManyFields(fields.size() + 2);
        }
        for (final Iterator<String> names = fields.fieldNames(); names.hasNext(); ) {
            final String name = names.next();
            if (name.startsWith("_")) {
                throw invalid(
                        id,
                        creationTime,
                        fields,
                        "Field '%s' starts with an underscore, which is only allowed for system fields like '_id'"
                                .formatted(name));
            }
        }
        if (measured.nesting() > MAX_NESTING) {
            throw invalid(
                    id,
                    creationTime,
                    fields,
                    "Document is too nested (nested %d levels deep > maximum nesting %d)"
                            .formatted(measured.nesting(), MAX_NESTING));
        }
        final long size = measured.size() + StoredDocument.systemFieldsSize(id);
        if (size > MAX_SIZE) {
            throw ValueConversion.tooLarge(size, MAX_SIZE);
        }
        return size;
    }

    private static ApiError invalid(
            final String id, final double creationTime, final ObjectNode fields, final String reason) {
        final ObjectNode whole = StoredDocument.whole(id, creationTime, fields);
        return ApiError.badRequest(
                "InvalidDocumentError",
                "Document(value: %s) isn't a valid document: %s".formatted(ValueText.of(whole), reason));
    }
}
