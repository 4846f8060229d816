package io.airbyte.integrations.destination.convex.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector.Result;
import io.airbyte.integrations.destination.convex.local.Fault;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import io.airbyte.integrations.destination.convex.local.LoggedRequest;
import io.airbyte.integrations.destination.convex.local.Permission;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code check} tells, for every mistake that a configuration can hold and every key that a deployment knows. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CheckIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** In every key of these tests, so that a part of one that shows is found. */
    private static final String CANARY = "0c1a2n3a4r5y";

    private static final String KEY = "local|" + CANARY;
    private static final String IMPORT_ONLY = "prod:local|1" + CANARY;
    private static final String MAY_WATCH = "prod:local|2" + CANARY;
    private static final String MAY_READ = "prod:local|3" + CANARY;
    private static final String READ_ONLY = "prod:local|4" + CANARY;

    private static final LocalDeployment DEPLOYMENT = LocalDeployment.builder()
            .key(KEY, Permission.values())
            .key(IMPORT_ONLY, Permission.IMPORT_BACKUPS)
            .key(MAY_WATCH, Permission.IMPORT_BACKUPS, Permission.VIEW_BACKUPS)
            .key(MAY_READ, Permission.IMPORT_BACKUPS, Permission.VIEW_DATA)
            .key(READ_ONLY, Permission.VIEW_BACKUPS, Permission.VIEW_DATA)
            .start();
    private static final PlainServer WEB_PAGE =
            PlainServer.answering(200, "text/html; charset=utf-8", "<html>Welcome to nginx!</html>");
    private static final PlainServer MISSING_PAGE = PlainServer.answering(404, "text/html", "<h1>404 Not Found</h1>");
    private static final PlainServer HTTP_ACTIONS =
            PlainServer.answering(404, "text/plain", "This Convex deployment does not have HTTP actions enabled.");
    private static final PlainServer REDIRECT = PlainServer.redirectingTo("https://login.example.com/");
    private static final PlainServer GATEWAY = PlainServer.answering(502, "text/html", "<h1>502 Bad Gateway</h1>");
    private static final PlainServer OVERLOADED =
            PlainServer.answering(503, "application/json", "{\"code\":\"Overloaded\",\"message\":\"Too busy\"}");
    private static final PlainServer LOGIN_WALL = PlainServer.answering(401, "text/html", "<h1>Log in</h1>");
    private static final PlainServer PROXY_LOGIN = PlainServer.answering(407, "text/html", "<h1>Log in</h1>");
    private static final PlainServer SILENT = PlainServer.silent();
    private static final WireMockServer SELF_SIGNED = new WireMockServer(
            WireMockConfiguration.wireMockConfig().dynamicPort().dynamicHttpsPort());

    private static final String CLOUD = "https://happy-otter-123.convex.cloud";
    private static final String COPY_URL = "Copy the deployment URL from the Convex dashboard";
    private static final String RIGHT_ADDRESS = "Enter the deployment URL as the Convex dashboard shows it";
    private static final String NEW_KEY = "Generate a deploy key";

    @TempDir
    private static Path folder;

    /**
     * A configuration that is wrong.
     *
     * @param config the file
     * @param words what the sentence says: what is wrong, and the next step
     */
    private record Mistake(String name, Path config, List<String> words) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final Map<String, Mistake> MISTAKES = new LinkedHashMap<>();
    private static final Map<String, Result> RESULTS = new ConcurrentHashMap<>();

    @BeforeAll
    static void gather_the_mistakes() {
        SELF_SIGNED.start();
        mistakesInTheUrl();
        mistakesThatTheNetworkShows();
        mistakesThatTheAnswerShows();
        mistakesInTheKey();
        mistakesInTheFile();
    }

    @AfterAll
    static void shut_down() {
        SELF_SIGNED.stop();
        Stream.of(WEB_PAGE, MISSING_PAGE, HTTP_ACTIONS, REDIRECT, GATEWAY, OVERLOADED, LOGIN_WALL, PROXY_LOGIN, SILENT)
                .forEach(PlainServer::close);
        DEPLOYMENT.close();
    }

    private static void mistakesInTheUrl() {
        url("not a URL", "hello world", "is not a URL", COPY_URL);
        url("nothing", "", "The deployment URL is empty", COPY_URL);
        url("no scheme", "happy-otter-123.convex.cloud", "has no scheme", "Put https:// in front of it");
        url(
                "another scheme",
                "ftp://example.com",
                "a scheme that the connector cannot use",
                "must begin with https://");
        url("the dashboard", "https://dashboard.convex.dev/d/happy-otter-123", "such as the dashboard", COPY_URL);
        url(
                "the address of HTTP actions",
                "https://happy-otter-123.convex.site",
                "where a deployment serves HTTP actions",
                "Enter " + CLOUD + " instead");
        url("the port of HTTP actions", "http://localhost:3211", "has port 3211", "usually 3210");
        url("the port of the self-hosted dashboard", "http://localhost:6791", "has port 6791", "usually 3210");
        url("a name", "prod:happy-otter-123", "is only a deployment's name", COPY_URL);
        url("the key in the URL's field", KEY, "looks like a deploy key", "Enter the deploy key in its own field");
        url("a user in the URL", "https://u:" + CANARY + "@example.com", "user name or password", "Remove that part");
        url(
                "a port that is none",
                "https://example.com:http",
                "port in the deployment URL is not a number",
                "Correct it");
        url("an underscore", "http://convex_backend:3210", "contains an underscore", "Use another name of that host");
    }

    private static void mistakesThatTheNetworkShows() {
        url(
                "an unknown host",
                "https://nonexistent.invalid",
                "The host of https://nonexistent.invalid is unknown",
                "typing");
        url(
                "a refused connection",
                PlainServer.closed(),
                "Nothing accepts connections at",
                "that the deployment is running");
        url(
                "TLS where there is none",
                "https://localhost:" + SELF_SIGNED.port(),
                "No secure connection",
                "begin its URL with http://");
        url(
                "a certificate that nobody signed",
                "https://localhost:" + SELF_SIGNED.httpsPort(),
                "No secure connection to",
                "PKIX",
                "signed by an authority that Java trusts");
        url(
                "no TLS where there is",
                "http://localhost:" + SELF_SIGNED.httpsPort(),
                "The connection to",
                "broke before a complete answer came",
                "with its scheme and port");
        url("a time-out", SILENT.url(), "did not answer in time", "then try again");
    }

    private static void mistakesThatTheAnswerShows() {
        url("a web page", WEB_PAGE.url(), "answers, but not as a Convex deployment does", "text/html", RIGHT_ADDRESS);
        url(
                "a page that is missing",
                MISSING_PAGE.url(),
                "is not the address of a Convex deployment's API",
                RIGHT_ADDRESS);
        url("HTTP actions on another port", HTTP_ACTIONS.url(), "serves HTTP actions, not imports", RIGHT_ADDRESS);
        url("a redirect", REDIRECT.url(), "answers with a redirect", RIGHT_ADDRESS);
        url("a gateway with nothing behind it", GATEWAY.url(), "(HTTP status 502", "Try again later");
        url("an overloaded deployment", OVERLOADED.url(), "(HTTP status 503, Overloaded)", "Try again later");
        url(
                "a login in front of it",
                LOGIN_WALL.url(),
                "Something in front of the deployment",
                "let the connector through",
                NEW_KEY);
        url(
                "a proxy that wants a password",
                PROXY_LOGIN.url(),
                "A proxy asks for a user name",
                "Let it reach the deployment without that proxy");
    }

    private static void mistakesInTheKey() {
        key("no key", "", "The deploy key is empty", NEW_KEY);
        key("blanks for a key", " \n", "The deploy key is empty", NEW_KEY);
        key("a preview key", "preview:team:project|" + CANARY, "is a preview or project key", NEW_KEY);
        key("a project key", "project:team:project|" + CANARY, "is a preview or project key", NEW_KEY);
        key("a key without its secret", "prod:local", "the secret after the | is missing", "Copy the whole key");
        key("a key with a space", KEY + " " + CANARY, "contains a space", "Copy it again");
        key("a key with a colon", KEY + ":" + CANARY, "contains a colon after the |", "Copy the key again");
        key("the URL in the key's field", CLOUD, "looks like a URL", "in its own field");
        key("a hidden key", "**********", "replaced by asterisks", "Enter the key itself");
        key("a key that the deployment does not know", "local|x" + CANARY, "is not valid for this deployment", NEW_KEY);
        key(
                "a key without import",
                READ_ONLY,
                "lacks the permission deployment:backups:import",
                "Generate a key that has it");
        mistake(
                "a key of another deployment",
                config(CLOUD, "prod:sly-fox-456|" + CANARY),
                "belongs to the deployment sly-fox-456, but the deployment URL is that of happy-otter-123",
                "Enter the URL and the key of the same deployment");
    }

    private static void mistakesInTheFile() {
        final String url = "\"deployment_url\": \"" + DEPLOYMENT.url() + "\"";
        final String key = "\"access_key\": \"" + KEY + "\"";
        file("an empty file", "", "is empty", "It must hold a JSON object");
        file("no JSON", "deployment_url = x, " + KEY, "is not valid JSON at line 1", "Correct it");
        file(
                "half a file",
                "{\"deployment_url\": \"http",
                "ends before the JSON is complete",
                "Restore the part that is missing");
        file("a list", "[{" + url + "," + key + "}]", "is not a single JSON object", "It must hold one object");
        file("no URL", "{" + key + "}", "has no deployment_url", "Enter the URL of your Convex deployment");
        file("no key in the file", "{" + url + "}", "has no access_key", "Enter a deploy key");
        file("a key that is null", "{" + url + ", \"access_key\": null}", "has no access_key", "Enter a deploy key");
        file("neither", "{}", "has no deployment_url", "has no access_key", "Enter a deploy key");
        file(
                "a URL of another type",
                "{\"deployment_url\": 1, " + key + "}",
                "deployment_url is not a string",
                "Enter the URL");
        file(
                "a key of another type",
                "{" + url + ", \"access_key\": [\"" + KEY + "\"]}",
                "access_key is not a string",
                "Enter a");
        file(
                "an unknown choice for large integers",
                "{" + url + "," + key + ", \"large_integers\": \"" + CANARY + "\"}",
                "large_integers has an unknown value",
                "Use \"string\" or \"number\"");
        file(
                "an unknown choice for unstorable values",
                "{" + url + "," + key + ", \"unstorable_values\": 1}",
                "unstorable_values has an unknown value",
                "Use \"null_and_record\" or \"fail\"");
        file(
                "a boolean in quotes",
                "{" + url + "," + key + ", \"airbyte_metadata\": \"true\"}",
                "airbyte_metadata is not a boolean",
                "without quotes");
        mistake(
                "text that is not UTF-8",
                ("{" + url + "," + key + ", \"note\": \"é\"}").getBytes(StandardCharsets.ISO_8859_1),
                "is not text in UTF-8",
                "Save it as UTF-8");
    }

    private static void url(final String name, final String url, final String... words) {
        mistake(name, config(url, KEY), words);
    }

    private static void key(final String name, final String key, final String... words) {
        mistake(name, config(DEPLOYMENT.url(), key), words);
    }

    private static void file(final String name, final String text, final String... words) {
        mistake(name, text.getBytes(StandardCharsets.UTF_8), words);
    }

    private static void mistake(final String name, final byte[] config, final String... words) {
        MISTAKES.put(name, new Mistake(name, saved(config), List.of(words)));
    }

    static Stream<Mistake> mistakes() {
        return MISTAKES.values().stream();
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void each_mistake_is_told_in_a_sentence_with_the_next_step(final Mistake mistake) {
        final Result result = resultOf(mistake);

        assertThat(message(result, "FAILED")).contains(mistake.words());
        assertThat(result.messages("LOG")).isEmpty();
    }

    /** The same mistake in two spellings may sound the same. */
    @Test
    void no_two_mistakes_sound_alike() {
        final Set<String> spellings = Set.of("a project key", "blanks for a key", "a key that is null");
        final Map<String, List<String>> bySentence = new TreeMap<>();
        mistakes()
                .filter(mistake -> !spellings.contains(mistake.name()))
                .forEach(mistake -> bySentence
                        .computeIfAbsent(withoutPlaces(message(resultOf(mistake), "FAILED")), any -> new ArrayList<>())
                        .add(mistake.name()));

        assertThat(bySentence.values())
                .isNotEmpty()
                .allSatisfy(names -> assertThat(names).hasSize(1));
    }

    /** Ports and names of files would make any two sentences different. */
    private static String withoutPlaces(final String sentence) {
        return sentence.replaceAll("(?<=(127.0.0.1|localhost):)\\d{4,}", "PORT")
                .replaceAll("(?<=file )\\S+\\.json", "FILE");
    }

    // Files that cannot be read.

    @Test
    void a_file_that_is_not_there_is_told() {
        final String file = folder.resolve("no such.json").toString();

        assertThat(message(check("--config", file), "FAILED"))
                .isEqualTo("The configuration file " + file
                        + " does not exist. Pass the path of an existing file with --config.");
    }

    @Test
    void a_folder_in_place_of_the_file_is_told() {
        assertThat(message(check("--config", folder.toString()), "FAILED"))
                .isEqualTo("The configuration file " + folder
                        + " is a folder. Pass the path of a readable file with --config.");
    }

    @Test
    void a_file_that_may_not_be_read_is_told() throws IOException {
        final Path file = saved(config(DEPLOYMENT.url(), KEY));
        assertThat(file.toFile().setReadable(false, false)).isTrue();
        assumeFalse(Files.isReadable(file), "root reads everything");

        assertThat(message(check("--config", file.toString()), "FAILED"))
                .contains("may not be read by the user that runs the connector", "Give that user the right to read it");
    }

    @Test
    void a_file_that_is_not_named_is_told() {
        assertThat(message(check(), "FAILED"))
                .isEqualTo("The option --config is missing. Name a file with --config FILE.");
    }

    // What is accepted.

    @Test
    void a_key_that_may_do_everything_connects_without_a_note_and_changes_nothing() {
        DEPLOYMENT.clear();

        final Result result = check(config(DEPLOYMENT.url(), KEY));

        assertConnected(result);
        assertThat(result.stdout()).hasSize(1);
        assertThat(DEPLOYMENT.tables()).isEmpty();
        assertThat(DEPLOYMENT.imports()).isEmpty();
        assertThat(DEPLOYMENT.requests())
                .extracting(LoggedRequest::path)
                .containsOnly("/api/streaming_import/get_schema", "/api/query");
    }

    @ParameterizedTest
    @CsvSource({
        IMPORT_ONLY + ", true, true",
        MAY_WATCH + ", true, false",
        MAY_READ + ", false, true",
        KEY + ", false, false"
    })
    void what_the_key_lacks_beyond_import_is_logged_with_what_it_would_add(
            final String key, final boolean lacksData, final boolean lacksBackups) {
        final Result result = check(config(DEPLOYMENT.url(), key));

        assertConnected(result);
        final List<String> notes = new ArrayList<>();
        if (lacksData) {
            notes.add(
                    "The deploy key lacks deployment:data:view. With it, append streams are never written twice after a"
                            + " lost answer, and incremental streams can be refreshed: the connector could look up what the"
                            + " deployment already holds.");
        }
        if (lacksBackups) {
            notes.add("The deploy key lacks deployment:backups:view. With it, overwrite streams may be of any size: the"
                    + " connector could watch a staged import, where it now has to wait for each import in a single"
                    + " request of at most 300 seconds.");
        }
        assertThat(result.logged("INFO")).isEqualTo(notes);
        assertThat(result.stdout()).hasSize(1 + notes.size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "//", "/api/", "/some/path?query#fragment", " ", "\n"})
    void whatever_follows_the_address_is_dropped(final String end) {
        assertConnected(check(config(DEPLOYMENT.url() + end, KEY)));
    }

    @ParameterizedTest
    @ValueSource(strings = {" <>\n", "\"<>\"", "Convex <>", "CONVEX_DEPLOY_KEY='<>'", "prod:<>"})
    void a_key_is_accepted_as_people_copy_it(final String form) {
        assertConnected(check(config(DEPLOYMENT.url(), form.replace("<>", KEY))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"deployment_url\": URL, \"access_key\": KEY}",
                "{\"access_key\": KEY, \"deployment_url\": URL, \"batch_size\": 100, \"tunnel\": {\"a\": [1, null]}}",
                "{\"deployment_url\": URL, \"access_key\": KEY, \"large_integers\": null, \"airbyte_metadata\": null}",
                "{\"deployment_url\": URL, \"access_key\": KEY, \"large_integers\": \"number\","
                        + " \"unstorable_values\": \"fail\", \"airbyte_metadata\": true}",
            })
    void configurations_of_the_official_connector_work_with_whatever_further_keys(final String text) {
        final String json = text.replace("URL", "\"" + DEPLOYMENT.url() + "/\"").replace("KEY", "\"" + KEY + "\"");

        assertConnected(check(json.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void plain_http_across_the_internet_is_warned_of_whatever_else_is_wrong() {
        final Result result = check(config("http://nonexistent.invalid", KEY));

        assertThat(message(result, "FAILED")).contains("is unknown");
        assertThat(result.logged("WARN"))
                .containsExactly("The deployment URL uses plain http although its host is not on a private network: the"
                        + " deploy key and all data travel unencrypted. Use https if the deployment offers it.");
    }

    // What may come from the other side.

    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void two_slow_exchanges_in_a_row_still_end_within_thirty_seconds() {
        final byte[] config = config(DEPLOYMENT.url(), KEY);
        try {
            DEPLOYMENT.onRequest(request -> request.path().equals("/api/query"), Fault.stallBeforeCommit());
            DEPLOYMENT.onRequest(
                    request -> request.path().endsWith("get_schema"), new Fault.SlowAnswer(Duration.ofMillis(2_500)));

            assertConnected(check(config));
        } finally {
            DEPLOYMENT.clearFaults();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "401; application/json; {\"code\":\"BadAdminKey\",\"message\":\"No such key: SENT\"}",
                "403; application/json; {\"code\":\"OperationNotPermitted\",\"message\":\"SENT (deployment:backups:import)\"}",
                "400; application/json; {\"code\":\"SENT\",\"message\":\"SENT\"}",
                "500; application/json; {\"code\":\"InternalServerError\",\"message\":\"SENT\"}",
                "418; text/html; <html>SENT</html>",
                "200; SENT; SENT",
                "302; text/plain; SENT"
            })
    void a_server_that_repeats_the_key_does_not_make_it_show(
            final int status, final String contentType, final String body) {
        try (PlainServer parrot = PlainServer.that(exchange -> {
            final String sent = PlainServer.authorization(exchange).replace("Convex ", "");
            exchange.getResponseHeaders().set("Location", "https://example.com/" + sent);
            PlainServer.answer(exchange, status, contentType.replace("SENT", sent), body.replace("SENT", sent));
        })) {
            assertThat(message(check(config(parrot.url(), "'" + KEY + "'")), "FAILED"))
                    .isNotBlank();
        }
    }

    private static Result resultOf(final Mistake mistake) {
        return RESULTS.computeIfAbsent(
                mistake.name(), name -> check("--config", mistake.config().toString()));
    }

    private static void assertConnected(final Result result) {
        assertThat(message(result, "SUCCEEDED"))
                .isEqualTo("Connected to " + DEPLOYMENT.url() + "; the deploy key may import.");
    }

    /** The message of the one CONNECTION_STATUS, in a result that holds no key and no noise. */
    private static String message(final Result result, final String status) {
        assertThat(result.exitCode()).isZero();
        assertThat(result.stderr()).isEmpty();
        assertThat(result.stdout()).noneMatch(line -> line.contains(CANARY));
        assertThat(result.messages())
                .allMatch(message -> Set.of("LOG", "CONNECTION_STATUS")
                        .contains(message.path("type").asText()));
        final List<JsonNode> statuses = result.messages("CONNECTION_STATUS");
        assertThat(statuses).as("%s", result.stdout()).hasSize(1);
        final JsonNode told = statuses.get(0).path("connectionStatus");
        assertThat(told.path("status").asText()).as("%s", told).isEqualTo(status);
        return told.path("message").asText();
    }

    private static Result check(final byte[] config) {
        return check("--config", saved(config).toString());
    }

    private static Result check(final String... options) {
        final List<String> words = new ArrayList<>(List.of("check"));
        words.addAll(List.of(options));
        try (PackagedConnector connector = PackagedConnector.start(Map.of(), words.toArray(String[]::new))) {
            return connector.result();
        }
    }

    private static Path saved(final byte[] config) {
        try {
            return Files.write(Files.createTempFile(folder, "config", ".json"), config);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] config(final String url, final String key) {
        final ObjectNode json =
                JSON.createObjectNode().put("deployment_url", url).put("access_key", key);
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }
}
