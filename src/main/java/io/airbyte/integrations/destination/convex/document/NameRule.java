package io.airbyte.integrations.destination.convex.document;

/** A deployment's own rules for names (convex-api §3.1 to §3.3). All that pass are printable ASCII. */
final class NameRule {

    /** What a renamed name starts with. */
    static final String PREFIX = "source_";

    /** The longest identifier, in characters: tables and index fields. */
    static final int LONGEST_IDENTIFIER = 64;

    /** The longest field name, in characters. */
    static final int LONGEST_FIELD_NAME = 1024;

    private NameRule() {}

    /** A table or index field of this name is kept as it is. */
    static boolean keepsIdentifier(final String name) {
        return !name.isEmpty()
                && name.length() <= LONGEST_IDENTIFIER
                && isLetter(name.charAt(0))
                && name.chars().allMatch(character -> isLetter(character) || isDigit(character) || character == '_');
    }

    /** A field of this name is kept as it is, at every depth. The empty name is. */
    static boolean keepsField(final String name) {
        return name.length() <= LONGEST_FIELD_NAME
                && !name.startsWith("_")
                && !name.startsWith("$")
                && name.chars().allMatch(character -> character >= ' ' && character <= '~');
    }

    /** What a name that is not kept becomes; possibly longer than the limit. */
    static String renamed(final String name) {
        return PREFIX + Slug.of(name);
    }

    private static boolean isLetter(final int character) {
        return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
    }

    private static boolean isDigit(final int character) {
        return character >= '0' && character <= '9';
    }
}
