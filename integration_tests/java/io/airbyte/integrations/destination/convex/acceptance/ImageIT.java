package io.airbyte.integrations.destination.convex.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The image, built and run where buildah is installed; elsewhere {@code DockerfileTest} alone looks at the Dockerfile. */
class ImageIT {

    private static final int CANNOT_BE_TRIED = 3;

    @TempDir
    private Path folder;

    @Test
    void it_runs_spec_check_and_write_as_airbytes_platform_does() throws Exception {
        final Path said = folder.resolve("said");
        final Process proof = new ProcessBuilder("integration_tests/image/prove-image")
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try {
            assertThat(proof.waitFor(10, TimeUnit.MINUTES)).isTrue();
        } finally {
            proof.destroy();
        }
        final String words = Files.readString(said);

        assumeTrue(proof.exitValue() != CANNOT_BE_TRIED, words);
        assertThat(proof.exitValue()).as(words).isZero();
        assertThat(words.lines()).last().isEqualTo("The image on a stand-in for the base is proved.");
    }
}
