package io.airbyte.integrations.destination.convex.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryFile;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Whatever the bytes of the file are, {@link CatalogReader} makes a {@link ConfiguredCatalog} of them, or a
 * {@code config_error} that names the file, and nothing else. There is a catalog exactly if Jackson finds an object with a
 * list of streams in the file; each of them is then a stream of the same name, or mentioned among the mistakes.
 */
class CatalogReaderFuzz {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Path file = Path.of("");

    @BeforeEach
    void createFile() throws IOException {
        file = Files.createTempFile("catalog", ".json");
    }

    @AfterEach
    void deleteFile() throws IOException {
        Files.delete(file);
    }

    @FuzzTest
    @DictionaryFile(resourcePath = "/io/airbyte/integrations/destination/convex/protocol/catalogs.dict")
    void a_file_becomes_a_catalog_or_the_failure_that_names_it(final byte[] input) throws IOException {
        Files.write(file, input);
        final JsonNode entries = entries(input);
        try {
            verify(ConfiguredCatalog.read(file), entries);
        } catch (final Failure failure) {
            assertThat(failure.kind()).isEqualTo(Failure.Kind.CONFIG_ERROR);
            assertThat(failure.message()).contains(file.toString());
            assertThat(entries.isArray()).as(failure.message()).isFalse();
        }
    }

    private static void verify(final ConfiguredCatalog catalog, final JsonNode entries) {
        assertThat(entries.isArray()).as("Jackson finds streams, too").isTrue();
        if (catalog.mistakes().isEmpty()) {
            assertThat(catalog.streams()).isNotEmpty().hasSameSizeAs(entries);
        }
        assertThat(catalog.streams().size() + catalog.mistakes().size()).isGreaterThanOrEqualTo(entries.size());
        int at = -1;
        for (final ConfiguredStream stream : catalog.streams()) {
            do {
                at++;
            } while (!stream.descriptor().equals(descriptor(entries.get(at))));
        }
    }

    private static StreamDescriptor descriptor(final JsonNode entry) {
        return StreamDescriptor.of(
                entry.at("/stream/namespace").asText(""),
                entry.at("/stream/name").asText(""));
    }

    private static JsonNode entries(final byte[] input) {
        try {
            return JSON.readTree(input).path("streams");
        } catch (final IOException invalid) {
            return JSON.missingNode();
        }
    }
}
