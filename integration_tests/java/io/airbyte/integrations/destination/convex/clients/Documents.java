package io.airbyte.integrations.destination.convex.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbyte.integrations.destination.convex.acceptance.Numbers;
import java.util.Comparator;
import java.util.List;

/** Lists of documents, which may be long: what differs is shown, and nothing else. */
final class Documents {

    private Documents() {}

    static List<ObjectNode> sortedById(final List<ObjectNode> documents) {
        return documents.stream()
                .sorted(Comparator.comparingDouble(
                        document -> document.get("id").doubleValue()))
                .toList();
    }

    /** The documents are what the records become; one by one, for there may be many. */
    static void assertStored(final List<ObjectNode> documents, final List<ObjectNode> records) {
        assertThat(documents.size()).as("how many there are").isEqualTo(records.size());
        for (int i = 0; i < records.size(); i++) {
            assertThat(documents.get(i)).as("document %d", i).isEqualTo(Numbers.asStored(records.get(i)));
        }
    }

    static void assertSame(final List<? extends JsonNode> documents, final List<? extends JsonNode> expected) {
        assertThat(documents.size()).as("how many there are").isEqualTo(expected.size());
        for (int i = 0; i < expected.size(); i++) {
            assertThat(documents.get(i)).as("document %d", i).isEqualTo(expected.get(i));
        }
    }
}
