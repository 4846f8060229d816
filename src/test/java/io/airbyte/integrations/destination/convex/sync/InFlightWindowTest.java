package io.airbyte.integrations.destination.convex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbyte.integrations.destination.convex.convex.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InFlightWindowTest {

    private final Deque<Runnable> answers = new ArrayDeque<>();
    private final InFlightWindow window = new InFlightWindow(answers::add);
    private final List<String> sent = new ArrayList<>();
    private final Deque<CompletableFuture<Outcome<Void>>> open = new ArrayDeque<>();

    private void request(final long age, final String name) {
        window.request(
                age,
                () -> {
                    sent.add(name);
                    final CompletableFuture<Outcome<Void>> answer = new CompletableFuture<>();
                    open.add(answer);
                    return answer;
                },
                outcome -> {});
    }

    private void fill() {
        IntStream.range(0, InFlightWindow.LARGEST).forEach(i -> request(0, "first"));
        sent.clear();
    }

    private void answerOne() {
        open.remove().complete(Outcome.done());
        while (!answers.isEmpty()) {
            answers.remove().run();
        }
    }

    @Test
    void the_oldest_record_goes_first_and_of_the_same_age_who_asked_first() {
        fill();
        request(5, "five");
        request(3, "three");
        request(5, "five again");
        request(5, "five at last");
        assertThat(sent).isEmpty();

        IntStream.range(0, 4).forEach(i -> answerOne());

        assertThat(sent).containsExactly("three", "five", "five again", "five at last");
    }

    @Test
    void nothing_leaves_a_window_that_was_closed() {
        fill();
        request(5, "waiting");
        window.close();
        answerOne();
        request(5, "late");

        assertThat(sent).isEmpty();
        assertThat(window.hasRoom()).isFalse();
        assertThat(window.inFlight()).isEqualTo(InFlightWindow.LARGEST - 1);
    }
}
