package io.airbyte.integrations.destination.convex.campaign;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Judges each state at the moment when it is read from the process's stdout: that the source has sent it so, that it comes in its
 * turn and once, that its statistics are right, and that what it stands for is in the deployment.
 */
final class StateWatch {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Case tried;
    private final SourceInput input;
    private final LocalDeployment deployment;
    private final List<String> wrong = new CopyOnWriteArrayList<>();
    private final Map<String, Integer> acknowledged = new HashMap<>();
    private final Map<String, Integer> lastOf = new HashMap<>();
    private final Set<Integer> heard = new HashSet<>();

    StateWatch(final Case tried, final SourceInput input, final LocalDeployment deployment) {
        this.tried = tried;
        this.input = input;
        this.deployment = deployment;
    }

    /** In the thread that reads the process's stdout. */
    synchronized void hear(final JsonNode message) {
        final JsonNode id = message.at("/state/id");
        final var sent = input.state(id.isInt() ? id.asInt() : 0);
        if (sent.isEmpty()) {
            wrong.add("a state came back that was never sent");
            return;
        }
        if (!heard.add(id.asInt())) {
            wrong.add("state %d came back twice".formatted(id.asInt()));
        }
        judgeText(id.asInt(), message, sent.get());
        sent.get().positions().forEach((stream, position) -> {
            if (id.asInt() < lastOf.getOrDefault(stream, 0)) {
                wrong.add("state %d of %s came after a later one".formatted(id.asInt(), stream));
            }
            lastOf.put(stream, id.asInt());
            acknowledged.merge(stream, position, Math::max);
        });
        for (final SourceStream stream : tried.streams()) {
            // A state of one stream says nothing of the others, whose tables may be replaced after it.
            final Integer position = sent.get().positions().get(stream.name());
            if (position != null) {
                wrong.addAll(new Model(stream).untruths(position, deployment.records(stream.table())));
            }
        }
    }

    private void judgeText(final int id, final JsonNode message, final SentState sent) {
        final ObjectNode bare = message.deepCopy();
        final JsonNode statistics = ((ObjectNode) bare.path("state")).remove("destinationStats");
        if (!bare.equals(parsed(sent.line()))) {
            wrong.add("state %d was changed on its way".formatted(id));
        }
        if (statistics == null || statistics.path("recordCount").asInt(-1) != sent.records()) {
            wrong.add("state %d came with %s for %d records".formatted(id, statistics, sent.records()));
        }
    }

    static JsonNode parsed(final String line) {
        try {
            return JSON.readTree(line);
        } catch (final JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many records of a stream are acknowledged. */
    synchronized int acknowledged(final String stream) {
        return acknowledged.getOrDefault(stream, 0);
    }

    /** How many states have come back. */
    synchronized int count() {
        return heard.size();
    }

    List<String> wrong() {
        return List.copyOf(wrong);
    }
}
