package io.airbyte.integrations.destination.convex.convex;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbyte.integrations.destination.convex.convex.Outcome.Busy;
import io.airbyte.integrations.destination.convex.convex.Outcome.Doubt;
import io.airbyte.integrations.destination.convex.convex.Outcome.Refused;
import io.airbyte.integrations.destination.convex.convex.Outcome.Unknown;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RetryPolicyTest {

    private static final Outcome<Void> BUSY = new Busy<>("503", Optional.empty());

    private final RetryPolicy policy = new RetryPolicy(new Random(7));

    @ParameterizedTest
    @CsvSource({"1, 500", "2, 1000", "3, 2000", "4, 4000", "5, 8000", "6, 16000", "7, 30000", "8, 30000", "9, 30000"})
    void the_longest_delay_doubles_up_to_thirty_seconds(final int failures, final long ceiling) {
        assertThat(new RetryPolicy(highest()).delayAfter(times(failures), BUSY)).contains(Duration.ofMillis(ceiling));
    }

    @Test
    void the_jitter_is_full_but_never_makes_a_busy_loop() {
        for (int failures = 1; failures < RetryPolicy.ATTEMPTS; failures++) {
            assertThat(new RetryPolicy(lowest()).delayAfter(times(failures), BUSY))
                    .contains(Duration.ofMillis(50));
        }
        final long distinct = IntStream.range(0, 100)
                .mapToObj(i -> policy.delayAfter(times(7), BUSY).orElseThrow())
                .distinct()
                .count();
        assertThat(distinct).isGreaterThan(90);
    }

    @Test
    void after_the_tenth_failure_nothing_is_retried() {
        assertThat(policy.delayAfter(times(9), BUSY)).isPresent();
        assertThat(policy.delayAfter(times(10), BUSY)).isEmpty();
        assertThat(policy.delayAfter(times(Integer.MAX_VALUE), BUSY)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Doubt.class,
            names = {"TIMED_OUT", "ANSWER_LOST"})
    void lost_answers_are_retried_like_busy_ones(final Doubt doubt) {
        final Outcome<Void> unknown = new Unknown<>(doubt, "lost", Optional.empty());

        assertThat(policy.delayAfter(times(9), unknown)).isPresent();
        assertThat(policy.delayAfter(times(10), unknown)).isEmpty();
    }

    @Test
    void a_plain_server_error_is_attempted_four_times_in_all() {
        final Outcome<Void> error = new Unknown<>(Doubt.SERVER_ERROR, "500", Optional.empty());

        assertThat(policy.delayAfter(new FailuresInARow(3, 3), error)).isPresent();
        assertThat(policy.delayAfter(new FailuresInARow(4, 4), error)).isEmpty();
    }

    @Test
    void a_server_error_after_an_outage_is_the_first_of_its_kind() {
        final Outcome<Void> error = new Unknown<>(Doubt.SERVER_ERROR, "500", Optional.empty());
        FailuresInARow failures = times(5);
        for (int i = 1; i <= 3; i++) {
            failures = failures.and(error);
            assertThat(policy.delayAfter(failures, error)).isPresent();
            assertThat(failures.ofTheLastKind()).isEqualTo(i);
        }
        failures = failures.and(error);
        assertThat(policy.delayAfter(failures, error)).isEmpty();
        assertThat(policy.delayAfter(new FailuresInARow(9, 1).and(error), error))
                .as("ten in all")
                .isEmpty();
        assertThat(failures.and(BUSY)).isEqualTo(new FailuresInARow(10, 0));
    }

    @Test
    void what_is_done_or_refused_is_never_retried() {
        assertThat(policy.delayAfter(times(1), Outcome.done())).isEmpty();
        assertThat(policy.delayAfter(times(1), new Refused<>(400, "BadJsonBody", "")))
                .isEmpty();
    }

    @Test
    void the_deployment_is_given_the_time_it_asked_for_but_at_most_five_minutes() {
        final RetryPolicy shortest = new RetryPolicy(lowest());

        assertThat(shortest.delayAfter(times(1), busyFor(Duration.ofSeconds(7))))
                .contains(Duration.ofSeconds(7));
        assertThat(shortest.delayAfter(times(1), busyFor(Duration.ZERO))).contains(Duration.ofMillis(50));
        assertThat(shortest.delayAfter(times(1), busyFor(Duration.ofHours(3)))).contains(Duration.ofMinutes(5));
        assertThat(new RetryPolicy(highest()).delayAfter(times(9), busyFor(Duration.ofSeconds(7))))
                .contains(Duration.ofSeconds(30));
        assertThat(shortest.delayAfter(
                        times(1), new Unknown<>(Doubt.ANSWER_LOST, "", Optional.of(Duration.ofSeconds(7)))))
                .contains(Duration.ofSeconds(7));
    }

    private static FailuresInARow times(final int failures) {
        return new FailuresInARow(failures, 0);
    }

    private static Outcome<Void> busyFor(final Duration retryAfter) {
        return new Busy<>("429", Optional.of(retryAfter));
    }

    private static RandomGenerator highest() {
        return new Extreme(true);
    }

    private static RandomGenerator lowest() {
        return new Extreme(false);
    }

    /** Always the highest, or always the lowest number that was asked for. */
    private record Extreme(boolean high) implements RandomGenerator {
        @Override
        public long nextLong() {
            throw new UnsupportedOperationException("the policy asks for a range");
        }

        @Override
        public long nextLong(final long origin, final long bound) {
            return high ? bound - 1 : origin;
        }
    }
}
