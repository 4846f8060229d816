package io.airbyte.integrations.destination.convex.campaign;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector;
import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector.Result;
import io.airbyte.integrations.destination.convex.local.Fault;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import io.airbyte.integrations.destination.convex.local.LoggedRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** One process of a sync, from its start to its end, and what happens to it and to the deployment meanwhile. */
final class Attempt {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LONGEST = Duration.ofMinutes(3);

    /** Shorter than any time-out, so that runs stay short; the process sees a connection that breaks after a silence. */
    private static final long STALL_NANOS = Duration.ofMillis(300).toNanos();

    private static final long DOWN_NANOS = Duration.ofMillis(1_500).toNanos();

    private final LocalDeployment deployment;
    private final SourceStream refused;
    private final Trouble trouble;
    private final Consumer<JsonNode> stateHeard;
    private final AtomicInteger states = new AtomicInteger();
    private int broken;
    private long stalledSince;
    private long downSince;
    private boolean restarted;
    private boolean pushed;
    private boolean schemaTried;
    private boolean killed;

    /**
     * One attempt.
     *
     * @param refused the stream that a schema refuses, if the trouble has one
     * @param stateHeard called with a state at the moment when it has left the process
     */
    Attempt(
            final LocalDeployment deployment,
            final SourceStream refused,
            final Trouble trouble,
            final Consumer<JsonNode> stateHeard) {
        this.deployment = deployment;
        this.refused = refused;
        this.trouble = trouble;
        this.stateHeard = stateHeard;
    }

    Result run(final Map<String, String> environment, final List<String> lines, final String... arguments) {
        for (final Trouble.Planned planned : trouble.mishaps()) {
            for (int i = 0; i < planned.times(); i++) {
                deployment.onNextRequest(
                        request -> request.path().equals(planned.path()) && request.number() >= planned.from(),
                        planned.mishap().fault());
            }
        }
        try (PackagedConnector connector = PackagedConnector.startHeard(environment, this::heard, arguments)) {
            final CompletableFuture<Void> feeding = CompletableFuture.runAsync(
                    () -> connector.reads(lines.stream()).endOfInput());
            await().atMost(LONGEST).pollInterval(Duration.ofMillis(5)).until(() -> {
                happen(connector);
                return !connector.isAlive();
            });
            final Result result = connector.ended();
            feeding.join();
            return result;
        } finally {
            deployment.clearFaults();
            deployment.breakStalled();
            if (downSince != 0) {
                deployment.comeUp();
            }
        }
    }

    boolean wasKilled() {
        return killed;
    }

    boolean sawRestart() {
        return restarted;
    }

    boolean sawSchema() {
        return pushed;
    }

    private void heard(final String line) {
        if (!line.startsWith("{\"type\":\"STATE\"")) {
            return;
        }
        final JsonNode state;
        try {
            state = JSON.readTree(line);
        } catch (final JsonProcessingException e) {
            return; // The last line of a killed process may be half a line.
        }
        stateHeard.accept(state);
        states.incrementAndGet();
    }

    private void happen(final PackagedConnector connector) {
        final List<LoggedRequest> requests = deployment.requests();
        restart(requests.size());
        pushSchema(requests.size());
        breakStalled(requests);
        final Ending.Kind kind = trouble.ending().kind();
        final int reached = kind.isAtState() ? states.get() : requests.size();
        if (kind.kills() && !killed && reached >= trouble.ending().at()) {
            killed = true;
            if (kind.isSigterm()) {
                connector.terminate();
            } else {
                connector.kill();
            }
        }
    }

    private void restart(final int requests) {
        if (trouble.restartAt() > 0 && requests >= trouble.restartAt() && !restarted) {
            restarted = true;
            downSince = System.nanoTime();
            deployment.goDown();
        } else if (downSince != 0 && System.nanoTime() - downSince > DOWN_NANOS) {
            downSince = 0;
            deployment.comeUp();
        }
    }

    private void pushSchema(final int requests) {
        if (trouble.schemaAt() > 0 && requests >= trouble.schemaAt() && !schemaTried) {
            schemaTried = true;
            pushed = PushedSchema.refusing(refused).pushedTo(deployment);
        }
    }

    private void breakStalled(final List<LoggedRequest> requests) {
        final int stalled = (int) requests.stream()
                .filter(request ->
                        request.fault().filter(Fault.Stall.class::isInstance).isPresent())
                .count();
        if (stalled > broken && stalledSince == 0) {
            stalledSince = System.nanoTime();
        } else if (stalledSince != 0 && System.nanoTime() - stalledSince > STALL_NANOS) {
            stalledSince = 0;
            broken = stalled;
            deployment.breakStalled();
        }
    }
}
