package io.airbyte.integrations.destination.convex.spool;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.regex.Pattern;

/** How spool folders and what is in them are called, who may look into them, and how they are deleted. */
final class FolderLayout {

    static final String PREFIX = "destination-convex-spool-";

    /** The empty file that a living process keeps locked. */
    static final String LOCK = "lock";

    private static final Pattern NUMBER = Pattern.compile("\\d+");

    private FolderLayout() {}

    /**
     * What the names of this process's folders start with, and those of no other's, however process ids come again in
     * containers. A process must know its own folders by name: to open and close their locked file would unlock it
     * (fcntl on POSIX systems).
     */
    static String prefixOfThisProcess() {
        final ProcessHandle process = ProcessHandle.current();
        final long start =
                process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
        return PREFIX + process.pid() + "-" + start + "-";
    }

    static FileAttribute<?>[] folderAttributes(final Path parent) {
        return attributes(parent, "rwx------");
    }

    static FileAttribute<?>[] fileAttributes(final Path folder) {
        return attributes(folder, "rw-------");
    }

    private static FileAttribute<?>[] attributes(final Path near, final String permissions) {
        return near.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    /**
     * Deletes a folder's files, the lock last, and the folder. What did not come from a process like this one stays, and
     * the folder with it; so does what cannot be deleted.
     */
    static void delete(final Path folder) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, FolderLayout::isData)) {
            files.forEach(FolderLayout::deleteQuietly);
        } catch (final IOException | DirectoryIteratorException e) {
            // What is left is left for the next start.
        }
        deleteQuietly(folder.resolve(LOCK));
        deleteQuietly(folder);
    }

    private static boolean isData(final Path file) {
        return NUMBER.matcher(file.getFileName().toString()).matches()
                && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    private static void deleteQuietly(final Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (final IOException e) {
            // As above.
        }
    }
}
