package io.airbyte.integrations.destination.convex.sync;

import java.util.Comparator;
import java.util.OptionalLong;
import java.util.PriorityQueue;

/** What is to happen on the pipeline thread later: retries, lingering batches, progress. */
final class Timers {

    private record Timer(long deadline, long order, Runnable action) {}

    private final Ticker ticker;
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timer::deadline).thenComparingLong(Timer::order));
    private long scheduled;

    Timers(final Ticker ticker) {
        this.ticker = ticker;
    }

    long now() {
        return ticker.millis();
    }

    /** {@code action} runs once, {@code delayMillis} from now or a little later. */
    void after(final long delayMillis, final Runnable action) {
        timers.add(new Timer(ticker.millis() + delayMillis, scheduled++, action));
    }

    /** When the next action is due, by the ticker's clock. */
    OptionalLong nextDeadline() {
        final Timer next = timers.peek();
        return next == null ? OptionalLong.empty() : OptionalLong.of(next.deadline());
    }

    /** Everything that is due has run, in the order of its deadlines. */
    void runDue() {
        final long now = ticker.millis();
        while (true) {
            final Timer next = timers.peek();
            if (next == null || next.deadline() > now) {
                return;
            }
            timers.remove();
            next.action().run();
        }
    }
}
