package io.airbyte.integrations.destination.convex.local;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a snapshot import is asked to do (convex-api §5.2).
 *
 * @param table empty for a zip file, which names its own
 */
record ImportRequest(Optional<String> table, Format format, Mode mode) {

    /** The form of the file; its name in requests, and in the stored row. */
    enum Format {
        CSV("csv", "csv", "CSV"),
        JSON_LINES("jsonLines", "jsonl", "JSONL"),
        JSON_ARRAY("jsonArray", "json_array", "JSON array"),
        ZIP("zip", "zip", "ZIP");

        private final String requested;
        private final String stored;
        private final String spoken;

        Format(final String requested, final String stored, final String spoken) {
            this.requested = requested;
            this.stored = stored;
            this.spoken = spoken;
        }

        String stored() {
            return stored;
        }
    }

    /** What happens to the rows that are there. */
    enum Mode {
        APPEND("append", "Append"),
        REPLACE("replace", "Replace"),
        REPLACE_ALL("replaceAll", "ReplaceAll"),
        REQUIRE_EMPTY("requireEmpty", "RequireEmpty");

        private final String requested;
        private final String stored;

        Mode(final String requested, final String stored) {
            this.requested = requested;
            this.stored = stored;
        }

        String stored() {
            return stored;
        }

        /** Whether the rows go to a hidden version of the table, to take its place in the end. */
        boolean replaces() {
            return this != APPEND;
        }
    }

    static Format format(final String text, final Function<String, ApiError> refusal) {
        for (final Format format : Format.values()) {
            if (format.requested.equals(text)) {
                return format;
            }
        }
        throw refusal.apply(
                "format: unknown variant `%s`, expected one of `csv`, `jsonLines`, `jsonArray`, `zip`".formatted(text));
    }

    static Mode mode(final String text, final Function<String, ApiError> refusal) {
        for (final Mode mode : Mode.values()) {
            if (mode.requested.equals(text)) {
                return mode;
            }
        }
        throw refusal.apply(
                "mode: unknown variant `%s`, expected one of `append`, `replace`, `replaceAll`, `requireEmpty`"
                        .formatted(text));
    }

    void refuseWrongTable() {
        if (format == Format.ZIP) {
            if (table.isPresent()) {
                throw ApiError.badRequest("InvalidName", "ZIP import cannot have table name");
            }
            return;
        }
        final String name = table.orElseThrow(
                () -> ApiError.badRequest("InvalidName", format.spoken + " import requires table name"));
        if (!Sanitiser.isIdentifier(name)) {
            throw ApiError.badRequest(
                    "ImportInvalidName", "invalid table name %s: %s".formatted(name, whyNoIdentifier(name)));
        }
    }

    private static String whyNoIdentifier(final String name) {
        final String first = name.isEmpty() ? "" : name.substring(0, 1);
        if (!first.matches("[A-Za-z_]")) {
            return ("Invalid first character '%s' in %s: Identifiers must start with an alphabetic character or"
                            + " underscore")
                    .formatted(first, name);
        }
        return String.format(
                Locale.ROOT, "Identifier %s must be 1 to 64 letters, digits and underscores, not only these", name);
    }
}
