package io.airbyte.integrations.destination.convex.convex;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbyte.integrations.destination.convex.convex.Outcome.Done;
import io.airbyte.integrations.destination.convex.protocol.StreamDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** The table that {@link GenerationMarker}s are kept in: how it is read and written (convex-api §2.2, §6.2). */
final class MarkerTable {

    private static final int PAGE = 1_000;

    /** A page ends after 5 MB of documents; their text may be several times as long, though markers' is not. */
    private static final int LONGEST_PAGE = 32 << 20;

    private static final String STREAM = "stream";
    private static final String NAMESPACE = "namespace";
    private static final String GENERATION = "generation";
    private static final String SYNC = "sync_id";

    /** The marker's primary key. */
    private static final String KEY = "table";

    private final Requests requests;

    MarkerTable(final Requests requests) {
        this.requests = requests;
    }

    /** @param next where the following page begins; nothing after the last one */
    private record Page(List<GenerationMarker> markers, Optional<JsonNode> next) {

        /** Nothing where this is no page, or leads back to itself. */
        static Optional<Page> of(final JsonNode value, final JsonNode cursor) {
            final JsonNode next = value.path("continueCursor");
            final boolean last = value.path("isDone").asBoolean();
            final boolean leadsOn = next.isTextual() && !next.equals(cursor);
            if (!value.path("page").isArray() || !value.path("isDone").isBoolean() || !(last || leadsOn)) {
                return Optional.empty();
            }
            final List<GenerationMarker> markers = new ArrayList<>();
            value.path("page").forEach(document -> marker(document).ifPresent(markers::add));
            return Optional.of(new Page(markers, last ? Optional.empty() : Optional.of(next)));
        }

        List<GenerationMarker> after(final List<GenerationMarker> before) {
            return Stream.concat(before.stream(), markers.stream()).toList();
        }
    }

    CompletableFuture<Outcome<List<GenerationMarker>>> read() {
        return readFrom(NullNode.instance, List.of());
    }

    private CompletableFuture<Outcome<List<GenerationMarker>>> readFrom(
            final JsonNode cursor, final List<GenerationMarker> before) {
        final ObjectNode arguments = object().put(KEY, GenerationMarker.TABLE).put("order", "asc");
        arguments.putObject("paginationOpts").put("numItems", PAGE).set("cursor", cursor);
        return requests.query("_system/cli/tableData", arguments, LONGEST_PAGE, value -> Page.of(value, cursor))
                .thenCompose(outcome -> {
                    if (outcome instanceof Done<Page> done
                            && done.value().next().isPresent()) {
                        return readFrom(done.value().next().get(), done.value().after(before));
                    }
                    return CompletableFuture.completedFuture(outcome.map(page -> page.after(before)));
                });
    }

    /** Anybody may write to the table, so a document need not be a marker. */
    private static Optional<GenerationMarker> marker(final JsonNode document) {
        final Optional<Long> generation = Count.of(document.path(GENERATION));
        final Optional<Long> sync = Count.of(document.path(SYNC));
        final JsonNode namespace = document.path(NAMESPACE);
        final boolean named = document.path(KEY).isTextual()
                && document.path(STREAM).isTextual()
                && (namespace.isTextual() || namespace.isMissingNode() || namespace.isNull());
        if (!named || generation.isEmpty() || sync.isEmpty()) {
            return Optional.empty();
        }
        final StreamDescriptor stream = new StreamDescriptor(
                Optional.of(namespace).filter(JsonNode::isTextual).map(JsonNode::textValue),
                document.path(STREAM).textValue());
        return Optional.of(new GenerationMarker(document.path(KEY).textValue(), stream, generation.get(), sync.get()));
    }

    CompletableFuture<Outcome<Void>> write(final List<GenerationMarker> markers) {
        final ObjectNode request = object();
        final ObjectNode table = request.putObject("tables").putObject(GenerationMarker.TABLE);
        final ArrayNode primaryKey = table.putArray("primaryKey");
        GenerationMarker.PRIMARY_KEY.forEach(path -> path.forEach(primaryKey.addArray()::add));
        table.putNull("jsonSchema");
        final ArrayNode messages = request.putArray("messages");
        markers.forEach(marker ->
                messages.addObject().put("tableName", GenerationMarker.TABLE).set("data", document(marker)));
        return requests.change(Request.json("POST", HttpDeployment.IMPORT_RECORDS, request), Requests::nothingToTell);
    }

    private static ObjectNode document(final GenerationMarker marker) {
        final ObjectNode document = object().put(KEY, marker.table())
                .put(STREAM, marker.stream().name())
                .put(GENERATION, marker.generation())
                .put(SYNC, marker.sync());
        marker.stream().namespace().ifPresent(namespace -> document.put(NAMESPACE, namespace));
        return document;
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
