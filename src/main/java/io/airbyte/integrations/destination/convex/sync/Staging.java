package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.StreamDescriptor;
import io.airbyte.integrations.destination.convex.spool.SpoolFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The disk that documents wait on until their table is replaced, shared by all streams of a sync. Segments that were
 * uploaded are kept, since an upload may have to begin anew, but only while they have no more than a gigabyte together with
 * the rest; beyond it they are let go, and while none is left that could be, no input is read.
 */
final class Staging {

    /** What the disk keeps for others, unless it is very small. */
    private static final long RESERVE = 64L << 20;

    private static final long GIGABYTE = 1L << 30;

    private final SpoolFolder folder;
    private final Executor background;
    private final Executor pipeline;
    private final long memory;
    private final long allowed;
    private final long reserve;
    private final long limit;
    private final List<PartUpload> uploads = new ArrayList<>();

    Staging(final SpoolFolder folder, final Surroundings surroundings) {
        this.folder = folder;
        background = surroundings.background();
        pipeline = surroundings.pipelineThread();
        memory = surroundings.searchMemory();
        allowed = surroundings.diskBytes().orElse(Long.MAX_VALUE);
        reserve = Math.min(RESERVE, free() / 8);
        // Well before the disk is used up, since every stream has something in memory that may have to be written.
        limit = Math.min(GIGABYTE - RESERVE, free() / 4 * 3);
    }

    /** Bytes that can still be written, as far as the disk and the platform are concerned. */
    private long free() {
        return Math.min(folder.usableBytes(), allowed - folder.used());
    }

    SpoolFolder folder() {
        return folder;
    }

    long memory() {
        return memory;
    }

    /** What this upload has sent may be let go when the disk runs short. */
    void register(final PartUpload upload) {
        uploads.add(upload);
    }

    /**
     * There is room for these bytes.
     *
     * @throws Failure a config error that names the stream and the disk, if there is none
     */
    void requireRoomFor(final long bytes, final StreamDescriptor stream) {
        letGo(bytes);
        requireFolder();
        final long free = free();
        if (free < reserve + bytes) {
            throw Failure.config(
                    ("The documents of stream %s wait on disk until they replace the table, and the disk is too small: %s holds"
                                    + " %,d MB of this sync, and %,d MB more can be written there, of which %,d MB are left to"
                                    + " others. Give the connector a larger disk (a larger volume, or TMPDIR set to a folder on"
                                    + " one). A deploy key with the permission deployment:backups:view needs a gigabyte at most for"
                                    + " streams without a primary key. The table keeps what it held.")
                            .formatted(stream, folder.path(), folder.used() >> 20, free >> 20, reserve >> 20));
        }
    }

    /** Others may have taken of the disk since the limit was set. */
    private boolean hasRoomFor(final long bytes) {
        return folder.used() + bytes <= limit && free() >= reserve + bytes;
    }

    private void letGo(final long bytes) {
        while (!hasRoomFor(bytes)) {
            final var largest = uploads.stream().max(Comparator.comparingLong(PartUpload::bytesToLetGo));
            if (largest.isEmpty() || largest.get().bytesToLetGo() == 0) {
                return;
            }
            largest.get().letGo();
        }
    }

    /** The disk is used up by what is on its way: no more input is to be read before some of it has arrived. */
    boolean isFull() {
        if (folder.used() < limit) {
            return false;
        }
        letGo(1);
        return folder.used() >= limit && uploads.stream().anyMatch(PartUpload::hasMoreToSend);
    }

    /** Does work that takes long on another thread, and {@code done} or {@code failed} on the pipeline's. */
    <T> void inBackground(final Callable<T> work, final Consumer<T> done, final Consumer<Failure> failed) {
        background.execute(() -> {
            try {
                final T result = work.call();
                pipeline.execute(() -> done.accept(result));
            } catch (final IOException e) {
                pipeline.execute(() -> failed.accept(broken(e)));
            } catch (final Exception | Error e) {
                pipeline.execute(() ->
                        failed.accept(Failure.system("An unexpected error ended the sync; please report it.", e)));
            }
        });
    }

    /** A disk without the folder would only seem to be full. */
    private void requireFolder() {
        if (!Files.isDirectory(folder.path())) {
            throw unwritable(folder, new NoSuchFileException(folder.path().toString()));
        }
    }

    /** What it means to the user that the disk does not take what is written: it is full, or the folder is gone. */
    static Failure unwritable(final SpoolFolder folder, final IOException cause) {
        return Failure.config(
                "Records and states wait in a temporary folder until tables are replaced, and %s cannot be written to: %s. Free some disk space there, or set TMPDIR to another folder. The tables keep what they held."
                        .formatted(
                                folder.path(),
                                Files.isDirectory(folder.path())
                                        ? cause.getMessage()
                                        : "it was removed while the sync ran"));
    }

    /** What it means to the user that the disk does not do what it should. */
    static Failure broken(final IOException cause) {
        return Failure.system(
                "The temporary folder, where records wait that replace a table, cannot be used: %s. Free some disk space there, or set TMPDIR to another folder."
                        .formatted(cause.getMessage()),
                cause);
    }
}
