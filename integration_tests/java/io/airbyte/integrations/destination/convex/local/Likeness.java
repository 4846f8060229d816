package io.airbyte.integrations.destination.convex.local;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * When an answer is like the recorded one. Two answers of one backend differ too, in what it draws at random or reads
 * off its clock; so these rules, and no others, let answers differ:
 *
 * <ol>
 *   <li><b>Ids</b> ({@link #IDS}): any text for a text, null for null. Which of ours stands for which recorded one is
 *       remembered, and later requests are sent with ours.
 *   <li><b>Times</b> ({@link #TIMES}): any number for a number, any digits for digits; remembered likewise.
 *   <li><b>Order</b>: what the server lists in the order of random ids ({@link #UNORDERED}) is compared in the order of
 *       its contents.
 *   <li><b>Free text</b> ({@link #TEXTS}): request ids, document ids and creation times within it are left out, as is
 *       what the JSON parser says after the server's own words, and the contents of the document, any one, that is named
 *       where stored documents do not match a new schema.
 *   <li><b>Cut answers</b>: what was recorded of them must begin with rows of the same fields, and their length must be
 *       ours but for a tenth (numbers are written in other digits).
 * </ol>
 */
final class Likeness {

    private static final Set<String> IDS = Set.of(
            "_id", "importId", "uploadToken", "tablet_id", "cursor", "continueCursor", "splitCursor", "fq_object_key");
    private static final Set<String> TIMES = Set.of("_ts", "_creationTime", "snapshot", "cursor", "timestamp");
    private static final Set<String> UNORDERED = Set.of("values", "");
    private static final Set<String> TEXTS = Set.of("message", "errorMessage", "error_message");
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Map<String, String> ours = new HashMap<>();

    /** A recorded request's text with our ids and times in the place of the recorded ones. */
    String translated(final String text) {
        String result = text;
        for (final Map.Entry<String, String> each : ours.entrySet()) {
            if (result.contains(each.getKey())) {
                result = result.replace(each.getKey(), each.getValue());
            }
            final String quoted = inJson(each.getKey());
            if (!quoted.equals(each.getKey()) && result.contains(quoted)) {
                result = result.replace(quoted, inJson(each.getValue()));
            }
        }
        return result;
    }

    private static String inJson(final String text) {
        final String quoted = MAPPER.getNodeFactory().textNode(text).toString();
        return quoted.substring(1, quoted.length() - 1);
    }

    /** How an answer's body differs from the recorded one; empty if it is like it. */
    Optional<String> difference(final Recording recorded, final String answer) throws IOException {
        if (recorded.isCut()) {
            return cutDifference(recorded, answer);
        }
        if (!recorded.contentType().equals("application/json")) {
            return recorded.answer().equals(answer) ? Optional.empty() : Optional.of(answer);
        }
        final JsonNode theirs = MAPPER.readTree(recorded.answer());
        final JsonNode mine = MAPPER.readTree(answer);
        if (!canonical(theirs).equals(canonical(mine))) {
            return Optional.of("%s%n    recorded: %s%n    answered: %s".formatted("", theirs, mine));
        }
        remember(theirs, mine);
        return Optional.empty();
    }

    private static Optional<String> cutDifference(final Recording recorded, final String answer) throws IOException {
        final double ratio = (double) answer.length() / recorded.answerLength();
        if (ratio < 0.9 || ratio > 1.1) {
            return Optional.of("%d bytes recorded, %d answered".formatted(recorded.answerLength(), answer.length()));
        }
        final Set<String> theirs = shapes(firstRows(recorded.answer()));
        final Set<String> mine = shapes(firstRows(answer));
        return mine.containsAll(theirs) ? Optional.empty() : Optional.of("%s recorded, %s".formatted(theirs, mine));
    }

    /** The rows that are whole. */
    private static List<JsonNode> firstRows(final String cut) throws IOException {
        final List<JsonNode> rows = new ArrayList<>();
        try (JsonParser parser = MAPPER.createParser(cut)) {
            while (parser.nextToken() != JsonToken.START_ARRAY) {
                // The rows are the first list.
            }
            while (parser.nextToken() == JsonToken.START_OBJECT) {
                rows.add(parser.readValueAsTree());
            }
        } catch (final com.fasterxml.jackson.core.JsonProcessingException e) {
            return rows; // Here it was cut.
        }
        return rows;
    }

    private static Set<String> shapes(final List<JsonNode> rows) {
        final Set<String> shapes = new TreeSet<>();
        for (final JsonNode row : rows) {
            final Set<String> fields = new TreeSet<>();
            row.properties()
                    .forEach(field ->
                            fields.add(field.getKey() + ":" + field.getValue().getNodeType()));
            shapes.add(fields.toString());
        }
        return shapes;
    }

    /** What is left of an answer by the rules. */
    static JsonNode canonical(final JsonNode answer) {
        return canonical("answer", answer);
    }

    private static JsonNode canonical(final String name, final JsonNode value) {
        if (value instanceof ObjectNode object) {
            final ObjectNode result = MAPPER.createObjectNode();
            object.properties()
                    .forEach(field -> result.set(field.getKey(), canonical(field.getKey(), field.getValue())));
            return result;
        } else if (value instanceof ArrayNode array) {
            final ArrayNode result = MAPPER.createArrayNode();
            sorted(name, array).forEach(element -> result.add(canonical("element", element)));
            return result;
        } else if (value.isTextual() && IDS.contains(name)) {
            return MAPPER.getNodeFactory().textNode("an id");
        } else if (TIMES.contains(name) && (value.isNumber() || value.isTextual())) {
            return MAPPER.getNodeFactory().textNode("a time");
        } else if (value.isTextual() && TEXTS.contains(name)) {
            return MAPPER.getNodeFactory().textNode(ownWords(value.textValue()));
        }
        return value;
    }

    private static List<JsonNode> sorted(final String name, final ArrayNode array) {
        final List<JsonNode> elements = new ArrayList<>(array.valueStream().toList());
        if (UNORDERED.contains(name)) {
            elements.sort(Comparator.comparing(
                            (JsonNode element) -> canonical("element", element).toString())
                    .thenComparing(element -> element.path("_creationTime").asDouble()));
        }
        return elements;
    }

    private static String ownWords(final String text) {
        return text.replaceAll("\\[Request ID: [0-9a-f]+]", "[Request ID]")
                .replaceAll("(?<=_creationTime: )[0-9.]+", "a time")
                .replaceAll("(?s)(?<=^Document with ID .{1,300})\\nObject: [^\\n]*", "")
                .replaceAll("\"[0-9a-hjkmnp-tv-z]{31,37}\"", "\"an id\"")
                .replaceAll("(?<=Failed to parse the request body as JSON: ).*", "…")
                .replaceAll("(?<=Row \\d wasn't valid JSON: ).*", "…")
                .replaceAll(
                        "(?<=Failed to deserialize the JSON body into the target type: ).*(missing field `\\w+`).*",
                        "$1");
    }

    /** Which id or time of ours stands for which recorded one, of two answers that are alike. */
    private void remember(final JsonNode theirs, final JsonNode mine) {
        remember("answer", theirs, mine);
    }

    private void remember(final String name, final JsonNode theirs, final JsonNode mine) {
        if (theirs.isObject()) {
            theirs.properties().forEach(field -> remember(field.getKey(), field.getValue(), mine.path(field.getKey())));
        } else if (theirs instanceof ArrayNode theirArray && mine instanceof ArrayNode myArray) {
            final List<JsonNode> their = sorted(name, theirArray);
            final List<JsonNode> my = sorted(name, myArray);
            for (int i = 0; i < their.size(); i++) {
                remember("element", their.get(i), my.get(i));
            }
        } else if ((IDS.contains(name) || TIMES.contains(name)) && !theirs.isNull()) {
            ours.put(text(theirs), text(mine));
        }
    }

    /** For a page whose contents are compared elsewhere. */
    void rememberCursor(final String theirs, final String mine) {
        ours.put(theirs, mine);
    }

    private static String text(final JsonNode value) {
        return value.isDouble() ? new BigDecimal(Double.toString(value.doubleValue())).toPlainString() : value.asText();
    }
}
