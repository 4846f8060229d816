package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.convex.RequestBody;
import io.airbyte.integrations.destination.convex.spool.Segment;
import io.airbyte.integrations.destination.convex.spool.Survivors;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * Documents that are uploaded in one request: whole segments of the spool, or what survives of them.
 *
 * @param survivors the documents that count; empty if all do
 */
record StagedPart(List<Segment> segments, Optional<Survivors> survivors) {

    long documents() {
        return segments.stream()
                .mapToLong(segment ->
                        survivors.map(these -> (long) these.documents(segment)).orElse((long) segment.documents()))
                .sum();
    }

    long bytes() {
        return segments.stream()
                .mapToLong(
                        segment -> survivors.map(these -> these.bytes(segment)).orElse(segment.bytes()))
                .sum();
    }

    RequestBody body() {
        return new RequestBody(this::lines, bytes());
    }

    /** One request with all these parts. */
    static RequestBody body(final List<StagedPart> parts) {
        return new RequestBody(
                () -> new Concatenation<>(parts.iterator(), StagedPart::lines),
                parts.stream().mapToLong(StagedPart::bytes).sum());
    }

    private Iterator<ByteBuffer> lines() {
        return new Concatenation<>(segments.iterator(), this::lines);
    }

    private Iterator<ByteBuffer> lines(final Segment segment) {
        return survivors.map(segment::lines).orElseGet(segment::lines).iterator();
    }

    boolean isOnDisk() {
        return segments.stream().noneMatch(Segment::isDeleted);
    }

    long bytesOnDisk() {
        return segments.stream()
                .filter(segment -> !segment.isDeleted())
                .mapToLong(Segment::bytesOnDisk)
                .sum();
    }

    void delete() {
        segments.forEach(Segment::delete);
    }

    /** What each of several things iterates over, one after the other; a thing is opened when its turn comes. */
    private static final class Concatenation<T> implements Iterator<ByteBuffer> {

        /** How a thing is iterated over. */
        private interface Opening<T> {
            Iterator<ByteBuffer> of(T thing);
        }

        private final Iterator<T> things;
        private final Opening<T> opening;
        private Iterator<ByteBuffer> current = Collections.emptyIterator();

        Concatenation(final Iterator<T> things, final Opening<T> opening) {
            this.things = things;
            this.opening = opening;
        }

        @Override
        public boolean hasNext() {
            while (!current.hasNext() && things.hasNext()) {
                current = opening.of(things.next());
            }
            return current.hasNext();
        }

        @Override
        public ByteBuffer next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return current.next();
        }
    }
}
