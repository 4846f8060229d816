package io.airbyte.integrations.destination.convex.acceptance;

import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertSucceeded;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.statesAsSent;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector.Result;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What source-faker really emitted, written as Airbyte would, and read back. */
class WriteFakerIT {

    private static final Path FAKER = Path.of("integration_tests/resources/faker");
    private static final Path MESSAGES = FAKER.resolve("messages.jsonl");
    private static final SourceMessages SENT = SourceMessages.read(MESSAGES);
    private static final List<String> STREAMS = List.of("products", "users", "purchases");

    @TempDir
    private Path folder;

    private LocalDeployment deployment;
    private LocalSync sync;
    private DeploymentReader reader;

    @BeforeEach
    void start_a_deployment() {
        deployment = LocalDeployment.start();
        sync = new LocalSync(deployment, folder);
        reader = new DeploymentReader(deployment.url(), deployment.adminKey());
    }

    @AfterEach
    void stop_it() {
        deployment.close();
    }

    @Test
    void every_document_is_what_was_sent_and_the_same_again_changes_nothing() throws IOException {
        final Result first = write("append_dedup", Files.readAllLines(MESSAGES));

        assertSucceeded(first);
        assertThat(deployment.tables()).containsExactlyInAnyOrderElementsOf(STREAMS);
        assertThat(STREAMS).allSatisfy(this::assertHoldsTheLastOfEachKey);
        assertStatesCameBack(first, statesIn(Files.readAllLines(MESSAGES)));
        final List<List<ObjectNode>> before =
                STREAMS.stream().map(deployment::documents).toList();

        final Result second = write("append_dedup", Files.readAllLines(MESSAGES));

        assertSucceeded(second);
        assertStatesCameBack(second, statesIn(Files.readAllLines(MESSAGES)));
        assertThat(STREAMS.stream().map(deployment::documents)).isEqualTo(before);
    }

    private void assertHoldsTheLastOfEachKey(final String stream) {
        final Map<String, ObjectNode> stored = new LinkedHashMap<>();
        reader.documents(stream)
                .forEach(
                        document -> stored.put(SourceMessages.keyText(document.get("id")), Numbers.asStored(document)));
        assertThat(stored).isEqualTo(SENT.lastByKey(stream, "id"));
        assertThat(reader.size(stream)).isEqualTo(stored.size());
    }

    @Test
    void in_append_mode_every_record_is_a_document_in_its_order_and_the_same_again_doubles_them() throws IOException {
        assertSucceeded(write("append", Files.readAllLines(MESSAGES)));
        assertThat(STREAMS).allSatisfy(stream -> assertThat(stored(stream)).isEqualTo(sent(stream)));

        final Result again = write("append", Files.readAllLines(MESSAGES));

        assertSucceeded(again);
        assertStatesCameBack(again, statesIn(Files.readAllLines(MESSAGES)));
        assertThat(STREAMS).allSatisfy(stream -> {
            final List<ObjectNode> twice = new ArrayList<>(sent(stream));
            twice.addAll(sent(stream));
            assertThat(stored(stream)).isEqualTo(twice);
        });
    }

    private List<ObjectNode> stored(final String stream) {
        return reader.documents(stream).stream().map(Numbers::asStored).toList();
    }

    private static List<ObjectNode> sent(final String stream) {
        return recordsOf(stream).stream().map(Numbers::asStored).toList();
    }

    private static List<ObjectNode> recordsOf(final String stream) {
        return SENT.records().getOrDefault(stream, List.of());
    }

    @Test
    void the_platform_gets_each_of_its_states_back_with_the_integer_that_it_numbered_it_with() throws IOException {
        final List<String> lines = asThePlatformForwards(Files.readAllLines(MESSAGES));

        final Result result = sync.environment("WORKER_JOB_ID", "42").write(catalogWithGenerations(), lines);

        assertSucceeded(result);
        assertStatesCameBack(result, statesIn(lines));
        assertThat(result.states())
                .allSatisfy(state -> assertThat(state.at("/state/id").isInt()).isTrue());
        assertThat(STREAMS).allSatisfy(this::assertHoldsTheLastOfEachKey);
    }

    /** Records and states only, the states numbered, then a COMPLETE for each stream (airbyte-semantics §2, §3). */
    private static List<String> asThePlatformForwards(final List<String> lines) {
        final List<String> forwarded = new ArrayList<>();
        int id = 0;
        for (final String line : lines) {
            if (line.startsWith("{\"type\":\"RECORD\"")) {
                forwarded.add(line);
            } else if (isState(line)) {
                forwarded.add(line.substring(0, line.length() - 2) + ",\"id\":" + ++id + "}}");
            }
        }
        STREAMS.forEach(stream -> forwarded.add(SourceLines.status(stream, "COMPLETE")));
        return forwarded;
    }

    private static String catalogWithGenerations() throws IOException {
        final JsonNode catalog = new ObjectMapper()
                .readTree(FAKER.resolve("catalog.append_dedup.json").toFile());
        catalog.get("streams")
                .forEach(stream -> ((ObjectNode) stream)
                        .put("generation_id", 3)
                        .put("minimum_generation_id", 0)
                        .put("sync_id", 42));
        return catalog.toString();
    }

    private Result write(final String mode, final List<String> lines) throws IOException {
        return sync.write(Files.readString(FAKER.resolve("catalog." + mode + ".json")), lines);
    }

    private static List<String> statesIn(final List<String> lines) {
        return lines.stream().filter(WriteFakerIT::isState).toList();
    }

    private static boolean isState(final String line) {
        return line.startsWith("{\"type\":\"STATE\"");
    }

    /** All of them, in order within each stream, byte by byte but for the counts; which add up to the records. */
    private static void assertStatesCameBack(final Result result, final List<String> sent) {
        assertThat(sent).hasSize(11);
        assertThat(result.states()).hasSize(11);
        assertThat(STREAMS).allSatisfy(stream -> {
            assertThat(ofStream(stream, statesAsSent(result))).isEqualTo(ofStream(stream, sent));
            assertThat(countedBy(result, stream)).isEqualTo(recordsOf(stream).size());
        });
    }

    private static List<String> ofStream(final String stream, final List<String> states) {
        return states.stream()
                .filter(state -> state.contains("\"stream_descriptor\":{\"name\":\"" + stream + "\"}"))
                .toList();
    }

    private static double countedBy(final Result result, final String stream) {
        return result.states().stream()
                .filter(state -> state.at("/state/stream/stream_descriptor/name")
                        .asText()
                        .equals(stream))
                .map(state -> state.at("/state/destinationStats/recordCount"))
                .peek(count -> assertThat(count.isDouble()).isTrue())
                .mapToDouble(JsonNode::asDouble)
                .sum();
    }
}
