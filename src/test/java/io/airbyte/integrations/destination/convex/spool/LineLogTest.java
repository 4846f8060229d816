package io.airbyte.integrations.destination.convex.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineLogTest {

    @TempDir
    private Path parent;

    private SpoolFolder folder;
    private LineLog log;

    @BeforeEach
    void openFolder() throws IOException {
        folder = SpoolFolder.open(parent);
        log = folder.lineLog();
    }

    @AfterEach
    void closeFolder() {
        folder.close();
    }

    private void add(final String line, final long number) throws IOException {
        log.add(line.getBytes(StandardCharsets.UTF_8), number);
    }

    private List<String> logged() throws IOException {
        final List<String> lines = new ArrayList<>();
        log.forEach((line, number) -> lines.add(number + " " + new String(line, StandardCharsets.UTF_8)));
        return lines;
    }

    @Test
    void lines_come_back_in_order_with_their_numbers() throws IOException {
        add("one", 7);
        add("", Long.MAX_VALUE);
        add("three\n", -1);

        assertThat(logged()).containsExactly("7 one", Long.MAX_VALUE + " ", "-1 three\n");
        assertThat(log.lines()).isEqualTo(3);
    }

    @Test
    void lines_of_every_length_come_back() throws IOException {
        final Random random = new Random(3);
        final List<String> expected = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            final String line = "x".repeat(random.nextInt(random.nextInt(10) == 0 ? 100_000 : 1000));
            add(line, i);
            expected.add(i + " " + line);
        }
        for (int length = 8170; length < 8200; length++) {
            add("y".repeat(length), length);
            expected.add(length + " " + "y".repeat(length));
        }

        assertThat(logged()).isEqualTo(expected);
        assertThat(logged()).isEqualTo(expected);
    }

    @Test
    void a_log_without_lines_has_no_file() throws IOException {
        assertThat(logged()).isEmpty();
        assertThat(Lines.filesIn(folder)).isZero();
    }

    @Test
    void a_deleted_log_takes_no_disk() throws IOException {
        add("x".repeat(10_000), 1);
        assertThat(folder.used()).isGreaterThan(10_000);

        log.delete();

        assertThat(folder.used()).isZero();
    }

    @Test
    void a_damaged_log_is_noticed() throws IOException {
        add("{\"type\":\"STATE\"}", 1);
        logged();
        final Path file = folder.path().resolve("0");
        final byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 3] ^= 1;
        Files.write(file, bytes);

        assertThatThrownBy(this::logged).isInstanceOf(IOException.class);
    }
}
