package io.airbyte.integrations.destination.convex.convex;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What to change in an application's schema so that it accepts the documents it refused (convex-api §10). */
final class SchemaRefusal {

    private static final Pattern TABLE = Pattern.compile("in table \"([^\"]*)\"");
    private static final Pattern EXTRA = Pattern.compile("extra field `([^`]*)`");
    private static final Pattern MISSING = Pattern.compile("missing the required field `([^`]*)`");
    private static final Pattern PATH = Pattern.compile(" Path: \\.?(\\S.*?)\\.(?: |$)");

    private SchemaRefusal() {}

    /** The next step, as far as Convex's text tells it; the text is one without data already. */
    static String sentence(final String message) {
        final String table = found(TABLE, message)
                .map(name -> "The schema of table \"" + name + "\" (convex/schema.ts)")
                .orElse("A table's schema (convex/schema.ts)");
        final String change = found(EXTRA, message)
                .map(field -> " does not know the field \"%1$s\". Add %1$s to it, for example as v.optional(v.any())"
                        .formatted(field))
                .or(() -> found(MISSING, message)
                        .map(field ->
                                (" requires the field \"%1$s\", which a record does not have. Wrap the validator of"
                                                + " %1$s in v.optional(…)")
                                        .formatted(field)))
                .or(() -> found(PATH, message)
                        .map(field ->
                                (" does not accept a value of the field \"%1$s\". Widen the validator of %1$s, for"
                                                + " example with v.union(…, v.null()) where the source sends null")
                                        .formatted(field)))
                .orElse(" does not accept a record. Change it so that it accepts what the source sends");
        return table + change + ", or remove the table from the schema; push the schema and run the sync again.";
    }

    private static Optional<String> found(final Pattern pattern, final String message) {
        final Matcher matcher = pattern.matcher(message);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
