package io.airbyte.integrations.destination.convex.spool;

import io.airbyte.integrations.destination.convex.document.PrimaryKeyDigest;
import io.airbyte.integrations.destination.convex.json.ByteSlice;
import io.airbyte.integrations.destination.convex.json.InvalidJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the spool costs, by hand: {@code java -Xmx128m -cp target/classes:target/test-classes
 * io.airbyte.integrations.destination.convex.spool.SpoolMeasurement [millions of keys] [MB of documents]}.
 */
final class SpoolMeasurement {

    private static final Pattern RECORD = Pattern.compile("\"data\":(\\{.*\\}),\"emitted_at\"");
    private static final Path MESSAGES = Path.of("integration_tests/resources/faker/messages.jsonl");
    private static final int FRAME = 256 << 10;
    private static final int LINE = 200;

    private SpoolMeasurement() {}

    public static void main(final String... arguments) throws IOException, InvalidJson {
        final int millions = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10;
        final int megabytes = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1000;
        try (SpoolFolder folder = SpoolFolder.open(Path.of(System.getProperty("java.io.tmpdir")))) {
            for (int round = 0; round < 2; round++) {
                documents(folder, false, megabytes);
                documents(folder, true, megabytes);
                digests();
            }
            keys(folder, millions * 1_000_000, 64 << 20);
            keys(folder, millions * 1_000_000, 16 << 20);
        }
    }

    private static void documents(final SpoolFolder folder, final boolean compressed, final int megabytes)
            throws IOException {
        final byte[] lines = documentLines();
        final DocumentSpool spool = folder.documents(compressed);
        final long writing = System.nanoTime();
        while (spool.bytes() < megabytes * 1_000_000L) {
            writeFrames(spool, lines);
        }
        spool.seal();
        final long written = System.nanoTime();
        long bytes = 0;
        for (final Segment segment : spool.sealed()) {
            for (final ByteBuffer buffer : segment.lines()) {
                bytes += buffer.remaining();
            }
        }
        final long read = System.nanoTime();
        System.out.printf(
                "documents %s: %d MB in, %d MB on disk, written at %d MB/s, read at %d MB/s%n",
                compressed ? "deflated" : "raw",
                bytes / 1_000_000,
                folder.used() / 1_000_000,
                bytes * 1000 / (written - writing),
                bytes * 1000 / (read - written));
        spool.delete();
    }

    private static void writeFrames(final DocumentSpool spool, final byte[] lines) throws IOException {
        int from = 0;
        while (from < lines.length) {
            int to = Math.min(lines.length, from + FRAME);
            while (lines[to - 1] != '\n') {
                to--;
            }
            spool.write(List.of(ByteBuffer.wrap(lines, from, to - from)), to - from, 1);
            from = to;
        }
    }

    private static byte[] documentLines() throws IOException {
        final StringBuilder documents = new StringBuilder();
        for (final String message : Files.readAllLines(MESSAGES)) {
            final Matcher record = RECORD.matcher(message);
            if (record.find()) {
                documents.append(record.group(1)).append('\n');
            }
        }
        return documents.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void digests() throws IOException, InvalidJson {
        final List<ByteSlice> documents = new String(documentLines(), StandardCharsets.UTF_8)
                .lines()
                .map(ByteSlice::of)
                .toList();
        final PrimaryKeyDigest digest = new PrimaryKeyDigest(List.of(List.of("id")));
        long bytes = 0;
        long count = 0;
        long sum = 0;
        final long start = System.nanoTime();
        while (count < 2_000_000) {
            for (final ByteSlice document : documents) {
                digest.read(document);
                sum += digest.low();
                bytes += document.length();
                count++;
            }
        }
        final long nanos = System.nanoTime() - start;
        System.out.printf("digests: %d ns a record, %d MB/s (%x)%n", nanos / count, bytes * 1000 / nanos, sum);
    }

    private static void keys(final SpoolFolder folder, final int count, final long memory) throws IOException {
        final KeyLog log = folder.keyLog();
        final SplittableRandom random = new SplittableRandom(1);
        final long adding = System.nanoTime();
        for (int i = 0; i < count; i++) {
            log.add(random.nextLong(), random.nextLong(), LINE);
        }
        final long added = System.nanoTime();
        final int perSegment = Segment.BYTES / LINE;
        final List<Segment> segments = new ArrayList<>();
        for (int first = 0; first < count; first += perSegment) {
            final int documents = Math.min(perSegment, count - first);
            segments.add(new Segment(folder.newFile(), first, documents, (long) documents * LINE));
        }
        final long finding = System.nanoTime();
        final Survivors survivors = log.survivors(segments, memory);
        System.gc();
        final long live =
                Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        System.out.printf(
                "keys: %d distinct of %d, %d MB on disk, added at %d ns each, found in %d ms with %d MiB; heap now %d MB%n",
                survivors.documents(),
                count,
                folder.used() / 1_000_000,
                (added - adding) / count,
                (System.nanoTime() - finding) / 1_000_000,
                memory >> 20,
                live / 1_000_000);
        log.delete();
    }
}
