package io.airbyte.integrations.destination.convex.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentSpoolTest {

    private static final String COMPRESSIBLE = "{\"name\":\"" + "abc".repeat(1000) + "\"}";

    @TempDir
    private Path parent;

    private SpoolFolder folder;

    @BeforeEach
    void openFolder() throws IOException {
        folder = SpoolFolder.open(parent);
    }

    @AfterEach
    void closeFolder() {
        folder.close();
    }

    private static Segment onlySegment(final DocumentSpool spool) {
        spool.seal();
        assertThat(spool.sealed()).hasSize(1);
        return spool.sealed().get(0);
    }

    private Path firstFile() {
        return folder.path().resolve("0");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void what_is_read_is_what_was_written_however_often(final boolean compressed) throws IOException {
        final DocumentSpool spool = folder.documents(compressed);
        Lines.write(spool, "{\"a\":1}", "{\"a\":2}");
        Lines.write(spool, COMPRESSIBLE);
        Lines.write(spool, "{\"a\":\"é\"}");

        final Segment segment = onlySegment(spool);

        final String text = "{\"a\":1}\n{\"a\":2}\n" + COMPRESSIBLE + "\n{\"a\":\"é\"}\n";
        assertThat(Lines.text(segment.lines())).isEqualTo(text);
        assertThat(Lines.text(segment.lines())).isEqualTo(text);
        assertThat(segment.bytes()).isEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
        assertThat(segment.documents()).isEqualTo(4);
        assertThat(segment.lines()).hasSize(3);
    }

    @Test
    void a_segment_is_complete_when_it_is_full_and_knows_its_place() throws IOException {
        final DocumentSpool spool = folder.documents(true);
        final String large = "\"" + "x".repeat(1 << 20) + "\"";
        for (int i = 0; i < 25; i++) {
            Lines.write(spool, large, "1");
        }

        assertThat(spool.sealed()).hasSize(2);
        assertThat(spool.openBytes()).isEqualTo(5 * ((1 << 20) + 5L));
        spool.seal();

        assertThat(spool.sealed()).extracting(Segment::firstDocument).containsExactly(0L, 20L, 40L);
        assertThat(spool.sealed()).extracting(Segment::documents).containsExactly(20, 20, 10);
        assertThat(spool.documents()).isEqualTo(50);
        assertThat(spool.bytes()).isEqualTo(25 * ((1 << 20) + 5L));
        assertThat(spool.openBytes()).isZero();
        assertThat(Lines.text(spool.sealed())).isEqualTo((large + "\n1\n").repeat(25));
    }

    @Test
    void an_empty_spool_has_no_segment_and_no_file() throws IOException {
        final DocumentSpool spool = folder.documents(true);
        spool.write(List.of(), 0, 0);
        spool.seal();

        assertThat(spool.sealed()).isEmpty();
        assertThat(Lines.filesIn(folder)).isZero();
    }

    @Test
    void bytes_that_do_not_compress_are_kept_as_they_are() throws IOException {
        final Random random = new Random(5);
        final StringBuilder noise = new StringBuilder();
        random.ints(20_000, 0, 0x800).filter(c -> c >= ' ').forEach(noise::appendCodePoint);
        final DocumentSpool spool = folder.documents(true);
        Lines.write(spool, noise.toString());

        final Segment segment = onlySegment(spool);

        assertThat(segment.bytesOnDisk()).isLessThanOrEqualTo(segment.bytes() + FrameWriter.HEADER_BYTES);
        assertThat(Lines.text(segment.lines())).isEqualTo(noise + "\n");
    }

    @Test
    void the_folder_knows_what_its_files_take() throws IOException {
        final DocumentSpool raw = folder.documents(false);
        final DocumentSpool compressed = folder.documents(true);
        Lines.write(raw, COMPRESSIBLE);
        Lines.write(compressed, COMPRESSIBLE);
        final Segment large = onlySegment(raw);
        final Segment small = onlySegment(compressed);

        assertThat(large.bytesOnDisk()).isEqualTo(large.bytes() + FrameWriter.HEADER_BYTES);
        assertThat(small.bytesOnDisk()).isLessThan(large.bytesOnDisk() / 10);
        assertThat(folder.used()).isEqualTo(large.bytesOnDisk() + small.bytesOnDisk());
        large.delete();
        large.delete();

        assertThat(large.isDeleted()).isTrue();
        assertThat(folder.used()).isEqualTo(small.bytesOnDisk());
        assertThat(Lines.filesIn(folder)).isEqualTo(1);
    }

    @Test
    void buffers_are_read_where_they_are_and_not_moved() throws IOException {
        final ByteBuffer buffer = ByteBuffer.wrap("xx{}\nyy".getBytes(StandardCharsets.UTF_8), 2, 3);
        final ByteBuffer direct = ByteBuffer.allocateDirect(3)
                .put("{}\n".getBytes(StandardCharsets.UTF_8))
                .flip();
        final DocumentSpool spool = folder.documents(true);
        spool.write(List.of(buffer, direct), 6, 2);

        assertThat(buffer.position()).isEqualTo(2);
        assertThat(direct.remaining()).isEqualTo(3);
        assertThat(Lines.text(onlySegment(spool).lines())).isEqualTo("{}\n{}\n");
    }

    @Test
    void half_lines_are_refused() throws IOException {
        final DocumentSpool spool = folder.documents(true);
        final List<ByteBuffer> half = List.of(ByteBuffer.wrap("{}".getBytes(StandardCharsets.UTF_8)));

        assertThatThrownBy(() -> spool.write(half, 2, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> spool.write(half, 3, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(spool.documents()).isZero();
    }

    @Test
    void reading_a_deleted_segment_ends_with_an_error() throws IOException {
        final DocumentSpool spool = folder.documents(true);
        Lines.write(spool, "1");
        Lines.write(spool, "2");
        final Segment segment = onlySegment(spool);
        final Iterator<ByteBuffer> reading = segment.lines().iterator();
        reading.next();

        segment.delete();

        assertThatThrownBy(reading::next).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void a_deleted_spool_takes_no_disk() throws IOException {
        final DocumentSpool spool = folder.documents(true);
        Lines.write(spool, "1");
        spool.seal();
        Lines.write(spool, "2");

        spool.delete();

        assertThat(folder.used()).isZero();
        assertThat(Lines.filesIn(folder)).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_short_file_is_not_taken_for_the_whole(final boolean compressed) throws IOException {
        final DocumentSpool spool = folder.documents(compressed);
        Lines.write(spool, COMPRESSIBLE);
        final Segment segment = onlySegment(spool);
        final byte[] whole = Files.readAllBytes(firstFile());

        for (final int length : List.of(0, 5, FrameWriter.HEADER_BYTES, whole.length - 1)) {
            Files.write(firstFile(), Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> Lines.text(segment.lines()))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("shorter than what was written");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_damaged_file_is_noticed_wherever_it_is_damaged(final boolean compressed) throws IOException {
        final DocumentSpool spool = folder.documents(compressed);
        Lines.write(spool, COMPRESSIBLE);
        final Segment segment = onlySegment(spool);
        final byte[] whole = Files.readAllBytes(firstFile());
        final String text = Lines.text(segment.lines());

        for (int at = 0; at < whole.length; at++) {
            final byte[] damaged = whole.clone();
            damaged[at] ^= (byte) (1 << at % 8);
            Files.write(firstFile(), damaged);
            assertThatThrownBy(() -> Lines.text(segment.lines()))
                    .as("byte %d", at)
                    .isInstanceOf(UncheckedIOException.class);
        }
        Files.write(firstFile(), whole);
        assertThat(Lines.text(segment.lines())).isEqualTo(text);
    }

    @Test
    void a_full_disk_takes_a_frame_whole_or_not_at_all() throws IOException {
        final FullDisk disk = new FullDisk(40);
        try (SpoolFolder small = SpoolFolder.open(parent, disk)) {
            final DocumentSpool spool = small.documents(false);
            Lines.write(spool, "{\"a\":1}");
            assertThatThrownBy(() -> Lines.write(spool, "{\"a\":\"too long\"}"))
                    .isInstanceOf(IOException.class)
                    .hasMessage("No space left on device");

            assertThat(spool.documents()).isEqualTo(1);
            assertThat(small.used()).isEqualTo(20);
            assertThat(Files.size(small.path().resolve("0"))).isEqualTo(20);
            disk.makeRoom(100);
            Lines.write(spool, "{\"a\":2}");

            assertThat(Lines.text(onlySegment(spool).lines())).isEqualTo("{\"a\":1}\n{\"a\":2}\n");
            assertThat(small.used()).isEqualTo(40);
        }
    }

    @Test
    void what_a_full_disk_does_not_take_back_is_counted_and_written_over() throws IOException {
        final FullDisk disk = new FullDisk(60);
        disk.takeNothingBack();
        try (SpoolFolder small = SpoolFolder.open(parent, disk)) {
            final DocumentSpool spool = small.documents(false);
            Lines.write(spool, "{\"a\":1}");
            assertThatThrownBy(() -> Lines.write(spool, "{\"a\":\"%s\"}".formatted("long".repeat(50))))
                    .isInstanceOf(IOException.class);
            assertThat(small.used()).isEqualTo(60);
            disk.makeRoom(100);
            Lines.write(spool, "{\"a\":2}");

            final Segment segment = onlySegment(spool);
            assertThat(Lines.text(segment.lines())).isEqualTo("{\"a\":1}\n{\"a\":2}\n");
            assertThat(small.used()).isEqualTo(60);
            segment.delete();
            assertThat(small.used()).isZero();
        }
    }

    @Test
    void a_disk_that_is_full_from_the_start_leaves_an_empty_spool() throws IOException {
        final FullDisk disk = new FullDisk(0);
        try (SpoolFolder small = SpoolFolder.open(parent, disk)) {
            final DocumentSpool spool = small.documents(true);
            assertThatThrownBy(() -> Lines.write(spool, "1")).isInstanceOf(IOException.class);
            spool.seal();

            assertThat(spool.sealed()).isEmpty();
            assertThat(small.used()).isZero();
            disk.makeRoom(100);
            Lines.write(spool, "1");

            assertThat(Lines.text(onlySegment(spool).lines())).isEqualTo("1\n");
        }
    }

    @Test
    void random_frames_come_back_in_order() throws IOException {
        final Random random = new Random(11);
        final List<String> written = new ArrayList<>();
        final DocumentSpool spool = folder.documents(true);
        for (int frame = 0; frame < 200; frame++) {
            final List<String> lines = new ArrayList<>();
            for (int line = random.nextInt(20); line >= 0; line--) {
                lines.add("{\"%s\":%d}".formatted("k".repeat(random.nextInt(300)), random.nextLong()));
            }
            Lines.write(spool, lines, random);
            written.addAll(lines);
            if (random.nextInt(30) == 0) {
                spool.seal();
            }
        }
        spool.seal();

        assertThat(Lines.text(spool.sealed())).isEqualTo(String.join("\n", written) + "\n");
    }
}
