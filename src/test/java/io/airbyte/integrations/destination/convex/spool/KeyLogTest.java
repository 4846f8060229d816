package io.airbyte.integrations.destination.convex.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyLogTest {

    private static final long PLENTY = 1 << 20;

    @TempDir
    private Path parent;

    private SpoolFolder folder;
    private DocumentSpool spool;
    private KeyLog keys;

    @BeforeEach
    void openFolder() throws IOException {
        folder = SpoolFolder.open(parent);
        spool = folder.documents(false);
        keys = folder.keyLog();
    }

    @AfterEach
    void closeFolder() {
        folder.close();
    }

    private void record(final long key, final String line) throws IOException {
        keys.add(key, ~key, line.length() + 1);
        Lines.write(spool, line);
    }

    private Survivors survivors(final long memory) throws IOException {
        spool.seal();
        return keys.survivors(spool.sealed(), memory);
    }

    private String surviving(final Survivors survivors) {
        final StringBuilder text = new StringBuilder();
        for (final Segment segment : spool.sealed()) {
            final String lines = Lines.text(segment.lines(survivors));
            assertThat(survivors.bytes(segment)).isEqualTo(lines.length());
            assertThat(survivors.documents(segment))
                    .isEqualTo((int) lines.chars().filter(c -> c == '\n').count());
            text.append(lines);
        }
        assertThat(survivors.bytes()).isEqualTo(text.length());
        return text.toString();
    }

    @Test
    void the_last_document_of_each_key_survives_in_order() throws IOException {
        record(1, "a");
        record(2, "b");
        record(1, "c");
        record(3, "d");
        record(2, "e");

        final Survivors survivors = survivors(PLENTY);

        assertThat(surviving(survivors)).isEqualTo("c\nd\ne\n");
        assertThat(survivors.documents()).isEqualTo(3);
        assertThat(survivors.contains(1)).isFalse();
        assertThat(survivors.contains(2)).isTrue();
    }

    @Test
    void a_deletion_removes_what_came_before_it_and_not_what_came_after() throws IOException {
        record(1, "a");
        record(2, "b");
        keys.addDelete(1, ~1L);
        keys.addDelete(2, ~2L);
        keys.addDelete(3, ~3L);
        record(2, "c");

        assertThat(surviving(survivors(PLENTY))).isEqualTo("c\n");
    }

    @Test
    void keys_that_share_half_of_their_digest_are_different_keys() throws IOException {
        keys.add(7, 1, 2);
        keys.add(7, 2, 2);
        keys.add(8, 1, 2);
        Lines.write(spool, "a", "b", "c");

        assertThat(surviving(survivors(PLENTY))).isEqualTo("a\nb\nc\n");
    }

    @Test
    void nothing_survives_of_nothing() throws IOException {
        assertThat(survivors(PLENTY).documents()).isZero();
    }

    @Test
    void nothing_survives_of_deletions_only() throws IOException {
        keys.addDelete(1, 1);

        assertThat(survivors(PLENTY).documents()).isZero();
    }

    @Test
    void a_segment_of_which_nothing_survives_reads_as_empty() throws IOException {
        record(1, "a");
        spool.seal();
        record(1, "b");

        final Survivors survivors = survivors(PLENTY);

        assertThat(spool.sealed().get(0).lines(survivors)).isEmpty();
        assertThat(surviving(survivors)).isEqualTo("b\n");
    }

    @Test
    void a_document_larger_than_any_buffer_survives() throws IOException {
        record(1, "x".repeat(3 << 20));
        record(2, "y");
        record(1, "z".repeat(3 << 20));

        assertThat(surviving(survivors(PLENTY))).isEqualTo("y\n" + "z".repeat(3 << 20) + "\n");
    }

    @Test
    void deleted_segments_count_as_well() throws IOException {
        record(1, "a");
        spool.seal();
        record(2, "b");
        spool.seal();
        spool.sealed().get(0).delete();

        final Survivors survivors = survivors(PLENTY);

        assertThat(survivors.documents()).isEqualTo(2);
        assertThat(Lines.text(spool.sealed().get(1).lines(survivors))).isEqualTo("b\n");
    }

    @Test
    void segments_that_do_not_hold_the_logged_documents_are_refused() throws IOException {
        record(1, "a");
        keys.add(2, 2, 3);

        assertThatThrownBy(() -> survivors(PLENTY)).isInstanceOf(IllegalArgumentException.class);
        Lines.write(spool, "longer");

        assertThatThrownBy(() -> survivors(PLENTY)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void more_documents_than_a_bitmap_should_hold_are_refused() {
        assertThatThrownBy(() -> KeyLog.requireCountable(1L << 31))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("A stream of 2,147,483,648 records is too long to find the last of each primary key: the"
                        + " limit is 2,147,483,647.");
    }

    @Test
    void a_log_takes_twenty_bytes_a_record_and_gives_them_back() throws IOException {
        for (int i = 0; i < 1000; i++) {
            record(i, "1");
        }
        final Survivors survivors = survivors(PLENTY);
        spool.sealed().forEach(Segment::delete);

        assertThat(folder.used()).isEqualTo(20_000);
        keys.delete();

        assertThat(folder.used()).isZero();
        assertThat(survivors.documents()).isEqualTo(1000);
    }

    @Test
    void a_damaged_log_is_noticed() throws IOException {
        for (int i = 0; i < 1000; i++) {
            record(i, "1");
        }
        survivors(PLENTY);
        final Path file = folder.path().resolve("0");
        final byte[] bytes = Files.readAllBytes(file);
        bytes[5000] ^= 1;
        Files.write(file, bytes);
        assertThatThrownBy(() -> survivors(PLENTY)).isInstanceOf(IOException.class);
        Files.write(file, Arrays.copyOf(bytes, 4000));

        assertThatThrownBy(() -> survivors(PLENTY)).isInstanceOf(IOException.class);
    }

    @Test
    void digests_that_are_made_to_collide_end_with_an_error_and_not_in_a_circle() throws IOException {
        for (long low = 0; low < 100; low++) {
            keys.add(Long.rotateLeft(low, 29), low, 2);
            Lines.write(spool, "1");
        }
        spool.seal();

        assertThatThrownBy(() -> keys.survivors(spool.sealed(), 0)).isInstanceOf(IllegalStateException.class);
        assertThat(survivors(PLENTY).documents()).isEqualTo(100);
    }

    /** Random streams against a map that does the same in memory. */
    @ParameterizedTest
    @ValueSource(ints = {0, 500, 2_000, 20_000, 1 << 20})
    void whatever_the_memory_the_result_is_that_of_a_map(final int memory) throws IOException {
        for (int seed = 0; seed < 12; seed++) {
            final Random random = new Random(memory * 31L + seed);
            final int records = random.nextInt(3000);
            final int distinct = 1 + random.nextInt(1 + 2 * records);
            final int deletions = random.nextInt(4);
            spool = folder.documents(seed % 2 == 0);
            keys = folder.keyLog();
            final Map<Long, Integer> last = new LinkedHashMap<>();
            final List<String> frame = new ArrayList<>();
            final List<String> all = new ArrayList<>();
            for (int i = 0; i < records; i++) {
                final long key = random.nextInt(distinct);
                if (random.nextInt(10) < deletions) {
                    keys.addDelete(key, -key);
                    last.remove(key);
                } else {
                    final String line = "{\"k\":%d,\"v\":\"%s\"}".formatted(key, "v".repeat(random.nextInt(40)));
                    keys.add(key, -key, line.length() + 1);
                    last.put(key, all.size());
                    frame.add(line);
                    all.add(line);
                }
                if (!frame.isEmpty() && random.nextInt(50) == 0) {
                    writeFrame(frame, random);
                }
            }
            if (!frame.isEmpty()) {
                writeFrame(frame, random);
            }

            final StringBuilder expected = new StringBuilder();
            final Map<Integer, Long> inOrder = new TreeMap<>();
            last.forEach((key, document) -> inOrder.put(document, key));
            inOrder.keySet()
                    .forEach(document -> expected.append(all.get(document)).append('\n'));
            final Survivors survivors = survivors(memory);
            assertThat(surviving(survivors)).as("seed %d", seed).isEqualTo(expected.toString());
            assertThat(survivors.documents()).isEqualTo(last.size());
        }
    }

    private void writeFrame(final List<String> frame, final Random random) throws IOException {
        Lines.write(spool, frame, random);
        frame.clear();
        if (random.nextInt(5) == 0) {
            spool.seal();
        }
    }
}
