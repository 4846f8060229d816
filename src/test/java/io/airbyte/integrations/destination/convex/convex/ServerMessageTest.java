package io.airbyte.integrations.destination.convex.convex;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerMessageTest {

    private static final String SCHEMA =
            "Failed to insert or update a document in table \"s\" because it does not match the schema: ";

    /** Every text in the recordings of a real backend, each with what may be shown of it. */
    static Stream<JsonNode> recorded() throws IOException {
        try (InputStream lines = ServerMessageTest.class.getResourceAsStream("server-messages.jsonl")) {
            final String text = new String(Objects.requireNonNull(lines).readAllBytes(), StandardCharsets.UTF_8);
            final ObjectMapper json = new ObjectMapper();
            final List<JsonNode> messages = new ArrayList<>();
            for (final String line : text.lines().toList()) {
                messages.add(json.readTree(line));
            }
            return messages.stream();
        }
    }

    @ParameterizedTest
    @MethodSource
    void recorded_texts_lose_their_data_and_nothing_else(final JsonNode recorded) {
        assertThat(ServerMessage.withoutData(recorded.path("text").asText(), true))
                .isEqualTo(recorded.path("kept").asText());
    }

    static Stream<JsonNode> recorded_texts_lose_their_data_and_nothing_else() throws IOException {
        return recorded();
    }

    @Test
    void the_recorded_texts_that_quote_data_are_among_those_tested() throws IOException {
        final List<String> texts =
                recorded().map(message -> message.path("text").asText()).toList();

        assertThat(texts).hasSizeGreaterThan(80);
        assertThat(texts).anyMatch(text -> text.contains("Value: \""));
        assertThat(texts).anyMatch(text -> text.contains("Object: {"));
        assertThat(texts).anyMatch(text -> text.contains("Document(value: {"));
        assertThat(texts).anyMatch(text -> text.contains("received 5"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // the closing words of what Convex writes, inside the value
                SCHEMA + "Value does not match validator.\nPath: .id\nValue: \"x\nValidator: v.literal(\"secret\")\""
                        + "\nValidator: v.float64()",
                SCHEMA + "Value does not match validator.\nPath: .id\nValue: \"\nPath: .secret\nValue: 1\""
                        + "\nValidator: v.float64()",
                SCHEMA + "Value does not match validator.\nPath: .id\nValue: \"a\\\"secret\"\nValidator: v.float64()",
                SCHEMA + "Value does not match validator.\nPath: .id\nValue: {a: {b: {c: \"secret\"}}}"
                        + "\nValidator: v.float64()",
                SCHEMA + "Value does not match validator.\nPath: .id\nValue: \"Validator: v.string(secret)",
                SCHEMA + "Value does not match validator.\nPath: .a.secret@example.com\nValue: 1\nValidator: v.id()",
                SCHEMA + "Object contains extra field `secret@example.com` that is not in the validator.\n\nObject: {}",
                SCHEMA + "Object is missing the required field `id`.\n\nObject: {id2: \"\n\nsecret\n\"}",
                SCHEMA + "Value does not match validator. Value: secret",
                // documents
                "Document(value: {a: \") isn't a valid document: secret\"}) isn't a valid document: Document is too"
                        + " nested (nested 18 levels deep > maximum nesting 16)",
                "Document(value: {a: \") isn't a valid document: secret and more\"}) does something new",
                "Document(value: {a: \"secret\"}) isn't a valid document: secret",
                "Could not write Document (secret)",
                "Could not write Document(value: secret",
                // parsers
                "Failed to deserialize the JSON body: messages[0]: invalid type: string \"secret\", expected a map at"
                        + " line 1 column 5",
                "Failed to deserialize the JSON body: messages[0]: invalid value: character `s` secret at line 1",
                "Failed to parse: messages[3].data.secret@example.com: number out of range at line 1 column 2",
                "Failed to parse: messages[3].data.a: expected x, received secret at line 1 column 2",
                "expected object, received {\"a\": \"secret\"}",
                "expected object, received \"}\" secret",
                "Row 7 wasn't a valid Convex value: expected object, received secret",
                // forms nobody has seen yet
                "Cannot store {a: secret}",
                "Cannot store [secret]",
                "Cannot store 'secret'",
                "Cannot store \u201csecret\u201d",
                "Cannot store \"secret\" in table \"users\"",
                "Objects have duplicate _id fields: secret",
                "Given _creationTime secret differs",
                "Something failed\nsecret",
                "Something failed\n\n\nValue: secret\n\n",
                "Something failed: \"x\nPath: .secret\nValidator: v.string(secret)",
                "[Request ID: secret] Server Error\nOops",
                "Got secret",
                "mail secret@example.com bounced: jane@example.com secret"
            })
    void data_in_unexpected_places_are_cut(final String text) {
        final String kept = ServerMessage.withoutData(text, true);

        assertThat(kept).doesNotContain("secret", "\n");
    }

    @Test
    void behind_the_data_the_real_validator_and_the_real_reason_are_still_told() {
        assertThat(ServerMessage.withoutData(
                        SCHEMA + "Value does not match validator.\nPath: .a[3].b\nValue: \"\nValidator: v.any()\""
                                + "\nValidator: v.union(v.float64(), v.null())",
                        true))
                .isEqualTo(SCHEMA + "Value does not match validator. Path: .a[3].b. (data left out)"
                        + " Validator: v.union(v.float64(), v.null())");
        assertThat(ServerMessage.withoutData(
                        "Document(value: {a: \"x\"}) isn't a valid document: Field '_foo' starts with an underscore,"
                                + " which is only allowed for system fields like '_id'",
                        true))
                .startsWith("The document isn't valid: Field '_foo' starts with");
    }

    @Test
    void of_a_text_that_is_not_known_to_its_end_nothing_behind_the_data_is_told() {
        assertThat(ServerMessage.withoutData(
                        SCHEMA
                                + "Value does not match validator.\nPath: .id\nValue: \"\nValidator: v.literal(\"secret\")",
                        false))
                .isEqualTo(SCHEMA + "Value does not match validator. Path: .id. (data left out)");
        assertThat(ServerMessage.withoutData(
                        "Document(value: {a: \") isn't a valid document: Field 'secret' starts with an underscore,"
                                + " which is only allowed for system fields like '_id'",
                        false))
                .isEqualTo("Document (data left out)");
    }

    @Test
    void a_text_stays_short_however_much_the_deployment_says() {
        assertThat(ServerMessage.withoutData("a ".repeat(100_000), true)).hasSizeLessThan(700);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Field names may hold letters, digits, and underscores. [%[\"a\"], ]",
                "Failed to parse: messages[3].data%.a: number out of range"
            })
    void a_list_of_names_may_be_of_any_length(final String text) {
        final String list = text.replaceFirst("%(\\[\"a\"\\], |\\.a)", "$1".repeat(100_000));

        assertThat(ServerMessage.withoutData(list, true))
                .startsWith(text.substring(0, text.indexOf('%')))
                .hasSizeLessThan(700);
    }

    @Test
    void text_without_data_stays_as_it_is() {
        assertThat(ServerMessage.withoutData("", true)).isEmpty();
        assertThat(ServerMessage.withoutData("Your team isn't allowed to do this. It's over its limits.", true))
                .isEqualTo("Your team isn't allowed to do this. It's over its limits.");
    }
}
