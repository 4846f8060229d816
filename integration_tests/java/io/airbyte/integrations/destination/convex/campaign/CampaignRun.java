package io.airbyte.integrations.destination.convex.campaign;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson;
import io.airbyte.integrations.destination.convex.acceptance.DeploymentWriter;
import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector.Result;
import io.airbyte.integrations.destination.convex.acceptance.Workspace;
import io.airbyte.integrations.destination.convex.local.Fault;
import io.airbyte.integrations.destination.convex.local.Fault.When;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Tries one case: a sync against a deployment of its own, attempt by attempt as its caller would make them, and judges it. */
final class CampaignRun {

    private static final String RECORDS = "/api/streaming_import/import_airbyte_records";
    private static final String SINGLE_SHOT_IMPORT = "/api/import";
    private static final String CONFLICT = "Hit an error while importing:\n"
            + "Documents read from or written to a table changed while this mutation was being run.";

    private final Case tried;
    private final Workspace files;
    private final LocalDeployment deployment;
    private final SourceInput input;
    private final StateWatch states;
    private final List<String> wrong = new ArrayList<>();
    private final Map<String, List<Sending>> sendings = new HashMap<>();
    private final Map<String, Integer> happened = new TreeMap<>();
    private int attempts;

    private CampaignRun(final Case tried, final Path folder, final LocalDeployment deployment) {
        this.tried = tried;
        this.files = new Workspace(folder);
        this.deployment = deployment;
        this.input = new SourceInput(tried);
        this.states = new StateWatch(tried, input, deployment);
    }

    static Verdict of(final Case tried, final Path folder) {
        final long began = System.nanoTime();
        try (LocalDeployment deployment = LocalDeployment.builder()
                .key(Access.KEY, tried.access().permissions())
                .start()) {
            final CampaignRun run = new CampaignRun(tried, folder, deployment);
            try {
                run.run();
            } catch (final RuntimeException | AssertionError e) {
                run.wrong.add("the run broke off: " + e);
            }
            run.wrong.addAll(run.states.wrong());
            return new Verdict(
                    tried,
                    List.copyOf(run.wrong),
                    run.attempts,
                    run.states.count(),
                    run.doubled(),
                    run.happened,
                    Duration.ofNanos(System.nanoTime() - began));
        }
    }

    private void run() {
        final DeploymentWriter others = new DeploymentWriter(deployment);
        tried.streams().stream()
                .filter(stream -> stream.old() > 0)
                .forEach(stream -> others.insert(stream.table(), oldDocuments(stream)));
        deployment.setLatency(Duration.ofMillis(tried.latencyMillis()));
        deployment.indexBackfillTime(Duration.ofMillis(tried.indexMillis()));
        deployment.importStepTime(Duration.ofMillis(tried.importMillis()));
        boolean succeeded = false;
        for (final Trouble trouble : tried.troubles()) {
            succeeded = succeeded || attempt(trouble);
        }
        if (succeeded || attempt(Trouble.none())) {
            judge();
        }
    }

    private static List<String> oldDocuments(final SourceStream stream) {
        return IntStream.rangeClosed(-stream.old(), -1)
                .mapToObj(n -> "{\"id\":\"old%d\",\"n\":%d}".formatted(n, n))
                .toList();
    }

    /** Whether it has succeeded. */
    private boolean attempt(final Trouble trouble) {
        deployment.forgetRequests();
        if (trouble.importFails()) {
            deployment.failNextImport(CONFLICT);
        }
        final int number = attempts++;
        final Map<String, Integer> begins = begins();
        final List<String> lines = lines(trouble, begins);
        final int statesBefore = states.count();
        final long importsFailed = importsFailed();
        final Attempt attempt = new Attempt(deployment, tried.streams().get(0), trouble, states::hear);
        final Result result = attempt.run(
                tried.dialect().environment(number),
                lines,
                "write",
                "--config",
                files.config(deployment.url(), Access.KEY).toString(),
                "--catalog",
                files.file("catalog.json", catalog(number)).toString());
        if (attempt.wasKilled()) {
            settled();
        }
        countWhatHappened(trouble, attempt, (int) (importsFailed() - importsFailed));
        for (final SourceStream stream : tried.streams()) {
            sendings.computeIfAbsent(stream.name(), name -> new ArrayList<>())
                    .add(new Sending(begins.getOrDefault(stream.name(), 0), copies(stream.table())));
        }
        judgeEnd(trouble, attempt, result);
        PushedSchema.admittingEverything().pushedTo(deployment);
        final boolean complete = trouble.ending().kind() != Ending.Kind.SOURCE_FAILS && result.exitCode() == 0;
        if (complete) {
            judgeStates(lines, states.count() - statesBefore);
        }
        return complete;
    }

    private void countWhatHappened(final Trouble trouble, final Attempt attempt, final int importsFailed) {
        mishapsMet().forEach(mishap -> count(mishap.name(), 1));
        if (attempt.wasKilled() || trouble.ending().kind() == Ending.Kind.SOURCE_FAILS) {
            count(trouble.ending().kind().name(), 1);
        }
        if (attempt.sawRestart()) {
            count("RESTART", 1);
        }
        if (attempt.sawSchema()) {
            count("SCHEMA_PUSHED", 1);
        }
        if (importsFailed > 0) {
            count("IMPORT_FAILED", importsFailed);
        }
    }

    /** The mishaps that requests have met, one by one. */
    private Stream<Mishap> mishapsMet() {
        return deployment.requests().stream()
                .flatMap(request -> request.fault().stream())
                .flatMap(fault -> Stream.of(Mishap.values())
                        .filter(mishap -> mishap.fault().equals(fault)));
    }

    private long importsFailed() {
        return deployment.imports().stream()
                .filter(row -> row.at("/state/state").asText().equals("failed"))
                .count();
    }

    private void count(final String trouble, final int times) {
        happened.merge(trouble, times, Integer::sum);
    }

    private String catalog(final int attempt) {
        return ConfiguredStreamJson.catalog(tried.streams().stream()
                .map(stream -> tried.dialect().configured(stream, attempt))
                .toList());
    }

    /** Where each stream begins in the next attempt. */
    private Map<String, Integer> begins() {
        final Map<String, Integer> begins = new HashMap<>();
        for (final SourceStream stream : tried.streams()) {
            begins.put(stream.name(), stream.mode().beginsAnew() ? 0 : states.acknowledged(stream.name()));
        }
        return begins;
    }

    private List<String> lines(final Trouble trouble, final Map<String, Integer> begins) {
        final List<String> lines = new ArrayList<>(input.lines(begins));
        if (trouble.ending().kind() == Ending.Kind.SOURCE_FAILS) {
            return lines.subList(0, lines.size() * trouble.ending().at() / 1_000);
        }
        // A legacy platform says nothing, and is waited for for 90 s; that wait is another test's.
        if (tried.dialect() != Dialect.NO_PLATFORM
                && (tried.dialect() == Dialect.REFRESH_PLATFORM || tried.replaces())) {
            tried.streams().forEach(stream -> lines.add(SourceInput.complete(stream)));
        }
        return lines;
    }

    /** Each answer that was lost may have cost a copy, where nobody can look. */
    private int copies(final String table) {
        if (tried.access().readsData()) {
            return 1;
        }
        final int lost = (int) deployment.requests(RECORDS).stream()
                .filter(request ->
                        request.tables().contains(table) || request.runs().isEmpty())
                .filter(request -> request.status().isEmpty()
                        || request.fault().filter(CampaignRun::losesAnswer).isPresent())
                .count();
        return 1 + lost;
    }

    private static boolean losesAnswer(final Fault fault) {
        return fault.when() == When.AFTER_COMMIT && !(fault instanceof Fault.SlowAnswer);
    }

    /** What a killed process has asked for is carried out, or never will be. */
    private void settled() {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> deployment.requests().stream()
                        .allMatch(request ->
                                request.status().isPresent() || request.fault().isPresent()));
    }

    private void judgeEnd(final Trouble trouble, final Attempt attempt, final Result result) {
        if (attempt.wasKilled() || result.exitCode() == 0) {
            return;
        }
        final boolean mayFail = trouble.ending().kind() == Ending.Kind.SOURCE_FAILS
                // A single-shot import whose answer is lost is for the next attempt.
                || (tried.replaces() && !tried.access().watchesImports() && !trouble.isNone());
        final String kind =
                result.exitCode() == 1 ? result.error().path("failure_type").asText() : "";
        final boolean promised = (kind.equals("transient_error") && mayFail)
                || (kind.equals("config_error") && (attempt.sawSchema() || outlastedItsRequest()));
        if (!promised) {
            wrong.add("attempt %d ended with %d: %s %s"
                    .formatted(attempts, result.exitCode(), result.messages("TRACE"), result.stderr()));
        }
    }

    /** A single-shot import that times out is too large for its one request, which only another key cures. */
    private boolean outlastedItsRequest() {
        return deployment.requests(SINGLE_SHOT_IMPORT).stream()
                .anyMatch(request -> request.fault()
                        .filter(Mishap.TIMED_OUT_408.fault()::equals)
                        .isPresent());
    }

    private void judgeStates(final List<String> lines, final int heard) {
        final long sent = lines.stream()
                .filter(line -> line.startsWith("{\"type\":\"STATE\""))
                .count();
        if (sent != heard) {
            wrong.add("%d states came back of %d".formatted(heard, sent));
        }
    }

    private void judge() {
        for (final SourceStream stream : tried.streams()) {
            wrong.addAll(new Model(stream).faults(sendings.getOrDefault(stream.name(), List.of()), documents(stream)));
        }
    }

    private List<ObjectNode> documents(final SourceStream stream) {
        return deployment.records(stream.table());
    }

    private int doubled() {
        return tried.streams().stream()
                .filter(stream -> !stream.mode().deduplicates())
                .mapToInt(stream -> {
                    final List<Integer> numbers =
                            documents(stream).stream().map(Model::number).toList();
                    return numbers.size() - (int) numbers.stream().distinct().count();
                })
                .sum();
    }
}
