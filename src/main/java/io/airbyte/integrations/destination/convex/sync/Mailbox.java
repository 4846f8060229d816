package io.airbyte.integrations.destination.convex.sync;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;

/**
 * Where other threads leave events for the pipeline thread: the only thing that threads share. Answers come first, for
 * they give memory back; input comes last, only when it is wanted, and its writer waits when two chunks are unread.
 */
public final class Mailbox implements Executor {

    private static final int UNREAD_CHUNKS = 2;

    private final Ticker ticker;
    private final Deque<Event> urgent = new ArrayDeque<>();
    private final Deque<Event> input = new ArrayDeque<>();

    public Mailbox(final Ticker ticker) {
        this.ticker = ticker;
    }

    /** {@code action} runs on the pipeline thread. */
    @Override
    public synchronized void execute(final Runnable action) {
        urgent.add(new Event.Answered(action));
        notifyAll();
    }

    /** The pipeline brings the sync to an early end. */
    public synchronized void askForTermination() {
        urgent.add(new Event.TerminationAsked());
        notifyAll();
    }

    /** Leaves an event of the input, as soon as there is room for it. */
    synchronized void putInput(final Event event) throws InterruptedException {
        while (input.size() >= UNREAD_CHUNKS) {
            wait();
        }
        input.add(event);
        notifyAll();
    }

    /**
     * The next event; empty when the deadline has come first.
     *
     * @param deadline by the ticker's clock
     */
    synchronized Optional<Event> next(final boolean wantsInput, final OptionalLong deadline)
            throws InterruptedException {
        while (true) {
            final Deque<Event> queue = urgent.isEmpty() && wantsInput ? input : urgent;
            if (!queue.isEmpty()) {
                notifyAll();
                return Optional.of(queue.remove());
            }
            if (deadline.isEmpty()) {
                wait();
                continue;
            }
            final long left = deadline.getAsLong() - ticker.millis();
            if (left <= 0) {
                return Optional.empty();
            }
            wait(left);
        }
    }
}
