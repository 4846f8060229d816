import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;

/**
 * Runs a {@link Plan}, prints what its trials took, and writes each as a line to a file of results, from which {@link Report}
 * makes the tables. {@code benchmarks/run} compiles and starts it, and tells its options.
 */
final class Benchmark {

    /** The columns of the file of results. */
    static final List<String> COLUMNS = List.of(
            "round",
            "contender",
            "mode",
            "shape",
            "megabytes",
            "streams",
            "states_every",
            "again",
            "latency",
            "wall",
            "cpu",
            "sink_cpu",
            "peak_kib",
            "bytes",
            "records",
            "requests",
            "largest",
            "states");

    private final Map<String, String> options = new HashMap<>();

    private Benchmark(final String[] arguments) {
        for (int i = 0; i < arguments.length; i++) {
            final String name = arguments[i].replaceFirst("^--", "");
            final boolean flag = name.equals("quick") || name.equals("long");
            options.put(name, flag ? "yes" : arguments[++i]);
        }
    }

    public static void main(final String[] arguments) throws IOException, InterruptedException, ExecutionException {
        new Benchmark(arguments).run();
    }

    private void run() throws IOException, InterruptedException, ExecutionException {
        final Map<Plan.Contender, Path> programs = new HashMap<>();
        programs.put(
                Plan.Contender.CONNECTOR, Path.of("target/destination-convex").toAbsolutePath());
        if (options.containsKey("against")) {
            programs.put(Plan.Contender.OTHER, Path.of(options.get("against")).toAbsolutePath());
        }
        final Path work = Files.createTempDirectory("benchmark");
        final Path results = Path.of(options.get("results"));
        Files.createDirectories(results.toAbsolutePath().getParent());
        final Path faker = Path.of("integration_tests/resources/faker/messages.jsonl");
        try (var stage = new Stage(work, Path.of(options.get("classes")), programs, faker);
                var out = new PrintStream(Files.newOutputStream(results))) {
            final var ending = new Thread(stage::close);
            Runtime.getRuntime().addShutdownHook(ending);
            setting(out);
            sinkSpeed(stage, out);
            out.println(String.join("\t", COLUMNS));
            run(plan(), stage, out);
        } catch (final Stage.NotAsItShouldBe e) {
            System.out.printf("%nNOT as it should be: %s%n", e.getMessage());
            System.exit(1);
        }
    }

    // What is run.

    private Plan plan() {
        final boolean quick = options.containsKey("quick");
        final int repeats = Integer.parseInt(options.getOrDefault("repeats", quick ? "2" : "5"));
        final boolean other = options.containsKey("against");
        if (options.containsKey("shape")) {
            return chosen(repeats, other);
        }
        if (options.containsKey("long")) {
            return Plan.flat(Math.min(repeats, 3), other);
        }
        return quick ? Plan.quick(repeats, other) : Plan.whole(repeats, other);
    }

    private Plan chosen(final int repeats, final boolean other) {
        final String shape = options.get("shape");
        final long megabytes = Long.parseLong(options.getOrDefault("size", "256"));
        final Input input = switch (shape) {
            case "state-heavy" -> new Input("wide", 100, 0, 1, Plan.APPEND);
            case "dedup" -> new Input("wide", 10_000, 20, 1, Plan.DEDUP);
            case "overwrite" -> new Input("wide", 10_000, 0, 1, Plan.OVERWRITE);
            case "streams" -> new Input("wide", 10_000, 0, 100, Plan.APPEND);
            case "small", "wide", "large", "faker" -> new Input(shape, 10_000, 0, 1, Plan.APPEND);
            default -> throw new IllegalArgumentException("--shape " + shape);
        };
        final int streams = Integer.parseInt(options.getOrDefault("streams", "" + input.streams()));
        return Plan.of(
                new Plan.Input(input.lines(), megabytes, streams, input.statesEvery(), input.again()),
                options.getOrDefault("mode", input.mode()),
                Integer.parseInt(options.getOrDefault("latency", "0")),
                repeats,
                other);
    }

    /** What a shape of the options is. */
    private record Input(String lines, int statesEvery, int again, int streams, String mode) {}

    // How it is run.

    private static void run(final Plan plan, final Stage stage, final PrintStream out)
            throws IOException, InterruptedException {
        for (int i = 0; i < plan.rounds().size(); i++) {
            final Plan.Round round = plan.rounds().get(i);
            for (final Plan.Trial trial : round.trials()) {
                stage.prepare(trial.input());
            }
            System.err.printf("%s: ", round.name());
            for (int repeat = 0; repeat < round.repeats(); repeat++) {
                for (final Plan.Trial trial : round.trials()) {
                    if (repeat < trial.repeats()) {
                        out.println(line(round, trial, stage.run(trial)));
                        System.err.print(trial.contender()
                                .name()
                                .toLowerCase(Locale.ROOT)
                                .charAt(0));
                    }
                }
                System.err.print(" ");
            }
            System.err.println();
            out.flush();
            for (final Plan.Trial trial : round.trials()) {
                if (!plan.needs(trial.input(), i)) {
                    stage.discard(trial.input());
                }
            }
        }
    }

    private static String line(final Plan.Round round, final Plan.Trial trial, final Stage.Outcome took) {
        final Plan.Input input = trial.input();
        final List<Object> values = List.of(
                round.name(),
                trial.contender(),
                trial.mode(),
                input.shape(),
                input.megabytes(),
                input.streams(),
                input.statesEvery(),
                input.again(),
                trial.latency(),
                took.wall(),
                took.cpu(),
                took.sinkCpu(),
                took.peakKib(),
                took.bytes(),
                took.records(),
                took.requests(),
                took.largest(),
                took.states());
        return values.stream()
                .map(value -> value instanceof Double ? "%.3f".formatted(value) : value.toString())
                .collect(Collectors.joining("\t"));
    }

    // Where it is run.

    private void setting(final PrintStream out) throws IOException {
        final long memory = Files.readAllLines(Path.of("/proc/meminfo")).stream()
                .filter(line -> line.startsWith("MemTotal:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
        final String processor = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.replaceFirst(".*: *", ""))
                .findFirst()
                .orElse(System.getProperty("os.arch"));
        final var setting = new ArrayList<String>();
        setting.add("date\t" + LocalDate.now());
        setting.add("command\t" + options.get("command"));
        setting.add("machine\t%d cores (%s), %d GiB of memory"
                .formatted(Runtime.getRuntime().availableProcessors(), processor, Math.round(memory / 1048576.0)));
        setting.add("kernel\tLinux " + System.getProperty("os.version"));
        setting.add("java\t%s %s".formatted(System.getProperty("java.vm.name"), Runtime.version()));
        setting.add("java_opts\t" + System.getenv().getOrDefault("JAVA_OPTS", ""));
        final String load = Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
        if (Double.parseDouble(load) > 1) {
            System.err.printf("Something else runs here (load %s): the figures will be worse and less sure.%n", load);
        }
        setting.add("load\t" + load);
        setting.forEach(line -> out.println("# " + line));
    }

    private static void sinkSpeed(final Stage stage, final PrintStream out)
            throws InterruptedException, ExecutionException {
        // The first ones are for its compiler.
        SinkSpeed.megabytesPerSecond(stage.url(), 2, 40);
        out.printf("# sink_one\t%.0f%n", SinkSpeed.megabytesPerSecond(stage.url(), 1, 80));
        out.printf("# sink_two\t%.0f%n", SinkSpeed.megabytesPerSecond(stage.url(), 2, 60));
    }
}
