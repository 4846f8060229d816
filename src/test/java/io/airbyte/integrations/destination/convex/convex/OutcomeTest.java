package io.airbyte.integrations.destination.convex.convex;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbyte.integrations.destination.convex.convex.Outcome.Busy;
import io.airbyte.integrations.destination.convex.convex.Outcome.Done;
import io.airbyte.integrations.destination.convex.convex.Outcome.Doubt;
import io.airbyte.integrations.destination.convex.convex.Outcome.Refused;
import io.airbyte.integrations.destination.convex.convex.Outcome.Unknown;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OutcomeTest {

    private final Optional<Duration> second = Optional.of(Duration.ofSeconds(1));

    @Test
    void only_what_is_done_has_a_value_to_map() {
        assertThat(new Done<>(5).map(Integer::longValue)).isEqualTo(new Done<>(5L));
        assertThat(new Refused<Integer>(400, "Code", "text").map(Integer::longValue))
                .isEqualTo(new Refused<Long>(400, "Code", "text"));
        assertThat(new Busy<Integer>("why", second).map(Integer::longValue)).isEqualTo(new Busy<Long>("why", second));
        assertThat(new Unknown<Integer>(Doubt.TIMED_OUT, "why", second).map(Integer::longValue))
                .isEqualTo(new Unknown<Long>(Doubt.TIMED_OUT, "why", second));
    }
}
