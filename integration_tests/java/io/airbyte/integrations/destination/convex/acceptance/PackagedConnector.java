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
import java.util.stream.Stream;

/** The packaged program as a child process, with everything that it says. */
final class PackagedConnector implements AutoCloseable {

    static final Path PROGRAM =
            Path.of("target/destination-convex/bin/destination-convex").toAbsolutePath();

    private static final ObjectMapper JSON = new ObjectMapper();

    /** How the program ended, and what it said. */
    record Result(int exitCode, List<String> stdout, List<String> stderr) {

        List<JsonNode> messages() {
            return stdout.stream().map(PackagedConnector::json).toList();
        }

        List<JsonNode> messages(final String type) {
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
        JsonNode error() {
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

    private PackagedConnector(final Process process) {
        this.process = process;
        this.stdin = new BufferedOutputStream(process.getOutputStream(), 1 << 16);
        this.readers = List.of(
                collecting(process.inputReader(StandardCharsets.UTF_8), stdout),
                collecting(process.errorReader(StandardCharsets.UTF_8), stderr));
    }

    /** Starts the program; the variables of Java and Airbyte are only those given. */
    static PackagedConnector start(final Map<String, String> environment, final String... arguments) {
        return start(environment, Path.of("").toAbsolutePath(), arguments);
    }

    static PackagedConnector start(
            final Map<String, String> environment, final Path folder, final String... arguments) {
        final List<String> command = new ArrayList<>(List.of(PROGRAM.toString()));
        command.addAll(Arrays.asList(arguments));
        return startCommand(environment, folder, command);
    }

    /** Starts it by another command, such as a shell's or that of a copy. */
    static PackagedConnector startCommand(
            final Map<String, String> environment, final Path folder, final List<String> command) {
        final ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        List.of("JAVA_OPTS", "JAVA_TOOL_OPTIONS", "WORKER_JOB_ID", "DATA_CHANNEL_MEDIUM")
                .forEach(builder.environment()::remove);
        // Hundreds of short runs: the second compiler would cost them more than it gives.
        builder.environment().put("JAVA_OPTS", "-XX:TieredStopAtLevel=1");
        builder.environment().putAll(new TreeMap<>(environment));
        try {
            return new PackagedConnector(builder.start());
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Thread collecting(final BufferedReader source, final List<String> lines) {
        final Thread thread = new Thread(() -> {
            try (Stream<String> all = source.lines()) {
                all.forEach(lines::add);
            } catch (final UncheckedIOException e) {
                // The process was killed: what it had said is there.
            }
        });
        thread.start();
        return thread;
    }

    PackagedConnector reads(final Stream<String> lines) {
        lines.forEach(line -> write(line + "\n"));
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
    Result result() {
        return endOfInput().ended();
    }

    /** Closes the input. */
    PackagedConnector endOfInput() {
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
    Result ended() {
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
        return new Result(process.exitValue(), List.copyOf(stdout), List.copyOf(stderr));
    }

    /** What the program has said so far. */
    List<String> saidSoFar() {
        return List.copyOf(stdout);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** The process that was started. */
    ProcessHandle process() {
        return process.toHandle();
    }

    /** Sends SIGTERM. By the handle, for the process itself would close the pipes that the last words come through. */
    void terminate() {
        process.toHandle().destroy();
    }

    /** Sends SIGKILL. */
    void kill() {
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
