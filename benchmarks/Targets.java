import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;

/** What the connector is meant to reach, and whether it does. All figures are medians of one run. */
final class Targets {

    private final List<Report.Trial> trials;
    private final Report.Table table = new Report.Table("figure", "target", "measured", "met");

    private Targets(final List<Report.Trial> trials) {
        this.trials = trials;
    }

    /** Those that this run tells of. */
    static String table(final List<Report.Trial> trials) {
        final var targets = new Targets(trials);
        targets.throughput();
        targets.latency();
        targets.variants();
        targets.memory();
        targets.start();
        return targets.table.toString();
    }

    private void throughput() {
        final var connector = trial("wide", "CONNECTOR", Plan.APPEND, 1, 10_000);
        final var naive = trial("wide", "NAIVE", Plan.APPEND, 1, 10_000);
        ratio("wide, 0 ms", 3, "the naive connector", connector, naive);
        both(connector, naive, (one, other) -> {
            final double ratio = one.median(Report.CPU_A_GB) / other.median(Report.CPU_A_GB);
            return row(
                    "CPU seconds a GB, wide", "≤ 0.35 × the naive connector", format("%.2f ×", ratio), ratio <= 0.35);
        });
        // Java's start and its compiler take a second or two, whatever there is to do: that shows in the shorter one.
        for (final String round : List.of("wide", "longer")) {
            wide(
                    trial(round, "CONNECTOR", Plan.APPEND, 1, 10_000),
                    trial(round, "RAW", Plan.APPEND, 1, 10_000));
        }
        atLeast(
                "small, 0 ms",
                400_000,
                "records/s",
                trial("small", "CONNECTOR", Plan.APPEND, 1, 10_000),
                Report.RECORDS);
        atLeast("large, 0 ms", 250, "MB/s", trial("large", "CONNECTOR", Plan.APPEND, 1, 10_000), Report.MEGABYTES);
    }

    private void wide(final Optional<Report.Trial> connector, final Optional<Report.Trial> raw) {
        final String size = connector.map(trial -> trial.what().get("megabytes") + " MB").orElse("");
        ratio("wide, 0 ms, " + size, 0.5, "the raw forward", connector, raw);
        atLeast("wide, 0 ms, " + size, 200, "MB/s", connector, Report.MEGABYTES);
        atMost("CPU seconds a GB, wide, " + size, 5, "s", connector, Report.CPU_A_GB);
    }

    private void latency() {
        ratio(
                "wide, 100 ms, 4 streams",
                8,
                "the naive connector",
                trial("latency 100", "CONNECTOR", Plan.APPEND, 4, 10_000),
                trial("latency 100", "NAIVE", Plan.APPEND, 4, 10_000));
        for (final String mode : List.of(Plan.APPEND, Plan.DEDUP)) {
            final var trial = trial("distant", "CONNECTOR", mode, 1, 10_000);
            atLeast("wide, 50 ms, one stream, " + mode, 80, "MB/s", trial, Report.MEGABYTES);
        }
        final var states = trial("latency 50", "CONNECTOR", Plan.APPEND, 1, 100);
        final var none = trial("latency 50", "CONNECTOR", Plan.APPEND, 1, 0);
        both(states, none, (one, other) -> {
            final double ratio = one.median(Report.MEGABYTES) / other.median(Report.MEGABYTES);
            return row("state-heavy, 50 ms", "≥ 0.9 × without states", format("%.2f ×", ratio), ratio >= 0.9);
        });
        both(states, none, (one, other) -> {
            final double with = one.median(Report.REQUESTS);
            final double without = other.median(Report.REQUESTS);
            return row(
                    "state-heavy, 50 ms, requests",
                    "as without states",
                    format("%.0f, without states %.0f", with, without),
                    with == without);
        });
    }

    private void variants() {
        ratio(
                "100 streams interleaved",
                0.8,
                "one stream",
                trial("streams", "CONNECTOR", Plan.APPEND, 100, 10_000),
                trial("streams", "CONNECTOR", Plan.APPEND, 1, 10_000));
        ratio(
                "overwrite, wide, 0 ms",
                0.6,
                "append",
                trial("wide", "CONNECTOR", Plan.OVERWRITE, 1, 10_000),
                trial("wide", "CONNECTOR", Plan.APPEND, 1, 10_000));
    }

    private void memory() {
        trials.stream()
                .filter(trial -> trial.is("contender", "CONNECTOR") && !trial.is("shape", "none"))
                .mapToDouble(trial -> trial.of(Report.PEAK).most())
                .max()
                .ifPresent(most ->
                        row("peak RSS, every input", "≤ 256 MiB", format("%.0f MiB at most", most), most <= 256));
        both(sized(5_000), sized(500), (one, other) -> {
            final double ratio = one.median(Report.PEAK) / other.median(Report.PEAK);
            return row("peak RSS, 5 GB", "within 10 % of 500 MB", format("%.2f ×", ratio), Math.abs(ratio - 1) <= 0.1);
        });
    }

    private void start() {
        for (final var limit : List.of(List.of("spec", "0.15"), List.of("check", "0.45"))) {
            final var trial = trial("start", "CONNECTOR", limit.get(0), 0, 0);
            atMost(limit.get(0) + ", CPU", Double.parseDouble(limit.get(1)), "s", trial, Report.CPU);
        }
    }

    // How it is said.

    private void atLeast(
            final String figure,
            final double target,
            final String unit,
            final Optional<Report.Trial> trial,
            final ToDoubleFunction<Report.Trial> value) {
        trial.ifPresent(measured -> row(
                figure,
                format("≥ %,.0f %s", target, unit),
                format("%,.0f %s", measured.median(value), unit),
                measured.median(value) >= target));
    }

    private void atMost(
            final String figure,
            final double target,
            final String unit,
            final Optional<Report.Trial> trial,
            final ToDoubleFunction<Report.Trial> value) {
        trial.ifPresent(measured -> row(
                figure,
                "≤ %s %s".formatted(target, unit),
                format("%.2f %s", measured.median(value), unit),
                measured.median(value) <= target));
    }

    private void ratio(
            final String figure,
            final double target,
            final String than,
            final Optional<Report.Trial> measured,
            final Optional<Report.Trial> baseline) {
        both(measured, baseline, (one, other) -> {
            final double ratio = one.median(Report.MEGABYTES) / other.median(Report.MEGABYTES);
            return row(
                    figure,
                    "≥ %s × %s".formatted(target, than),
                    format(
                            "%.2f × (%.0f and %.0f MB/s)",
                            ratio, one.median(Report.MEGABYTES), other.median(Report.MEGABYTES)),
                    ratio >= target);
        });
    }

    private static void both(
            final Optional<Report.Trial> one,
            final Optional<Report.Trial> other,
            final BiFunction<Report.Trial, Report.Trial, Boolean> said) {
        one.ifPresent(first -> other.ifPresent(second -> said.apply(first, second)));
    }

    private boolean row(final String figure, final String target, final String measured, final boolean met) {
        table.row(figure, target.replace(".0 ", " "), measured, met ? "yes" : "**no**");
        return met;
    }

    private static String format(final String format, final Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private Optional<Report.Trial> trial(
            final String round, final String contender, final String mode, final int streams, final int statesEvery) {
        return trials.stream()
                .filter(trial -> trial.is("round", round)
                        && trial.is("contender", contender)
                        && trial.is("mode", mode)
                        && trial.is("streams", streams)
                        && trial.is("states_every", statesEvery))
                .findFirst();
    }

    private Optional<Report.Trial> sized(final int megabytes) {
        return trials.stream()
                .filter(trial -> trial.is("round", "flat") && trial.is("megabytes", megabytes))
                .findFirst();
    }
}
