package io.airbyte.integrations.destination.convex.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Lines as text: into a spool and out of it. */
final class Lines {

    private Lines() {}

    /** Writes the lines as one frame, in buffers that begin and end anywhere. */
    static void write(final DocumentSpool spool, final List<String> lines, final Random random) throws IOException {
        final byte[] bytes = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
        final List<ByteBuffer> buffers = new ArrayList<>();
        int from = 0;
        while (from < bytes.length) {
            final int count = Math.min(bytes.length - from, random.nextInt(bytes.length + 1));
            buffers.add(ByteBuffer.wrap(bytes, from, count));
            from += count;
        }
        spool.write(buffers, bytes.length, lines.size());
    }

    static void write(final DocumentSpool spool, final String... lines) throws IOException {
        write(spool, List.of(lines), new Random(1));
    }

    static String text(final Iterable<ByteBuffer> buffers) {
        final StringBuilder text = new StringBuilder();
        buffers.forEach(buffer -> text.append(StandardCharsets.UTF_8.decode(buffer.duplicate())));
        return text.toString();
    }

    static String text(final List<Segment> segments) {
        final StringBuilder text = new StringBuilder();
        segments.forEach(segment -> text.append(text(segment.lines())));
        return text.toString();
    }

    static long filesIn(final SpoolFolder folder) throws IOException {
        try (Stream<Path> files = Files.list(folder.path())) {
            return files.count() - 1;
        }
    }
}
