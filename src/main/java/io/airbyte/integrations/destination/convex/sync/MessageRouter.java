package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.json.InvalidJson;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.Message;
import io.airbyte.integrations.destination.convex.protocol.Message.RecordMessage;
import io.airbyte.integrations.destination.convex.protocol.Message.StateMessage;
import io.airbyte.integrations.destination.convex.protocol.Message.StreamStatus;
import io.airbyte.integrations.destination.convex.protocol.Message.StreamStatusMessage;
import io.airbyte.integrations.destination.convex.protocol.StreamDescriptor;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Logger;

/** Leaves each message where it belongs: records with their stream's writer, states at the checkpoints. */
final class MessageRouter {

    private static final Logger LOG = Logger.getLogger(MessageRouter.class.getName());

    private final Map<StreamDescriptor, StreamRoute> routes = new LinkedHashMap<>();
    private final Checkpoints checkpoints;
    private final Completion completion;

    MessageRouter(final Collection<StreamRoute> routes, final Checkpoints checkpoints, final Completion completion) {
        routes.forEach(route -> this.routes.put(route.stream().descriptor(), route));
        this.checkpoints = checkpoints;
        this.completion = completion;
    }

    /**
     * Everything that the message asks for is under way.
     *
     * @param line the message's line in the input, for error messages
     * @throws Failure if the message cannot be served; everything before it is
     */
    void route(final Message message, final long line) {
        if (message instanceof RecordMessage record) {
            write(record, line);
        } else if (message instanceof StateMessage state) {
            state.stream().ifPresent(stream -> routeOf(stream, "STATE", line));
            add(state, line);
        } else if (message instanceof StreamStatusMessage status) {
            note(status);
        }
    }

    /**
     * Everything is under way that a record asks for whose data nobody has looked at yet.
     *
     * @return false if they are not one JSON object, or of no stream that is known; then nothing was done
     * @throws Failure if the record cannot be served; everything before it is
     */
    boolean routeSkimmed(final RecordMessage record, final long line) {
        final StreamRoute route = routes.get(record.stream());
        if (route == null) {
            return false;
        }
        try {
            write(route, record, line);
            return true;
        } catch (final InvalidJson notWhatItSeemed) {
            return false;
        }
    }

    private void add(final StateMessage state, final long line) {
        try {
            checkpoints.add(state);
        } catch (final Failure failure) {
            throw failure.and(" (Line %d of the input.)".formatted(line));
        }
    }

    private void write(final RecordMessage record, final long line) {
        try {
            write(routeOf(record.stream(), "RECORD", line), record, line);
        } catch (final InvalidJson invalid) {
            throw Failure.system("Line %d of the input: the data of a RECORD of stream %s is not valid JSON: %s."
                            .formatted(line, record.stream(), invalid.reason()))
                    .ofStream(record.stream());
        }
    }

    private static void write(final StreamRoute route, final RecordMessage record, final long line) throws InvalidJson {
        try {
            route.write(record);
        } catch (final Failure failure) {
            throw failure.and(" (Line %d of the input.)".formatted(line)).ofStream(record.stream());
        }
    }

    private StreamRoute routeOf(final StreamDescriptor stream, final String type, final long line) {
        final StreamRoute route = routes.get(stream);
        if (route == null) {
            throw Failure.system(
                    ("Line %d of the input: a %s is about stream %s, which the configured catalog does not have. Source and"
                                    + " catalog do not fit together; refresh the source's schema in the connection's settings.")
                            .formatted(line, type, stream));
        }
        return route;
    }

    private void note(final StreamStatusMessage message) {
        if (!routes.containsKey(message.stream())) {
            LOG.warning(() -> "A status of stream %s was ignored: the configured catalog does not have that stream."
                    .formatted(message.stream()));
            return;
        }
        completion.note(message);
        if (message.status() == StreamStatus.INCOMPLETE) {
            LOG.warning(() -> "The source could not read all of stream %s.".formatted(message.stream()));
        }
    }
}
