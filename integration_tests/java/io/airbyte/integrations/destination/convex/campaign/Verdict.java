package io.airbyte.integrations.destination.convex.campaign;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How a case went.
 *
 * @param wrong what should not have happened, in sentences
 * @param doubled documents more than records, all of records that were sent again
 * @param happened how often each trouble has come to pass
 */
record Verdict(
        Case tried,
        List<String> wrong,
        int attempts,
        int states,
        int doubled,
        Map<String, Integer> happened,
        Duration time) {

    String text() {
        return "campaign seed %d: %s: %d attempts, %d states, %d doubled, %s, %.1f s: %s"
                .formatted(
                        tried.seed(),
                        tried.text(),
                        attempts,
                        states,
                        doubled,
                        happened,
                        time.toMillis() / 1000.0,
                        wrong.isEmpty()
                                ? "ok"
                                : "WRONG: " + wrong.stream().limit(5).toList());
    }
}
