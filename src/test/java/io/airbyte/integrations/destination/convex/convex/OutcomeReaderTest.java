package io.airbyte.integrations.destination.convex.convex;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbyte.integrations.destination.convex.convex.Outcome.Busy;
import io.airbyte.integrations.destination.convex.convex.Outcome.Doubt;
import io.airbyte.integrations.destination.convex.convex.Outcome.Refused;
import io.airbyte.integrations.destination.convex.convex.Outcome.Unknown;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutcomeReaderTest {

    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

    private final OutcomeReader reader =
            new OutcomeReader(() -> NOW, text -> text.replace("secret-key", "(deploy key)"));

    @Test
    void only_a_200_that_says_what_was_expected_is_done() {
        assertThat(read(answer(200, ""))).isEqualTo(Outcome.done());
        assertThat(read(answer(200, "<html>")))
                .isInstanceOfSatisfying(
                        Unknown.class, unknown -> assertThat(unknown.doubt()).isEqualTo(Doubt.ANSWER_LOST));
        assertThat(read(answer(204, ""))).isInstanceOf(Unknown.class);
    }

    /** Every row of convex-api §2.6. */
    @ParameterizedTest
    @CsvSource({
        "400, BadJsonBody",
        "400, EmptyPrimaryKey",
        "400, IndexTooManyFields",
        "400, FieldsNotUniqueWithinIndex",
        "400, IndexFieldsContainId",
        "400, MissingStream",
        "400, MissingPrimaryKeyValue",
        "400, IndexNotFoundError",
        "400, IndexBackfillingError",
        "400, FieldNotInIndex",
        "400, InvalidIndexRange",
        "400, TooManyFieldsError",
        "400, ArrayTooLong",
        "400, TooNestedError",
        "400, InvalidDocumentError",
        "400, ValueTooLargeError",
        "400, SchemaEnforcementError",
        "400, TooManyTables",
        "400, TooManyWrites",
        "400, TooManyBytesWritten",
        "400, TooManyDocumentsRead",
        "400, TooManyBytesRead",
        "400, TooManyReads",
        "400, QueryScannedTooManyDocumentsError",
        "400, InvalidPrimaryKey",
        "400, IndexFieldsContainCreationTime",
        "400, IndexFieldNameReserved",
        "400, MissingIndex",
        "400, InvalidImport",
        "400, ImportSchemaChanged",
        "400, ImportForeignKey",
        "400, TableConflict",
        "400, Invalid part number",
        "401, BadAdminKey",
        "403, BadDeployKey",
        "403, OperationNotPermitted",
        "403, ReadOnlyAdminKey",
        "404, ImportNotFound",
        "409, Conflict"
    })
    void the_deployment_s_own_refusals_are_refused_with_their_code(final int status, final String code) {
        assertThat(read(error(status, code))).isEqualTo(new Refused<Void>(status, code, "Convex's words for " + code));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "OptimisticConcurrencyControlFailure",
                "CommitterFullError",
                "SubscriptionsWorkerFullError",
                "TextIndexTooLarge",
                "TableSummariesUnavailable"
            })
    void the_deployment_s_own_503_wrote_nothing_of_its_last_transaction(final String code) {
        assertThat(read(error(503, code)))
                .isEqualTo(new Busy<Void>(
                        "HTTP status 503, %1$s: Convex's words for %1$s".formatted(code), Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({"425, TooEarly", "425, ''", "429, TooManyWrites", "429, ''"})
    void being_too_early_or_too_fast_wrote_nothing(final int status, final String code) {
        assertThat(read(code.isEmpty() ? answer(status, "") : error(status, code)))
                .isInstanceOf(Busy.class);
    }

    @ParameterizedTest
    @CsvSource({
        "408, '', TIMED_OUT",
        "408, SomeCode, TIMED_OUT",
        "500, '', SERVER_ERROR",
        "500, InternalServerError, SERVER_ERROR",
        "501, '', ANSWER_LOST",
        "502, '', ANSWER_LOST",
        "502, BadGateway, ANSWER_LOST",
        "503, '', ANSWER_LOST",
        "504, '', ANSWER_LOST",
        "520, '', ANSWER_LOST",
        "599, '', ANSWER_LOST"
    })
    void these_leave_the_outcome_unknown(final int status, final String code, final Doubt doubt) {
        assertThat(read(code.isEmpty() ? answer(status, "") : error(status, code)))
                .isInstanceOfSatisfying(
                        Unknown.class, unknown -> assertThat(unknown.doubt()).isEqualTo(doubt));
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 301, 302, 303, 304, 307, 308, 400, 404, 405, 407, 413, 418, 421, 499})
    void redirects_and_what_is_not_convex_s_are_refused_without_a_code(final int status) {
        assertThat(read(answer(status, "<html>secret</html>")))
                .isEqualTo(new Refused<Void>(status, "", "HTTP status " + status + " with text/html"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Reply.Cause.class,
            names = {"UNKNOWN_HOST", "CANNOT_CONNECT", "CONNECT_TIMED_OUT", "TLS_FAILED"})
    void without_a_connection_nothing_was_written(final Reply.Cause cause) {
        assertThat(read(new Reply.Fault(cause, ""))).isEqualTo(new Busy<Void>(cause.words(), Optional.empty()));
    }

    @Test
    void what_breaks_after_sending_is_unknown() {
        assertThat(read(new Reply.Fault(Reply.Cause.TIMED_OUT, "")))
                .isEqualTo(new Unknown<Void>(Doubt.TIMED_OUT, "no complete answer came in time", Optional.empty()));
        assertThat(read(new Reply.Fault(Reply.Cause.BROKEN, "Connection reset")))
                .isEqualTo(new Unknown<Void>(
                        Doubt.ANSWER_LOST,
                        "the connection broke before a complete answer came (Connection reset)",
                        Optional.empty()));
    }

    @Test
    void the_wish_for_time_is_kept() {
        final Reply busy = new Reply.Answer(429, "", Optional.of("7"), "", false);
        final Reply gateway = new Reply.Answer(503, "", Optional.of("Sun, 01 Mar 2026 10:00:30 GMT"), "", false);

        assertThat(read(busy))
                .isEqualTo(new Busy<Void>("HTTP status 429 with no text", Optional.of(Duration.ofSeconds(7))));
        assertThat(read(gateway))
                .isEqualTo(new Unknown<Void>(
                        Doubt.ANSWER_LOST, "HTTP status 503 with no text", Optional.of(Duration.ofSeconds(30))));
    }

    @Test
    void a_key_that_lies_across_the_end_of_a_long_message_does_not_show_its_beginning() {
        for (int before = 585; before <= 600; before++) {
            final String message = "x ".repeat(300).substring(0, before) + "secret-key";

            assertThat(read(answer(400, "{\"code\":\"Odd\",\"message\":\"%s\"}".formatted(message)))
                            .toString())
                    .contains("Odd")
                    .doesNotContain("sec");
        }
        assertThat(read(answer(400, "{\"code\":\"secret-key\",\"message\":\"x\"}"))
                        .toString())
                .doesNotContain("secret");
    }

    @Test
    void a_key_that_an_answers_content_type_repeats_is_not_shown() {
        for (final int status : new int[] {200, 400, 404, 500, 502, 503}) {
            final Reply.Answer answer =
                    new Reply.Answer(status, "application/x-secret-key", Optional.empty(), "x", false);

            assertThat(read(answer).toString())
                    .contains("HTTP status " + status)
                    .doesNotContain("secret-key");
        }
    }

    @Test
    void neither_data_nor_the_key_is_in_a_message() {
        final String body = "{\"code\":\"%s\",\"message\":\"Bad secret-key for Value: \\\"jane\\\"\"}";

        assertThat(read(answer(400, body.formatted("Odd"))))
                .isEqualTo(new Refused<Void>(400, "Odd", "Bad (deploy key) for Value: (data left out)"));
        assertThat(read(answer(503, body.formatted("Odd"))).toString())
                .contains("Odd")
                .doesNotContain("secret", "jane");
        assertThat(read(answer(502, "jane")).toString()).doesNotContain("jane");
        assertThat(read(new Reply.Answer(502, "jane doe", Optional.empty(), "x", false))
                        .toString())
                .doesNotContain("jane");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"code\":\"jane@example.com\",\"message\":\"m\"}",
                "{\"code\":\"\",\"message\":\"m\"}",
                "{\"message\":\"m\"}",
                "{\"code\":{},\"message\":\"m\"}",
                "{\"code\":\"A\"",
                "{\"code\":\"A\"} trailing",
                "[\"code\"]",
                "null",
                "",
                "{"
            })
    void what_is_not_convex_s_form_of_an_error_has_no_code(final String body) {
        assertThat(read(answer(400, body)))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\\", "\\\\", "\\\\\\", "\\u", "\\u00", "\\u00e", "\\u00e9", "\\\"", "é"})
    void an_error_that_quotes_a_huge_document_keeps_its_code_and_beginning(final String end) {
        final String body =
                "{\"code\":\"SchemaEnforcementError\",\"message\":\"Failed to insert or update a document in"
                        + " table \\\"s\\\" because it does not match the schema: Value does not match validator.\\nPath: .a"
                        + "\\nValue: \\\"jane" + "x".repeat(5_000) + end;

        assertThat(read(new Reply.Answer(400, "application/json", Optional.empty(), body, true)))
                .isEqualTo(new Refused<Void>(
                        400,
                        "SchemaEnforcementError",
                        "Failed to insert or update a document in table \"s\" because it does not match the schema: Value"
                                + " does not match validator. Path: .a. (data left out)"));
    }

    private Outcome<Void> read(final Reply reply) {
        return reader.read(reply, answer -> answer.body().isEmpty() ? Optional.of(Outcome.done()) : Optional.empty());
    }

    private static Reply answer(final int status, final String body) {
        return new Reply.Answer(status, "text/html; charset=utf-8", Optional.empty(), body, false);
    }

    private static Reply error(final int status, final String code) {
        return answer(status, "{\"code\":\"%1$s\",\"message\":\"Convex's words for %1$s\"}".formatted(code));
    }
}
