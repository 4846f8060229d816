package io.airbyte.integrations.destination.convex.spool;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The private folder of one process for what does not fit in memory. A lock on a file in it says that the process lives;
 * the system takes it away however the process ends. Only the owner can look into it, and names in it tell nothing.
 *
 * <p>One thread makes and writes files; what each of them says of other threads holds besides.
 */
public final class SpoolFolder implements AutoCloseable {

    private static final int ATTEMPTS = 10;
    private static final Set<OpenOption> NEW = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

    private final Path path;
    private final FileChannel lockedChannel;
    private final SpoolFile.Opener opener;
    private final FrameWriter frames = new FrameWriter();
    private final AtomicLong used = new AtomicLong();
    private int files;
    private boolean closed;

    private SpoolFolder(final Path path, final FileChannel lockedChannel, final SpoolFile.Opener opener) {
        this.path = path;
        this.lockedChannel = lockedChannel;
        this.opener = opener;
    }

    /**
     * Makes a folder for this process, and removes those that killed processes have left beside it.
     *
     * @param parent an existing folder
     * @throws IOException if no folder can be made there, with a message for the user
     */
    public static SpoolFolder open(final Path parent) throws IOException {
        return open(parent, (file, options) -> FileChannel.open(file, options, FolderLayout.fileAttributes(file)));
    }

    /** For processes that need no folder: removes those that killed processes have left in {@code parent}. Never throws. */
    public static void removeLeftovers(final Path parent) {
        if (StaleFolders.mayExist(parent)) {
            try {
                open(parent).close();
            } catch (final IOException e) {
                // Whoever needs a folder there will say so.
            }
        }
    }

    /** @param opener opens files of documents, keys and lines for writing */
    static SpoolFolder open(final Path parent, final SpoolFile.Opener opener) throws IOException {
        try {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                final Optional<SpoolFolder> folder = tryToOpen(parent, opener);
                if (folder.isPresent()) {
                    new StaleFolders(folder.get().path()).remove();
                    return folder.get();
                }
            }
        } catch (final IOException e) {
            throw new IOException(
                    ("The folder for temporary files, %s, cannot be used: it must exist and be writable. Name another one"
                                    + " in the environment variable TMPDIR.")
                            .formatted(parent),
                    e);
        }
        throw new IOException(
                "Something keeps removing new folders from the folder for temporary files, %s.".formatted(parent));
    }

    /** Nothing if another process took the new folder for one that was left behind, before it was locked. */
    private static Optional<SpoolFolder> tryToOpen(final Path parent, final SpoolFile.Opener opener)
            throws IOException {
        final Path path = Files.createTempDirectory(
                parent, FolderLayout.prefixOfThisProcess(), FolderLayout.folderAttributes(parent));
        try {
            final FileChannel channel =
                    FileChannel.open(path.resolve(FolderLayout.LOCK), NEW, FolderLayout.fileAttributes(path));
            if (isLocked(channel, path)) {
                return Optional.of(new SpoolFolder(path, channel, opener));
            }
            channel.close();
        } catch (final IOException e) {
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                FolderLayout.delete(path);
                throw e;
            }
        }
        return Optional.empty();
    }

    private static boolean isLocked(final FileChannel channel, final Path folder) throws IOException {
        try {
            return channel.tryLock() != null
                    && Files.exists(folder.resolve(FolderLayout.LOCK), LinkOption.NOFOLLOW_LINKS);
        } catch (final IOException e) {
            channel.close();
            throw e;
        }
    }

    public Path path() {
        return path;
    }

    /** The bytes that all files of this folder take now. For any thread. */
    public long used() {
        return used.get();
    }

    /** The bytes that the disk still has for this process, 0 if it does not say. For any thread. */
    public long usableBytes() {
        try {
            return Files.getFileStore(path).getUsableSpace();
        } catch (final IOException e) {
            return 0;
        }
    }

    /** A place for the documents of one stream. Without documents it has no file. */
    public DocumentSpool documents(final boolean compressed) {
        return new DocumentSpool(this, compressed);
    }

    /** A place for the keys of one stream's records. Without keys it has no file. */
    public KeyLog keyLog() {
        return new KeyLog(newFile());
    }

    /** A place for lines. Without lines it has no file. */
    public LineLog lineLog() {
        return new LineLog(this);
    }

    /** A file that exists once something is written to it. */
    SpoolFile newFile() {
        return new SpoolFile(path.resolve(Integer.toString(files++)), opener, used);
    }

    FrameWriter frames() {
        return frames;
    }

    /**
     * Removes all of it; what cannot be removed is left for the next start. For any thread, so that a process that is told
     * to stop can tidy up: who writes or reads meanwhile gets an {@link IOException}.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        frames.end();
        FolderLayout.delete(path);
        try {
            lockedChannel.close();
        } catch (final IOException e) {
            // The lock goes with the process.
        }
        // Again, for where a locked file cannot be deleted, and for what was still being written.
        FolderLayout.delete(path);
    }
}
