package io.airbyte.integrations.destination.convex.document;

/**
 * Why Convex cannot store a value (convex-api §4.2), and the reason code that Airbyte has for it
 * (airbyte-semantics §6.1).
 */
public enum Unstorable {
    NESTING(Codes.FIELD_SIZE, "it is nested deeper than the 16 levels that a Convex document may have"),
    ARRAY_LENGTH(Codes.FIELD_SIZE, "it holds an array of more than 8,192 elements"),
    OBJECT_FIELDS(Codes.FIELD_SIZE, "it holds an object of more than 1,024 fields"),
    NAME_LENGTH(Codes.FIELD_SIZE, "a field name is longer than 1,024 characters"),
    NUMBER_RANGE(Codes.FIELD_SIZE, "it holds a number beyond what a 64-bit floating-point number can express"),
    LONE_SURROGATE(Codes.SERIALIZATION, "it holds half of a surrogate pair, which no valid text may hold"),
    DOCUMENT_SIZE(Codes.RECORD_SIZE, "the document is larger than the 1,048,576 bytes (1 MiB) that Convex stores"),
    COLUMN_COUNT(Codes.RECORD_SIZE, "the document has more than the 1,022 top-level fields that Convex stores");

    private final String reasonCode;
    private final String sentence;

    Unstorable(final String reasonCode, final String sentence) {
        this.reasonCode = reasonCode;
        this.sentence = sentence;
    }

    /** The {@code reason} of a change in {@code airbyte_meta.changes}. */
    public String reasonCode() {
        return reasonCode;
    }

    /** The limit in words, as the end of a sentence about a field. */
    public String sentence() {
        return sentence;
    }

    private static final class Codes {
        static final String FIELD_SIZE = "DESTINATION_FIELD_SIZE_LIMITATION";
        static final String RECORD_SIZE = "DESTINATION_RECORD_SIZE_LIMITATION";
        static final String SERIALIZATION = "DESTINATION_SERIALIZATION_ERROR";
    }
}
