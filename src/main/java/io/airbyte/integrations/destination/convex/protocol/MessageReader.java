package io.airbyte.integrations.destination.convex.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.airbyte.integrations.destination.convex.json.ByteSlice;
import io.airbyte.integrations.destination.convex.json.InvalidJson;
import io.airbyte.integrations.destination.convex.json.JsonScanner;
import io.airbyte.integrations.destination.convex.json.JsonString;
import io.airbyte.integrations.destination.convex.protocol.Envelope.Names;
import io.airbyte.integrations.destination.convex.protocol.Message.Ignored;
import io.airbyte.integrations.destination.convex.protocol.Message.RecordMessage;
import io.airbyte.integrations.destination.convex.protocol.Message.StateKind;
import io.airbyte.integrations.destination.convex.protocol.Message.StateMessage;
import io.airbyte.integrations.destination.convex.protocol.Message.StreamStatus;
import io.airbyte.integrations.destination.convex.protocol.Message.StreamStatusMessage;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads lines as messages. Everything in a line is checked to be JSON and UTF-8; of a message that a destination has no use
 * for nothing else is. For one thread.
 */
public final class MessageReader {

    private static final byte[] RECORD = "\"RECORD\"".getBytes(US_ASCII);

    private final Envelope envelope = new Envelope();
    private final StreamNames streamNames = new StreamNames();

    private ByteSlice line = Envelope.ABSENT;
    private long lineNumber;

    /**
     * Reads one line. The message borrows its bytes.
     *
     * @param number the line's number in the input, for error messages
     * @throws Failure a {@code system_error} that names the line, the stream if it can be told, and what is wrong
     */
    public Message read(final ByteSlice message, final long number) {
        line = message;
        lineNumber = number;
        try {
            envelope.scan(message);
        } catch (final InvalidJson invalid) {
            throw notAMessage(invalid);
        }
        if (is(envelope.type(), RECORD)) {
            return record();
        }
        return switch (word(envelope.type(), "type")) {
            case "RECORD" -> record();
            case "STATE" -> state();
            case "TRACE" -> trace();
            default -> Ignored.IGNORED;
        };
    }

    /**
     * Reads one line as {@link #read} does if it looks like most records do, but leaves the record's data to whoever needs
     * them: they begin with a brace and end with one, and nobody has looked in between. If they are one JSON object, then
     * {@link #read} would have told the same.
     *
     * @return empty if the line has to be {@linkplain #read read}
     */
    public Optional<RecordMessage> skim(final ByteSlice message, final long number) {
        line = message;
        lineNumber = number;
        try {
            return envelope.scanAroundData(message) && is(envelope.type(), RECORD)
                    ? Optional.of(record())
                    : Optional.empty();
        } catch (final InvalidJson | Failure suspicion) {
            // What is wrong, and whether it is the line, shows when it is read.
            return Optional.empty();
        }
    }

    private RecordMessage record() {
        require(envelope.hasRecord(), "is a RECORD without an object as its record");
        final StreamDescriptor stream = stream(envelope.recordStream());
        final ByteSlice data = envelope.recordData();
        require(startsWith(data, '{'), "is a RECORD without an object as its data");
        require(envelope.recordMeta().length() == 0, "is a RECORD whose meta is not an object");
        return new RecordMessage(stream, data, emittedAtMillis(), changes());
    }

    private Optional<ByteSlice> changes() {
        final ByteSlice changes = envelope.recordChanges();
        if (changes.length() == 0) {
            return Optional.empty();
        }
        require(startsWith(changes, '['), "is a RECORD whose meta.changes is not an array");
        return isEmptyArray(changes) ? Optional.empty() : Optional.of(changes);
    }

    private static boolean isEmptyArray(final ByteSlice array) {
        final ByteSlice afterBracket = new ByteSlice(array.array(), array.offset() + 1, array.length() - 1);
        return new JsonScanner().reset(afterBracket).peek() == ']';
    }

    private long emittedAtMillis() {
        final ByteSlice number = envelope.recordEmittedAt();
        require(number.length() > 0, "is a RECORD without emitted_at");
        final OptionalLong millis = JsonNumber.floor(number);
        require(millis.isPresent(), "is a RECORD whose emitted_at is not a number of milliseconds");
        return millis.orElseThrow();
    }

    private StateMessage state() {
        require(envelope.hasState(), "is a STATE without an object as its state");
        final StateKind kind = stateKind();
        final Optional<StreamDescriptor> stream =
                kind == StateKind.STREAM ? Optional.of(stream(envelope.stateStream())) : Optional.empty();
        return new StateMessage(kind, stream, line);
    }

    private StateKind stateKind() {
        if (envelope.stateType().length() == 0) {
            return StateKind.LEGACY;
        }
        return switch (word(envelope.stateType(), "state.type")) {
            case "STREAM" -> StateKind.STREAM;
            case "GLOBAL" -> StateKind.GLOBAL;
            case "LEGACY" -> StateKind.LEGACY;
            default -> throw wrong("is a STATE of an unknown type: it is none of STREAM, GLOBAL and LEGACY");
        };
    }

    private Message trace() {
        require(envelope.hasTrace(), "is a TRACE without an object as its trace");
        if (!word(envelope.traceType(), "trace.type").equals("STREAM_STATUS")) {
            return Ignored.IGNORED;
        }
        final StreamDescriptor stream = stream(envelope.statusStream());
        final StreamStatus status = switch (word(envelope.status(), "stream_status.status")) {
            case "STARTED" -> StreamStatus.STARTED;
            case "RUNNING" -> StreamStatus.RUNNING;
            case "COMPLETE" -> StreamStatus.COMPLETE;
            case "INCOMPLETE" -> StreamStatus.INCOMPLETE;
            default -> StreamStatus.UNKNOWN;
        };
        return new StreamStatusMessage(stream, status);
    }

    private StreamDescriptor stream(final Names names) {
        final ByteSlice name = names.name();
        require(name.length() > 0, "names no stream");
        require(startsWith(name, '"'), "names a stream by something that is not a string");
        require(name.length() > 2, "names no stream");
        if (names.namespace().length() == 0) {
            return streamNames.descriptor(Envelope.ABSENT, JsonText.content(name));
        }
        require(startsWith(names.namespace(), '"'), "has a namespace that is not a string");
        return streamNames.descriptor(JsonText.content(names.namespace()), JsonText.content(name));
    }

    /** One of the protocol's words, in capitals: the platform takes them in any (airbyte-semantics §5.7). */
    private String word(final ByteSlice string, final String field) {
        require(string.length() > 0, "has no " + field);
        require(startsWith(string, '"'), "has a " + field + " that is not a string");
        return JsonString.decoded(JsonText.content(string)).toUpperCase(Locale.ROOT);
    }

    private static boolean is(final ByteSlice value, final byte[] expected) {
        return Arrays.equals(value.array(), value.offset(), value.end(), expected, 0, expected.length);
    }

    private static boolean startsWith(final ByteSlice value, final char first) {
        return value.length() > 0 && value.array()[value.offset()] == first;
    }

    private void require(final boolean condition, final String otherwise) {
        if (!condition) {
            throw wrong(otherwise);
        }
    }

    private Failure notAMessage(final InvalidJson invalid) {
        if (new JsonScanner().reset(line).peek() != '{') {
            return wrong("is not an Airbyte message, for it is not a JSON object");
        }
        if (invalid.isTruncation()) {
            return wrong("stops in the middle of its message, after " + line.length()
                    + " bytes: the program that wrote it was cut off");
        }
        return wrong("is not valid JSON: " + invalid.reason() + ", at byte " + invalid.position() + " of the line");
    }

    private Failure wrong(final String complaint) {
        return new InputFault(lineNumber, StreamMention.in(line)).failure(complaint);
    }
}
