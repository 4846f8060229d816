package io.airbyte.integrations.destination.convex.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.airbyte.integrations.destination.convex.json.ByteSlice;
import io.airbyte.integrations.destination.convex.json.InvalidJson;
import io.airbyte.integrations.destination.convex.json.JsonScanner;
import io.airbyte.integrations.destination.convex.json.JsonString;
import java.util.List;
import java.util.Optional;

/**
 * Finds the stream that a message is about where the message itself cannot be read: for error messages, so it takes
 * what stands before the fault and never complains.
 */
final class StreamMention {

    /** The objects that lead to a stream's name in a record, a state and a stream status. */
    private static final List<byte[]> WAY = List.of(
            ascii("record"),
            ascii("state"),
            ascii("trace"),
            ascii("stream"),
            ascii("stream_status"),
            ascii("stream_descriptor"));

    private static final byte[] RECORD = ascii("record");
    private static final byte[] NAME_IN_RECORD = ascii("stream");
    private static final byte[] NAME = ascii("name");
    private static final byte[] NAMESPACE = ascii("namespace");
    private static final int DEEPEST = 4;

    private final JsonScanner scanner = new JsonScanner();
    private String name = "";
    private String namespace = "";

    private StreamMention() {}

    /** The stream that {@code message}, whole or cut or broken, names before anything is wrong with it. */
    static Optional<StreamDescriptor> in(final ByteSlice message) {
        final StreamMention mention = new StreamMention();
        mention.scanner.reset(message);
        try {
            mention.walkObject(1, NAME);
        } catch (final InvalidJson theFaultThatIsBeingReported) {
            // What was found before it counts.
        }
        return mention.name.isEmpty()
                ? Optional.empty()
                : Optional.of(StreamDescriptor.of(mention.namespace, mention.name));
    }

    /** @param naming the key whose string names a stream in this object */
    private void walkObject(final int depth, final byte[] naming) throws InvalidJson {
        scanner.enterObject();
        while (scanner.nextKey()) {
            final byte first = scanner.peek();
            if (first == '{' && depth < DEEPEST && keyLeadsOn()) {
                walkObject(depth + 1, scanner.keyIs(RECORD) ? NAME_IN_RECORD : NAME);
            } else if (first == '"' && depth > 1 && scanner.keyIs(naming)) {
                name = JsonString.decoded(JsonText.content(scanner.skipValue()));
            } else if (first == '"' && depth > 1 && scanner.keyIs(NAMESPACE)) {
                namespace = JsonString.decoded(JsonText.content(scanner.skipValue()));
            } else {
                scanner.skipValue();
            }
        }
    }

    private boolean keyLeadsOn() {
        return WAY.stream().anyMatch(scanner::keyIs);
    }

    private static byte[] ascii(final String text) {
        return text.getBytes(US_ASCII);
    }
}
