import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * Makes tables and plots of a file of results. Of a whole run, and of the long one, they go to {@code performance.md}, each
 * between its markers; whatever else stands there stays.
 *
 * <pre>Report whole|long|quick|shape RESULTS DOCS</pre>
 */
final class Report {

    /** Several runs of the same. */
    record Trial(Map<String, String> what, List<Map<String, String>> runs) {

        boolean is(final String column, final Object value) {
            return what.get(column).equals(value.toString());
        }

        double number(final String column) {
            return Double.parseDouble(what.get(column));
        }

        Spread of(final ToDoubleFunction<Trial> figure) {
            return Spread.of(runs.stream()
                    .mapToDouble(run -> figure.applyAsDouble(new Trial(run, List.of())))
                    .sorted()
                    .toArray());
        }

        double median(final ToDoubleFunction<Trial> figure) {
            return of(figure).median();
        }
    }

    record Spread(double median, double least, double most) {

        static Spread of(final double[] sorted) {
            final int half = sorted.length / 2;
            final double median = sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
            return new Spread(median, sorted[0], sorted[sorted.length - 1]);
        }

        String text(final String format) {
            final String least = text(format, this.least);
            final String most = text(format, this.most);
            final String range = least.equals(most) ? "" : " (" + least + "–" + most + ")";
            return text(format, median) + range;
        }

        private static String text(final String format, final double value) {
            return String.format(Locale.ROOT, format, value);
        }
    }

    static final ToDoubleFunction<Trial> WALL = run -> run.number("wall");
    static final ToDoubleFunction<Trial> CPU = run -> run.number("cpu");
    static final ToDoubleFunction<Trial> SINK_CPU = run -> run.number("sink_cpu");
    static final ToDoubleFunction<Trial> PEAK = run -> run.number("peak_kib") / 1024;
    static final ToDoubleFunction<Trial> RECORDS = run -> run.number("records") / run.number("wall");
    static final ToDoubleFunction<Trial> MEGABYTES = run -> run.number("bytes") / 1e6 / run.number("wall");
    static final ToDoubleFunction<Trial> CPU_A_GB = run -> run.number("cpu") * 1e9 / run.number("bytes");
    static final ToDoubleFunction<Trial> WALL_A_GB = run -> run.number("wall") * 1e9 / run.number("bytes");
    static final ToDoubleFunction<Trial> CPU_A_MILLION = run -> run.number("cpu") * 1e6 / run.number("records");
    static final ToDoubleFunction<Trial> REQUESTS = run -> run.number("requests");
    static final ToDoubleFunction<Trial> LARGEST = run -> run.number("largest") / 1048576;
    static final ToDoubleFunction<Trial> STATES = run -> run.number("states");

    private final Map<String, String> setting = new TreeMap<>();
    private final List<Trial> trials = new ArrayList<>();

    private Report(final List<String> lines) {
        List<String> columns = List.of();
        final Map<String, Trial> known = new LinkedHashMap<>();
        for (final String line : lines) {
            final String[] words = line.replaceFirst("^# ", "").split("\t", -1);
            if (line.startsWith("# ")) {
                setting.put(words[0], words[1]);
            } else if (columns.isEmpty()) {
                columns = List.of(words);
            } else {
                final Map<String, String> run = new LinkedHashMap<>();
                for (int i = 0; i < words.length; i++) {
                    run.put(columns.get(i), words[i]);
                }
                final String what = String.join("\t", List.of(words).subList(0, columns.indexOf("wall")));
                known.computeIfAbsent(what, key -> new Trial(run, new ArrayList<>()))
                        .runs()
                        .add(run);
            }
        }
        trials.addAll(known.values());
    }

    public static void main(final String[] arguments) throws IOException {
        final var report = new Report(Files.readAllLines(Path.of(arguments[1])));
        final Path docs = Path.of(arguments[2]);
        final String targets = Targets.table(report.trials);
        System.out.printf("%s%n%s%n%s", report.setting(), report.table(), targets);
        switch (arguments[0]) {
            case "whole" -> {
                report.plots(docs);
                put(
                        docs,
                        "whole",
                        "%s%n%s%n%s%n<details><summary>Every figure of this run</summary>%n%n%s%n</details>%n"
                                .formatted(report.setting(), targets, pictures(), report.table()));
            }
            case "long" -> put(docs, "long", "%s%n%s%n%s".formatted(report.setting(), report.table(), targets));
            default -> {}
        }
    }

    /** Puts a text where the last one of its kind was. */
    private static void put(final Path docs, final String kind, final String text) throws IOException {
        final Path page = docs.resolve("performance.md");
        final String old = Files.readString(page);
        final String begin = "<!-- benchmark " + kind + " -->\n";
        final String end = "<!-- end of benchmark " + kind + " -->";
        final int from = old.indexOf(begin) + begin.length();
        final int to = old.indexOf(end);
        if (from < begin.length() || to < from) {
            throw new IllegalStateException(page + " lacks the markers of " + kind);
        }
        Files.writeString(page, old.substring(0, from) + "\n" + text + "\n" + old.substring(to));
        System.out.println("\nWritten to " + page);
    }

    // The tables.

    private String setting() {
        final String options = setting.get("java_opts").isEmpty() ? "" : ", JAVA_OPTS " + setting.get("java_opts");
        return """
                `%s` on %s: %s, %s, %s%s; load before it %s. The sink on its own: %s MB/s over one connection, %s MB/s over two.
                """.formatted(
                        setting.get("command"),
                        setting.get("date"),
                        setting.get("machine"),
                        setting.get("kernel"),
                        setting.get("java"),
                        options,
                        setting.get("load"),
                        setting.get("sink_one"),
                        setting.get("sink_two"));
    }

    private String table() {
        final var table = new Table(
                "input",
                "mode",
                "latency",
                "who",
                "runs",
                "wall s",
                "CPU s",
                "CPU s a GB",
                "the sink's CPU s",
                "peak MiB",
                "records/s",
                "MB/s",
                "requests",
                "largest MiB",
                "states");
        for (final Trial trial : trials) {
            final boolean write = !trial.is("shape", "none");
            table.row(
                    write ? input(trial) : "",
                    trial.what().get("mode"),
                    write ? trial.what().get("latency") + " ms" : "",
                    trial.what().get("contender").toLowerCase(Locale.ROOT),
                    Integer.toString(trial.runs().size()),
                    trial.of(WALL).text("%.2f"),
                    trial.of(CPU).text("%.2f"),
                    write ? trial.of(CPU_A_GB).text("%.1f") : "",
                    write ? trial.of(SINK_CPU).text("%.2f") : "",
                    trial.of(PEAK).text("%.0f"),
                    write ? trial.of(RECORDS).text("%,.0f") : "",
                    write ? trial.of(MEGABYTES).text("%.0f") : "",
                    write ? trial.of(REQUESTS).text("%.0f") : "",
                    write ? trial.of(LARGEST).text("%.1f") : "",
                    write ? trial.of(STATES).text("%.0f") : "");
        }
        return table.toString();
    }

    private static String input(final Trial trial) {
        final String streams = trial.is("streams", 1) ? "" : ", " + trial.what().get("streams") + " streams";
        final String states = trial.is("states_every", 10_000)
                ? ""
                : trial.is("states_every", 0)
                        ? ", no states"
                        : ", a state per " + trial.what().get("states_every");
        final String again = trial.is("again", 0) ? "" : ", " + trial.what().get("again") + " % updates";
        return trial.what().get("shape") + ", " + trial.what().get("megabytes") + " MB" + streams + states + again;
    }

    // The plots.

    private static String pictures() {
        return """
                ![CPU by number of records](performance-records.svg)
                ![Time by number of streams](performance-streams.svg)
                ![Time by latency](performance-latency.svg)
                """;
    }

    private void plots(final Path docs) throws IOException {
        final var records = new Plot("CPU seconds for a million records (1 KiB, append)", "records", true, false);
        final var streams = new Plot("Seconds for a GB (1 KiB, append)", "streams, interleaved", true, false);
        final var latency = new Plot(
                "Seconds for a GB (1 KiB records), logarithmic",
                "milliseconds until a request is answered",
                false,
                true);
        final Predicate<Trial> append = trial -> trial.is("mode", Plan.APPEND) && trial.is("states_every", 10_000);
        final Predicate<Trial> byLatency = trial -> trial.what().get("round").startsWith("latency ");
        for (final String who : List.of("CONNECTOR", "NAIVE", "RAW")) {
            final String name = who.toLowerCase(Locale.ROOT);
            final Predicate<Trial> of = append.and(trial -> trial.is("contender", who));
            records.add(series(name, of.and(Report::isOneOfManySizes), "records", CPU_A_MILLION));
            streams.add(series(name, of.and(trial -> trial.is("round", "streams")), "streams", WALL_A_GB));
            // It posts what comes, whichever stream it is of.
            final int posted = who.equals("NAIVE") ? 4 : 1;
            latency.add(
                    series(name, of.and(byLatency).and(trial -> trial.is("streams", posted)), "latency", WALL_A_GB));
        }
        final Predicate<Trial> connector = byLatency.and(trial -> trial.is("contender", "CONNECTOR"));
        final Predicate<Trial> four = connector.and(append).and(trial -> trial.is("streams", 4));
        latency.add(series("connector, 4 streams", four, "latency", WALL_A_GB));
        final Predicate<Trial> dedup = connector.and(trial -> trial.is("mode", Plan.DEDUP));
        latency.add(series("append_dedup", dedup, "latency", WALL_A_GB));
        Files.writeString(docs.resolve("performance-records.svg"), records.svg());
        Files.writeString(docs.resolve("performance-streams.svg"), streams.svg());
        Files.writeString(docs.resolve("performance-latency.svg"), latency.svg());
    }

    private static boolean isOneOfManySizes(final Trial trial) {
        return List.of("records", "wide", "longer").contains(trial.what().get("round"));
    }

    private Plot.Series series(
            final String name, final Predicate<Trial> chosen, final String x, final ToDoubleFunction<Trial> y) {
        return new Plot.Series(
                name,
                trials.stream()
                        .filter(chosen)
                        .map(trial -> {
                            final Spread spread = trial.of(y);
                            return new Plot.Point(trial.number(x), spread.median(), spread.least(), spread.most());
                        })
                        .sorted(Comparator.comparingDouble(Plot.Point::x))
                        .toList());
    }

    /** In Markdown, with its columns aligned, so that it can be read as text, too. */
    static final class Table {
        private final List<String[]> rows = new ArrayList<>();

        Table(final String... names) {
            rows.add(names);
        }

        void row(final String... cells) {
            rows.add(cells);
        }

        @Override
        public String toString() {
            final var text = new StringBuilder();
            for (int row = 0; row < rows.size(); row++) {
                for (int column = 0; column < rows.get(0).length; column++) {
                    final String cell = rows.get(row)[column];
                    text.append("| ").append(cell).append(" ".repeat(width(column) - cell.length() + 1));
                }
                text.append("|\n");
                if (row == 0) {
                    for (int column = 0; column < rows.get(0).length; column++) {
                        text.append("|").append("-".repeat(width(column) + 2));
                    }
                    text.append("|\n");
                }
            }
            return text.toString();
        }

        private int width(final int column) {
            return rows.stream().mapToInt(row -> row[column].length()).max().orElse(0);
        }
    }
}
