package io.airbyte.integrations.destination.convex.convex;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbyte.integrations.destination.convex.convex.Outcome.Busy;
import io.airbyte.integrations.destination.convex.convex.Outcome.Doubt;
import io.airbyte.integrations.destination.convex.convex.Outcome.Refused;
import io.airbyte.integrations.destination.convex.convex.Outcome.Unknown;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.Failure.Kind;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefusalsTest {

    private static final String DOING = "writing to table \"users\"";

    /** The code, the kind of failure, and the words that tell the next step. */
    @ParameterizedTest
    @CsvSource({
        "401, BadAdminKey, CONFIG_ERROR, for exactly this deployment",
        "401, InvalidAuthHeader, CONFIG_ERROR, for exactly this deployment",
        "401, '', CONFIG_ERROR, denied access",
        "403, BadDeployKey, CONFIG_ERROR, for exactly this deployment",
        "403, OperationNotPermitted, CONFIG_ERROR, lacks the permission deployment:backups:import",
        "403, ReadOnlyAdminKey, CONFIG_ERROR, lacks the permission deployment:backups:import",
        "403, '', CONFIG_ERROR, denied access",
        "400, InvalidAdminKey, CONFIG_ERROR, does not have the form of a key",
        "400, HeaderParseFailure, CONFIG_ERROR, does not have the form of a key",
        "400, InvalidHeaderFailure, CONFIG_ERROR, does not have the form of a key",
        "400, ClientVersionUnsupported, CONFIG_ERROR, Update the connector",
        "400, InvalidClientVersion, CONFIG_ERROR, Update the connector",
        "400, SchemaEnforcementError, CONFIG_ERROR, convex/schema.ts",
        "400, TooManyTables, CONFIG_ERROR, Delete tables",
        "400, TooManyIndexes, CONFIG_ERROR, Remove one",
        "400, InvalidPrimaryKey, CONFIG_ERROR, Choose another primary key",
        "400, EmptyPrimaryKey, CONFIG_ERROR, Choose another primary key",
        "400, IndexTooManyFields, CONFIG_ERROR, 1 to 15 different fields",
        "400, FieldsNotUniqueWithinIndex, CONFIG_ERROR, Choose another primary key",
        "400, IndexFieldsContainId, CONFIG_ERROR, Choose another primary key",
        "400, IndexFieldsContainCreationTime, CONFIG_ERROR, Choose another primary key",
        "400, IndexFieldNameReserved, CONFIG_ERROR, Choose another primary key",
        "400, MissingPrimaryKeyValue, CONFIG_ERROR, append mode",
        "400, FieldNotInIndex, CONFIG_ERROR, another connection",
        "400, InvalidIndexRange, CONFIG_ERROR, another connection",
        "400, IndexNotFoundError, TRANSIENT_ERROR, Run the sync again",
        "400, MissingIndex, TRANSIENT_ERROR, Run the sync again",
        "400, IndexBackfillingError, TRANSIENT_ERROR, Run the sync again later",
        "400, InvalidImport, TRANSIENT_ERROR, Run the sync again later",
        "400, ImportSchemaChanged, TRANSIENT_ERROR, Run the sync again",
        "400, TableConflict, TRANSIENT_ERROR, Run the sync again",
        "400, TableNumberConflict, TRANSIENT_ERROR, Run the sync again",
        "400, ImportConflict, TRANSIENT_ERROR, Run the sync again",
        "400, ImportForeignKey, CONFIG_ERROR, refers to the table with v.id(…)",
        "404, ImportNotFound, TRANSIENT_ERROR, no longer knows the import",
        "400, ImportCanceled, TRANSIENT_ERROR, Somebody cancelled the import in the dashboard",
        "400, ImportFailed, TRANSIENT_ERROR, could not complete the import",
        "400, OptimisticConcurrencyControlFailure, TRANSIENT_ERROR, Other writes",
        "400, ValueTooLargeError, SYSTEM_ERROR, beyond Convex's limits",
        "400, TooManyFieldsError, SYSTEM_ERROR, beyond Convex's limits",
        "400, ArrayTooLong, SYSTEM_ERROR, beyond Convex's limits",
        "400, TooNestedError, SYSTEM_ERROR, beyond Convex's limits",
        "400, InvalidDocumentError, SYSTEM_ERROR, beyond Convex's limits",
        "400, BadJsonBody, SYSTEM_ERROR, did not foresee",
        "400, MissingStream, SYSTEM_ERROR, did not foresee",
        "400, NeverHeardOf, SYSTEM_ERROR, did not foresee",
        "404, '', CONFIG_ERROR, not the address of a Convex deployment",
        "405, '', CONFIG_ERROR, not the address of a Convex deployment",
        "407, '', CONFIG_ERROR, proxy",
        "413, '', CONFIG_ERROR, 20 MiB",
        "301, '', CONFIG_ERROR, redirect",
        "308, '', CONFIG_ERROR, redirect",
        "418, '', SYSTEM_ERROR, did not come from Convex"
    })
    void every_refusal_has_a_kind_and_a_next_step(
            final int status, final String code, final Kind kind, final String words) {
        final Failure failure = Refusals.failure(new Refused<Void>(status, code, "Convex's words"), DOING);

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.message())
                .startsWith(
                        (code.isEmpty() ? "The request for %s was refused. " : "Convex refused %s. ").formatted(DOING))
                .contains(words)
                .contains(code)
                .contains("Convex's words");
    }

    @Test
    void the_missing_permission_is_the_one_that_convex_names() {
        assertThat(message(403, "OperationNotPermitted", "You may not do this (deployment:data:view)."))
                .contains("lacks the permission deployment:data:view.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Object contains extra field `zz` that is not in the validator. (data left out)"
                        + "|does not know the field \"zz\". Add zz to it, for example as v.optional(v.any())",
                "Object is missing the required field `id`. Consider wrapping it. (data left out)"
                        + "|requires the field \"id\", which a record does not have. Wrap the validator of id",
                "Value does not match validator. Path: .a[2].b. (data left out) Validator: v.float64()"
                        + "|does not accept a value of the field \"a[2].b\". Widen the validator of a[2].b",
                "Something new.|does not accept a record."
            })
    void a_schema_refusal_names_table_and_field_and_what_to_change(final String text, final String words) {
        assertThat(message(
                        400,
                        "SchemaEnforcementError",
                        "Failed to insert or update a document in table \"s\" because it does not match the schema: "
                                + text))
                .contains("The schema of table \"s\" (convex/schema.ts) " + words)
                .contains("push the schema and run the sync again");
        assertThat(message(400, "SchemaEnforcementError", "")).contains("A table's schema (convex/schema.ts) does not");
    }

    @Test
    void a_document_that_an_import_cannot_use_is_the_connector_s_fault() {
        final Failure failure = Refusals.failure(
                new Refused<Void>(400, "ImportFailed", "Row 7 wasn't a valid Convex value: expected object"), DOING);

        assertThat(failure.kind()).isEqualTo(Kind.SYSTEM_ERROR);
        assertThat(failure.message())
                .isEqualTo(
                        "Convex refused writing to table \"users\". Convex could not use a document in the form that the"
                                + " connector wrote it in. The table still holds what it held. Please report it. Convex said:"
                                + " ImportFailed: Row 7 wasn't a valid Convex value: expected object");
    }

    @Test
    void an_import_that_the_deployment_does_not_know_is_not_about_an_index() {
        final Refused<Void> refused = new Refused<>(400, "InvalidImport", "invalid import id zzz");

        assertThat(Refusals.failure(refused, DOING).message()).contains("no longer knows the import");
        assertThat(Refusals.maySucceedLater(refused)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "ImportSchemaChanged, true",
        "TableConflict, true",
        "ImportConflict, true",
        "TableNumberConflict, true",
        "InvalidImport, true",
        "OptimisticConcurrencyControlFailure, true",
        "SchemaEnforcementError, false",
        "ImportCanceled, false",
        "ImportFailed, false",
        "ImportForeignKey, false",
        "ImportNotFound, false",
        "InvalidDocumentError, false",
        "OperationNotPermitted, false",
        "'', false"
    })
    void an_import_is_worth_another_upload_where_something_else_changed_meanwhile(
            final String code, final boolean worth) {
        assertThat(Refusals.maySucceedLater(new Refused<Void>(400, code, "Convex's words")))
                .isEqualTo(worth);
    }

    @Test
    void a_schema_refusal_of_an_import_names_table_and_field_too() {
        final String text = ServerMessage.withoutData(
                "Hit an error while importing:\nFailed to insert or update a document in table \"strict\" because it does"
                        + " not match the schema: Value does not match validator.\nPath: .id\nValue: \"two\"\nValidator:"
                        + " v.float64()",
                true);

        assertThat(message(400, ImportFailure.code(text), text))
                .contains(
                        "The schema of table \"strict\" (convex/schema.ts) does not accept a value of the field \"id\"");
    }

    @Test
    void retries_that_were_used_up_are_transient() {
        final Failure busy =
                Refusals.exhausted(new Busy<Void>("HTTP status 503, Overloaded.", Optional.empty()), 10, DOING);

        assertThat(busy.kind()).isEqualTo(Kind.TRANSIENT_ERROR);
        assertThat(busy.message())
                .isEqualTo("Convex could not be reached, or was too busy, for writing to table \"users\", 10 times in a"
                        + " row. What was written before is kept; run the sync again later. Last time: HTTP status 503,"
                        + " Overloaded.");
        assertThat(Refusals.exhausted(new Unknown<Void>(Doubt.TIMED_OUT, "late", Optional.empty()), 10, DOING)
                        .kind())
                .isEqualTo(Kind.TRANSIENT_ERROR);
        assertThat(Refusals.exhausted(new Unknown<Void>(Doubt.ANSWER_LOST, "gone", Optional.empty()), 10, DOING)
                        .kind())
                .isEqualTo(Kind.TRANSIENT_ERROR);
    }

    @Test
    void plain_server_errors_in_a_row_are_the_server_s_fault() {
        final Failure failure = Refusals.exhausted(
                new Unknown<Void>(Doubt.SERVER_ERROR, "HTTP status 500", Optional.empty()), 4, DOING);

        assertThat(failure.kind()).isEqualTo(Kind.SYSTEM_ERROR);
        assertThat(failure.message()).contains("4 times in a row", "same primary key", "HTTP status 500.");
    }

    @Test
    void a_refusal_at_the_end_of_retries_is_told_as_a_refusal() {
        assertThat(Refusals.exhausted(new Refused<Void>(401, "BadAdminKey", "No."), 3, DOING)
                        .kind())
                .isEqualTo(Kind.CONFIG_ERROR);
    }

    private static String message(final int status, final String code, final String text) {
        return Refusals.failure(new Refused<Void>(status, code, text), DOING).message();
    }
}
