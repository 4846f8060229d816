package io.airbyte.integrations.destination.convex.wire;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.putRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.airbyte.integrations.destination.convex.convex.Deployment;
import io.airbyte.integrations.destination.convex.convex.HttpDeployment;
import io.airbyte.integrations.destination.convex.convex.ImportState;
import io.airbyte.integrations.destination.convex.convex.Outcome;
import io.airbyte.integrations.destination.convex.convex.Outcome.Done;
import io.airbyte.integrations.destination.convex.convex.Outcome.Doubt;
import io.airbyte.integrations.destination.convex.convex.Outcome.Refused;
import io.airbyte.integrations.destination.convex.convex.Outcome.Unknown;
import io.airbyte.integrations.destination.convex.convex.RequestBody;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The requests by which a table is replaced, and what is made of their answers. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SnapshotImportIT {

    /** What a self-hosted deployment gives out. */
    private static final String TOKEN = "{\"objectKey\":\"b2 38\",\"filepath\":\"/data/a+b&c=d.blob\"}";

    @RegisterExtension
    static final WireMockExtension CONVEX = WireMockExtension.newInstance()
            .options(WireMockConfiguration.wireMockConfig().dynamicPort())
            .build();

    @RegisterExtension
    final OpenDeployments open = new OpenDeployments();

    private final ObjectMapper json = new ObjectMapper();

    @Test
    void an_upload_is_begun_without_a_body() {
        answer("{\"uploadToken\":\"{\\\"objectKey\\\":\\\"a\\\"}\"}");

        assertThat(deployment().startUpload().join()).isEqualTo(new Done<>("{\"objectKey\":\"a\"}"));

        CONVEX.verify(
                1,
                postRequestedFor(urlEqualTo("/api/import/start_upload"))
                        .withHeader("Authorization", equalTo("Convex " + OpenDeployments.KEY))
                        .withHeader("Convex-Client", equalTo("streaming-import-1.2.3"))
                        .withHeader("Content-Length", equalTo("0")));
    }

    @ParameterizedTest
    @CsvSource({"'\"\"', ''", "'\"etag-1\"', etag-1"})
    void a_part_goes_as_it_is_beside_its_encoded_token(final String answer, final String partToken) {
        answer(answer);

        assertThat(deployment()
                        .uploadPart(TOKEN, 7, lines("{\"a\":1}\n", "{\"a\":\"é\"}\n"))
                        .join())
                .isEqualTo(new Done<>(partToken));

        CONVEX.verify(
                1,
                postRequestedFor(urlEqualTo("/api/import/upload_part?uploadToken=%7B%22objectKey%22%3A%22b2%2038%22%2C"
                                + "%22filepath%22%3A%22%2Fdata%2Fa%2Bb%26c%3Dd.blob%22%7D&partNumber=7"))
                        .withQueryParam("uploadToken", equalTo(TOKEN))
                        .withHeader("Authorization", equalTo("Convex " + OpenDeployments.KEY))
                        .withHeader("Content-Type", equalTo("application/octet-stream"))
                        .withHeader("Content-Length", equalTo("19"))
                        .withRequestBody(equalTo("{\"a\":1}\n{\"a\":\"é\"}\n")));
    }

    @Test
    void a_finished_upload_is_an_import_of_json_lines_that_is_to_replace_the_table() {
        answer("{\"importId\":\"km26fhyvkhsp090cbjxr73r0r58jsc4g\"}");

        assertThat(deployment().finishUpload("users", TOKEN, List.of("", "b")).join())
                .isEqualTo(new Done<>("km26fhyvkhsp090cbjxr73r0r58jsc4g"));

        CONVEX.verify(
                1,
                postRequestedFor(urlEqualTo("/api/import/finish_upload"))
                        .withHeader("Content-Type", equalTo("application/json"))
                        .withRequestBody(equalToJson("{\"import\":{\"tableName\":\"users\",\"format\":\"jsonLines\","
                                + "\"mode\":\"replace\"},\"uploadToken\":"
                                + json.valueToTree(TOKEN) + ",\"partTokens\":[\"\",\"b\"]}")));
    }

    @Test
    void an_import_is_performed_by_its_id() {
        CONVEX.stubFor(any(anyUrl()).willReturn(aResponse()));

        assertThat(deployment().performImport("km2").join()).isEqualTo(Outcome.done());

        CONVEX.verify(
                1,
                postRequestedFor(urlEqualTo("/api/perform_import"))
                        .withHeader("Content-Type", equalTo("application/json"))
                        .withRequestBody(equalToJson("{\"importId\":\"km2\"}")));
    }

    @Test
    void a_small_table_is_replaced_in_a_single_request() {
        answer("{\"numWritten\":2}");

        assertThat(deployment()
                        .importAtOnce("users", lines("{\"a\":1}\n{\"a\":2}\n"))
                        .join())
                .isEqualTo(new Done<>(2L));

        CONVEX.verify(
                1,
                postRequestedFor(urlEqualTo("/api/import?tableName=users&format=jsonLines&mode=replace"))
                        .withHeader("Content-Type", equalTo("application/octet-stream"))
                        .withRequestBody(equalTo("{\"a\":1}\n{\"a\":2}\n")));
    }

    @Test
    void a_table_is_emptied_by_a_put() {
        CONVEX.stubFor(any(anyUrl()).willReturn(aResponse()));

        assertThat(deployment().clearTable("users").join()).isEqualTo(Outcome.done());

        CONVEX.verify(
                1,
                putRequestedFor(urlEqualTo("/api/streaming_import/clear_tables"))
                        .withHeader("Content-Type", equalTo("application/json"))
                        .withRequestBody(equalToJson("{\"tableNames\":[\"users\"]}")));
    }

    @Test
    void the_state_of_an_import_is_a_system_query() {
        answer(success("{\"state\":{\"state\":\"uploaded\"},\"checkpoints\":null}"));

        assertThat(state()).isEqualTo(new Done<>(new ImportState.Uploaded()));

        CONVEX.verify(
                1,
                postRequestedFor(urlEqualTo("/api/query"))
                        .withRequestBody(equalToJson("{\"path\":\"_system/cli/queryImport\",\"args\":{\"importId\":"
                                + "\"km2\"},\"format\":\"json\"}")));
    }

    @Test
    void an_import_that_nobody_knows_is_unknown() {
        answer(success("null"));

        assertThat(state()).isEqualTo(new Done<>(new ImportState.Unknown()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"12345678901\"", "12345678901", "12345678901.0"})
    void what_waits_for_confirmation_says_how_many_documents_it_has(final String count) {
        answer(success(
                "{\"state\":{\"state\":\"waiting_for_confirmation\"},\"checkpoints\":[{\"total_num_rows_to_write\":"
                        + count + "}]}"));

        assertThat(state()).isEqualTo(new Done<>(new ImportState.WaitingForConfirmation(12_345_678_901L)));
    }

    @Test
    void progress_is_told_without_data() {
        answer(success("{\"state\":{\"state\":\"in_progress\",\"progress_message\":\"Importing \\\"users\\\" (1,000"
                + " documents)\"}}"));
        assertThat(state()).isEqualTo(new Done<>(new ImportState.InProgress("Importing \"users\" (1,000 documents)")));

        answer(success("{\"state\":{\"state\":\"in_progress\",\"progress_message\":\"At {a: \\\"secret\\\"}\"}}"));
        assertThat(state()).isEqualTo(new Done<>(new ImportState.InProgress("At (data left out)")));

        answer(success("{\"state\":{\"state\":\"in_progress\"}}"));
        assertThat(state()).isEqualTo(new Done<>(new ImportState.InProgress("")));
    }

    @Test
    void a_state_of_a_later_server_is_progress() {
        answer(success("{\"state\":{\"state\":\"secret\"}}"));

        assertThat(state())
                .isEqualTo(new Done<>(
                        new ImportState.InProgress("in a state that this version of the connector does not know")));
    }

    @Test
    void a_completed_import_says_how_many_documents_it_wrote() {
        answer(
                success(
                        "{\"state\":{\"state\":\"completed\",\"num_rows_written\":\"5\",\"timestamp\":\"1795425458951424266\"}}"));

        assertThat(state()).isEqualTo(new Done<>(new ImportState.Completed(5)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Import canceled|ImportCanceled|Import canceled",
                "Hit an error while importing:\\nFailed to insert or update a document in table \"s\" because it does not"
                        + " match the schema: Value does not match validator.\\nPath: .id\\nValue: \"secret\"\\nValidator:"
                        + " v.float64()|SchemaEnforcementError|Hit an error while importing: Failed to insert or update a"
                        + " document in table \"s\" because it does not match the schema: Value does not match validator."
                        + " Path: .id. (data left out) Validator: v.float64()",
                "Row 2 wasn't a valid Convex value: expected object, received 5|ImportFailed"
                        + "|Row 2 wasn't a valid Convex value: expected object, received (data left out)",
                "Hit an error while importing:\\nTable users has an index that is still backfilling."
                        + "|InvalidImport|Hit an error while importing: Table users has an index that is still"
                        + " backfilling.",
                "Oops, 0123456789abcdef|ImportFailed|Oops, (deploy key)"
            })
    void a_failed_import_says_why_without_data_or_key(final String text, final String code, final String told) {
        final String failed = success("{\"state\":{\"state\":\"failed\",\"error_message\":"
                + json.valueToTree(text.replace("\\n", "\n")) + "}}");
        answer(failed);

        assertThat(state()).isEqualTo(new Done<>(new ImportState.Failed(new Refused<>(400, code, told))));

        CONVEX.stubFor(any(anyUrl())
                .willReturn(okJson("{\"code\":\"ImportFailed\",\"message\":"
                                + json.valueToTree(text.replace("\\n", "\n")) + "}")
                        .withStatus(400)));
        assertThat(deployment().importAtOnce("users", lines("{}")).join())
                .isEqualTo(new Refused<Long>(400, code, told));
    }

    @Test
    void a_failure_that_quotes_a_huge_document_is_still_a_failure() {
        answer(
                success(
                        "{\"state\":{\"state\":\"failed\",\"error_message\":\"Hit an error while importing:\\nDocument(value:"
                                + " {a: \\\"" + "\\u0001".repeat(1_048_000)
                                + "\\\"}) isn't a valid document: Document is too nested (nested 17 levels deep > maximum nesting 16)\"}}"));

        assertThat(state())
                .isEqualTo(new Done<>(new ImportState.Failed(new Refused<>(
                        400,
                        "InvalidDocumentError",
                        "Hit an error while importing: The document isn't valid: Document is too nested (nested 17 levels"
                                + " deep > maximum nesting 16)"))));
    }

    @Test
    void states_need_the_right_to_see_them() {
        answer("{\"status\":\"error\",\"errorMessage\":\"Operation query not permitted\"}");

        assertThat(state())
                .isEqualTo(
                        new Refused<ImportState>(200, HttpDeployment.NOT_PERMITTED, "Operation query not permitted"));
    }

    @Test
    void the_right_to_watch_does_not_depend_on_how_much_there_is_to_see() {
        answer(success("[{\"state\":{\"state\":\"failed\",\"error_message\":\"" + "x".repeat(2 << 20) + "\"}}]"));

        assertThat(deployment().mayWatchImports().join()).isEqualTo(new Done<>(true));
    }

    static Stream<JsonNode> every_recorded_state_is_understood() throws IOException {
        final ObjectMapper mapper = new ObjectMapper();
        try (InputStream lines = SnapshotImportIT.class.getResourceAsStream("/recordings/convex-recordings-3.jsonl")) {
            final String text = new String(Objects.requireNonNull(lines).readAllBytes(), StandardCharsets.UTF_8);
            final Stream.Builder<JsonNode> found = Stream.builder();
            for (final String line : text.lines().toList()) {
                final JsonNode recorded = mapper.readTree(line);
                if (recorded.at("/request/body").asText().contains("\"_system/cli/queryImport\"")
                        && recorded.at("/response/body").asText().contains("\"success\"")) {
                    found.add(recorded.at("/response/body"));
                }
            }
            return found.build();
        }
    }

    @ParameterizedTest
    @MethodSource
    void every_recorded_state_is_understood(final JsonNode recorded) throws IOException {
        answer(recorded.asText());
        final JsonNode row = json.readTree(recorded.asText()).path("value");
        final JsonNode checkpoint = row.path("checkpoints").path(0);

        final ImportState understood = ((Done<ImportState>) state()).value();

        switch (row.path("state").path("state").asText()) {
            case "uploaded" -> assertThat(understood).isEqualTo(new ImportState.Uploaded());
            case "waiting_for_confirmation" ->
                assertThat(understood)
                        .isEqualTo(new ImportState.WaitingForConfirmation(
                                checkpoint.path("total_num_rows_to_write").asLong()));
            case "in_progress" ->
                assertThat(understood)
                        .isEqualTo(new ImportState.InProgress(
                                row.path("state").path("progress_message").asText()));
            case "completed" ->
                assertThat(understood)
                        .isEqualTo(new ImportState.Completed(
                                checkpoint.path("num_rows_written").asLong()));
            default ->
                assertThat(understood)
                        .isInstanceOfSatisfying(
                                ImportState.Failed.class,
                                failed -> assertThat(failed.refusal().message())
                                        .isNotEmpty()
                                        .doesNotContain("\"two\"", "received 5", "_x: 1.0", "[[["));
        }
    }

    static Stream<Function<Deployment, CompletableFuture<? extends Outcome<?>>>> questions() {
        return Stream.of(
                Deployment::startUpload,
                deployment -> deployment.uploadPart(TOKEN, 1, lines("{}")),
                deployment -> deployment.finishUpload("users", TOKEN, List.of("")),
                deployment -> deployment.importState("km2"),
                deployment -> deployment.importAtOnce("users", lines("{}")),
                Deployment::generationMarkers);
    }

    @ParameterizedTest
    @MethodSource("questions")
    void answers_that_are_none_are_lost(final Function<Deployment, CompletableFuture<? extends Outcome<?>>> question) {
        for (final String body : List.of(
                "",
                "null",
                "5",
                "[]",
                "{}",
                "<html>",
                "\"half",
                "{\"uploadToken\":\"\"}",
                "{\"uploadToken\":{}}",
                "{\"importId\":null}",
                "{\"importId\":[1]}",
                "{\"numWritten\":-1}",
                "{\"numWritten\":\"many\"}",
                "{\"numWritten\":1.5}",
                "{\"status\":\"success\"}",
                success("[]"),
                success("\"text\""),
                success("{}"),
                success("{\"state\":\"uploaded\"}"),
                success("{\"state\":{}}"),
                success("{\"state\":{\"state\":\"waiting_for_confirmation\"},\"checkpoints\":null}"),
                success("{\"state\":{\"state\":\"waiting_for_confirmation\"},\"checkpoints\":[]}"),
                success("{\"state\":{\"state\":\"waiting_for_confirmation\"},\"checkpoints\":[{}]}"),
                success("{\"state\":{\"state\":\"waiting_for_confirmation\"},\"checkpoints\":["
                        + "{\"total_num_rows_to_write\":\"1\"},{\"total_num_rows_to_write\":\"1\"}]}"),
                success("{\"state\":{\"state\":\"completed\"}}"),
                success("{\"state\":{\"state\":\"completed\",\"num_rows_written\":\"five\"}}"))) {
            answer(body);
            assertThat(doubt(question.apply(deployment()).join())).as(body).isEqualTo(Doubt.ANSWER_LOST);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>", "\"half"})
    void a_change_with_nothing_to_tell_is_not_done_by_somebody_else_s_page(final String body) {
        answer(body);

        assertThat(doubt(deployment().performImport("km2").join())).isEqualTo(Doubt.ANSWER_LOST);
        assertThat(doubt(deployment().clearTable("users").join())).isEqualTo(Doubt.ANSWER_LOST);
        assertThat(doubt(deployment().writeGenerationMarkers(List.of()).join())).isEqualTo(Doubt.ANSWER_LOST);
    }

    static Stream<Function<Deployment, CompletableFuture<? extends Outcome<?>>>> requests() {
        return Stream.concat(
                questions(),
                Stream.of(
                        deployment -> deployment.performImport("km2"),
                        deployment -> deployment.clearTable("users"),
                        deployment -> deployment.writeGenerationMarkers(List.of())));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void what_goes_wrong_on_the_way_is_an_outcome(
            final Function<Deployment, CompletableFuture<? extends Outcome<?>>> request) {
        CONVEX.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(408)));
        assertThat(doubt(request.apply(deployment()).join())).isEqualTo(Doubt.TIMED_OUT);

        CONVEX.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(500)));
        assertThat(doubt(request.apply(deployment()).join())).isEqualTo(Doubt.SERVER_ERROR);

        CONVEX.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(502)));
        assertThat(doubt(request.apply(deployment()).join())).isEqualTo(Doubt.ANSWER_LOST);

        CONVEX.stubFor(any(anyUrl())
                .willReturn(okJson("{\"code\":\"OptimisticConcurrencyControlFailure\",\"message\":\"words\"}")
                        .withStatus(503)));
        assertThat(request.apply(deployment()).join()).isInstanceOf(Outcome.Busy.class);

        CONVEX.stubFor(any(anyUrl())
                .willReturn(okJson("{\"code\":\"OperationNotPermitted\",\"message\":\"words\"}")
                        .withStatus(403)));
        assertThat(request.apply(deployment()).join())
                .hasToString("Refused[status=403, code=OperationNotPermitted, message=words]");

        CONVEX.resetRequests();
        CONVEX.stubFor(any(anyUrl()).willReturn(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER)));
        assertThat(doubt(request.apply(deployment()).join())).isEqualTo(Doubt.ANSWER_LOST);
        CONVEX.verify(1, anyRequestedFor(anyUrl()));

        CONVEX.stubFor(any(anyUrl()).willReturn(aResponse().withFixedDelay(20_000)));
        assertThat(doubt(request.apply(open.at(CONVEX.baseUrl(), OpenDeployments.IMPATIENT))
                        .join()))
                .isEqualTo(Doubt.TIMED_OUT);
    }

    private static void answer(final String body) {
        CONVEX.stubFor(any(anyUrl()).willReturn(okJson(body)));
    }

    private static String success(final String value) {
        return "{\"status\":\"success\",\"value\":" + value + "}";
    }

    private HttpDeployment deployment() {
        return open.at(CONVEX.baseUrl());
    }

    private Outcome<ImportState> state() {
        return deployment().importState("km2").join();
    }

    private static Doubt doubt(final Outcome<?> outcome) {
        assertThat(outcome).isInstanceOf(Unknown.class);
        return ((Unknown<?>) outcome).doubt();
    }

    private static RequestBody lines(final String... texts) {
        final List<ByteBuffer> buffers = Stream.of(texts)
                .map(text -> ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)))
                .toList();
        return new RequestBody(
                buffers, buffers.stream().mapToLong(ByteBuffer::remaining).sum());
    }
}
