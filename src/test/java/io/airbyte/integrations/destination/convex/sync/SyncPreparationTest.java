package io.airbyte.integrations.destination.convex.sync;

import static io.airbyte.integrations.destination.convex.sync.SyncRig.append;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbyte.integrations.destination.convex.convex.Outcome;
import io.airbyte.integrations.destination.convex.convex.RetryPolicy;
import io.airbyte.integrations.destination.convex.protocol.ConfiguredCatalog;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.logging.Level;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SyncPreparationTest {

    private final FakeDeployment deployment = new FakeDeployment();
    private final List<Duration> pauses = new ArrayList<>();

    private SyncPlan prepared() throws InterruptedException {
        return new SyncPreparation(deployment, new RetryPolicy(new Random(1)), pauses::add)
                .prepared(SyncPlan.of(
                        new ConfiguredCatalog(List.of(SyncPlanTest.generation(append("users"), 3, 3)), List.of()),
                        Map.of("WORKER_JOB_ID", "7")));
    }

    private void isBusyFor(final int questions) {
        IntStream.range(0, questions)
                .forEach(i -> deployment.answersMarkersWith(
                        new Outcome.Busy<>("HTTP status 503", Optional.of(Duration.ofSeconds(40)))));
    }

    @Test
    void a_deployment_that_is_busy_is_asked_again_after_the_pause_that_it_asked_for() throws Exception {
        isBusyFor(2);
        try (LoggedLines log = LoggedLines.of(SyncPreparation.class)) {
            assertThat(prepared().replacesTables()).isTrue();

            assertThat(log.at(Level.INFO))
                    .containsExactly(
                            "reading table airbyte_generations: HTTP status 503. Trying again in 40.0 s (attempt 2).",
                            "reading table airbyte_generations: HTTP status 503. Trying again in 40.0 s (attempt 3).");
        }
        assertThat(pauses).containsExactly(Duration.ofSeconds(40), Duration.ofSeconds(40));
    }

    @Test
    void a_deployment_that_stays_busy_is_given_up_before_anything_is_read() {
        isBusyFor(10);

        assertThatThrownBy(this::prepared)
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.kind()).isEqualTo(Failure.Kind.TRANSIENT_ERROR));
        assertThat(pauses).hasSize(9);
    }
}
