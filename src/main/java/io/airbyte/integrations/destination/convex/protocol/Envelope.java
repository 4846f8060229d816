package io.airbyte.integrations.destination.convex.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.airbyte.integrations.destination.convex.json.ByteSlice;
import io.airbyte.integrations.destination.convex.json.InvalidJson;
import io.airbyte.integrations.destination.convex.json.JsonScanner;
import io.airbyte.integrations.destination.convex.json.JsonString;

/**
 * The parts of a message that a destination looks at, cut out of its line in one pass that checks all of it. Keys may come
 * in any order and the last of equal keys counts; what the parts mean, and whether they are of the right kind, is for the
 * reader to judge once the message's type is known.
 *
 * <p>A part that is not there is empty, and so is one that is null: PyAirbyte writes every key it knows. One envelope
 * serves many messages; its parts are valid until the next scan.
 */
final class Envelope {

    static final ByteSlice ABSENT = ByteSlice.of(new byte[0]);

    private static final byte[] TYPE = ascii("type");
    private static final byte[] RECORD = ascii("record");
    private static final byte[] STATE = ascii("state");
    private static final byte[] TRACE = ascii("trace");
    private static final byte[] STREAM = ascii("stream");
    private static final byte[] NAMESPACE = ascii("namespace");
    private static final byte[] NAME = ascii("name");
    private static final byte[] DATA = ascii("data");
    private static final byte[] EMITTED_AT = ascii("emitted_at");
    private static final byte[] META = ascii("meta");
    private static final byte[] CHANGES = ascii("changes");
    private static final byte[] STREAM_DESCRIPTOR = ascii("stream_descriptor");
    private static final byte[] STREAM_STATUS = ascii("stream_status");
    private static final byte[] STATUS = ascii("status");

    /** What names a stream: two JSON values, of whatever kind they turn out to be. */
    static final class Names {
        private ByteSlice namespace = ABSENT;
        private ByteSlice name = ABSENT;

        ByteSlice namespace() {
            return namespace;
        }

        ByteSlice name() {
            return name;
        }

        private void clear() {
            namespace = ABSENT;
            name = ABSENT;
        }
    }

    private final JsonScanner scanner = new JsonScanner();

    /** Where the record's data are taken to end without being looked at; 0 if they are to be looked at. */
    private int assumedEndOfData;

    private ByteSlice type = ABSENT;

    private boolean hasRecord;
    private final Names recordStream = new Names();
    private ByteSlice recordData = ABSENT;
    private ByteSlice recordEmittedAt = ABSENT;
    private ByteSlice recordMeta = ABSENT;
    private ByteSlice recordChanges = ABSENT;

    private boolean hasState;
    private ByteSlice stateType = ABSENT;
    private final Names stateStream = new Names();

    private boolean hasTrace;
    private ByteSlice traceType = ABSENT;
    private ByteSlice status = ABSENT;
    private final Names statusStream = new Names();

    /** Cuts up {@code message}, which must be one JSON object. */
    void scan(final ByteSlice message) throws InvalidJson {
        assumedEndOfData = 0;
        scanAll(message);
    }

    /**
     * As {@link #scan}, but for a record's data, which are not looked at and taken to end where {@link RecordTail} says. If
     * they are one JSON object, all is as {@link #scan} would have it. Data that were never met, or met again, are absent.
     *
     * @return false if {@code message} shows no such end; then nothing was cut up
     * @throws InvalidJson if something is wrong, perhaps only with what was assumed
     */
    boolean scanAroundData(final ByteSlice message) throws InvalidJson {
        assumedEndOfData = RecordTail.start(message);
        if (assumedEndOfData == 0) {
            return false;
        }
        scanAll(message);
        return true;
    }

    private void scanAll(final ByteSlice message) throws InvalidJson {
        type = ABSENT;
        clearRecord();
        clearState();
        clearTrace();
        scanner.reset(message).enterObject();
        while (scanner.nextKey()) {
            if (keyIs(TYPE)) {
                type = value();
            } else if (keyIs(RECORD)) {
                scanRecord();
            } else if (keyIs(STATE)) {
                scanState();
            } else if (keyIs(TRACE)) {
                scanTrace();
            } else {
                scanner.skipValue();
            }
        }
        scanner.expectEnd();
    }

    private void scanRecord() throws InvalidJson {
        clearRecord();
        hasRecord = entersObject();
        while (hasRecord && scanner.nextKey()) {
            if (keyIs(STREAM)) {
                recordStream.name = value();
            } else if (keyIs(DATA)) {
                recordData = data();
            } else if (keyIs(EMITTED_AT)) {
                recordEmittedAt = value();
            } else if (keyIs(NAMESPACE)) {
                recordStream.namespace = value();
            } else if (keyIs(META)) {
                scanMeta();
            } else {
                scanner.skipValue();
            }
        }
    }

    private void scanMeta() throws InvalidJson {
        recordChanges = ABSENT;
        if (scanner.peek() != '{') {
            recordMeta = value();
            return;
        }
        recordMeta = ABSENT;
        scanner.enterObject();
        while (scanner.nextKey()) {
            if (keyIs(CHANGES)) {
                recordChanges = value();
            } else {
                scanner.skipValue();
            }
        }
    }

    private void scanState() throws InvalidJson {
        clearState();
        hasState = entersObject();
        while (hasState && scanner.nextKey()) {
            if (keyIs(TYPE)) {
                stateType = value();
            } else if (keyIs(STREAM)) {
                scanStreamState();
            } else {
                scanner.skipValue();
            }
        }
    }

    private void scanStreamState() throws InvalidJson {
        stateStream.clear();
        final boolean object = entersObject();
        while (object && scanner.nextKey()) {
            if (keyIs(STREAM_DESCRIPTOR)) {
                scanDescriptor(stateStream);
            } else {
                scanner.skipValue();
            }
        }
    }

    private void scanTrace() throws InvalidJson {
        clearTrace();
        hasTrace = entersObject();
        while (hasTrace && scanner.nextKey()) {
            if (keyIs(TYPE)) {
                traceType = value();
            } else if (keyIs(STREAM_STATUS)) {
                scanStreamStatus();
            } else {
                scanner.skipValue();
            }
        }
    }

    private void scanStreamStatus() throws InvalidJson {
        statusStream.clear();
        status = ABSENT;
        final boolean object = entersObject();
        while (object && scanner.nextKey()) {
            if (keyIs(STREAM_DESCRIPTOR)) {
                scanDescriptor(statusStream);
            } else if (keyIs(STATUS)) {
                status = value();
            } else {
                scanner.skipValue();
            }
        }
    }

    private void scanDescriptor(final Names names) throws InvalidJson {
        names.clear();
        final boolean object = entersObject();
        while (object && scanner.nextKey()) {
            if (keyIs(NAME)) {
                names.name = value();
            } else if (keyIs(NAMESPACE)) {
                names.namespace = value();
            } else {
                scanner.skipValue();
            }
        }
    }

    /** Enters the object that comes next; false, and past it, if it is anything else. */
    private boolean entersObject() throws InvalidJson {
        if (scanner.peek() == '{') {
            scanner.enterObject();
            return true;
        }
        scanner.skipValue();
        return false;
    }

    private ByteSlice data() throws InvalidJson {
        if (assumedEndOfData == 0) {
            return value();
        }
        if (scanner.peek() == '{' && scanner.position() < assumedEndOfData) {
            return scanner.passTo(assumedEndOfData);
        }
        scanner.skipValue();
        return ABSENT;
    }

    /** Consumes a value; absent if it is null. */
    private ByteSlice value() throws InvalidJson {
        final ByteSlice value = scanner.skipValue();
        return value.array()[value.offset()] == 'n' ? ABSENT : value;
    }

    private boolean keyIs(final byte[] name) {
        return scanner.stringHasEscapes()
                ? JsonString.decoded(scanner.key()).equals(new String(name, US_ASCII))
                : scanner.keyIs(name);
    }

    private void clearRecord() {
        hasRecord = false;
        recordStream.clear();
        recordData = ABSENT;
        recordEmittedAt = ABSENT;
        recordMeta = ABSENT;
        recordChanges = ABSENT;
    }

    private void clearState() {
        hasState = false;
        stateType = ABSENT;
        stateStream.clear();
    }

    private void clearTrace() {
        hasTrace = false;
        traceType = ABSENT;
        status = ABSENT;
        statusStream.clear();
    }

    ByteSlice type() {
        return type;
    }

    /** There is a record, and it is an object. */
    boolean hasRecord() {
        return hasRecord;
    }

    Names recordStream() {
        return recordStream;
    }

    ByteSlice recordData() {
        return recordData;
    }

    ByteSlice recordEmittedAt() {
        return recordEmittedAt;
    }

    /** The record's metadata where they are something else than an object. */
    ByteSlice recordMeta() {
        return recordMeta;
    }

    ByteSlice recordChanges() {
        return recordChanges;
    }

    /** There is a state, and it is an object. */
    boolean hasState() {
        return hasState;
    }

    ByteSlice stateType() {
        return stateType;
    }

    Names stateStream() {
        return stateStream;
    }

    /** There is a trace, and it is an object. */
    boolean hasTrace() {
        return hasTrace;
    }

    ByteSlice traceType() {
        return traceType;
    }

    ByteSlice status() {
        return status;
    }

    Names statusStream() {
        return statusStream;
    }

    private static byte[] ascii(final String text) {
        return text.getBytes(US_ASCII);
    }
}
