package io.airbyte.integrations.destination.convex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbyte.integrations.destination.convex.protocol.Terminal;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SurroundingsTest {

    private static int longestLine(final long heapBytes) {
        return new Surroundings(
                        () -> 0,
                        new Random(1),
                        Runnable::run,
                        Runnable::run,
                        heapBytes,
                        Optional.empty(),
                        Terminal.none(),
                        OptionalLong.empty())
                .longestLine();
    }

    @Test
    void a_line_may_be_an_eighth_of_a_small_heap_and_64_MiB_of_a_large_one() {
        assertThat(longestLine(128L << 20)).isEqualTo(16 << 20);
        assertThat(longestLine(512L << 20)).isEqualTo(64 << 20);
        assertThat(longestLine(8L << 30)).isEqualTo(64 << 20);
    }
}
