package io.airbyte.integrations.destination.convex.convex;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Why a snapshot import failed. A failed import keeps its text alone, and a single-shot one is answered with the code
 * {@code ImportFailed} whatever happened; the code that the same error has elsewhere is inferred from the text's gist
 * (convex-api §2.6, §5.5).
 */
final class ImportFailure {

    /** Code of an import that somebody stopped; Convex has only the text for it. */
    static final String CANCELED = "ImportCanceled";

    /** Code of an import that failed for any other reason, as Convex answers a single-shot one with. */
    static final String OTHER = "ImportFailed";

    private record Gist(Pattern words, String code) {}

    /**
     * In this order: the first few are known by how the text begins, so that a name that is quoted later cannot pass for
     * one of the others.
     */
    private static final List<Gist> GISTS = List.of(
            gist("^Import cancell?ed", CANCELED),
            gist("^Failed to insert or update .*does not match the schema", "SchemaEnforcementError"),
            gist("^(?:The document isn't valid|Document \\(data left out\\))", "InvalidDocumentError"),
            gist("^Row \\d+ ", OTHER),
            gist("schema (?:was |has )?(?:changed|modified)", "ImportSchemaChanged"),
            gist("table .* which is referenced by", "ImportForeignKey"),
            gist("does not match the schema", "SchemaEnforcementError"),
            gist("backfill", "InvalidImport"),
            gist(
                    "Documents read from or written to|optimistic concurrency|write conflict",
                    "OptimisticConcurrencyControlFailure"),
            gist("table number|^conflict between", "TableNumberConflict"),
            gist("conflicts? with (?:an )?existing", "TableConflict"),
            gist("conflict", "ImportConflict"));

    private static final String LEAD = "Hit an error while importing:";

    private ImportFailure() {}

    private static Gist gist(final String words, final String code) {
        return new Gist(Pattern.compile(words, Pattern.CASE_INSENSITIVE), code);
    }

    /** @param text of the failed import, without data already */
    static String code(final String text) {
        final String said = (text.startsWith(LEAD) ? text.substring(LEAD.length()) : text).strip();
        return GISTS.stream()
                .filter(gist -> gist.words.matcher(said).find())
                .map(Gist::code)
                .findFirst()
                .orElse(OTHER);
    }
}
