package io.airbyte.integrations.destination.convex.acceptance;

import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.append;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.catalog;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.dedup;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.record;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector.Result;
import io.airbyte.integrations.destination.convex.local.Fault;
import io.airbyte.integrations.destination.convex.local.Fault.When;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the network and the deployment do, the same input ends in the same documents. */
class FaultsIT {

    private static final String IMPORT = "/api/streaming_import/import_airbyte_records";
    private static final int RECORDS = 20_000;

    @TempDir
    private Path folder;

    private final LocalDeployment deployment = LocalDeployment.start();

    @AfterEach
    void close() {
        deployment.close();
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                        Map.entry("lost before the commit", Fault.lostBeforeCommit()),
                        Map.entry("lost after the commit", Fault.lostAfterCommit()),
                        Map.entry("half answer", new Fault.HalfAnswer()),
                        Map.entry("408 before the commit", Fault.emptyAnswer(When.BEFORE_COMMIT, 408)),
                        Map.entry("408 after the commit", Fault.emptyAnswer(When.AFTER_COMMIT, 408)),
                        Map.entry("425", Fault.error(425, "TooEarly")),
                        Map.entry("429", Fault.error(429, "TooManyWrites").with("Retry-After", "1")),
                        Map.entry("500 before the commit", Fault.error(500, "InternalServerError")),
                        Map.entry("500 after the commit", Fault.error(When.AFTER_COMMIT, 500, "InternalServerError")),
                        Map.entry(
                                "502 of a proxy after the commit",
                                Fault.answer(When.AFTER_COMMIT, 502, "text/html", "<html>Bad gateway</html>")),
                        Map.entry(
                                "503 of a proxy before the commit",
                                Fault.answer(When.BEFORE_COMMIT, 503, "text/html", "<html>Unavailable</html>")),
                        Map.entry("503 write conflict", Fault.conflict()),
                        Map.entry("503 overload", Fault.error(503, "CommitterFullError")))
                .map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
    }

    private LocalSync sync() {
        return new LocalSync(deployment, folder);
    }

    private Result writeUsers(final LocalSync sync, final ConfiguredStreamJson stream) {
        try (PackagedConnector connector = sync.start(catalog(stream))) {
            return connector.reads(users(0, RECORDS)).reads(state("users", 1)).result();
        }
    }

    private static Stream<String> users(final int from, final int to) {
        return IntStream.range(from, to).mapToObj(i -> record("users", "{\"id\":%d}".formatted(i)));
    }

    private List<Integer> storedIds() {
        return deployment.records("users").stream()
                .map(document -> document.get("id").asInt())
                .toList();
    }

    private static List<Integer> allIds() {
        return IntStream.range(0, RECORDS).boxed().toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void append_writes_every_record_once_and_in_order(final String name, final Fault fault) {
        deployment.failNext(IMPORT, fault);
        deployment.onNextRequest(request -> request.path().equals(IMPORT) && request.number() > 4, fault);

        final Result result = writeUsers(sync(), append("users"));

        assertThat(result.exitCode()).as("%s", result.stdout()).isZero();
        assertThat(storedIds()).isEqualTo(allIds());
        assertThat(result.states()).hasSize(1);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void append_with_a_key_that_may_only_import_loses_nothing(final String name, final Fault fault) {
        deployment.failNext(IMPORT, fault);

        final Result result = writeUsers(sync().key(deployment.importOnlyKey()), append("users"));

        assertThat(result.exitCode()).as("%s", result.stdout()).isZero();
        assertThat(storedIds()).containsAll(allIds());
        assertThat(storedIds().size() - RECORDS).isIn(0, 8_000);
        assertThat(result.states()).hasSize(1);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void dedup_holds_one_document_for_each_key(final String name, final Fault fault) {
        deployment.failNext(IMPORT, fault);

        final Result result = writeUsers(sync(), dedup("users", "id"));

        assertThat(result.exitCode()).as("%s", result.stdout()).isZero();
        assertThat(storedIds()).containsExactlyInAnyOrderElementsOf(allIds());
        assertThat(result.states()).hasSize(1);
    }

    @Test
    void dedup_survives_a_conflict_in_the_middle_of_a_request_whose_first_pages_are_durable() {
        deployment.failNext(IMPORT, new Fault.ConflictAtPage(1));

        final Result result = writeUsers(sync(), dedup("users", "id"));

        assertThat(result.exitCode()).isZero();
        assertThat(storedIds()).containsExactlyInAnyOrderElementsOf(allIds());
    }

    @Test
    void a_deployment_that_restarts_in_the_middle_is_waited_for() {
        try (PackagedConnector connector = sync().start(catalog(append("users")))) {
            connector.reads(users(0, 10_000));
            await().until(() -> deployment.size("users") >= 8_000);
            deployment.goDown();
            connector.reads(users(10_000, RECORDS));
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> connector.saidSoFar().stream().anyMatch(line -> line.contains("Trying again")));
            deployment.comeUp();
            final Result result = connector.reads(state("users", 1)).result();

            assertThat(result.exitCode()).as("%s", result.stdout()).isZero();
            assertThat(storedIds()).isEqualTo(allIds());
            assertThat(result.states()).hasSize(1);
        }
    }

    @Test
    void each_retry_is_logged_with_its_reason() {
        deployment.failNext(IMPORT, Fault.conflict());

        final Result result = writeUsers(sync(), append("users"));

        assertThat(result.logged("INFO"))
                .anySatisfy(line -> assertThat(line)
                        .contains("users", "503", "OptimisticConcurrencyControlFailure", "Trying again", "attempt 2"));
        assertThat(result.stderr()).isEmpty();
    }

    @Test
    void without_the_right_to_read_the_log_says_once_that_records_may_double() {
        deployment.failNext(IMPORT, 2, Fault.lostAfterCommit());

        final Result result = writeUsers(sync().key(deployment.importOnlyKey()), append("users"));

        assertThat(result.logged("WARN"))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("deployment:data:view", "twice"));
    }

    @Test
    void a_plain_500_that_stays_is_given_up_after_a_few_attempts_and_other_streams_are_written() {
        deployment.onRequest(
                request -> request.path().equals(IMPORT) && request.tables().contains("users"),
                Fault.error(500, "InternalServerError"));
        try (PackagedConnector connector = sync().start(catalog(append("users"), append("orders")))) {
            final Result result = connector
                    .reads(
                            record("users", "{\"id\":1}"),
                            state("users", 1),
                            record("orders", "{\"id\":1}"),
                            state("orders", 2))
                    .result();

            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(deployment.records("orders")).hasSize(1);
            assertThat(result.states())
                    .singleElement()
                    .satisfies(
                            state -> assertThat(state.at("/state/id").asInt()).isEqualTo(2));
            assertThat(result.error().at("/stream_descriptor/name").asText()).isEqualTo("users");
            assertThat(deployment.requests(IMPORT).stream()
                            .filter(request -> request.tables().contains("users")))
                    .hasSize(4);
        }
    }

    @Test
    void an_index_that_is_still_being_built_is_waited_for_while_input_is_read() {
        deployment.indexBackfillTime(Duration.ofSeconds(2));

        final Result result = writeUsers(sync(), dedup("users", "id"));

        assertThat(result.exitCode()).isZero();
        assertThat(storedIds()).hasSize(RECORDS);
    }

    @Test
    void a_wrong_key_ends_the_sync_before_any_input_is_read() {
        try (PackagedConnector connector = sync().key("local|canary0123456789").start(catalog(append("users")))) {
            final Result result = connector.ended();

            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.error().get("failure_type").asText()).isEqualTo("config_error");
            assertThat(String.join("\n", result.stdout())).doesNotContain("canary0123456789");
        }
    }
}
