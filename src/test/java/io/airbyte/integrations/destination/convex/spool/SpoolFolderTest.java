package io.airbyte.integrations.destination.convex.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolFolderTest {

    @TempDir
    private Path parent;

    private List<Path> folders() throws IOException {
        try (Stream<Path> found = Files.list(parent)) {
            return found.toList();
        }
    }

    /** What a process that was killed leaves behind. */
    private Path leftFolder(final String name) throws IOException {
        final Path folder = Files.createDirectory(parent.resolve(FolderLayout.PREFIX + name));
        Files.createFile(folder.resolve(FolderLayout.LOCK));
        Files.writeString(folder.resolve("0"), "{}\n");
        return folder;
    }

    private void openAndClose() throws IOException {
        SpoolFolder.open(parent).close();
    }

    @Test
    void nothing_is_left_of_a_closed_folder() throws IOException {
        final SpoolFolder folder = SpoolFolder.open(parent);
        Lines.write(folder.documents(true), "{}");
        folder.keyLog().add(1, 2, 3);

        assertThat(folder.path().getParent()).isEqualTo(parent);
        folder.close();
        folder.close();

        assertThat(folders()).isEmpty();
    }

    @Test
    void only_the_owner_can_look_into_the_folder_and_its_files() throws IOException {
        try (SpoolFolder folder = SpoolFolder.open(parent)) {
            Lines.write(folder.documents(true), "{}");

            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.path())))
                    .isEqualTo("rwx------");
            try (Stream<Path> files = Files.list(folder.path())) {
                assertThat(files)
                        .hasSize(2)
                        .allSatisfy(
                                file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                                        .isEqualTo("rw-------"));
            }
        }
    }

    @Test
    void a_folder_whose_process_was_killed_is_removed_with_its_files() throws IOException {
        leftFolder("1-2-3");

        openAndClose();

        assertThat(folders()).isEmpty();
    }

    @Test
    void a_folder_whose_process_lives_stays() throws IOException {
        final Path other = leftFolder("1-2-3");
        try (FileChannel channel = FileChannel.open(other.resolve(FolderLayout.LOCK), StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            openAndClose();

            assertThat(lock.isValid()).isTrue();
            assertThat(other.resolve("0")).exists();
        }
    }

    @Test
    void two_folders_of_one_process_live_side_by_side() throws IOException {
        try (SpoolFolder first = SpoolFolder.open(parent);
                SpoolFolder second = SpoolFolder.open(parent)) {
            assertThat(folders()).containsExactlyInAnyOrder(first.path(), second.path());
        }
    }

    @Test
    void a_folder_without_a_lock_is_removed_only_when_it_is_old() throws IOException {
        final Path young = Files.createDirectory(parent.resolve(FolderLayout.PREFIX + "young"));
        final Path old = Files.createDirectory(parent.resolve(FolderLayout.PREFIX + "old"));
        final FileTime hoursAgo =
                FileTime.from(Files.getLastModifiedTime(young).toInstant().minus(Duration.ofHours(2)));
        Files.setLastModifiedTime(old, hoursAgo);

        openAndClose();

        assertThat(folders()).containsExactly(young);
    }

    @Test
    void what_only_looks_like_a_folder_is_not_followed() throws IOException {
        final Path precious = Files.createDirectory(parent.resolve("precious"));
        Files.createFile(precious.resolve(FolderLayout.LOCK));
        Files.createFile(precious.resolve("0"));
        Files.createSymbolicLink(parent.resolve(FolderLayout.PREFIX + "link"), precious);
        Files.createFile(parent.resolve(FolderLayout.PREFIX + "file"));

        openAndClose();

        assertThat(folders()).hasSize(3);
        assertThat(precious.resolve("0")).exists();
    }

    @Test
    void what_no_spool_has_written_is_not_deleted() throws IOException {
        final Path precious = Files.createFile(parent.resolve("precious"));
        final Path left = leftFolder("1-2-3");
        final Path link = Files.createSymbolicLink(left.resolve("1"), precious);
        final Path foreign = Files.createFile(left.resolve("notes.txt"));
        final Path folder = Files.createDirectory(left.resolve("2"));

        openAndClose();

        assertThat(precious).exists();
        assertThat(foreign).exists();
        assertThat(folder).exists();
        assertThat(Files.exists(link, LinkOption.NOFOLLOW_LINKS)).isTrue();
        assertThat(left.resolve("0")).doesNotExist();
    }

    @Test
    void folders_of_other_names_stay() throws IOException {
        final Path other = Files.createDirectory(parent.resolve("spool-1"));

        openAndClose();

        assertThat(folders()).containsExactly(other);
    }

    @Test
    void a_missing_parent_is_named_with_what_to_do() {
        final Path missing = parent.resolve("missing");

        assertThatThrownBy(() -> SpoolFolder.open(missing))
                .isInstanceOf(IOException.class)
                .hasMessage("The folder for temporary files, " + missing
                        + ", cannot be used: it must exist and be writable. Name another one in the environment"
                        + " variable TMPDIR.");
    }

    @Test
    void the_disk_has_room() throws IOException {
        try (SpoolFolder folder = SpoolFolder.open(parent)) {
            assertThat(folder.usableBytes()).isPositive();
            assertThat(folder.used()).isZero();
        }
    }

    @Test
    void a_closed_folder_takes_nothing_and_can_be_tidied() throws IOException {
        final SpoolFolder folder = SpoolFolder.open(parent);
        final DocumentSpool spool = folder.documents(true);
        Lines.write(spool, "{}");
        spool.seal();
        folder.close();

        assertThatThrownBy(() -> Lines.write(spool, "{}")).isInstanceOf(IOException.class);
        assertThatCode(spool::delete).doesNotThrowAnyException();
        assertThat(folder.usableBytes()).isZero();
    }
}
