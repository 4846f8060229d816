import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The connector as one writes it in an afternoon, to compare with: each line becomes a tree, the fields of its record are
 * renamed, 1,000 records become one tree, which is serialised and posted; then the next 1,000 are read. States are printed
 * when what came before them has been posted. It does not check the limits of documents, retry, or measure anything, so it does
 * less than a connector must.
 *
 * <pre>java -cp 'target/destination-convex/lib/*' benchmarks/NaiveJackson.java CONFIG CATALOG &lt;MESSAGES</pre>
 */
final class NaiveJackson {

    private static final int RECORDS = 1_000;

    /** A request must not have more than 20 MiB, which 1,000 records of more than 20 KiB would. */
    private static final int CHARACTERS = 16 << 20;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final PrintStream out = new PrintStream(System.out, false, UTF_8);
    private final JsonNode config;
    private final Map<String, JsonNode> primaryKeys = new HashMap<>();
    private ArrayNode messages = JSON.createArrayNode();
    private ObjectNode tables = JSON.createObjectNode();
    private int characters;
    private final List<String> states = new ArrayList<>();

    private NaiveJackson(final JsonNode config, final JsonNode catalog) {
        this.config = config;
        for (final JsonNode stream : catalog.get("streams")) {
            final boolean dedup = stream.get("destination_sync_mode").asText().equals("append_dedup");
            primaryKeys.put(
                    stream.get("stream").get("name").asText(), dedup ? stream.get("primary_key") : JSON.nullNode());
        }
    }

    public static void main(final String[] arguments) throws IOException, InterruptedException {
        final JsonNode config = JSON.readTree(Path.of(arguments[0]).toFile());
        final JsonNode catalog = JSON.readTree(Path.of(arguments[1]).toFile());
        new NaiveJackson(config, catalog).run();
    }

    private void run() throws IOException, InterruptedException {
        final var in = new BufferedReader(new InputStreamReader(new FileInputStream(FileDescriptor.in), UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            final JsonNode message = JSON.readTree(line);
            switch (message.get("type").asText()) {
                case "RECORD" -> add(message.get("record"), line.length());
                case "STATE" -> states.add(line);
                default -> {}
            }
        }
        post();
    }

    private void add(final JsonNode entry, final int length) throws IOException, InterruptedException {
        final String stream = entry.get("stream").asText();
        final ObjectNode table = tables.putObject(stream);
        table.set("primaryKey", primaryKeys.get(stream));
        table.putNull("jsonSchema");
        messages.addObject().put("tableName", stream).set("data", renamed(entry.get("data")));
        characters += length;
        if (messages.size() == RECORDS || characters > CHARACTERS) {
            post();
        }
    }

    private void post() throws IOException, InterruptedException {
        if (!messages.isEmpty()) {
            final ObjectNode body = JSON.createObjectNode();
            body.set("tables", tables);
            body.set("messages", messages);
            final String url = config.get("deployment_url").asText() + "/api/streaming_import/import_airbyte_records";
            final HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                    .header(
                            "Authorization",
                            "Convex " + config.get("access_key").asText())
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
                    .build();
            final var answer = client.send(request, BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IOException(answer.statusCode() + " " + answer.body());
            }
        }
        states.forEach(out::println);
        out.flush();
        states.clear();
        messages = JSON.createArrayNode();
        tables = JSON.createObjectNode();
        characters = 0;
    }

    /** With the names that Convex would give the fields, at every depth. */
    private static JsonNode renamed(final JsonNode value) {
        if (value.isObject()) {
            final ObjectNode renamed = JSON.createObjectNode();
            value.properties().forEach(field -> renamed.set(name(field.getKey()), renamed(field.getValue())));
            return renamed;
        }
        if (value.isArray()) {
            final ArrayNode renamed = JSON.createArrayNode();
            value.forEach(element -> renamed.add(renamed(element)));
            return renamed;
        }
        return value;
    }

    /** The rule without its tables: accents go, whatever else is no letter or digit becomes an underscore. */
    private static String name(final String name) {
        if (!name.startsWith("$") && !name.startsWith("_") && name.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            return name;
        }
        final String plain = Normalizer.normalize(name, Normalizer.Form.NFD).replaceAll("\\p{M}", "");
        return "source_"
                + plain.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_").replaceAll("^_|_$", "");
    }
}
