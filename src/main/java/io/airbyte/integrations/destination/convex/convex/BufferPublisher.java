package io.airbyte.integrations.destination.convex.convex;

import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Sends a {@link RequestBody} without copying it, with its length known beforehand. It may be subscribed to any number
 * of times; once cancelled it lets no further buffer go, so that the buffers can be used again, and reads no further, so
 * that a file that they come from can be closed. A body that cannot be read ends the subscription in an error.
 */
final class BufferPublisher implements BodyPublisher {

    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    private final RequestBody body;
    private volatile boolean cancelled;
    private volatile boolean unreadable;

    BufferPublisher(final RequestBody body) {
        this.body = body;
    }

    /** No buffer is read or handed out after this returns; waits for the one that is being read. */
    synchronized void cancel() {
        cancelled = true;
    }

    /** Whether the body's own iterator failed. */
    boolean couldNotBeRead() {
        return unreadable;
    }

    @Override
    public long contentLength() {
        return body.length();
    }

    @Override
    public void subscribe(final Flow.Subscriber<? super ByteBuffer> subscriber) {
        subscriber.onSubscribe(new Delivery(subscriber));
    }

    /** Buffers as they are asked for, one call of the subscriber at a time. */
    private final class Delivery implements Flow.Subscription {

        private final Flow.Subscriber<? super ByteBuffer> subscriber;
        private @Nullable Iterator<ByteBuffer> remaining;
        private long demand;
        private boolean delivering;
        private boolean ended;

        Delivery(final Flow.Subscriber<? super ByteBuffer> subscriber) {
            this.subscriber = subscriber;
        }

        @Override
        public void request(final long more) {
            if (more <= 0) {
                if (ends()) {
                    subscriber.onError(new IllegalArgumentException("request(" + more + ")"));
                }
                return;
            }
            synchronized (this) {
                demand = demand + more < 0 ? Long.MAX_VALUE : demand + more;
                if (delivering) {
                    return;
                }
                delivering = true;
            }
            while (mayGoOn()) {
                deliverNext();
            }
        }

        /** A subscriber may ask for more while it is given a buffer: that call only raises the demand. */
        private synchronized boolean mayGoOn() {
            delivering = !ended && demand > 0;
            return delivering;
        }

        /** Under the publisher's lock, so that cancelling waits until the body is left alone. */
        private void deliverNext() {
            synchronized (BufferPublisher.this) {
                if (cancelled) {
                    cancel();
                    return;
                }
                final ByteBuffer next;
                final boolean last;
                try {
                    final Iterator<ByteBuffer> buffers = remaining();
                    next = buffers.hasNext() ? buffers.next().duplicate() : EMPTY;
                    last = !buffers.hasNext();
                } catch (final RuntimeException | Error e) {
                    fail(e);
                    return;
                }
                if (next.hasRemaining()) {
                    meetDemand();
                    subscriber.onNext(next);
                }
                if (last && ends()) {
                    subscriber.onComplete();
                }
            }
        }

        private Iterator<ByteBuffer> remaining() {
            if (remaining == null) {
                remaining = body.buffers().iterator();
            }
            return remaining;
        }

        /** Whoever waits for the body must hear of it: an exception thrown to the subscriber's thread may go unheard. */
        private void fail(final Throwable failure) {
            unreadable = true;
            if (ends()) {
                subscriber.onError(failure);
            }
        }

        private synchronized void meetDemand() {
            demand--;
        }

        /** Ends the subscription; false if it had ended before. */
        private synchronized boolean ends() {
            final boolean now = !ended;
            ended = true;
            return now;
        }

        @Override
        public synchronized void cancel() {
            ended = true;
        }
    }
}
