package io.airbyte.integrations.destination.convex.wire;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.absent;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.putRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static io.airbyte.integrations.destination.convex.wire.OpenDeployments.IMPATIENT;
import static io.airbyte.integrations.destination.convex.wire.OpenDeployments.PATIENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.airbyte.integrations.destination.convex.convex.HttpDeployment;
import io.airbyte.integrations.destination.convex.convex.Outcome;
import io.airbyte.integrations.destination.convex.convex.Outcome.Busy;
import io.airbyte.integrations.destination.convex.convex.Outcome.Done;
import io.airbyte.integrations.destination.convex.convex.Outcome.Doubt;
import io.airbyte.integrations.destination.convex.convex.Outcome.Refused;
import io.airbyte.integrations.destination.convex.convex.Outcome.Unknown;
import io.airbyte.integrations.destination.convex.convex.RequestBody;
import io.airbyte.integrations.destination.convex.convex.Timeouts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HttpDeploymentIT {

    private static final String KEY = OpenDeployments.KEY;
    private static final String IMPORT = "/api/streaming_import/import_airbyte_records";

    @RegisterExtension
    static final WireMockExtension CONVEX = WireMockExtension.newInstance()
            .options(WireMockConfiguration.wireMockConfig().dynamicPort())
            .build();

    @RegisterExtension
    final OpenDeployments open = new OpenDeployments();

    @Test
    void records_are_posted_from_their_buffers_with_a_known_length_as_often_as_needed() {
        CONVEX.stubFor(any(anyUrl()).willReturn(aResponse()));
        final List<ByteBuffer> buffers = List.of(
                ByteBuffer.wrap("xx{\"tables\":{},".getBytes(StandardCharsets.UTF_8))
                        .position(2)
                        .slice(),
                ByteBuffer.allocate(0),
                ByteBuffer.wrap("\"messages\":[\"é\"]}".getBytes(StandardCharsets.UTF_8)));
        final RequestBody body = new RequestBody(buffers, 31);
        final HttpDeployment deployment = deployment(PATIENT);

        assertThat(deployment.importRecords(body).join()).isEqualTo(Outcome.done());
        assertThat(deployment.importRecords(body).join()).isEqualTo(Outcome.done());

        CONVEX.verify(
                2,
                postRequestedFor(urlEqualTo(IMPORT))
                        .withHeader("Authorization", equalTo("Convex " + KEY))
                        .withHeader("Convex-Client", equalTo("streaming-import-1.2.3"))
                        .withHeader("Content-Type", equalTo("application/json"))
                        .withHeader("Content-Length", equalTo("31"))
                        .withHeader("Transfer-Encoding", absent())
                        .withHeader("Upgrade", absent())
                        .withRequestBody(equalTo("{\"tables\":{},\"messages\":[\"é\"]}")));
        assertThat(buffers.get(2).position()).isZero();
    }

    @Test
    void sixteen_mebibytes_in_many_buffers_arrive_whole() {
        CONVEX.stubFor(any(anyUrl()).willReturn(aResponse()));
        final List<ByteBuffer> buffers = new ArrayList<>();
        for (int i = 0; i < 256; i++) {
            final byte[] part = new byte[65_536];
            Arrays.fill(part, (byte) ('a' + i % 26));
            buffers.add(ByteBuffer.wrap(part));
        }

        assertThat(deployment(PATIENT)
                        .importRecords(new RequestBody(buffers, 256L * 65_536))
                        .join())
                .isEqualTo(Outcome.done());

        final byte[] received =
                CONVEX.findAll(postRequestedFor(urlEqualTo(IMPORT))).get(0).getBody();
        assertThat(received).hasSize(256 * 65_536);
        assertThat(received[65_536 * 27]).isEqualTo((byte) 'b');
    }

    @Test
    void indexes_are_put() {
        CONVEX.stubFor(any(anyUrl()).willReturn(aResponse()));

        assertThat(deployment(PATIENT)
                        .addPrimaryKeyIndexes(Map.of("users", List.of(List.of("id"), List.of("a", "b"))))
                        .join())
                .isEqualTo(Outcome.done());

        CONVEX.verify(putRequestedFor(urlEqualTo("/api/streaming_import/add_primary_key_indexes"))
                .withHeader("Authorization", equalTo("Convex " + KEY))
                .withHeader("Content-Type", equalTo("application/json"))
                .withRequestBody(equalTo("{\"indexes\":{\"users\":[[\"id\"],[\"a\",\"b\"]]}}")));
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void readiness_is_asked_for_by_a_get_with_a_body(final boolean ready) {
        CONVEX.stubFor(any(anyUrl()).willReturn(okJson("{\"indexesReady\":" + ready + "}")));

        assertThat(deployment(PATIENT).primaryKeyIndexesReady(List.of("a", "b")).join())
                .isEqualTo(new Done<>(ready));

        CONVEX.verify(getRequestedFor(urlEqualTo("/api/streaming_import/primary_key_indexes_ready"))
                .withHeader("Content-Type", equalTo("application/json"))
                .withHeader("Content-Length", equalTo("20"))
                .withRequestBody(equalTo("{\"tables\":[\"a\",\"b\"]}")));
    }

    @Test
    void a_table_s_size_is_a_system_query() {
        CONVEX.stubFor(any(anyUrl()).willReturn(okJson("{\"status\":\"success\",\"value\":1234567.0}")));

        assertThat(deployment(PATIENT).tableSize("users").join()).isEqualTo(new Done<>(1_234_567L));

        CONVEX.verify(postRequestedFor(urlEqualTo("/api/query"))
                .withHeader("Authorization", equalTo("Convex " + KEY))
                .withRequestBody(equalToJson("{\"path\":\"_system/cli/tableSize\",\"args\":{\"tableName\":\"users\"},"
                        + "\"format\":\"json\"}")));
    }

    @Test
    void a_size_that_the_key_may_not_know_is_refused() {
        CONVEX.stubFor(any(anyUrl())
                .willReturn(okJson("{\"status\":\"error\",\"errorMessage\":\"[Request ID: f2639e9048ec3fb8] Server"
                        + " Error\\nOperation query not permitted\\n\"}")));

        assertThat(deployment(PATIENT).tableSize("users").join())
                .isEqualTo(new Refused<Long>(
                        200, "OperationNotPermitted", "[Request ID: f2639e9048ec3fb8] Operation query not permitted"));
        assertThat(deployment(PATIENT).mayViewData().join()).isEqualTo(new Done<>(false));
        assertThat(deployment(PATIENT).mayWatchImports().join()).isEqualTo(new Done<>(false));
    }

    @Test
    void a_query_that_fails_otherwise_says_nothing_about_the_key() {
        CONVEX.stubFor(any(anyUrl())
                .willReturn(okJson("{\"status\":\"error\",\"errorMessage\":\"Could not find public function\"}")));

        assertThat(deployment(PATIENT).mayViewData().join())
                .isEqualTo(new Refused<Boolean>(200, "QueryFailed", "Could not find public function"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"status\":\"success\"}",
                "{\"status\":\"success\",\"value\":\"5\"}",
                "{\"status\":\"success\",\"value\":-1}",
                "{\"status\":\"success\",\"value\":1.5}",
                "{\"status\":\"odd\",\"value\":1.0}",
                "{\"value\":1.0}",
                "{\"status\":\"success\",\"value\":1.0",
                "null",
                "<html>",
                "''"
            })
    void a_size_that_is_none_is_a_lost_answer(final String body) {
        CONVEX.stubFor(any(anyUrl()).willReturn(okJson(body)));

        assertThat(doubt(deployment(PATIENT).tableSize("users").join())).isEqualTo(Doubt.ANSWER_LOST);
    }

    @Test
    void the_schema_comes_as_it_is() {
        CONVEX.stubFor(any(anyUrl()).willReturn(okJson("{\"tables\":[],\"schemaValidation\":true}")));

        assertThat(deployment(PATIENT).getSchema().join())
                .isInstanceOfSatisfying(
                        Done.class,
                        done -> assertThat(done.value()).hasToString("{\"tables\":[],\"schemaValidation\":true}"));

        CONVEX.verify(getRequestedFor(urlEqualTo("/api/streaming_import/get_schema"))
                .withHeader("Authorization", equalTo("Convex " + KEY)));
    }

    @Test
    void a_redirect_is_refused_and_the_key_does_not_follow_it() {
        CONVEX.stubFor(any(anyUrl())
                .willReturn(aResponse().withStatus(307).withHeader("Location", CONVEX.baseUrl() + "/elsewhere")));

        assertThat(imported(deployment(PATIENT))).isEqualTo(new Refused<Void>(307, "", "HTTP status 307 with no text"));
        CONVEX.verify(1, anyRequestedFor(anyUrl()));
    }

    @ParameterizedTest
    @CsvSource({
        "408, '', TIMED_OUT",
        "500, InternalServerError, SERVER_ERROR",
        "500, '', SERVER_ERROR",
        "502, '', ANSWER_LOST",
        "503, '', ANSWER_LOST",
        "504, '', ANSWER_LOST"
    })
    void these_answers_leave_it_unknown_whether_the_records_were_written(
            final int status, final String code, final Doubt doubt) {
        answer(status, code);

        assertThat(doubt(imported(deployment(PATIENT)))).isEqualTo(doubt);
        CONVEX.verify(1, anyRequestedFor(anyUrl()));
    }

    @ParameterizedTest
    @CsvSource({"425, ''", "429, ''", "429, TooManyWrites", "503, OptimisticConcurrencyControlFailure"})
    void these_answers_prove_that_nothing_was_written(final int status, final String code) {
        answer(status, code);

        assertThat(imported(deployment(PATIENT)))
                .isInstanceOfSatisfying(
                        Busy.class, busy -> assertThat(busy.toString()).endsWith("retryAfter=Optional[PT3S]]"));
    }

    @Test
    void a_page_of_html_is_never_taken_for_a_deployment() {
        final ResponseDefinitionBuilder page =
                aResponse().withHeader("Content-Type", "text/html").withBody("<html>secret page</html>");
        CONVEX.stubFor(any(anyUrl()).willReturn(page));
        assertThat(imported(deployment(PATIENT)))
                .isEqualTo(new Unknown<Void>(Doubt.ANSWER_LOST, "HTTP status 200 with text/html", Optional.empty()));

        CONVEX.stubFor(any(anyUrl()).willReturn(page.withStatus(503)));
        assertThat(imported(deployment(PATIENT)))
                .isEqualTo(new Unknown<Void>(Doubt.ANSWER_LOST, "HTTP status 503 with text/html", Optional.empty()));

        CONVEX.stubFor(any(anyUrl()).willReturn(page.withStatus(404)));
        assertThat(imported(deployment(PATIENT)))
                .isEqualTo(new Refused<Void>(404, "", "HTTP status 404 with text/html"));
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void a_connection_that_breaks_leaves_it_unknown_and_is_not_tried_twice(final Fault fault) {
        CONVEX.stubFor(any(anyUrl()).willReturn(aResponse().withFault(fault)));

        assertThat(doubt(imported(deployment(PATIENT)))).isEqualTo(Doubt.ANSWER_LOST);
        CONVEX.verify(1, anyRequestedFor(anyUrl()));
    }

    @Test
    void an_answer_that_does_not_begin_in_time_is_given_up() {
        CONVEX.stubFor(any(anyUrl()).willReturn(aResponse().withFixedDelay(20_000)));

        assertThat(doubt(imported(deployment(IMPATIENT)))).isEqualTo(Doubt.TIMED_OUT);
        assertThat(doubt(deployment(IMPATIENT).tableSize("users").join())).isEqualTo(Doubt.TIMED_OUT);
    }

    @Test
    void an_answer_that_drips_beyond_the_time_is_given_up_though_its_head_came_early() {
        CONVEX.stubFor(any(anyUrl())
                .willReturn(okJson("{\"status\":\"success\",\"value\":1.0}").withChunkedDribbleDelay(20, 20_000)));

        assertThat(doubt(deployment(IMPATIENT).tableSize("users").join())).isEqualTo(Doubt.TIMED_OUT);
        assertThat(doubt(imported(deployment(IMPATIENT)))).isEqualTo(Doubt.TIMED_OUT);
    }

    @Test
    void half_a_body_is_a_lost_answer() throws IOException {
        try (RawServer server =
                RawServer.that(out -> RawServer.write(out, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}"))) {
            assertThat(doubt(imported(deployment(server.url(), PATIENT)))).isEqualTo(Doubt.ANSWER_LOST);
        }
    }

    @Test
    void what_is_not_http_is_a_lost_answer_whose_words_are_not_repeated() throws IOException {
        try (RawServer server = RawServer.that(out -> RawServer.write(out, "secret words\r\n\r\n"))) {
            final Outcome<Void> outcome = imported(deployment(server.url(), PATIENT));

            assertThat(doubt(outcome)).isEqualTo(Doubt.ANSWER_LOST);
            assertThat(outcome.toString()).doesNotContain("secret");
        }
    }

    @Test
    void an_endless_answer_is_abandoned_together_with_its_connection() throws IOException {
        try (RawServer server = RawServer.that(out -> {
            RawServer.write(out, "HTTP/1.1 400 Bad Request\r\n\r\n{\"code\":\"Odd\",\"message\":\"");
            final byte[] more = "x".repeat(65_536).getBytes(StandardCharsets.US_ASCII);
            while (true) {
                out.write(more);
            }
        })) {
            assertThat(imported(deployment(server.url(), PATIENT)))
                    .isInstanceOfSatisfying(
                            Refused.class, refused -> assertThat(refused.code()).isEqualTo("Odd"));
            assertThat(server.hungUp()).succeedsWithin(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_request_whose_time_is_over_leaves_no_connection_behind() throws IOException {
        try (RawServer server = RawServer.that(out -> {
            RawServer.write(out, "HTTP/1.1 200 OK\r\n\r\n");
            while (true) {
                RawServer.write(out, "x".repeat(65_536));
            }
        })) {
            // The schema may be long, so it is the time that ends this.
            assertThat(deployment(server.url(), IMPATIENT).getSchema().join()).isNotInstanceOf(Done.class);
            assertThat(server.hungUp()).succeedsWithin(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void without_a_connection_nothing_was_written() {
        assertThat(imported(deployment("http://nonexistent.invalid", PATIENT)))
                .isEqualTo(new Busy<Void>("the host name is unknown", Optional.empty()));
        assertThat(imported(deployment("http://127.0.0.1:1", PATIENT)))
                .isInstanceOfSatisfying(
                        Busy.class, busy -> assertThat(busy.reason()).startsWith("no connection could be made"));
        assertThat(imported(deployment(CONVEX.baseUrl().replace("http:", "https:"), PATIENT)))
                .isInstanceOfSatisfying(
                        Busy.class,
                        busy -> assertThat(busy.reason()).startsWith("no secure (TLS) connection could be made"));
    }

    @Test
    void closing_ends_what_is_in_flight() {
        CONVEX.stubFor(any(anyUrl()).willReturn(aResponse().withFixedDelay(20_000)));
        final HttpDeployment deployment = deployment(PATIENT);
        final CompletableFuture<Outcome<Void>> inFlight = deployment.importRecords(body());

        deployment.close();

        assertThat(doubt(inFlight.join())).isEqualTo(Doubt.ANSWER_LOST);
        assertThat(doubt(imported(deployment))).isEqualTo(Doubt.ANSWER_LOST);
    }

    /** Java waits 300 ms, at its exit, for a thread that is still out for the network. */
    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void closing_leaves_no_thread_behind(final String scheme) {
        CONVEX.stubFor(any(anyUrl()).willReturn(aResponse()));
        final Set<Thread> before = networkThreads();
        final HttpDeployment deployment = deployment(CONVEX.baseUrl().replace("http:", scheme + ":"), PATIENT);
        imported(deployment);
        assertThat(networkThreads()).hasSizeGreaterThan(before.size());

        deployment.close();

        await().until(() -> before.containsAll(networkThreads()));
    }

    private static Set<Thread> networkThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("(?i)(convex-|HttpClient-).*"))
                .collect(Collectors.toSet());
    }

    private static void answer(final int status, final String code) {
        final String body = code.isEmpty() ? "" : "{\"code\":\"%s\",\"message\":\"words\"}".formatted(code);
        CONVEX.stubFor(any(anyUrl())
                .willReturn(aResponse()
                        .withStatus(status)
                        .withHeader("Content-Type", "application/json")
                        .withHeader("Retry-After", "3")
                        .withBody(body)));
    }

    private static Outcome<Void> imported(final HttpDeployment deployment) {
        return deployment.importRecords(body()).join();
    }

    private static RequestBody body() {
        final byte[] bytes = "{\"tables\":{},\"messages\":[]}".getBytes(StandardCharsets.UTF_8);
        return new RequestBody(List.of(ByteBuffer.wrap(bytes)), bytes.length);
    }

    private static Doubt doubt(final Outcome<?> outcome) {
        assertThat(outcome).isInstanceOf(Unknown.class);
        return ((Unknown<?>) outcome).doubt();
    }

    private HttpDeployment deployment(final Timeouts timeouts) {
        return deployment(CONVEX.baseUrl(), timeouts);
    }

    private HttpDeployment deployment(final String url, final Timeouts timeouts) {
        return open.at(url, timeouts);
    }
}
