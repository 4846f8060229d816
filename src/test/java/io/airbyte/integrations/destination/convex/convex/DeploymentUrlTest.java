package io.airbyte.integrations.destination.convex.convex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.airbyte.integrations.destination.convex.protocol.Failure;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeploymentUrlTest {

    private static final String CANARY = "0123canary4567";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://happy-otter-123.convex.cloud",
                "https://happy-otter-123.convex.cloud/",
                "https://happy-otter-123.convex.cloud//",
                "https://happy-otter-123.convex.cloud/api",
                "https://happy-otter-123.convex.cloud/api/streaming_import/",
                "https://happy-otter-123.convex.cloud?a=b|c",
                "https://happy-otter-123.convex.cloud#settings",
                "https://happy-otter-123.convex.cloud/a b\\c?d#e",
                "https://happy-otter-123.convex.cloud:443",
                "https://happy-otter-123.convex.cloud:",
                "https://happy-otter-123.convex.cloud.",
                "HTTPS://Happy-Otter-123.CONVEX.cloud",
                " https://happy-otter-123.convex.cloud\n",
                "\u00a0\ufeffhttps://happy-otter-123.convex.cloud\u200b",
                "\"https://happy-otter-123.convex.cloud\"",
                "' https://happy-otter-123.convex.cloud '",
                "\u201chttps://happy-otter-123.convex.cloud\u201d",
                "CONVEX_URL=https://happy-otter-123.convex.cloud",
                "export NEXT_PUBLIC_CONVEX_URL = \"https://happy-otter-123.convex.cloud\""
            })
    void every_spelling_of_a_url_becomes_the_same_base(final String text) {
        final DeploymentUrl url = DeploymentUrl.parse(text);

        assertThat(url.base()).hasToString("https://happy-otter-123.convex.cloud");
        assertThat(url).isEqualTo(DeploymentUrl.parse("https://happy-otter-123.convex.cloud"));
        assertThat(url).hasSameHashCodeAs(DeploymentUrl.parse("https://happy-otter-123.convex.cloud"));
        assertThat(url.insecure()).isFalse();
        assertThat(url.warning()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "https://happy-otter-123.eu-west-1.convex.cloud, https://happy-otter-123.eu-west-1.convex.cloud",
        "https://api.example.com/, https://api.example.com",
        "https://api.example.com:8443/convex, https://api.example.com:8443",
        "https://BÜCHER.example, https://xn--bcher-kva.example",
        "https://example.com:3211, https://example.com:3211",
        "https://example.com:6791, https://example.com:6791",
        "https://my.convex.dev, https://my.convex.dev",
        "https://203.0.113.7, https://203.0.113.7",
        "https://[2001:db8::7]:3210/, https://[2001:db8::7]:3210"
    })
    void custom_domains_regions_ports_and_addresses_are_accepted(final String text, final String base) {
        assertThat(DeploymentUrl.parse(text).base()).hasToString(base);
        assertThat(DeploymentUrl.parse(text)).hasToString(base);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost:3210",
                "http://LOCALHOST:3210/",
                "http://app.localhost",
                "http://127.0.0.1:3210",
                "http://127.8.8.8",
                "http://0.0.0.0:3210",
                "http://10.1.2.3",
                "http://172.16.0.1",
                "http://172.31.255.255:80",
                "http://192.168.1.20:3210",
                "http://169.254.1.1",
                "http://[::1]:3210",
                "http://[::]:3210",
                "http://[::ffff:10.0.0.1]",
                "http://[fd12:3456::1]:3210",
                "http://[fc00::1]",
                "http://[fe80::1]",
                "http://host.docker.internal:3210",
                "http://gateway.docker.internal",
                "http://nas.local:3210",
                "http://backend.convex.svc.cluster.local:3210",
                "http://backend:3210",
                "http://convex-backend"
            })
    void plain_http_to_this_machine_or_a_private_network_is_accepted_silently(final String text) {
        final DeploymentUrl url = DeploymentUrl.parse(text);

        assertThat(url.base().getScheme()).isEqualTo("http");
        assertThat(url.base().getHost()).isNotNull();
        assertThat(url.insecure()).isFalse();
        assertThat(url.warning()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://happy-otter-123.convex.cloud",
                "http://example.com:3210",
                "http://8.8.8.8:3210",
                "http://172.32.0.1",
                "http://11.0.0.1",
                "http://999.1.1.1.example.com",
                "http://[2001:db8::7]:3210",
                "http://local.example.com",
                "http://10.0.0.1.example.com"
            })
    void plain_http_across_the_internet_is_accepted_with_a_warning(final String text) {
        final DeploymentUrl url = DeploymentUrl.parse(text);

        assertThat(url.insecure()).isTrue();
        assertThat(url.warning())
                .contains("The deployment URL uses plain http although its host is not on a private network: the"
                        + " deploy key and all data travel unencrypted. Use https if the deployment offers it.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "\"\"", "\n", "CONVEX_URL="})
    void an_empty_url_is_refused(final String text) {
        assertThat(refusal(text))
                .isEqualTo("The deployment URL is empty. Copy the deployment URL from the Convex dashboard, in your"
                        + " deployment's settings; it looks like https://happy-otter-123.convex.cloud.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hello",
                "hello world.",
                "https:happy-otter-123.convex.cloud",
                "https:/happy-otter-123.convex.cloud",
                "https//happy-otter-123.convex.cloud",
                "https://",
                "https:///api",
                "https://.",
                "https://..",
                "https://:3210",
                "https://<your deployment>.convex.cloud",
                "https://happy otter.convex.cloud",
                "https://happy-otter-123.convex.cloud and more",
                "https://happy..convex.cloud",
                "https://-",
                "https://[::1",
                "https://[zz::1]",
                "https://::1:3210",
                "https://a%2fb.example.com",
                "https://$CONVEX.example.com"
            })
    void what_is_not_a_url_is_refused(final String text) {
        assertThat(refusal(text))
                .startsWith("The deployment URL is not a URL. Copy the deployment URL from the Convex");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "happy-otter-123.convex.cloud",
                "//happy-otter-123.convex.cloud",
                "happy-otter-123.convex.cloud/api",
                "api.example.com",
                "localhost",
                "localhost:3210",
                "127.0.0.1:3210",
                "[::1]:3210"
            })
    void a_missing_scheme_is_named(final String text) {
        assertThat(refusal(text))
                .isEqualTo("The deployment URL has no scheme. Put https:// in front of it; for a deployment on your own"
                        + " machine or network, http works too.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"wss://happy-otter-123.convex.cloud", "ftp://example.com", "htps://example.com"})
    void another_scheme_than_http_is_refused(final String text) {
        assertThat(refusal(text))
                .isEqualTo("The deployment URL has a scheme that the connector cannot use. It must begin with https://;"
                        + " for a deployment on your own machine or network, http works too.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://dashboard.convex.dev/t/team/project/happy-otter-123/data",
                "https://dashboard.convex.dev",
                "dashboard.convex.dev/d/happy-otter-123",
                "https://Dashboard.Convex.Dev/",
                "https://docs.convex.dev",
                "https://www.convex.dev",
                "https://convex.dev"
            })
    void the_dashboard_is_not_a_deployment(final String text) {
        assertThat(refusal(text))
                .startsWith("The deployment URL is the address of a Convex web page such as the dashboard, not of a"
                        + " deployment. Copy the deployment URL from the Convex dashboard");
    }

    @ParameterizedTest
    @CsvSource({
        "https://happy-otter-123.convex.site, happy-otter-123",
        "https://happy-otter-123.convex.site/webhook, happy-otter-123",
        "http://HAPPY-otter-123.eu-west-1.Convex.Site, happy-otter-123.eu-west-1"
    })
    void the_address_of_http_actions_is_answered_with_the_right_one(final String text, final String name) {
        assertThat(refusal(text))
                .isEqualTo("The deployment URL ends in .convex.site, where a deployment serves HTTP actions, not"
                        + " imports. Enter https://" + name + ".convex.cloud instead.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:3211",
                "http://localhost:3211/",
                "https://192.168.1.2:3211",
                "http://[::1]:3211"
            })
    void the_port_of_http_actions_is_answered_with_the_right_one(final String text) {
        assertThat(refusal(text))
                .isEqualTo("The deployment URL has port 3211, where a self-hosted deployment serves HTTP actions, not"
                        + " imports. Use the port of its API instead, usually 3210.");
    }

    @Test
    void the_port_of_a_self_hosted_dashboard_is_answered_with_the_right_one() {
        assertThat(refusal("http://localhost:6791"))
                .isEqualTo("The deployment URL has port 6791, where a self-hosted deployment serves its dashboard. Use"
                        + " the port of its API instead, usually 3210.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://user:" + CANARY + "@happy-otter-123.convex.cloud",
                "https://" + CANARY + "@happy-otter-123.convex.cloud/",
                "user:" + CANARY + "@happy-otter-123.convex.cloud"
            })
    void a_user_in_the_url_is_refused_without_repeating_it(final String text) {
        assertThat(refusal(text))
                .isEqualTo("The deployment URL contains a user name or password (the part before the @). Remove that"
                        + " part and enter the deploy key in its own field.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.com:0",
                "https://example.com:65536",
                "https://example.com:99999999999",
                "https://example.com:-1",
                "https://example.com:port",
                "https://example.com:3210:3210",
                "http://[::1]:x"
            })
    void a_port_that_is_none_is_refused(final String text) {
        assertThat(refusal(text))
                .isEqualTo("The port in the deployment URL is not a number from 1 to 65535. Correct it, or leave it out"
                        + " together with the colon.");
    }

    @Test
    void an_underscore_in_the_host_is_refused_because_no_request_could_be_sent_there() {
        assertThat(refusal("http://convex_backend:3210"))
                .isEqualTo("The host name in the deployment URL contains an underscore, which is not valid in a host"
                        + " name. Use another name of that host, or its IP address.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"happy-otter-123", "prod:happy-otter-123", "dev:happy-otter-123"})
    void the_name_of_a_deployment_is_not_its_url(final String text) {
        assertThat(refusal(text)).startsWith("The deployment URL is only a deployment's name. Copy the deployment URL");
    }

    @Test
    void a_deploy_key_in_the_wrong_field_is_recognised() {
        assertThat(refusal("prod:happy-otter-123|" + CANARY))
                .startsWith("The deployment URL looks like a deploy key. Enter the deploy key in its own field.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                CANARY,
                CANARY + "|" + CANARY,
                "https://" + CANARY + "|" + CANARY,
                CANARY + "://" + CANARY,
                "https://" + CANARY + ":" + CANARY,
                "https://_" + CANARY,
                CANARY + ".x",
                "http://localhost:3211/" + CANARY,
                "https://happy-otter-123.convex.site/" + CANARY,
                "https://dashboard.convex.dev/" + CANARY
            })
    void no_sentence_repeats_what_may_be_a_secret(final String text) {
        assertThat(refusal(text)).doesNotContain(CANARY);
    }

    @Test
    void whatever_is_pasted_is_a_url_or_a_configuration_error() {
        final Random random = new Random(7);
        final String alphabet = "https://:.[]%@|\\?#_- aé\u0000\ud800convex.cloud127";
        Stream.generate(() -> random.ints(random.nextInt(1, 24), 0, alphabet.length())
                        .mapToObj(at -> String.valueOf(alphabet.charAt(at)))
                        .reduce(random.nextBoolean() ? "http://" : "", String::concat))
                .limit(20_000)
                .forEach(text -> {
                    try {
                        assertThat(DeploymentUrl.parse(text).base().getHost()).isNotEmpty();
                    } catch (final Failure failure) {
                        assertThat(failure.kind()).isEqualTo(Failure.Kind.CONFIG_ERROR);
                    }
                });
    }

    private static String refusal(final String text) {
        final Failure failure = catchThrowableOfType(Failure.class, () -> DeploymentUrl.parse(text));
        assertThat(failure).as("the refusal of <%s>", text).isNotNull();
        assertThat(failure.kind()).isEqualTo(Failure.Kind.CONFIG_ERROR);
        assertThat(failure.getCause()).isNull();
        return failure.message();
    }
}
