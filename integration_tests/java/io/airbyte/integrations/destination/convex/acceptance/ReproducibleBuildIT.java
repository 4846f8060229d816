package io.airbyte.integrations.destination.convex.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever builds the same sources gets the same program, byte for byte, and can so tell that nothing was added to it. */
class ReproducibleBuildIT {

    private static final Path FIRST = Path.of("target/destination-convex");

    /** All that the program is made of: no tests, and nothing that was built before. */
    private static final List<String> SOURCES = List.of("pom.xml", "mvnw", ".mvn", "src/main", "benchmarks");

    @TempDir
    private Path folder;

    @Test
    void a_second_build_in_another_folder_at_another_time_gives_the_same_bytes() throws Exception {
        for (final String source : SOURCES) {
            copy(Path.of(source), folder.resolve(source));
        }
        final Path log = folder.resolve("build.log");
        final Process build = new ProcessBuilder(
                        "./mvnw", "-B", "-Dmaven.test.skip=true", "-Dspotless.check.skip=true", "package")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(build.waitFor(10, TimeUnit.MINUTES)).isTrue();
        assertThat(build.exitValue()).as(Files.readString(log)).isZero();

        assertThat(contents(folder.resolve("target/destination-convex"))).isEqualTo(contents(FIRST));
    }

    /** Every file but the archive of classes, which Java fills with the addresses and paths of the machine that made it. */
    private static Map<String, String> contents(final Path program) throws IOException {
        final Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(program)) {
            for (final Path file : files.filter(Files::isRegularFile).toList()) {
                final String name = program.relativize(file).toString();
                if (!name.equals("lib/classes.jsa")) {
                    contents.put(name, digest(file));
                }
            }
        }
        assertThat(contents).isNotEmpty();
        return contents;
    }

    private static String digest(final Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (final NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static void copy(final Path from, final Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (final Path file : files.toList()) {
                final Path target = from.equals(file) ? to : to.resolve(from.relativize(file));
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.createDirectories(target.getParent());
                    Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }
}
