package io.airbyte.integrations.destination.convex.spool;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One file of the folder. It grows at its end and is open only while it is written or read, for there may be thousands.
 * One thread writes; any thread reads what was written before, or deletes.
 */
final class SpoolFile {

    /** Opens a file for writing: {@link FileChannel#open}, or a disk that is full when a test says so. */
    @FunctionalInterface
    interface Opener {
        FileChannel open(Path path, Set<? extends OpenOption> options) throws IOException;
    }

    private static final Set<OpenOption> NEW = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    private static final Set<OpenOption> EXISTING = Set.of(StandardOpenOption.WRITE);

    private final Path path;
    private final Opener opener;
    private final AtomicLong used;

    private boolean exists;
    private long counted;
    private volatile long length;
    private volatile boolean deleted;

    /** @param used the bytes of all files of the folder */
    SpoolFile(final Path path, final Opener opener, final AtomicLong used) {
        this.path = path;
        this.opener = opener;
        this.used = used;
    }

    /** The bytes that were written whole. */
    long length() {
        return length;
    }

    boolean isDeleted() {
        return deleted;
    }

    /**
     * Adds all that remains in the buffers, whose positions move.
     *
     * @throws IOException if the file does not have all of it; it has none of it then
     */
    synchronized void append(final ByteBuffer... buffers) throws IOException {
        if (deleted) {
            throw new IOException("The spooled file is deleted already.");
        }
        long end = length;
        for (final ByteBuffer buffer : buffers) {
            end += buffer.remaining();
        }
        try (FileChannel channel = opener.open(path, exists ? EXISTING : NEW)) {
            exists = true;
            channel.position(length);
            while (channel.position() < end) {
                channel.write(buffers);
            }
        } catch (final IOException e) {
            cutBack();
            throw e;
        }
        length = end;
        count(Math.max(end, counted));
    }

    /** Gives half of a write back to the disk. Where that fails the next write begins at the same place. */
    private void cutBack() {
        if (!exists) {
            return;
        }
        try (FileChannel channel = opener.open(path, EXISTING)) {
            channel.truncate(length);
            count(length);
        } catch (final IOException e) {
            count(sizeOnDisk());
        }
    }

    private long sizeOnDisk() {
        try {
            return Files.size(path);
        } catch (final IOException e) {
            return counted;
        }
    }

    private void count(final long bytes) {
        used.addAndGet(bytes - counted);
        counted = bytes;
    }

    FileChannel openForReading() throws IOException {
        return FileChannel.open(path, StandardOpenOption.READ);
    }

    /** Fills what remains of the buffer with the bytes from {@code position} on, and flips it. */
    static void fill(final ByteBuffer buffer, final FileChannel channel, final long position) throws IOException {
        long at = position;
        while (buffer.hasRemaining()) {
            final int count = channel.read(buffer, at);
            if (count < 0) {
                throw new EOFException("A spooled file is shorter than what was written to it.");
            }
            at += count;
        }
        buffer.flip();
    }

    /** Gives the disk back. Where the file cannot be deleted, its bytes stay counted until the folder is closed. */
    synchronized void delete() {
        if (deleted) {
            return;
        }
        deleted = true;
        try {
            Files.deleteIfExists(path);
            count(0);
        } catch (final IOException e) {
            // Closing the folder tries again, and so does the next start.
        }
    }
}
