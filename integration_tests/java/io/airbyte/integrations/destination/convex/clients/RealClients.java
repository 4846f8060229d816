package io.airbyte.integrations.destination.convex.clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Assumptions;

/** Programs that others wrote, each in a virtual environment of Python (integration_tests/clients/make-venv). */
record RealClients(Path folder) {

    private static final String MAKE = "integration_tests/clients/make-venv";
    private static final int IMPOSSIBLE_HERE = 3;

    /** Installs them, unless they are there; a test that asks where that is impossible is skipped. */
    static RealClients installed() {
        final Path folder = Path.of("target/clients-venv").toAbsolutePath();
        try {
            Files.createDirectories(folder);
            // Classes run in two processes, and both may ask at once.
            try (FileChannel file = FileChannel.open(
                            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = file.lock()) {
                make(folder, lock);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return new RealClients(folder);
    }

    private static void make(final Path folder, final FileLock held) throws IOException {
        if (!held.isValid()) {
            throw new IOException("The lock is lost.");
        }
        final Process process = new ProcessBuilder(MAKE, folder.toString())
                .redirectErrorStream(true)
                .start();
        final String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        final int code;
        try {
            code = process.waitFor();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        Assumptions.assumeFalse(code == IMPOSSIBLE_HERE, said);
        if (code != 0) {
            throw new AssertionError("%s ended with %d: %s".formatted(MAKE, code, said));
        }
    }

    Path python() {
        return program("airbyte", "python");
    }

    Path sourceFaker() {
        return program("airbyte-source-faker", "source-faker");
    }

    /** A test that asks for it is skipped where Python is newer than it admits. */
    Path sourceConvex() {
        final Path program = program("airbyte-source-convex", "source-convex");
        Assumptions.assumeTrue(Files.exists(program), "source-convex needs Python 3.10 or 3.11.");
        return program;
    }

    private Path program(final String client, final String name) {
        return folder.resolve(client).resolve("bin").resolve(name);
    }
}
