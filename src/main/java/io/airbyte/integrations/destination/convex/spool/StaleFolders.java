package io.airbyte.integrations.destination.convex.spool;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;

/**
 * Folders that processes of the same user have left behind: those whose lock nobody holds. A process that was killed
 * between making its folder and the lock in it leaves one without, which counts as left behind after an hour.
 *
 * <p>Whatever goes wrong with a folder, it is left alone.
 */
final class StaleFolders {

    private static final Duration SURELY_LOCKED_AFTER = Duration.ofHours(1);

    private final Path own;

    /** @param own the new and locked folder of this process, beside which the others are */
    StaleFolders(final Path own) {
        this.own = own;
    }

    /** There are folders beside which a new one would find work to do. */
    static boolean mayExist(final Path parent) {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, FolderLayout.PREFIX + "*")) {
            return folders.iterator().hasNext();
        } catch (final IOException | DirectoryIteratorException e) {
            return false;
        }
    }

    void remove() {
        final Path parent = own.resolveSibling("");
        final String prefixOfThisProcess = FolderLayout.prefixOfThisProcess();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, FolderLayout.PREFIX + "*")) {
            for (final Path folder : folders) {
                if (!folder.getFileName().toString().startsWith(prefixOfThisProcess)) {
                    removeIfLeft(folder);
                }
            }
        } catch (final IOException | DirectoryIteratorException e) {
            // A later start will find them.
        }
    }

    private void removeIfLeft(final Path folder) {
        try {
            if (isOfSameUser(folder) && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                final Path lockFile = folder.resolve(FolderLayout.LOCK);
                if (Files.isRegularFile(lockFile, LinkOption.NOFOLLOW_LINKS)) {
                    removeIfUnlocked(folder, lockFile);
                } else if (isOld(folder)) {
                    FolderLayout.delete(folder);
                }
            }
        } catch (final IOException | OverlappingFileLockException e) {
            // In use, or gone in the meantime.
        }
    }

    /** The lock is held while the folder goes, so that a process which is about to lock it sees that it is lost. */
    private static void removeIfUnlocked(final Path folder, final Path lockFile) throws IOException {
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                FileLock lock = channel.tryLock()) {
            if (lock != null) {
                FolderLayout.delete(folder);
            }
        }
    }

    private boolean isOfSameUser(final Path folder) throws IOException {
        return Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(own));
    }

    private boolean isOld(final Path folder) throws IOException {
        final Instant now = Files.getLastModifiedTime(own).toInstant();
        final Instant modified =
                Files.getLastModifiedTime(folder, LinkOption.NOFOLLOW_LINKS).toInstant();
        return modified.plus(SURELY_LOCKED_AFTER).isBefore(now);
    }
}
