package io.airbyte.integrations.destination.convex.soak;

import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a process holds at one moment.
 *
 * @param second since the run began
 * @param liveKib what a full collection leaves in Java's heap
 * @param residentKib the process's memory, as Linux counts it
 * @param openFiles descriptors, sockets among them
 */
record Sample(long second, long liveKib, long residentKib, int threads, int openFiles, int spoolFiles, long spoolKib) {

    static final String HEADER = "second\tlive_kib\tresident_kib\tthreads\topen_files\tspool_files\tspool_kib";

    private static final Pattern TOTAL = Pattern.compile("Total +\\d+ +(\\d+)");

    /** Collects the process's garbage, and then looks. */
    static Sample of(final long second, final PackagedConnector connector, final Path spools) throws IOException {
        final long live = liveBytes(connector);
        final Path proc = Path.of("/proc", Long.toString(connector.process().pid()));
        final List<String> status = Files.readAllLines(proc.resolve("status"));
        final Spool spool = new Spool();
        Files.walkFileTree(spools, spool);
        return new Sample(
                second,
                live >> 10,
                number(status, "VmRSS:"),
                (int) number(status, "Threads:"),
                entries(proc.resolve("fd")),
                spool.files,
                spool.bytes >> 10);
    }

    private static long liveBytes(final PackagedConnector connector) throws IOException {
        final String text = connector.diagnosed("GC.class_histogram");
        final Matcher total = TOTAL.matcher(text);
        if (!total.find()) {
            throw new IOException("The process cannot be looked into: "
                    + text.lines().limit(3).toList());
        }
        return Long.parseLong(total.group(1));
    }

    private static long number(final List<String> status, final String name) {
        return status.stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    private static int entries(final Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return (int) all.count();
        }
    }

    /** Counts files, some of which are removed meanwhile. */
    private static final class Spool extends SimpleFileVisitor<Path> {
        private int files;
        private long bytes;

        @Override
        public FileVisitResult visitFile(final Path file, final BasicFileAttributes attributes) {
            files++;
            bytes += attributes.size();
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(final Path file, final IOException gone) {
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(final Path folder, final @Nullable IOException gone) {
            return FileVisitResult.CONTINUE;
        }
    }

    String row() {
        return String.format(
                Locale.ROOT,
                "%d\t%d\t%d\t%d\t%d\t%d\t%d",
                second,
                liveKib,
                residentKib,
                threads,
                openFiles,
                spoolFiles,
                spoolKib);
    }
}
