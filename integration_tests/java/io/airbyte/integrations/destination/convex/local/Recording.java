package io.airbyte.integrations.destination.convex.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One request to a real Convex backend and its answer, as it was recorded.
 *
 * @param name what the recording calls it
 * @param method {@code (none)} where it stands for an application's push of a schema
 * @param body as it was sent, with {@code {{…}}} in the place of keys; bytes as ISO-8859-1
 * @param isBytes whether the body is bytes, not text
 * @param answerLength bytes of the answer's body, more than are recorded where it was cut
 */
record Recording(
        String name,
        String method,
        String path,
        Map<String, String> headers,
        String body,
        boolean isBytes,
        int status,
        String contentType,
        String answer,
        long answerLength) {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String BINARY = "[binary ";

    /** Of the one file that was cut: the rest of its directory, whose values are in what was recorded. */
    private static final String REST_OF_ZIP = "62765db89f2e7a0c0000000a0000001200000000000000000000008001"
            + "3f0000007a622f646f63756d656e74732e6a736f6e6c" + "504b0506000000000200020080000000" + "7b0000000000";

    /** Everything in a file, in its order. */
    static List<Recording> read(final String resource) throws IOException {
        final List<Recording> all = new ArrayList<>();
        try (InputStream in = Recording.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("No such resource: " + resource);
            }
            final var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            for (final String line : reader.lines().toList()) {
                all.add(of(MAPPER.readTree(line)));
            }
        }
        return all;
    }

    private static Recording of(final JsonNode json) {
        final JsonNode request = json.path("request");
        final JsonNode response = json.path("response");
        final String name = json.path("name").asText();
        final String body = request.path("body").asText();
        final boolean isBytes = body.startsWith(BINARY);
        final Map<String, String> headers = new LinkedHashMap<>();
        request.path("headers")
                .properties()
                .forEach(
                        header -> headers.put(header.getKey(), header.getValue().asText()));
        return new Recording(
                name,
                request.path("method").asText(),
                request.path("path").asText(),
                headers,
                isBytes ? bytes(body) : request.has("bodyTruncatedFrom") ? whole(name, request) : body,
                isBytes,
                response.path("status").asInt(),
                response.path("headers").path("content-type").asText(""),
                response.path("body").asText(),
                response.path("bodyTruncatedFrom").asLong(-1));
    }

    boolean isSchemaPush() {
        return method.equals("(none)");
    }

    boolean isCut() {
        return answerLength >= 0 && !answer.isEmpty();
    }

    /** Whether it asks how far something has come, and so may be asked again. */
    boolean isPoll() {
        return path.startsWith("/api/query")
                || path.startsWith("/api/list_snapshot")
                || path.startsWith("/api/streaming_import/primary_key_indexes_ready");
    }

    private static String bytes(final String body) {
        final int length = Integer.parseInt(body.substring(BINARY.length(), body.indexOf(' ', BINARY.length())));
        final String hex = body.substring(body.indexOf(']') + 1).strip();
        final byte[] bytes = HexFormat.of().parseHex(2 * length > hex.length() ? hex + REST_OF_ZIP : hex);
        if (bytes.length != length) {
            throw new IllegalStateException("%d bytes instead of %d".formatted(bytes.length, length));
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** A cut body, completed: its beginning and its length prove that it is what was sent. */
    private static String whole(final String name, final JsonNode request) {
        final String cut = request.path("body").asText();
        final String beginning = cut.substring(0, cut.lastIndexOf("... ["));
        final int length = request.path("bodyTruncatedFrom").asInt();
        final String whole = rebuilt(name, length);
        if (!whole.startsWith(beginning) || whole.length() != length) {
            throw new IllegalStateException("The body of %s is not what was sent: %d characters instead of %d"
                    .formatted(name, whole.length(), length));
        }
        return whole;
    }

    private static String rebuilt(final String name, final int length) {
        return switch (name) {
            case "import-array-8193" -> records("vals", "null", Stream.of(zeros("a", 8_193)));
            case "import-doc-over-1MiB" -> records("vals", "null", Stream.of(text('x', 1 << 20)));
            case "import-doc-under-1MiB" -> records("vals", "null", Stream.of(text('x', (1 << 20) - 200)));
            case "import-12MiB" -> records("vals", "null", texts(24));
            case "import-21MiB" -> records("vals", "null", texts(44));
            case "import-2000-rows" -> records("many", "null", numbered("{\"i\": %d}", 2_000));
            case "atomic-bad-record" -> records("at", "null", Stream.of("{\"n\": 1}", zeros("n", 9_000), "{\"n\": 3}"));
            case "dedup-before-ready-setup" -> records("q", "null", numbered("{\"id\": %d}", 500));
            case "rows-20000" -> records("many", "null", numbered("{\"i\": %d}", 20_000));
            case "rows-dedup-5000" -> records("q", "[[\"id\"]]", numbered("{\"id\": %1$d, \"w\": %1$d}", 5_000));
            case "body-exact-20971520", "body-over-20971521" -> {
                final int least = records("big", "null", Stream.concat(texts(41), Stream.of(text('y', 0))))
                        .length();
                yield records("big", "null", Stream.concat(texts(41), Stream.of(text('y', length - least))));
            }
            case "clear-3MiB-body" -> "{\"tableNames\": []}" + " ".repeat(length - 18);
            default -> throw new IllegalStateException("Nobody knows how the body of %s goes on.".formatted(name));
        };
    }

    private static String records(final String table, final String primaryKey, final Stream<String> records) {
        return "{\"tables\": {\"%s\": {\"primaryKey\": %s, \"jsonSchema\": {}}}, \"messages\": ["
                        .formatted(table, primaryKey)
                + records.map(record -> "{\"tableName\": \"%s\", \"data\": %s}".formatted(table, record))
                        .collect(Collectors.joining(", "))
                + "]}";
    }

    private static String zeros(final String field, final int number) {
        return "{\"%s\": [%s]}"
                .formatted(field, Stream.generate(() -> "0").limit(number).collect(Collectors.joining(", ")));
    }

    private static Stream<String> texts(final int number) {
        return Stream.generate(() -> text('y', 500_000)).limit(number);
    }

    private static String text(final char letter, final int length) {
        return "{\"s\": \"" + String.valueOf(letter).repeat(length) + "\"}";
    }

    private static Stream<String> numbered(final String pattern, final int number) {
        return IntStream.range(0, number).mapToObj(pattern::formatted);
    }
}
