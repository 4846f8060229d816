import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where trials are run: a temporary folder with the inputs, a sink that outlives them, and one process after another. A
 * trial counts only if everything arrived; otherwise {@link NotAsItShouldBe} says what did not.
 */
final class Stage implements AutoCloseable {

    static final class NotAsItShouldBe extends RuntimeException {
        private static final long serialVersionUID = 1;

        NotAsItShouldBe(final String message) {
            super(message);
        }
    }

    /** What a trial took; times in seconds. */
    record Outcome(
            double wall,
            double cpu,
            double sinkCpu,
            long peakKib,
            long bytes,
            long records,
            long requests,
            long largest,
            long states) {}

    private static final long MINUTES = 20;
    private static final String SECRET = "sink|0123456789";

    private final Path work;
    private final Path classes;
    private final Map<Plan.Contender, Path> programs;
    private final Path faker;
    private final Process sink;
    private final String url;
    private final HttpClient client = HttpClient.newHttpClient();
    private volatile Process running;
    private boolean closed;

    /**
     * @param classes what {@code run} has compiled
     * @param programs the folders of the connector, with bin and lib
     * @param faker real messages, which the input {@code faker} repeats
     */
    Stage(final Path work, final Path classes, final Map<Plan.Contender, Path> programs, final Path faker)
            throws IOException {
        this.work = work;
        this.classes = classes;
        this.programs = programs;
        this.faker = faker;
        Files.createDirectories(work.resolve("spool"));
        sink = java("-Xmx1g", "Sink", "--sum", "id")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        running = sink;
        url = sink.inputReader().readLine().replace("CONVEX_URL=", "");
        Files.writeString(
                work.resolve("config.json"),
                "{\"deployment_url\": \"%s\", \"access_key\": \"%s\"}".formatted(url, SECRET));
    }

    String url() {
        return url;
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        running.destroy();
        sink.destroy();
        try (Stream<Path> files = Files.walk(work)) {
            files.sorted((one, other) -> other.compareTo(one))
                    .forEach(file -> file.toFile().delete());
        } catch (final IOException e) {
            System.err.println("Left behind: " + work);
        }
    }

    // The inputs.

    /** Writes the input's file, unless it is there, and its expectation: what the generator says of it. */
    void prepare(final Plan.Input input) throws IOException, InterruptedException {
        final Path file = file(input, "jsonl");
        if (input.equals(Plan.Input.NONE) || Files.exists(file)) {
            return;
        }
        final List<String> source = input.shape().equals("faker")
                ? List.of("--repeat", faker.toString())
                : List.of(
                        "--shape", input.shape(),
                        "--streams", "" + input.streams(),
                        "--states-every", "" + input.statesEvery(),
                        "--again", "" + input.again());
        final var generator = java("-Xmx512m", "Messages", "--bytes", input.megabytes() + "000000");
        generator.command().addAll(source);
        generator.redirectOutput(file.toFile());
        generator.redirectError(file(input, "figures").toFile());
        if (generator.start().waitFor() != 0) {
            throw new NotAsItShouldBe(Files.readString(file(input, "figures")));
        }
        Files.createDirectories(work.resolve("catalogs"));
        for (final String mode : List.of(Plan.APPEND, Plan.DEDUP, Plan.OVERWRITE)) {
            Files.writeString(catalog(input, mode), catalogOf(streams(input), mode));
        }
    }

    void discard(final Plan.Input input) throws IOException {
        Files.deleteIfExists(file(input, "jsonl"));
    }

    private Path file(final Plan.Input input, final String extension) {
        return work.resolve(input + "." + extension);
    }

    private Path catalog(final Plan.Input input, final String mode) {
        return work.resolve("catalogs").resolve(input + "." + mode + ".json");
    }

    private List<String> streams(final Plan.Input input) throws IOException {
        return figures(Files.readString(file(input, "figures"))).keySet().stream()
                .filter(name -> name.startsWith("documents of "))
                .map(name -> name.substring("documents of ".length()))
                .toList();
    }

    private static String catalogOf(final List<String> streams, final String mode) {
        final String syncMode = mode.equals(Plan.OVERWRITE) ? "full_refresh" : "incremental";
        return streams.stream()
                .map(stream -> """
                        {"stream": {"name": "%s", "json_schema": {}}, "sync_mode": "%s", "destination_sync_mode": "%s",
                         "primary_key": [["id"]]}""".formatted(stream, syncMode, mode))
                .collect(Collectors.joining(",\n", "{\"streams\": [\n", "]}\n"));
    }

    // The trials.

    Outcome run(final Plan.Trial trial) throws IOException, InterruptedException {
        ask("POST", "/sink/reset?latency-millis=" + trial.latency());
        final Path answers = work.resolve("answers");
        final Path errors = work.resolve("errors");
        final ProcessBuilder process = process(trial);
        process.redirectOutput(answers.toFile()).redirectError(errors.toFile());
        final double cpuBefore = Proc.cpuOfChildren();
        final double sinkBefore = Proc.cpu(sink.pid());
        final long began = System.nanoTime();
        final Process started = process.start();
        running = started;
        long peak = 0;
        while (!started.waitFor(10, TimeUnit.MILLISECONDS)) {
            peak = Math.max(peak, Proc.peakKib(started.pid()));
            if (System.nanoTime() - began > TimeUnit.MINUTES.toNanos(MINUTES)) {
                throw new NotAsItShouldBe(trial + " took more than " + MINUTES + " minutes.");
            }
        }
        final double wall = (System.nanoTime() - began) / 1e9;
        final double cpu = Proc.cpuOfChildren() - cpuBefore;
        final double sinkCpu = Proc.cpu(sink.pid()) - sinkBefore;
        final Map<String, Long> counted = figures(ask("GET", "/sink/figures"));
        final Map<String, Long> expected = trial.input().equals(Plan.Input.NONE)
                ? new HashMap<>()
                : figures(Files.readString(file(trial.input(), "figures")));
        final long states;
        try (Stream<String> lines = Files.lines(answers)) {
            states =
                    lines.filter(line -> line.startsWith("{\"type\":\"STATE\"")).count();
        }
        if (started.exitValue() != 0 || !expected.isEmpty()) {
            check(trial, started.exitValue(), expected, counted, states);
        }
        return new Outcome(
                wall,
                cpu,
                sinkCpu,
                peak,
                expected.getOrDefault("bytes", 0L),
                expected.getOrDefault("records", 0L),
                counted.get("requests"),
                counted.get("largest body"),
                states);
    }

    private ProcessBuilder process(final Plan.Trial trial) throws IOException {
        final String config = work.resolve("config.json").toString();
        final String catalog = catalog(trial.input(), trial.mode()).toString();
        final ProcessBuilder process = switch (trial.contender()) {
            case RAW -> java("-Xmx128m", "-XX:+UseSerialGC", "RawForward", url);
            case NAIVE -> java("-Xmx1g", "-XX:+UseSerialGC", "NaiveJackson", config, catalog);
            case CONNECTOR, OTHER -> {
                final String program = programs.get(trial.contender()) + "/bin/destination-convex";
                yield switch (trial.mode()) {
                    case "spec" -> new ProcessBuilder(program, "spec");
                    case "check" -> new ProcessBuilder(program, "check", "--config", config);
                    default -> new ProcessBuilder(program, "write", "--config", config, "--catalog", catalog);
                };
            }
        };
        if (!trial.input().equals(Plan.Input.NONE)) {
            process.redirectInput(file(trial.input(), "jsonl").toFile());
        }
        process.environment().put("TMPDIR", work.resolve("spool").toString());
        // As where no platform is: the end of the input completes a stream.
        process.environment().remove("WORKER_JOB_ID");
        process.environment().remove("DATA_CHANNEL_MEDIUM");
        return process;
    }

    /** All that the generator made must have been counted, and nothing else. */
    private void check(
            final Plan.Trial trial,
            final int exitCode,
            final Map<String, Long> expected,
            final Map<String, Long> counted,
            final long states)
            throws IOException {
        final var wrong = new StringBuilder();
        expect(wrong, "exit code", exitCode, 0L);
        expect(wrong, "refused requests", counted.get("refused"), 0L);
        if (trial.contender() == Plan.Contender.RAW) {
            expect(wrong, "lines", counted.get("documents of raw"), expected.get("lines"));
        } else {
            expect(wrong, "states returned", states, expected.get("states"));
            expected.forEach((name, value) -> {
                if (name.startsWith("documents of ") || name.startsWith("sum of ")) {
                    expect(wrong, name, counted.get(name), value);
                }
            });
            expect(wrong, "documents", documents(counted), documents(expected));
        }
        if (!wrong.isEmpty()) {
            throw new NotAsItShouldBe("%s%n%s%s%s".formatted(trial, wrong, tail("answers"), tail("errors")));
        }
    }

    private static void expect(final StringBuilder wrong, final String name, final Number is, final Number expected) {
        if (is == null || expected == null || is.longValue() != expected.longValue()) {
            wrong.append("  %s: %s, where it should be %s%n".formatted(name, is, expected));
        }
    }

    private static long documents(final Map<String, Long> figures) {
        return figures.entrySet().stream()
                .filter(figure -> figure.getKey().startsWith("documents of "))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    private String tail(final String name) throws IOException {
        final List<String> lines = Files.readAllLines(work.resolve(name));
        return lines.stream()
                .skip(Math.max(0, lines.size() - 5))
                .map(line -> "  | " + line + "\n")
                .collect(Collectors.joining());
    }

    private String ask(final String method, final String path) throws IOException, InterruptedException {
        final var request = HttpRequest.newBuilder(URI.create(url + path)).method(method, BodyPublishers.noBody());
        return client.send(request.build(), BodyHandlers.ofString(UTF_8)).body();
    }

    /** Lines of a name and, as the last word, a number. */
    static Map<String, Long> figures(final String text) {
        final Map<String, Long> figures = new TreeMap<>();
        text.lines().forEach(line -> {
            final int blank = line.lastIndexOf(' ');
            if (line.substring(blank + 1).matches("-?\\d+")) {
                figures.put(line.substring(0, Math.max(0, blank)), Long.parseLong(line.substring(blank + 1)));
            }
        });
        return figures;
    }

    private ProcessBuilder java(final String... arguments) throws IOException {
        final String java = ProcessHandle.current().info().command().orElse("java");
        final String path = classes + ":" + programs.get(Plan.Contender.CONNECTOR) + "/lib/*";
        return new ProcessBuilder(Stream.concat(Stream.of(java, "-cp", path), Stream.of(arguments))
                .collect(Collectors.toList()));
    }

    /** What the kernel knows of processes. */
    private static final class Proc {

        /** Ticks of a second, as Linux tells them to programs. */
        private static final double TICKS = 100;

        /** Of all processes that have been started and have ended. */
        static double cpuOfChildren() throws IOException {
            return ticks("self", 13) + ticks("self", 14);
        }

        static double cpu(final long process) throws IOException {
            return ticks(Long.toString(process), 11) + ticks(Long.toString(process), 12);
        }

        /** @param field counted from 0 for the first one behind the program's name */
        private static double ticks(final String process, final int field) throws IOException {
            final String stat = Files.readString(Path.of("/proc", process, "stat"));
            return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[field]) / TICKS;
        }

        /** The most that was ever resident; 0 when the process has ended. */
        static long peakKib(final long process) {
            try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(process), "status"))) {
                return lines.filter(line -> line.startsWith("VmHWM:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .findFirst()
                        .orElse(0);
            } catch (final IOException | java.io.UncheckedIOException e) {
                return 0;
            }
        }
    }
}
