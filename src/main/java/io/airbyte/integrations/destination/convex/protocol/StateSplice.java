package io.airbyte.integrations.destination.convex.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.airbyte.integrations.destination.convex.json.ByteBuilder;
import io.airbyte.integrations.destination.convex.json.ByteSlice;
import io.airbyte.integrations.destination.convex.json.InvalidJson;
import io.airbyte.integrations.destination.convex.json.JsonScanner;
import io.airbyte.integrations.destination.convex.json.JsonString;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Puts {@code destinationStats} into a state and leaves every other byte as it was received, for the platform stores it
 * as the connection's state (airbyte-semantics §3). One exception: an {@code id} that was rewritten as a fraction on its
 * way becomes an integer again, because the platform fails the sync otherwise.
 */
final class StateSplice {

    private static final byte[] STATE = "state".getBytes(US_ASCII);
    private static final byte[] DESTINATION_STATS = "destinationStats".getBytes(US_ASCII);
    private static final byte[] ID = "id".getBytes(US_ASCII);

    /** Bytes of the line, by their indexes in its array, and what stands in their place. */
    private record Edit(int from, int to, String replacement) {}

    private final JsonScanner scanner = new JsonScanner();
    private final List<Edit> edits = new ArrayList<>();

    /**
     * Appends {@code line} to {@code output}.
     *
     * @param line a STATE message that {@link MessageReader} has read
     * @param recordCount how many records were accepted since the state before
     */
    void append(final ByteSlice line, final long recordCount, final ByteBuilder output) {
        try {
            findEdits(line, "{\"recordCount\":" + recordCount + ".0}");
        } catch (final InvalidJson invalid) {
            throw new IllegalArgumentException("A state that was read before is not valid JSON now.", invalid);
        }
        int position = line.offset();
        for (final Edit edit : edits) {
            output.append(line.array(), position, edit.from() - position).append(edit.replacement());
            position = edit.to();
        }
        output.append(line.array(), position, line.end() - position);
    }

    /** Of equal keys the last counts, for the envelope of the message as for its reader. */
    private void findEdits(final ByteSlice line, final String statistics) throws InvalidJson {
        edits.clear();
        scanner.reset(line).enterObject();
        while (scanner.nextKey()) {
            if (keyIs(STATE) && scanner.peek() == '{') {
                edits.clear();
                findEditsInState(statistics);
            } else {
                scanner.skipValue();
            }
        }
    }

    private void findEditsInState(final String statistics) throws InvalidJson {
        boolean hasMembers = false;
        boolean hasStatistics = false;
        scanner.enterObject();
        while (scanner.nextKey()) {
            hasMembers = true;
            if (keyIs(DESTINATION_STATS)) {
                replace(scanner.skipValue(), statistics);
                hasStatistics = true;
            } else if (keyIs(ID)) {
                makeInteger(scanner.skipValue());
            } else {
                scanner.skipValue();
            }
        }
        if (!hasStatistics) {
            final int closingBrace = scanner.position() - 1;
            final String comma = hasMembers ? "," : "";
            edits.add(new Edit(closingBrace, closingBrace, comma + "\"destinationStats\":" + statistics));
        }
    }

    private void makeInteger(final ByteSlice id) {
        final OptionalLong integer = JsonNumber.integer(id);
        if (integer.isPresent() && !scanner.numberIsInteger()) {
            replace(id, Long.toString(integer.getAsLong()));
        }
    }

    private void replace(final ByteSlice value, final String replacement) {
        edits.add(new Edit(value.offset(), value.end(), replacement));
    }

    private boolean keyIs(final byte[] name) {
        return scanner.stringHasEscapes()
                ? JsonString.decoded(scanner.key()).equals(new String(name, US_ASCII))
                : scanner.keyIs(name);
    }
}
