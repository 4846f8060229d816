package io.airbyte.integrations.destination.convex.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector.Result;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpecIT {

    /** What the protocol says of a ConnectorSpecification, as far as it concerns a destination (airbyte-semantics §4). */
    private static final String MESSAGE_SCHEMA = """
            {"$schema": "http://json-schema.org/draft-07/schema#",
             "type": "object", "required": ["type", "spec"], "additionalProperties": false,
             "properties": {
               "type": {"const": "SPEC"},
               "spec": {
                 "type": "object", "additionalProperties": false,
                 "required": ["protocol_version", "documentationUrl", "supportsIncremental",
                              "supported_destination_sync_modes", "connectionSpecification"],
                 "properties": {
                   "protocol_version": {"type": "string", "pattern": "^0\\\\.[0-3]\\\\.0$"},
                   "documentationUrl": {"type": "string", "pattern": "^https://"},
                   "supportsIncremental": {"const": true},
                   "supported_destination_sync_modes": {
                     "type": "array", "uniqueItems": true,
                     "items": {"enum": ["append", "overwrite", "append_dedup", "update", "soft_delete"]}},
                   "connectionSpecification": {
                     "type": "object", "required": ["$schema", "title", "type", "properties", "required", "groups"],
                     "properties": {
                       "type": {"const": "object"},
                       "additionalProperties": {"const": true},
                       "groups": {"type": "array", "items": {
                         "type": "object", "required": ["id", "title"]}},
                       "properties": {"additionalProperties": {
                         "type": "object",
                         "required": ["type", "title", "description", "order", "group", "examples"],
                         "additionalProperties": false,
                         "properties": {
                           "type": {"enum": ["string", "boolean"]},
                           "title": {"type": "string", "minLength": 3, "maxLength": 60},
                           "description": {"type": "string", "minLength": 40, "pattern": "\\\\.$"},
                           "order": {"type": "integer"},
                           "group": {"type": "string"},
                           "examples": {"type": "array", "minItems": 1},
                           "default": {}, "enum": {"uniqueItems": true}, "airbyte_secret": {"const": true}}}}}}}}}}
            """;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNode SPEC =
            spec("spec").messages().get(0).path("spec").path("connectionSpecification");

    @ParameterizedTest
    @ValueSource(strings = {"spec", "--spec"})
    void one_line_of_stdout_holds_it_and_stderr_nothing(final String word) {
        final Result result = spec(word);

        assertThat(result.exitCode()).isZero();
        assertThat(result.stderr()).isEmpty();
        assertThat(result.stdout()).singleElement().asString().startsWith("{\"type\":\"SPEC\",\"spec\":{");
    }

    @Test
    void options_that_airbyte_adds_change_nothing() {
        assertThat(spec("--spec", "--config", "nowhere.json", "--catalog")).isEqualTo(spec("spec"));
    }

    @Test
    void it_has_the_protocols_form() throws IOException {
        final JsonSchema protocol =
                JsonSchemaFactory.getInstance(VersionFlag.V7).getSchema(MESSAGE_SCHEMA);

        assertThat(protocol.validate(spec("spec").messages().get(0))).isEmpty();
        assertThat(protocol.validate(JSON.readTree("{\"type\":\"SPEC\",\"spec\":{}}")))
                .isNotEmpty();
    }

    @Test
    void it_offers_the_three_sync_modes() {
        assertThat(spec("spec").messages().get(0).at("/spec/supported_destination_sync_modes"))
                .extracting(JsonNode::textValue)
                .containsExactlyInAnyOrder("append", "append_dedup", "overwrite");
    }

    @Test
    void every_field_is_there_in_the_order_of_the_form() {
        assertThat(SPEC.path("properties").propertyStream().map(Map.Entry::getKey))
                .containsExactly(
                        "deployment_url", "access_key", "large_integers", "unstorable_values", "airbyte_metadata");
        assertThat(SPEC.path("properties"))
                .extracting(field -> field.path("order").intValue())
                .containsExactly(0, 1, 2, 3, 4);
        assertThat(SPEC.path("required"))
                .extracting(JsonNode::textValue)
                .containsExactly("deployment_url", "access_key");
    }

    @ParameterizedTest
    @CsvSource({
        "deployment_url, string, '', ''",
        "access_key, string, '', ''",
        "large_integers, string, string, string number",
        "unstorable_values, string, null_and_record, null_and_record fail",
        "airbyte_metadata, boolean, false, ''"
    })
    void a_field_has_its_type_its_default_and_its_choices(
            final String name, final String type, final String byDefault, final String choices) {
        final JsonNode field = SPEC.path("properties").path(name);

        assertThat(field.path("type").asText()).isEqualTo(type);
        assertThat(field.path("default").asText()).isEqualTo(byDefault);
        assertThat(field.path("enum"))
                .extracting(JsonNode::textValue)
                .containsExactly(Stream.of(choices.split(" "))
                        .filter(choice -> !choice.isEmpty())
                        .toArray(String[]::new));
    }

    @ParameterizedTest
    @MethodSource("fields")
    void a_field_stands_in_a_group_and_only_the_key_is_secret(final String name) {
        final Set<String> groups = new HashSet<>();
        SPEC.path("groups").forEach(group -> groups.add(group.path("id").asText()));
        final JsonNode field = SPEC.path("properties").path(name);

        assertThat(groups).contains(field.path("group").asText());
        assertThat(field.path("airbyte_secret").asBoolean()).isEqualTo(name.equals("access_key"));
    }

    private static Stream<String> fields() {
        return SPEC.path("properties").propertyStream().map(Map.Entry::getKey);
    }

    private static Result spec(final String... words) {
        try (PackagedConnector connector = PackagedConnector.start(Map.of(), words)) {
            return connector.result();
        }
    }
}
