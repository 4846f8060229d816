package io.airbyte.integrations.destination.convex.local;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Work that the deployment does on its own, step by step: at once, after a pause before each step, or, when held, only
 * when told to.
 */
final class Background implements AutoCloseable {

    private final BooleanSupplier work;
    private final Thread thread;
    private Duration pause = Duration.ZERO;
    private boolean held;
    private boolean awake;
    private boolean closed;

    /** @param work does one step; false if there was nothing to do */
    Background(final String name, final BooleanSupplier work) {
        this.work = work;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** There is something to do. */
    synchronized void wake() {
        awake = true;
        notifyAll();
    }

    synchronized void pauseBeforeEachStep(final Duration duration) {
        pause = duration;
        notifyAll();
    }

    synchronized void hold() {
        held = true;
        notifyAll();
    }

    synchronized void release() {
        held = false;
        wake();
    }

    /** Does one step in the caller's thread, held or not. */
    boolean step() {
        synchronized (work) {
            return work.getAsBoolean();
        }
    }

    /** Does in the caller's thread all that there is to do. */
    void finish() {
        boolean more = true;
        while (more) {
            more = step();
        }
    }

    private void run() {
        try {
            while (waitForWork()) {
                if (step()) {
                    wake();
                }
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** False when closed. */
    private synchronized boolean waitForWork() throws InterruptedException {
        while (!closed) {
            if (held || !awake) {
                wait();
            } else {
                awake = false;
                return paused();
            }
        }
        return false;
    }

    private boolean paused() throws InterruptedException {
        final long end = System.nanoTime() + pause.toNanos();
        for (long rest = pause.toNanos(); rest > 0 && !closed && !held; rest = end - System.nanoTime()) {
            wait(rest / 1_000_000, (int) (rest % 1_000_000));
        }
        if (held) {
            awake = true;
            return waitForWork();
        }
        return !closed;
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
