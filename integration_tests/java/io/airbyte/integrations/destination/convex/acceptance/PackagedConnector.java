package io.airbyte.integrations.destination.convex.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The packaged program as a child process, with everything that it says. */
public final class PackagedConnector implements AutoCloseable {

    /** The start script. */
    public static final Path PROGRAM =
            Path.of("target/destination-convex/bin/destination-convex").toAbsolutePath();

    private static final ObjectMapper JSON = new ObjectMapper();

    /** How the program ended, and what it said. */
    public record Result(int exitCode, List<String> stdout, List<String> stderr) {

        List<JsonNode> messages() {
            return stdout.stream().map(PackagedConnector::json).toList();
        }

        public List<JsonNode> messages(final String type) {
            return messages().stream()
                    .filter(message -> message.path("type").asText().equals(type))
                    .toList();
        }

        List<JsonNode> states() {
            return messages("STATE");
        }

        List<String> logged(final String level) {
            return messages("LOG").stream()
                    .map(message -> message.get("log"))
                    .filter(log -> log.get("level").asText().equals(level))
                    .map(log -> log.get("message").asText())
                    .toList();
        }

        /** The one error trace. */
        public JsonNode error() {
            final List<JsonNode> traces = messages("TRACE");
            if (traces.size() != 1) {
                throw new AssertionError("Expected one trace but found " + traces);
            }
            return traces.get(0).at("/trace/error");
        }
    }

    private final Process process;
    private final OutputStream stdin;
    private final List<String> stdout = Collections.synchronizedList(new ArrayList<>());
    private final List<String> stderr = Collections.synchronizedList(new ArrayList<>());
    private final List<Thread> readers;

    private final Confidential confidential = new Confidential();

    private PackagedConnector(
            final Process process, final List<String> command, final Path folder, final Consumer<String> heard) {
        this.process = process;
        final int option = command.indexOf("--config");
        if (option >= 0 && option + 1 < command.size()) {
            confidential.addConfig(folder.resolve(command.get(option + 1)));
        }
        this.stdin = new BufferedOutputStream(process.getOutputStream(), 1 << 16);
        this.readers = List.of(
                collecting(process.inputReader(StandardCharsets.UTF_8), stdout, heard),
                collecting(process.errorReader(StandardCharsets.UTF_8), stderr, line -> {}));
    }

    /** Starts the program; the variables of Java and Airbyte are only those given. */
    public static PackagedConnector start(final Map<String, String> environment, final String... arguments) {
        return start(environment, Path.of("").toAbsolutePath(), arguments);
    }

    static PackagedConnector start(
            final Map<String, String> environment, final Path folder, final String... arguments) {
        return startCommand(environment, folder, command(arguments));
    }

    /** Starts the program, and hands over each line of its stdout as soon as it is read, in the thread that reads it. */
    public static PackagedConnector startHeard(
            final Map<String, String> environment, final Consumer<String> heard, final String... arguments) {
        return startCommand(environment, Path.of("").toAbsolutePath(), command(arguments), heard);
    }

    private static List<String> command(final String... arguments) {
        final List<String> command = new ArrayList<>(List.of(PROGRAM.toString()));
        command.addAll(Arrays.asList(arguments));
        return command;
    }

    /** Starts it by another command, such as a shell's or that of a copy. */
    public static PackagedConnector startCommand(
            final Map<String, String> environment, final Path folder, final List<String> command) {
        return startCommand(environment, folder, command, line -> {});
    }

    private static PackagedConnector startCommand(
            final Map<String, String> environment,
            final Path folder,
            final List<String> command,
            final Consumer<String> heard) {
        final ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        List.of("JAVA_OPTS", "JAVA_TOOL_OPTIONS", "WORKER_JOB_ID", "DATA_CHANNEL_MEDIUM")
                .forEach(builder.environment()::remove);
        // Hundreds of short runs: the second compiler would cost them more than it gives.
        builder.environment().put("JAVA_OPTS", "-XX:TieredStopAtLevel=1");
        builder.environment().putAll(new TreeMap<>(environment));
        try {
            return new PackagedConnector(builder.start(), command, folder, heard);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Thread collecting(
            final BufferedReader source, final List<String> lines, final Consumer<String> heard) {
        final Thread thread = new Thread(() -> {
            try (Stream<String> all = source.lines()) {
                all.forEach(line -> {
                    lines.add(line);
                    heard.accept(line);
                });
            } catch (final UncheckedIOException e) {
                // The process was killed: what it had said is there.
            }
        });
        thread.start();
        return thread;
    }

    public PackagedConnector reads(final Stream<String> lines) {
        lines.forEach(line -> {
            confidential.addLine(line);
            write(line + "\n");
        });
        return flushed();
    }

    PackagedConnector reads(final String... lines) {
        return reads(Stream.of(lines));
    }

    PackagedConnector write(final String text) {
        return write(text.getBytes(StandardCharsets.UTF_8));
    }

    PackagedConnector write(final byte[] bytes) {
        try {
            stdin.write(bytes);
        } catch (final IOException e) {
            // The program has ended before its input; how is what the test asks.
        }
        return this;
    }

    private PackagedConnector flushed() {
        try {
            stdin.flush();
        } catch (final IOException e) {
            // As above.
        }
        return this;
    }

    /** Closes the input and waits for the program to end. */
    public Result result() {
        return endOfInput().ended();
    }

    /** Closes the input. */
    public PackagedConnector endOfInput() {
        try {
            stdin.close();
        } catch (final IOException e) {
            // As above.
        }
        return this;
    }

    /** Closes the input and goes on, so that a test can look at what the program does then. */
    CompletableFuture<Result> closesInput() {
        return CompletableFuture.supplyAsync(this::result);
    }

    /** Waits for the program to end, whatever is left of its input. */
    public Result ended() {
        try {
            if (!process.waitFor(5, TimeUnit.MINUTES)) {
                throw new AssertionError("The connector does not end. It said: " + stdout);
            }
            for (final Thread reader : readers) {
                reader.join();
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        final List<String> shown = confidential.shownIn(
                Stream.of(stdout, stderr).flatMap(List::stream).toList());
        if (!shown.isEmpty()) {
            throw new AssertionError("The key or a record's content is shown: " + shown);
        }
        return new Result(process.exitValue(), List.copyOf(stdout), List.copyOf(stderr));
    }

    /** What the program has said so far. */
    List<String> saidSoFar() {
        return List.copyOf(stdout);
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** The process that was started. */
    public ProcessHandle process() {
        return process.toHandle();
    }

    /** What the JDK's own tool, {@code jcmd}, says of the process. */
    public String diagnosed(final String... command) throws IOException {
        final List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(process.pid())));
        words.addAll(Arrays.asList(command));
        final Process jcmd = new ProcessBuilder(words).redirectErrorStream(true).start();
        return new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Sends SIGTERM. By the handle, for the process itself would close the pipes that the last words come through. */
    public void terminate() {
        process.toHandle().destroy();
    }

    /** Sends SIGKILL. */
    public void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private static JsonNode json(final String line) {
        try {
            return JSON.readTree(line);
        } catch (final IOException e) {
            throw new AssertionError("Not a message: " + line, e);
        }
    }
}
