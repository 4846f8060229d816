package io.airbyte.integrations.destination.convex.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpecificationTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.getInstance(VersionFlag.V7);
    private static final JsonNode SPEC = spec();
    private static final JsonNode CONNECTION = SPEC.path("connectionSpecification");
    private static final String OFFICIAL =
            "{\"deployment_url\":\"https://happy-otter-123.convex.cloud\",\"access_key\":\"k\"}";

    @TempDir
    private Path folder;

    @Test
    void it_is_one_line_that_means_what_the_readable_file_says() throws Exception {
        try (InputStream readable = Specification.class.getResourceAsStream("spec.json")) {
            assertThat(SPEC).isEqualTo(JSON.readTree(readable));
        }
        assertThat(new String(Specification.asOneLine(), UTF_8))
                .doesNotContain("\n", "\r", ": ")
                .startsWith("{\"documentationUrl\":\"https://")
                .endsWith("}")
                .contains("The URL of the Convex deployment", "±9,007,199,254,740,991");
    }

    @Test
    void it_says_what_the_connector_can_do() {
        assertThat(SPEC.path("protocol_version").textValue()).isEqualTo("0.2.0");
        assertThat(SPEC.path("supportsIncremental").isBoolean()).isTrue();
        assertThat(SPEC.path("supportsIncremental").booleanValue()).isTrue();
        assertThat(SPEC.path("supported_destination_sync_modes"))
                .extracting(JsonNode::textValue)
                .containsExactly("append", "append_dedup", "overwrite");
        assertThat(URI.create(SPEC.path("documentationUrl").textValue()).getScheme())
                .isEqualTo("https");
    }

    @Test
    void its_schema_is_a_valid_draft_07_schema() {
        assertThat(CONNECTION.path("$schema").textValue()).isEqualTo("http://json-schema.org/draft-07/schema#");
        assertThat(SCHEMAS.getSchema(SchemaLocation.of("http://json-schema.org/draft-07/schema#"))
                        .validate(CONNECTION))
                .isEmpty();
    }

    @Test
    void only_url_and_key_are_required_and_only_the_key_is_secret() {
        assertThat(CONNECTION.path("required"))
                .extracting(JsonNode::textValue)
                .containsExactly("deployment_url", "access_key");
        assertThat(names())
                .containsExactly(
                        "deployment_url", "access_key", "large_integers", "unstorable_values", "airbyte_metadata");
        assertThat(names().filter(name -> field(name).path("airbyte_secret").asBoolean()))
                .containsExactly("access_key");
    }

    @ParameterizedTest
    @MethodSource("names")
    void every_field_has_what_a_person_needs_to_fill_it_in(final String name) {
        final Set<String> groups = new HashSet<>();
        CONNECTION.path("groups").forEach(group -> {
            assertThat(group.path("title").textValue()).isNotBlank();
            groups.add(group.path("id").textValue());
        });

        assertThat(field(name).path("title").textValue()).isNotBlank();
        assertThat(field(name).path("description").textValue()).endsWith(".");
        assertThat(field(name).path("examples")).isNotEmpty();
        assertThat(groups).contains(field(name).path("group").textValue());
    }

    @Test
    void the_fields_stand_in_the_order_of_the_file() {
        assertThat(names().map(name -> field(name).path("order").intValue())).containsExactly(0, 1, 2, 3, 4);
    }

    @ParameterizedTest
    @MethodSource("names")
    void every_example_and_default_is_valid(final String name) {
        final JsonSchema schema = SCHEMAS.getSchema(field(name));

        field(name)
                .path("examples")
                .forEach(example -> assertThat(schema.validate(example)).isEmpty());
        if (field(name).has("default")) {
            assertThat(schema.validate(field(name).path("default"))).isEmpty();
        }
    }

    @Test
    void the_stated_defaults_are_the_ones_that_the_reader_takes() throws Exception {
        final ObjectNode explicit = official();
        names().filter(name -> field(name).has("default"))
                .forEach(name -> explicit.set(name, field(name).path("default")));

        assertThat(explicit).hasSize(5);
        assertThat(read(explicit)).isEqualTo(read(official()));
    }

    @Test
    void the_reader_knows_every_choice_that_is_stated() throws Exception {
        for (final String name : names().filter(name -> field(name).has("enum")).toList()) {
            final Set<ConnectorConfig> different = new HashSet<>();
            for (final JsonNode choice : field(name).path("enum")) {
                different.add(read(official().set(name, choice)));
            }
            assertThat(different).as(name).hasSize(field(name).path("enum").size());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                OFFICIAL,
                "{\"deployment_url\":\"u\",\"access_key\":\"k\",\"left_over\":{\"a\":[1]},\"old\":null}"
            })
    void configurations_of_the_official_connector_are_valid_with_whatever_further_keys(final String json)
            throws Exception {
        assertThat(SCHEMAS.getSchema(CONNECTION).validate(JSON.readTree(json))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"deployment_url\":\"u\"}",
                "{\"deployment_url\":1,\"access_key\":\"k\"}",
                "{\"deployment_url\":\"u\",\"access_key\":\"k\",\"large_integers\":\"float\"}",
                "{\"deployment_url\":\"u\",\"access_key\":\"k\",\"airbyte_metadata\":\"yes\"}"
            })
    void what_the_reader_refuses_is_not_valid(final String json) throws Exception {
        assertThat(SCHEMAS.getSchema(CONNECTION).validate(JSON.readTree(json))).isNotEmpty();
    }

    private static JsonNode spec() {
        try {
            return JSON.readTree(Specification.asOneLine());
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Stream<String> names() {
        return CONNECTION.path("properties").propertyStream().map(Map.Entry::getKey);
    }

    private static JsonNode field(final String name) {
        return CONNECTION.path("properties").path(name);
    }

    private static ObjectNode official() throws Exception {
        return (ObjectNode) JSON.readTree(OFFICIAL);
    }

    private ConnectorConfig read(final JsonNode config) throws Exception {
        return ConnectorConfigReader.read(
                Files.writeString(folder.resolve("config.json"), JSON.writeValueAsString(config)));
    }
}
