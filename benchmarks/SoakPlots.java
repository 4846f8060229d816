import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Plots what the long run ({@code ./mvnw -Psoak verify}) has seen of its process: a picture each, by minutes. */
final class SoakPlots {

    private SoakPlots() {}

    /** Arguments: the samples, and the folder for the pictures. */
    public static void main(final String[] arguments) throws IOException {
        final List<String> lines = Files.readAllLines(Path.of(arguments[0]));
        final Path docs = Path.of(arguments[1]);
        final List<String> columns = List.of(lines.get(0).split("\t"));
        final List<String[]> samples =
                lines.stream().skip(1).map(line -> line.split("\t")).toList();

        final Plot memory = new Plot("Memory of one process, in MiB", "minutes", false, false);
        memory.add(series("resident", samples, columns.indexOf("resident_kib"), 1_024));
        memory.add(series("heap after a full collection", samples, columns.indexOf("live_kib"), 1_024));
        Files.writeString(docs.resolve("soak-memory.svg"), memory.svg());

        final Plot handles = new Plot("Threads, open files and files in the spool", "minutes", false, false);
        handles.add(series("threads", samples, columns.indexOf("threads"), 1));
        handles.add(series("open files", samples, columns.indexOf("open_files"), 1));
        handles.add(series("spool files", samples, columns.indexOf("spool_files"), 1));
        Files.writeString(docs.resolve("soak-handles.svg"), handles.svg());
    }

    private static Plot.Series series(
            final String name, final List<String[]> samples, final int column, final double unit) {
        final List<Plot.Point> points = new ArrayList<>();
        for (final String[] sample : samples) {
            final double value = Long.parseLong(sample[column]) / unit;
            points.add(new Plot.Point(Long.parseLong(sample[0]) / 60.0, value, value, value));
        }
        return new Plot.Series(name, points);
    }
}
