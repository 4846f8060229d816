package io.airbyte.integrations.destination.convex.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonEOFException;
import io.airbyte.integrations.destination.convex.config.ConnectorConfig.LargeIntegers;
import io.airbyte.integrations.destination.convex.config.ConnectorConfig.UnstorableValues;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads a {@link ConnectorConfig} from the file that Airbyte passes. Unknown keys are ignored, a null counts as absent,
 * and an absent option takes the default that {@code spec.json} states. All mistakes are gathered before it complains.
 */
public final class ConnectorConfigReader {

    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();

    private static final String DEPLOYMENT_URL = "deployment_url";
    private static final String ACCESS_KEY = "access_key";
    private static final String LARGE_INTEGERS = "large_integers";
    private static final String UNSTORABLE_VALUES = "unstorable_values";
    private static final String AIRBYTE_METADATA = "airbyte_metadata";

    /** A field's value: what kind of JSON it is, and its text where it is a scalar. */
    private record Value(JsonToken kind, String text) {}

    private final Map<String, Value> fields;
    private final List<String> mistakes = new ArrayList<>();

    private ConnectorConfigReader(final Map<String, Value> fields) {
        this.fields = fields;
    }

    /**
     * Reads the configuration that {@code file} holds.
     *
     * @throws InvalidConfig if the file cannot be read, is not a JSON object, or a field is missing or wrong
     */
    public static ConnectorConfig read(final Path file) throws InvalidConfig {
        final byte[] content = contentOf(file);
        try (JsonParser parser = JSON.createParser(content)) {
            return new ConnectorConfigReader(fieldsOf(parser, file)).config();
        } catch (final JsonEOFException e) {
            throw new InvalidConfig("The configuration file " + file
                    + " is not valid JSON: it ends before the JSON is complete. Restore the part that is missing.");
        } catch (final JsonProcessingException e) {
            throw isUtf8(content)
                    ? new InvalidConfig(
                            "The configuration file " + file + " is not valid JSON" + placeOf(e) + ". Correct it.")
                    : notUtf8(file);
        } catch (final IOException e) {
            throw notUtf8(file);
        }
    }

    private static InvalidConfig notUtf8(final Path file) {
        return new InvalidConfig(
                "The configuration file " + file + " is not valid JSON: it is not text in UTF-8. Save it as UTF-8.");
    }

    /** The parser takes some of the bytes that are not UTF-8 for any other wrong character. */
    private static boolean isUtf8(final byte[] content) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content));
            return true;
        } catch (final CharacterCodingException e) {
            return false;
        }
    }

    private static String placeOf(final JsonProcessingException e) {
        final Optional<JsonLocation> place = Optional.ofNullable(e.getLocation());
        return place.map(at -> " at line " + at.getLineNr() + ", column " + at.getColumnNr())
                .orElse(": it is nested too deeply, or a name or value is too long");
    }

    private static byte[] contentOf(final Path file) throws InvalidConfig {
        try {
            return Files.readAllBytes(file);
        } catch (final NoSuchFileException e) {
            throw new InvalidConfig("The configuration file " + file
                    + " does not exist. Pass the path of an existing file with --config.");
        } catch (final AccessDeniedException e) {
            throw new InvalidConfig("The configuration file " + file
                    + " may not be read by the user that runs the connector. Give that user the right to read it.");
        } catch (final IOException e) {
            final String what = Files.isDirectory(file) ? " is a folder." : " cannot be read.";
            throw new InvalidConfig(
                    "The configuration file " + file + what + " Pass the path of a readable file with --config.");
        }
    }

    private static Map<String, Value> fieldsOf(final JsonParser parser, final Path file)
            throws IOException, InvalidConfig {
        final JsonToken first = parser.nextToken();
        if (first == null) {
            throw new InvalidConfig("The configuration file " + file
                    + " is empty. It must hold a JSON object with deployment_url and access_key.");
        }
        final Map<String, Value> fields = new HashMap<>();
        if (first == JsonToken.START_OBJECT) {
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                final JsonToken kind = parser.nextToken();
                fields.put(name, new Value(kind, kind.isScalarValue() ? parser.getText() : ""));
                parser.skipChildren();
            }
        }
        if (first != JsonToken.START_OBJECT || parser.nextToken() != null) {
            throw new InvalidConfig("The configuration file " + file
                    + " is not a single JSON object. It must hold one object with deployment_url and access_key.");
        }
        return fields;
    }

    private ConnectorConfig config() throws InvalidConfig {
        final String deploymentUrl = requiredText(
                DEPLOYMENT_URL,
                "Enter the URL of your Convex deployment, such as https://happy-otter-123.convex.cloud.");
        final String accessKey = requiredText(ACCESS_KEY, "Enter a deploy key of your Convex deployment.");
        final LargeIntegers largeIntegers = choice(LARGE_INTEGERS, LargeIntegers.STRING, LargeIntegers.values());
        final UnstorableValues unstorableValues =
                choice(UNSTORABLE_VALUES, UnstorableValues.NULL_AND_RECORD, UnstorableValues.values());
        final boolean airbyteMetadata = flag(AIRBYTE_METADATA);
        if (!mistakes.isEmpty()) {
            throw new InvalidConfig(String.join(" ", mistakes));
        }
        return new ConnectorConfig(deploymentUrl, accessKey, largeIntegers, unstorableValues, airbyteMetadata);
    }

    private String requiredText(final String field, final String whatToDo) {
        final Optional<Value> value = valueOf(field);
        if (value.isEmpty()) {
            mistakes.add("The configuration has no " + field + ". " + whatToDo);
        } else if (value.get().kind() != JsonToken.VALUE_STRING) {
            mistakes.add("In the configuration, " + field + " is not a string. " + whatToDo);
        }
        return value.map(Value::text).orElse("");
    }

    private <E extends Enum<E>> E choice(final String field, final E byDefault, final E[] options) {
        final Optional<Value> value = valueOf(field);
        final Optional<E> chosen = value.flatMap(given -> Stream.of(options)
                .filter(option -> given.kind() == JsonToken.VALUE_STRING
                        && wireName(option).equals(given.text()))
                .findFirst());
        if (value.isPresent() && chosen.isEmpty()) {
            mistakes.add("In the configuration, %s has an unknown value. Use %s, or leave it out for \"%s\"."
                    .formatted(
                            field,
                            Stream.of(options)
                                    .map(option -> '"' + wireName(option) + '"')
                                    .collect(Collectors.joining(" or ")),
                            wireName(byDefault)));
        }
        return chosen.orElse(byDefault);
    }

    private static String wireName(final Enum<?> option) {
        return option.name().toLowerCase(Locale.ROOT);
    }

    private boolean flag(final String field) {
        final Optional<Value> value = valueOf(field);
        if (value.isPresent() && !value.get().kind().isBoolean()) {
            mistakes.add("In the configuration, " + field
                    + " is not a boolean. Use true or false without quotes, or leave it out for false.");
        }
        return value.isPresent() && value.get().kind() == JsonToken.VALUE_TRUE;
    }

    private Optional<Value> valueOf(final String field) {
        return Optional.ofNullable(fields.get(field)).filter(value -> value.kind() != JsonToken.VALUE_NULL);
    }
}
