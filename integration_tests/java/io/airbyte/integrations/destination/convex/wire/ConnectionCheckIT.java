package io.airbyte.integrations.destination.convex.wire;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.airbyte.integrations.destination.convex.convex.ApplicationSchema;
import io.airbyte.integrations.destination.convex.convex.CheckResult;
import io.airbyte.integrations.destination.convex.convex.ConnectionCheck;
import io.airbyte.integrations.destination.convex.convex.DeployKey;
import io.airbyte.integrations.destination.convex.convex.DeploymentUrl;
import io.airbyte.integrations.destination.convex.convex.HttpDeployment;
import io.airbyte.integrations.destination.convex.convex.Timeouts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ConnectionCheckIT {

    private static final String KEY = "prod:happy-otter-123|0123456789abcdef";
    private static final Timeouts IMPATIENT =
            new Timeouts(Duration.ofMillis(500), Duration.ofMillis(500), Duration.ofMillis(500));
    private static final String GRANTED = "{\"status\":\"success\",\"value\":0.0}";
    private static final String DENIED =
            "{\"status\":\"error\",\"errorMessage\":\"Server Error\\nOperation query not permitted\\n\"}";

    @RegisterExtension
    static final WireMockExtension CONVEX = WireMockExtension.newInstance()
            .options(WireMockConfiguration.wireMockConfig().dynamicPort().dynamicHttpsPort())
            .build();

    @ParameterizedTest
    @ValueSource(strings = {"null", "{\"tables\":[],\"schemaValidation\":true}"})
    void a_deployment_that_lets_the_key_import_is_all_it_takes(final String schema) {
        CONVEX.stubFor(get(urlEqualTo("/api/streaming_import/get_schema")).willReturn(okJson(schema)));
        CONVEX.stubFor(post(urlEqualTo("/api/query")).willReturn(okJson(GRANTED)));

        assertThat(check())
                .isEqualTo(new CheckResult(
                        true,
                        "Connected to " + http() + "; the deploy key may import.",
                        List.of(),
                        ApplicationSchema.NONE));
    }

    @Test
    void what_the_key_lacks_beyond_import_is_told_with_what_it_would_add() {
        CONVEX.stubFor(any(anyUrl()).willReturn(okJson("null")));
        CONVEX.stubFor(post(urlEqualTo("/api/query"))
                .withRequestBody(containing("tableSize"))
                .willReturn(okJson(DENIED)));
        CONVEX.stubFor(post(urlEqualTo("/api/query"))
                .withRequestBody(containing("queryImport:list"))
                .willReturn(okJson(DENIED)));

        final CheckResult result = check();

        assertThat(result.succeeded()).isTrue();
        assertThat(result.notes())
                .satisfiesExactly(
                        data -> assertThat(data).contains("deployment:data:view", "append streams"),
                        backups -> assertThat(backups).contains("deployment:backups:view", "overwrite streams"));
    }

    @Test
    void probes_that_fail_never_fail_the_check() {
        CONVEX.stubFor(any(anyUrl()).willReturn(okJson("null")));
        CONVEX.stubFor(post(urlEqualTo("/api/query")).willReturn(aResponse().withFault(Fault.EMPTY_RESPONSE)));
        assertThat(check().succeeded()).isTrue();
        assertThat(check().notes()).isEmpty();

        CONVEX.stubFor(post(urlEqualTo("/api/query")).willReturn(aResponse().withFixedDelay(20_000)));
        assertThat(check(http(), IMPATIENT).succeeded()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "401, BadAdminKey, not valid for this deployment",
        "403, BadDeployKey, not valid for this deployment",
        "403, OperationNotPermitted, lacks the permission deployment:backups:import",
        "403, ReadOnlyAdminKey, lacks the permission deployment:backups:import",
        "400, InvalidAdminKey, does not have the form of a key",
        "400, ClientVersionUnsupported, Update the connector",
        "503, Overloaded, Try again later",
        "500, InternalServerError, Try again later",
        "429, TooMany, Try again later",
        "408, '', Try again later",
        "502, '', Try again later",
        "404, '', not the address of a Convex deployment's API",
        "405, '', not the address of a Convex deployment's API",
        "301, '', redirect",
        "418, '', did not come from Convex"
    })
    void each_answer_has_its_sentence(final int status, final String code, final String words) {
        final String body = code.isEmpty() ? "" : "{\"code\":\"%s\",\"message\":\"words\"}".formatted(code);
        CONVEX.stubFor(any(anyUrl())
                .willReturn(aResponse()
                        .withStatus(status)
                        .withHeader("Location", "/elsewhere")
                        .withBody(body)));

        assertFails(check(), words, code);
    }

    @Test
    void the_wrong_surface_is_told_as_such() {
        CONVEX.stubFor(any(anyUrl())
                .willReturn(aResponse()
                        .withStatus(404)
                        .withBody("This Convex deployment does not have HTTP actions enabled.")));

        assertFails(check(), "serves HTTP actions, not imports", "port 3210");
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>Hello</html>", "", "OK", "{}", "[]", "{\"tables\":", "404 page not found"})
    void another_server_that_answers_200_is_not_taken_for_a_deployment(final String body) {
        CONVEX.stubFor(any(anyUrl()).willReturn(aResponse().withBody(body)));

        assertFails(check(), "answers, but not as a Convex deployment does", "Enter the deployment URL");
    }

    @Test
    void a_host_that_nobody_knows_is_told() {
        assertFails(check("https://nonexistent.invalid", ConnectionCheck.TIMEOUTS), "is unknown", "typing errors");
    }

    @Test
    void the_two_exchanges_of_a_check_take_less_than_thirty_seconds() {
        assertThat(ConnectionCheck.TIMEOUTS.query().multipliedBy(2)).isLessThan(Duration.ofSeconds(30));
    }

    @Test
    void a_port_that_nobody_listens_on_is_told() {
        assertFails(check("http://127.0.0.1:1", ConnectionCheck.TIMEOUTS), "Nothing accepts connections", "container");
    }

    @Test
    void a_server_without_tls_is_told() {
        assertFails(
                check(http().replace("http:", "https:"), ConnectionCheck.TIMEOUTS), "No secure connection", "http://");
    }

    @Test
    void a_server_that_waits_on_what_it_does_not_know_as_tls_is_told() throws IOException {
        final Timeouts noPatienceToConnect =
                new Timeouts(Duration.ofMillis(500), Duration.ofSeconds(14), Duration.ofSeconds(14));
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            final String address = "https://127.0.0.1:" + silent.getLocalPort();
            assertFails(
                    check(address, noPatienceToConnect),
                    "could be made in time",
                    "firewall",
                    "begin its URL with http://");
        }
    }

    @Test
    void a_certificate_that_nobody_signed_is_told() {
        assertFails(
                check("https://localhost:" + CONVEX.getHttpsPort(), ConnectionCheck.TIMEOUTS),
                "No secure connection",
                "certificate");
    }

    @Test
    void an_answer_that_does_not_come_or_drips_is_told_as_a_time_out() {
        CONVEX.stubFor(any(anyUrl()).willReturn(aResponse().withFixedDelay(20_000)));
        assertFails(check(http(), IMPATIENT), "did not answer in time", "try again");

        CONVEX.stubFor(any(anyUrl()).willReturn(okJson("null     ").withChunkedDribbleDelay(9, 20_000)));
        assertFails(check(http(), IMPATIENT), "did not answer in time", "try again");
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void a_connection_that_breaks_is_told(final Fault fault) {
        CONVEX.stubFor(any(anyUrl()).willReturn(aResponse().withFault(fault)));

        assertFails(check(), "broke before a complete answer came", "scheme and port");
    }

    @Test
    void what_is_not_http_at_all_is_told() throws IOException {
        try (RawServer server = RawServer.that(out -> RawServer.write(out, "SSH-2.0-OpenSSH_9.6\r\n"))) {
            assertFails(check(server.url(), ConnectionCheck.TIMEOUTS), "broke before a complete answer came", "port");
        }
    }

    private static void assertFails(final CheckResult result, final String... words) {
        assertThat(result.succeeded()).isFalse();
        assertThat(result.message()).contains(words).doesNotContain(KEY, "0123456789abcdef");
        assertThat(result.notes()).isEmpty();
    }

    private static String http() {
        return "http://localhost:" + CONVEX.getPort();
    }

    private static CheckResult check() {
        return check(http(), ConnectionCheck.TIMEOUTS);
    }

    private static CheckResult check(final String address, final Timeouts timeouts) {
        final DeploymentUrl url = DeploymentUrl.parse(address);
        final DeployKey key = DeployKey.parse(KEY);
        try (HttpDeployment deployment = new HttpDeployment(url, key, "1.2.3", timeouts)) {
            return new ConnectionCheck(url, key, deployment).run();
        }
    }
}
