package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.convex.Outcome;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The requests that are under way: never more than a few at once, and of those that wait, the one that stands for the
 * oldest record first. Answers are taken on the pipeline thread.
 */
final class InFlightWindow {

    /** Enough to hide the latency of a distant deployment; what is in flight must fit the memory pool. */
    static final int LARGEST = 8;

    private record Waiting(long age, long order, Runnable send) {}

    private final Executor pipeline;
    private final PriorityQueue<Waiting> waiting =
            new PriorityQueue<>(Comparator.comparingLong(Waiting::age).thenComparingLong(Waiting::order));
    private int inFlight;
    private long asked;
    private boolean closed;

    /** @param pipeline runs what it is given on the pipeline thread, later */
    InFlightWindow(final Executor pipeline) {
        this.pipeline = pipeline;
    }

    /**
     * Sends a request when it is its turn.
     *
     * @param age the arrival of the oldest record that it stands for, by the ticker's clock
     * @param request makes the request; called when there is room
     * @param answered takes the outcome; never called for a request that did not leave before the window was closed
     */
    <T> void request(
            final long age,
            final Supplier<CompletableFuture<Outcome<T>>> request,
            final Consumer<Outcome<T>> answered) {
        if (!closed) {
            waiting.add(new Waiting(age, asked++, () -> send(request, answered)));
            sendWhatMayGo();
        }
    }

    private <T> void send(final Supplier<CompletableFuture<Outcome<T>>> request, final Consumer<Outcome<T>> answered) {
        inFlight++;
        final var unused = request.get()
                .whenComplete((outcome, bug) -> pipeline.execute(() -> {
                    inFlight--;
                    if (bug != null) {
                        throw new IllegalStateException("A request ended without an outcome.", bug);
                    }
                    answered.accept(outcome);
                    sendWhatMayGo();
                }));
    }

    private void sendWhatMayGo() {
        while (hasRoom() && !waiting.isEmpty()) {
            waiting.remove().send().run();
        }
    }

    /** A request that is made now leaves at once. */
    boolean hasRoom() {
        return !closed && inFlight < LARGEST;
    }

    int inFlight() {
        return inFlight;
    }

    /** Nothing leaves any more; what is in flight is still answered. */
    void close() {
        closed = true;
    }
}
