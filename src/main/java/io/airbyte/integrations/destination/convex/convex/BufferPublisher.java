package io.airbyte.integrations.destination.convex.convex;

import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.concurrent.Flow;

/**
 * Sends a {@link RequestBody} without copying it, with its length known beforehand. It may be subscribed to any number
 * of times; once cancelled it lets no further buffer go, so that the buffers can be used again.
 */
final class BufferPublisher implements BodyPublisher {

    private final RequestBody body;
    private volatile boolean cancelled;

    BufferPublisher(final RequestBody body) {
        this.body = body;
    }

    /** No buffer is handed out after this returns. */
    synchronized void cancel() {
        cancelled = true;
    }

    @Override
    public long contentLength() {
        return body.length();
    }

    @Override
    public void subscribe(final Flow.Subscriber<? super ByteBuffer> subscriber) {
        subscriber.onSubscribe(new Delivery(subscriber, body.buffers().iterator()));
    }

    /** Buffers as they are asked for, one call of the subscriber at a time. */
    private final class Delivery implements Flow.Subscription {

        private final Flow.Subscriber<? super ByteBuffer> subscriber;
        private final Iterator<ByteBuffer> remaining;
        private long demand;
        private boolean delivering;
        private boolean ended;

        Delivery(final Flow.Subscriber<? super ByteBuffer> subscriber, final Iterator<ByteBuffer> remaining) {
            this.subscriber = subscriber;
            this.remaining = remaining;
        }

        @Override
        public void request(final long more) {
            if (more <= 0) {
                cancel();
                subscriber.onError(new IllegalArgumentException("request(" + more + ")"));
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
            delivering = !ended && (demand > 0 || !remaining.hasNext());
            return delivering;
        }

        private void deliverNext() {
            if (!remaining.hasNext()) {
                cancel();
                subscriber.onComplete();
                return;
            }
            final ByteBuffer next = remaining.next();
            if (!next.hasRemaining()) {
                return;
            }
            synchronized (this) {
                demand--;
            }
            synchronized (BufferPublisher.this) {
                if (cancelled) {
                    cancel();
                    return;
                }
                subscriber.onNext(next.duplicate());
            }
        }

        @Override
        public synchronized void cancel() {
            ended = true;
        }
    }
}
