package io.airbyte.integrations.destination.convex.convex;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImportFailureTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // recorded
                "Import canceled | ImportCanceled",
                "Failed to insert or update a document in table \"s\" because it does not match the schema: Value does"
                        + " not match validator.\\nPath: .id\\nValue: \"bad\"\\nValidator: v.float64()"
                        + "| SchemaEnforcementError",
                "Failed to insert or update a document in table \"s\" because it does not match the schema: Object is"
                        + " missing the required field `conflict`. Consider wrapping the field validator.\\n\\nValidator:"
                        + " v.object({})| SchemaEnforcementError",
                "Document(value: {a: \"backfilling\"}) isn't a valid document: Document is too nested (nested 18 levels"
                        + " deep > maximum nesting 16)| InvalidDocumentError",
                "Document(value: {a: 1.0}) is something new| InvalidDocumentError",
                "Row 2 wasn't valid JSON: EOF while parsing a value at line 2 column 0| ImportFailed",
                "Row 1 wasn't a valid Convex value: Field name $conflict starts with '$', which is reserved."
                        + "| ImportFailed",
                "Row 2 wasn't a valid Convex value: expected object, received 5| ImportFailed",
                "Table j already exists. Please choose a new table name or use replace/append modes.| ImportFailed",
                // by their gist
                "Could not complete import because schema changed. Avoid modifying it.| ImportSchemaChanged",
                "Schema was modified during the import.| ImportSchemaChanged",
                "Table users has an index that is still backfilling.| InvalidImport",
                "Import changes table 'a' which is referenced by 'b' in the schema| ImportForeignKey",
                "New table `a` has IDs that conflict with existing table `b`| TableConflict",
                "New table a has IDs that conflict with an existing internal table.| TableConflict",
                "table a wants table number 10001 but was already assigned 10002| TableNumberConflict",
                "conflict between `a` and `b` with table number 10001| TableNumberConflict",
                "The import is in conflict with something| ImportConflict",
                "THE SCHEMA HAS CHANGED| ImportSchemaChanged",
                "import cancelled| ImportCanceled",
                "Documents read from or written to the \"a\" table changed while this mutation was being run and on"
                        + " every subsequent retry.| OptimisticConcurrencyControlFailure",
                "An optimistic concurrency control failure| OptimisticConcurrencyControlFailure",
                "Import took too long. Try again or contact Convex.| ImportFailed",
                "Your request couldn't be completed. Try again later.| ImportFailed",
                "''| ImportFailed"
            })
    void the_text_tells_the_code_with_and_without_its_lead(final String text, final String code) {
        final String said = text.replace("\\n", "\n");

        assertThat(ImportFailure.code(ServerMessage.withoutData(said, true))).isEqualTo(code);
        assertThat(ImportFailure.code(ServerMessage.withoutData("Hit an error while importing:\n" + said, true)))
                .isEqualTo(code);
    }

    @Test
    void what_a_document_holds_tells_nothing() {
        final String text = "Something new about {a: \"does not match the schema\", b: \"backfilling conflict\"}";

        assertThat(ImportFailure.code(ServerMessage.withoutData(text, true))).isEqualTo("ImportFailed");
    }
}
