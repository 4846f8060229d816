package io.airbyte.integrations.destination.convex.convex;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicInteger;

/** Buffers of one byte each, without end, but for the disk that they are read from: it fails at some point. */
public final class FailingBody implements Iterable<ByteBuffer> {

    /** Where the disk fails. */
    public enum At {
        ITERATOR,
        FIRST_HAS_NEXT,
        FIRST_NEXT,
        LATER_HAS_NEXT,
        LATER_NEXT,
        ERROR
    }

    private final At at;
    private final AtomicInteger failures = new AtomicInteger();

    public FailingBody(final At at) {
        this.at = at;
    }

    /** How often the disk has failed. */
    public int failures() {
        return failures.get();
    }

    @Override
    public Iterator<ByteBuffer> iterator() {
        failIf(at == At.ITERATOR);
        return new Iterator<>() {
            private int read;

            @Override
            public boolean hasNext() {
                failIf(at == At.FIRST_HAS_NEXT || (at == At.LATER_HAS_NEXT && read == 2));
                return true;
            }

            @Override
            public ByteBuffer next() {
                failIf(at == At.FIRST_NEXT || (read == 2 && (at == At.LATER_NEXT || at == At.ERROR)));
                read++;
                return ByteBuffer.wrap(new byte[] {1});
            }
        };
    }

    private void failIf(final boolean here) {
        if (here) {
            failures.incrementAndGet();
            if (at == At.ERROR) {
                throw new InternalError("a fault in an unsafe memory access");
            }
            throw new UncheckedIOException(new IOException("secret disk failure"));
        }
    }
}
