package io.airbyte.integrations.destination.convex.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The last step of {@code ./quickstart}: shows what a deployment holds, and whether it is what was sent. */
final class ReadBack {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern SPEED = Pattern.compile("written in ([\\d.,]+) s \\(([\\d.,]+) a second");

    private ReadBack() {}

    /**
     * Reads back and compares.
     *
     * @param arguments URL and key of the deployment, the sync mode, the messages that were sent, what the connector
     *     answered
     */
    public static void main(final String[] arguments) throws IOException {
        final DeploymentReader deployment = new DeploymentReader(arguments[0], arguments[1]);
        final SourceMessages sent = SourceMessages.read(Path.of(arguments[3]));
        final boolean byKey = arguments[2].equals("append_dedup");
        final List<String> answers = Files.readAllLines(Path.of(arguments[4]));

        boolean equal = true;
        System.out.printf("%n   %-12s %10s %10s   %s%n", "table", "sent", "stored", "as sent");
        for (final String stream : sent.records().keySet()) {
            final List<ObjectNode> stored = deployment.documents(stream);
            final boolean same = byKey ? holdsTheLastOfEachId(stored, sent, stream) : holdsAll(stored, sent, stream);
            equal &= same;
            System.out.printf(
                    "   %-12s %,10d %,10d   %s%n",
                    stream, sent.records().get(stream).size(), stored.size(), same ? "yes" : "NO");
        }
        System.out.printf(
                "%n   A document of users:%n   %s%n",
                deployment.documents("users").get(0));

        final long states = answers.stream().filter(ReadBack::isState).count();
        equal &= states == sent.states().size();
        System.out.printf(
                "%n   States returned: %d of %d. %s%n", states, sent.states().size(), speed(answers));
        System.out.println(equal ? "   Everything arrived, and nothing else." : "   This is NOT what was sent.");
        System.exit(equal ? 0 : 1);
    }

    private static boolean holdsTheLastOfEachId(
            final List<ObjectNode> stored, final SourceMessages sent, final String stream) {
        final Map<String, ObjectNode> expected = sent.lastByKey(stream, "id");
        return stored.size() == expected.size() && byId(stored).equals(expected);
    }

    /** Every record is a document, in the order in which they were sent. */
    private static boolean holdsAll(final List<ObjectNode> stored, final SourceMessages sent, final String stream) {
        final List<ObjectNode> expected = sent.records().getOrDefault(stream, List.of());
        return stored.stream()
                .map(Numbers::asStored)
                .toList()
                .equals(expected.stream().map(Numbers::asStored).toList());
    }

    private static Map<String, ObjectNode> byId(final List<ObjectNode> documents) {
        final Map<String, ObjectNode> byId = new LinkedHashMap<>();
        documents.forEach(document -> {
            final ObjectNode stored = Numbers.asStored(document);
            byId.put(SourceMessages.keyText(stored.get("id")), stored);
        });
        return byId;
    }

    private static boolean isState(final String line) {
        return type(line).equals("STATE");
    }

    private static String type(final String line) {
        try {
            final JsonNode message = JSON.readTree(line);
            return message.path("type").asText();
        } catch (final IOException e) {
            return "";
        }
    }

    /** What the connector's own summary says about its speed. */
    private static String speed(final List<String> answers) {
        for (final String line : answers) {
            final Matcher matcher = SPEED.matcher(line);
            if (matcher.find()) {
                return "%s records a second (%s s).".formatted(matcher.group(2), matcher.group(1));
            }
        }
        return "";
    }
}
