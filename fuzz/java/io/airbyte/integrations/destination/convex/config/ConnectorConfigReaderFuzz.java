package io.airbyte.integrations.destination.convex.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryFile;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.airbyte.integrations.destination.convex.convex.DeployKey;
import io.airbyte.integrations.destination.convex.convex.DeploymentUrl;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Whatever the bytes of the file are, {@link ConnectorConfigReader} makes a {@link ConnectorConfig} of them, or an
 * {@link InvalidConfig}, and nothing else; what it says is what Jackson finds in the file. Of the texts that it takes,
 * {@link DeploymentUrl} and {@link DeployKey} make a value or a {@code config_error}.
 *
 * <p>No message and no {@code toString()} on this way holds the key, wherever in the file it stands. It may have been
 * pasted into any field, so every {@code %} of an input stands for it.
 */
class ConnectorConfigReaderFuzz {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final String CANARY = "0123canary4567";

    /** What the user entered with .convex.site: what stands in a URL as a deployment's name is taken for one. */
    private static final Pattern THE_SAME_HOST = Pattern.compile("Enter https://.*\\.convex\\.cloud instead\\.");

    private Path file = Path.of("");

    @BeforeEach
    void createFile() throws IOException {
        file = Files.createTempFile("config", ".json");
    }

    @AfterEach
    void deleteFile() throws IOException {
        Files.delete(file);
    }

    @FuzzTest
    @DictionaryFile(resourcePath = "/io/airbyte/integrations/destination/convex/config/configs.dict")
    void a_file_becomes_a_configuration_or_a_message_without_the_key(final byte[] input) throws IOException {
        final byte[] content = withKeys(input);
        Files.write(file, content);
        try {
            final ConnectorConfig config = ConnectorConfigReader.read(file);
            verify(config, tree(content).orElseThrow());
            requireNoKey(config.toString());
            use(config);
        } catch (final InvalidConfig invalid) {
            requireNoKey(invalid.message());
            assertThat(invalid.getCause()).isNull();
            assertThat(tree(content).filter(ConnectorConfigReaderFuzz::isUsable))
                    .as(invalid.message())
                    .isEmpty();
        }
    }

    private static void use(final ConnectorConfig config) {
        try {
            assertThat(DeploymentUrl.parse(config.deploymentUrl()).base().getScheme())
                    .startsWith("http");
        } catch (final Failure failure) {
            requireConfigError(failure, THE_SAME_HOST.matcher(failure.message()).replaceFirst(""));
        }
        try {
            final DeployKey key = DeployKey.parse(config.accessKey());
            assertThat(key.authorization()).startsWith("Convex ");
            // What stands before the bar is a deployment's name, and no secret.
            if (!config.accessKey().toLowerCase(Locale.ROOT).matches("(?s)[^|]*canary.*\\|.*")) {
                requireNoKey(key.toString());
            }
        } catch (final Failure failure) {
            requireConfigError(failure, failure.message());
        }
    }

    private static void requireConfigError(final Failure failure, final String message) {
        assertThat(failure.kind()).isEqualTo(Failure.Kind.CONFIG_ERROR);
        requireNoKey(message);
    }

    private static void requireNoKey(final String text) {
        assertThat(text).doesNotContainIgnoringCase("canary");
    }

    private static void verify(final ConnectorConfig config, final JsonNode tree) {
        assertThat(isUsable(tree)).as("Jackson finds a configuration, too").isTrue();
        assertThat(config.deploymentUrl()).isEqualTo(tree.path("deployment_url").textValue());
        assertThat(config.accessKey()).isEqualTo(tree.path("access_key").textValue());
        assertThat(config.largeIntegers().name()).isEqualToIgnoringCase(option(tree, "large_integers", "string"));
        assertThat(config.unstorableValues().name())
                .isEqualToIgnoringCase(option(tree, "unstorable_values", "null_and_record"));
        assertThat(config.airbyteMetadata())
                .isEqualTo(tree.path("airbyte_metadata").asBoolean(false));
    }

    private static String option(final JsonNode tree, final String name, final String byDefault) {
        return tree.hasNonNull(name) ? tree.path(name).asText() : byDefault;
    }

    private static boolean isUsable(final JsonNode tree) {
        return tree.isObject()
                && tree.path("deployment_url").isTextual()
                && tree.path("access_key").isTextual()
                && option(tree, "large_integers", "string").matches("string|number")
                && !tree.path("large_integers").isContainerNode()
                && option(tree, "unstorable_values", "null_and_record").matches("null_and_record|fail")
                && !tree.path("unstorable_values").isContainerNode()
                && (!tree.hasNonNull("airbyte_metadata")
                        || tree.path("airbyte_metadata").isBoolean());
    }

    private static byte[] withKeys(final byte[] input) {
        final ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (final byte next : input) {
            if (next == '%') {
                content.writeBytes(CANARY.getBytes(UTF_8));
            } else {
                content.write(next);
            }
        }
        return content.toByteArray();
    }

    private static Optional<JsonNode> tree(final byte[] json) {
        try {
            return Optional.of(JSON.readTree(json));
        } catch (final IOException invalid) {
            return Optional.empty();
        }
    }
}
