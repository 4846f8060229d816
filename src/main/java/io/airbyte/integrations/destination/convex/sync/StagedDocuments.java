package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.document.EncodedDocument;
import io.airbyte.integrations.destination.convex.document.PrimaryKeyDigest;
import io.airbyte.integrations.destination.convex.json.ByteSlice;
import io.airbyte.integrations.destination.convex.json.InvalidJson;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.spool.DocumentSpool;
import io.airbyte.integrations.destination.convex.spool.KeyLog;
import io.airbyte.integrations.destination.convex.spool.Segment;
import io.airbyte.integrations.destination.convex.spool.Survivors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The documents of one stream that are to replace a table: JSON lines on disk, gathered in memory up to a frame. Of a
 * deduplicated stream only the last document of each primary key counts, which is known when all have arrived.
 */
final class StagedDocuments {

    private static final ByteSlice NEWLINE = ByteSlice.of("\n");

    /** Bytes that are written at once. */
    private static final int FRAME_BYTES = 256 << 10;

    /** A part is this large at least, but for the last (convex-api §5.2: object stores take no less). */
    private static final long SMALLEST_PART = 5L << 20;

    private record Keys(PrimaryKeyDigest digest, KeyLog log) {}

    private final PlannedStream stream;
    private final Staging staging;
    private final MemoryPool pool;
    private final DocumentSpool spool;
    private final Optional<Keys> keys;
    private BlockBytes frame;
    private int documentsInFrame;
    private final List<StagedPart> parts = new ArrayList<>();
    private boolean finished;

    /** @param waitsForTheEnd nothing is uploaded before all documents have arrived */
    StagedDocuments(
            final PlannedStream stream, final Staging staging, final MemoryPool pool, final boolean waitsForTheEnd) {
        this.stream = stream;
        this.staging = staging;
        this.pool = pool;
        // What has to stay on disk as a whole is compressed; what only passes through is not worth the time.
        this.spool = staging.folder().documents(waitsForTheEnd || stream.isDeduplicated());
        this.keys = stream.isDeduplicated()
                ? Optional.of(new Keys(
                        new PrimaryKeyDigest(stream.primaryKey()),
                        staging.folder().keyLog()))
                : Optional.empty();
        this.frame = new BlockBytes(pool);
    }

    /** Takes the stream's next document; it is copied. */
    void add(final EncodedDocument document) {
        if (keys.isPresent()) {
            addKey(keys.get(), document);
        }
        if (!document.delete()) {
            frame.append(document.json());
            frame.append(NEWLINE);
            documentsInFrame++;
            if (frame.length() >= FRAME_BYTES) {
                spill();
            }
        }
    }

    private void addKey(final Keys keys, final EncodedDocument document) {
        try {
            keys.digest().read(document.json());
            final long high = keys.digest().high();
            final long low = keys.digest().low();
            if (document.delete()) {
                keys.log().addDelete(high, low);
            } else {
                keys.log().add(high, low, document.json().length() + NEWLINE.length());
            }
        } catch (final InvalidJson e) {
            throw new IllegalStateException("A document is not JSON.", e);
        } catch (final IOException e) {
            throw Staging.unwritable(staging.folder(), e);
        }
    }

    /** Bytes that {@link #spill()} would give back to the memory pool. */
    long bytesInMemory() {
        return frame.length();
    }

    /**
     * Everything that was added is on disk.
     *
     * @throws Failure if the disk cannot take it
     */
    void spill() {
        final int bytes = frame.length();
        if (bytes == 0) {
            return;
        }
        staging.requireRoomFor(bytes, stream.descriptor());
        final List<ByteBuffer> buffers = new ArrayList<>();
        frame.addRange(0, bytes, buffers);
        try {
            spool.write(buffers, bytes, documentsInFrame);
        } catch (final IOException e) {
            throw Staging.unwritable(staging.folder(), e);
        }
        releaseFrame();
        if (keys.isEmpty()) {
            addPartsOfNewSegments();
        }
    }

    private void releaseFrame() {
        frame.complete();
        frame.release();
        frame = new BlockBytes(pool);
        documentsInFrame = 0;
    }

    private void addPartsOfNewSegments() {
        final List<Segment> sealed = spool.sealed();
        for (int i = parts.size(); i < sealed.size(); i++) {
            parts.add(new StagedPart(List.of(sealed.get(i)), Optional.empty()));
        }
    }

    /** No document will be added any more: calls {@code ready} when all parts are known. */
    void finish(final Runnable ready, final Consumer<Failure> failed) {
        spill();
        spool.seal();
        if (keys.isPresent()) {
            final KeyLog log = keys.get().log();
            staging.inBackground(
                    () -> log.survivors(spool.sealed(), staging.memory()),
                    survivors -> {
                        log.delete();
                        addPartsOfSurvivors(survivors);
                        finished = true;
                        ready.run();
                    },
                    failed);
        } else {
            addPartsOfNewSegments();
            finished = true;
            ready.run();
        }
    }

    private void addPartsOfSurvivors(final Survivors survivors) {
        List<Segment> open = new ArrayList<>();
        long bytes = 0;
        for (final Segment segment : spool.sealed()) {
            open.add(segment);
            bytes += survivors.bytes(segment);
            if (bytes >= SMALLEST_PART) {
                parts.add(new StagedPart(List.copyOf(open), Optional.of(survivors)));
                open = new ArrayList<>();
                bytes = 0;
            }
        }
        if (bytes > 0) {
            parts.add(new StagedPart(List.copyOf(open), Optional.of(survivors)));
        }
    }

    /** What can be uploaded so far, in order. */
    List<StagedPart> parts() {
        return parts;
    }

    /** There will be no more parts. */
    boolean isFinished() {
        return finished;
    }

    /** How many documents all parts have. */
    long documents() {
        return parts.stream().mapToLong(StagedPart::documents).sum();
    }

    /** Every part can still be read. */
    boolean areAllOnDisk() {
        return parts.stream().allMatch(StagedPart::isOnDisk);
    }

    /** Memory and disk are given back; nothing can be read any more. */
    void delete() {
        releaseFrame();
        keys.ifPresent(each -> each.log().delete());
        spool.delete();
    }
}
