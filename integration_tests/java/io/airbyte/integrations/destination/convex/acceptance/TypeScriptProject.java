package io.airbyte.integrations.destination.convex.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The application in {@code integration_tests/typescript}, with Convex's real npm package and TypeScript. */
final class TypeScriptProject {

    private static final Path SOURCES = Path.of("integration_tests/typescript");

    /** Packages stay from one run to the next, as long as they are the same. */
    private static final Path PACKAGES = Path.of("target/typescript").toAbsolutePath();

    private static final List<String> PACKAGE_FILES = List.of("package.json", "package-lock.json");

    private final Path folder;

    /** What a command said, both on stdout and stderr. */
    record Said(int exitCode, String text) {}

    private TypeScriptProject(final Path folder) {
        this.folder = folder;
    }

    /** A copy of the application in a folder; the test is skipped where npm or its registry is missing. */
    static TypeScriptProject in(final Path folder) throws IOException, InterruptedException {
        installPackages();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (final Path file : files.filter(Files::isRegularFile).toList()) {
                final Path copy = folder.resolve(SOURCES.relativize(file));
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        Files.createSymbolicLink(folder.resolve("node_modules"), PACKAGES.resolve("node_modules"));
        return new TypeScriptProject(folder);
    }

    private static void installPackages() throws IOException, InterruptedException {
        final Path installed = PACKAGES.resolve("installed");
        final String wanted = Files.readString(SOURCES.resolve("package-lock.json"));
        if (Files.exists(installed) && Files.readString(installed).equals(wanted)) {
            return;
        }
        Files.createDirectories(PACKAGES);
        for (final String name : PACKAGE_FILES) {
            Files.copy(SOURCES.resolve(name), PACKAGES.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
        final Said said;
        try {
            said = run(PACKAGES, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts");
        } catch (final IOException missing) {
            Assumptions.abort("There is no npm: generated TypeScript is not tried.");
            return;
        }
        Assumptions.assumeTrue(
                said.exitCode() == 0, () -> "npm cannot install its packages: TypeScript is not tried. " + said.text());
        Files.writeString(installed, wanted);
    }

    Path folder() {
        return folder;
    }

    /** What the compiler says of all files; nothing if it has no objection. */
    String compilersObjections() throws IOException, InterruptedException {
        return node("node_modules/typescript/bin/tsc", "--project", ".").text();
    }

    /** Runs one of the files, imports included, and returns what it prints. */
    String output(final String file) throws IOException, InterruptedException {
        final Said bundled = run(
                folder,
                "node_modules/.bin/esbuild",
                file,
                "--bundle",
                "--platform=node",
                "--format=esm",
                "--outfile=bundle.mjs",
                "--log-level=error");
        assertThat(bundled.exitCode()).as(bundled.text()).isZero();
        final Said said = node("bundle.mjs");
        assertThat(said.exitCode()).as(said.text()).isZero();
        return said.text();
    }

    private Said node(final String... arguments) throws IOException, InterruptedException {
        return run(
                folder, Stream.concat(Stream.of("node"), Stream.of(arguments)).toArray(String[]::new));
    }

    private static Said run(final Path folder, final String... command) throws IOException, InterruptedException {
        final Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        final String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        return new Said(process.exitValue(), text);
    }
}
