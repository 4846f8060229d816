package io.airbyte.integrations.destination.convex.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbyte.integrations.destination.convex.json.ByteSlice;
import io.airbyte.integrations.destination.convex.protocol.Message.Ignored;
import io.airbyte.integrations.destination.convex.protocol.Message.RecordMessage;
import io.airbyte.integrations.destination.convex.protocol.Message.StateKind;
import io.airbyte.integrations.destination.convex.protocol.Message.StateMessage;
import io.airbyte.integrations.destination.convex.protocol.Message.StreamStatus;
import io.airbyte.integrations.destination.convex.protocol.Message.StreamStatusMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageReaderTest {

    private static final StreamDescriptor USERS = StreamDescriptor.of("users");

    private final MessageReader reader = new MessageReader();

    @Test
    void aRecordGivesItsStreamItsDataAsTheyAreAndItsTime() {
        final RecordMessage message =
                record("{\"type\":\"RECORD\",\"record\":{\"namespace\":\"shop\",\"stream\":\"users\","
                        + "\"data\":{ \"a\" : 1.50 },\"emitted_at\":1700000000123}}");
        assertThat(message.stream()).isEqualTo(StreamDescriptor.of("shop", "users"));
        assertThat(message.data().text()).isEqualTo("{ \"a\" : 1.50 }");
        assertThat(message.emittedAtMillis()).isEqualTo(1_700_000_000_123L);
        assertThat(message.changes()).isEmpty();
    }

    @Test
    void theDataAreASliceOfTheLine() {
        final ByteSlice line = ByteSlice.of(recordLine("{\"a\":1}"));
        final RecordMessage message = (RecordMessage) reader.read(line, 1);
        assertThat(message.data().array()).isSameAs(line.array());
    }

    @Test
    void keysMayComeInAnyOrder() {
        final RecordMessage message = record(
                "{\"record\":{\"emitted_at\":5,\"data\":{\"type\":\"STATE\"},\"stream\":\"users\"},\"type\":\"RECORD\"}");
        assertThat(message.stream()).isEqualTo(USERS);
        assertThat(message.data().text()).isEqualTo("{\"type\":\"STATE\"}");
        assertThat(message.emittedAtMillis()).isEqualTo(5);
    }

    @Test
    void pyAirbyteWritesEveryKeyItKnows() {
        final RecordMessage message = record(
                "{\"type\":\"RECORD\",\"log\":null,\"spec\":null,\"connectionStatus\":null,"
                        + "\"catalog\":null,\"record\":{\"stream\":\"users\",\"data\":{\"a\":null},\"emitted_at\":1700000000000.0,"
                        + "\"namespace\":null,\"meta\":null,\"file_reference\":null},\"state\":null,\"trace\":null,\"control\":null}");
        assertThat(message.stream()).isEqualTo(USERS);
        assertThat(message.data().text()).isEqualTo("{\"a\":null}");
        assertThat(message.emittedAtMillis()).isEqualTo(1_700_000_000_000L);
    }

    @ParameterizedTest
    @CsvSource({
        "1700000000000,1700000000000",
        "1.7e12,1700000000000",
        "1700000000000.0,1700000000000",
        "1795350026394.87,1795350026394",
        "0,0",
        "-1,-1",
        "-1.5,-2",
        "999999999999999999,999999999999999999"
    })
    void timesMayBeFractions(final String written, final long millis) {
        assertThat(record("{\"type\":\"RECORD\",\"record\":{\"stream\":\"users\",\"data\":{},\"emitted_at\":" + written
                                + "}}")
                        .emittedAtMillis())
                .isEqualTo(millis);
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "\"\""})
    void aNullOrEmptyNamespaceIsNone(final String namespace) {
        assertThat(record("{\"type\":\"RECORD\",\"record\":{\"stream\":\"users\",\"namespace\":" + namespace
                                + ",\"data\":{},\"emitted_at\":0}}")
                        .stream())
                .isEqualTo(USERS);
    }

    @Test
    void recordedChangesAreGivenAsTheyAre() {
        assertThat(recordWithMeta("{\"changes\": [{\"field\":\"a\"}] }")
                        .changes()
                        .map(ByteSlice::text))
                .contains("[{\"field\":\"a\"}]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"null", "{}", "{\"changes\":null}", "{\"changes\":[]}", "{\"changes\":[ ]}", "{\"other\":[1]}"})
    void noRecordedChangesAreNone(final String meta) {
        assertThat(recordWithMeta(meta).changes()).isEmpty();
    }

    @Test
    void ofEqualKeysTheLastCounts() {
        final RecordMessage message = record("{\"type\":\"STATE\",\"type\":\"RECORD\","
                + "\"record\":{\"stream\":\"old\",\"namespace\":\"old\",\"data\":{},\"emitted_at\":0,\"meta\":{\"changes\":[1]}},"
                + "\"record\":{\"stream\":\"x\",\"stream\":\"users\",\"data\":[],\"data\":{\"b\":2},\"emitted_at\":1,"
                + "\"meta\":{\"changes\":[2]},\"meta\":{}}}");
        assertThat(message.stream()).isEqualTo(USERS);
        assertThat(message.data().text()).isEqualTo("{\"b\":2}");
        assertThat(message.changes()).isEmpty();
    }

    @Test
    void keysAndNamesMayBeWrittenWithEscapes() {
        final RecordMessage message = record("{\"\\u0074ype\":\"REC\\u004FRD\",\"rec\\u006frd\":{\"str\\u0065am\":"
                + "\"\\u00fcs\\\"\\\\\\/\\b\\f\\n\\r\\ters\\ud83d\\ude00\",\"dat\\u0061\":{},\"emitted_at\":0}}");
        assertThat(message.stream()).isEqualTo(StreamDescriptor.of("üs\"\\/\b\f\n\r\ters😀"));
    }

    @Test
    void aStreamSeenBeforeIsTheSameObject() {
        final StreamDescriptor first = record(recordLine("{\"a\":1}")).stream();
        assertThat(record(recordLine("{\"a\":2}")).stream()).isSameAs(first);
    }

    @Test
    void streamsAreNeverConfusedHoweverMany() {
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 3_000; i++) {
                final RecordMessage message = record("{\"type\":\"RECORD\",\"record\":{\"namespace\":\"n" + i / 60
                        + "\",\"stream\":\"s" + i % 60 + "\",\"data\":{},\"emitted_at\":0}}");
                assertThat(message.stream()).isEqualTo(StreamDescriptor.of("n" + i / 60, "s" + i % 60));
            }
        }
    }

    @Test
    void namespaceAndNameAreNotRunTogether() {
        assertThat(descriptor("ab", "c")).isEqualTo(StreamDescriptor.of("ab", "c"));
        assertThat(descriptor("a", "bc")).isEqualTo(StreamDescriptor.of("a", "bc"));
        assertThat(descriptor("", "abc")).isEqualTo(StreamDescriptor.of("abc"));
    }

    @Test
    void aVeryLongStreamNameIsReadLikeAnyOther() {
        final String name = "s".repeat(10_000);
        assertThat(descriptor("n", name)).isEqualTo(StreamDescriptor.of("n", name));
        assertThat(descriptor("n", name)).isEqualTo(StreamDescriptor.of("n", name));
    }

    @Test
    void aStreamStateGivesItsStreamAndItsLine() {
        final String line = "{\"type\":\"STATE\",\"state\":{\"type\":\"STREAM\",\"stream\":{\"stream_descriptor\":"
                + "{\"name\":\"users\",\"namespace\":\"shop\"},\"stream_state\":{\"stream\":\"x\"}},\"id\":3}}";
        assertThat(read(line)).isInstanceOfSatisfying(StateMessage.class, state -> {
            assertThat(state.kind()).isEqualTo(StateKind.STREAM);
            assertThat(state.stream()).contains(StreamDescriptor.of("shop", "users"));
            assertThat(state.line().text()).isEqualTo(line);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"global\":{\"shared_state\":{},\"stream_states\":[]}",
                "\"global_\":{\"shared_state\":{}}",
                "\"global\":null,\"global_\":{\"shared_state\":{}}",
                "\"global\":{\"a\":1},\"global\":{\"a\":2},\"global_\":{\"a\":3}",
                "\"stream\":null,\"data\":null,\"global_\":null,\"global\":{}"
            })
    void aGlobalStateIsKnownByItsTypeHoweverItsContentIsCalled(final String content) {
        assertThat(read("{\"type\":\"STATE\",\"state\":{\"type\":\"GLOBAL\"," + content + "}}"))
                .isInstanceOfSatisfying(StateMessage.class, state -> {
                    assertThat(state.kind()).isEqualTo(StateKind.GLOBAL);
                    assertThat(state.stream()).isEmpty();
                });
    }

    @Test
    void aGlobalStateMayNameStreamsThatNobodyKnows() {
        assertThat(read("{\"type\":\"STATE\",\"state\":{\"type\":\"GLOBAL\",\"stream\":{\"stream_descriptor\":7},"
                        + "\"global\":{\"stream_states\":[{\"stream_descriptor\":{\"name\":7}}]}}}"))
                .isInstanceOf(StateMessage.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"data\":{}}", "{\"type\":null,\"data\":{}}", "{\"type\":\"LEGACY\",\"data\":{}}", "{}"})
    void aStateWithoutATypeIsALegacyOne(final String state) {
        assertThat(read("{\"type\":\"STATE\",\"state\":" + state + "}"))
                .isInstanceOfSatisfying(
                        StateMessage.class,
                        message -> assertThat(message.kind()).isEqualTo(StateKind.LEGACY));
    }

    @ParameterizedTest
    @EnumSource(StreamStatus.class)
    void aStreamStatusGivesStreamAndStatus(final StreamStatus status) {
        assertThat(read("{\"type\":\"TRACE\",\"trace\":{\"type\":\"STREAM_STATUS\",\"emitted_at\":1795350026394.87,"
                        + "\"error\":null,\"stream_status\":{\"stream_descriptor\":{\"name\":\"users\",\"namespace\":null},"
                        + "\"status\":\"" + status + "\"}}}"))
                .isEqualTo(new StreamStatusMessage(USERS, status));
    }

    @Test
    void aStatusOfTheFutureIsUnknown() {
        assertThat(read("{\"type\":\"TRACE\",\"trace\":{\"type\":\"STREAM_STATUS\",\"stream_status\":"
                        + "{\"stream_descriptor\":{\"name\":\"users\"},\"status\":\"PAUSED\"}}}"))
                .isEqualTo(new StreamStatusMessage(USERS, StreamStatus.UNKNOWN));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"LOG\",\"log\":{\"level\":\"INFO\",\"message\":\"x\"}}",
                "{\"type\":\"SPEC\",\"spec\":{}}",
                "{\"type\":\"CONTROL\",\"control\":{}}",
                "{\"type\":\"CATALOG\",\"catalog\":{}}",
                "{\"type\":\"CONNECTION_STATUS\"}",
                "{\"type\":\"TOMORROW\",\"record\":7,\"state\":[],\"trace\":\"x\"}",
                "{\"type\":\"TRACE\",\"trace\":{\"type\":\"ERROR\",\"error\":{}}}",
                "{\"type\":\"TRACE\",\"trace\":{\"type\":\"ESTIMATE\",\"stream_status\":5}}",
                "{\"type\":\"TRACE\",\"trace\":{\"type\":\"ANALYTICS\"}}"
            })
    void everythingElseIsIgnored(final String line) {
        assertThat(read(line)).isEqualTo(Ignored.IGNORED);
    }

    @Test
    void theProtocolsWordsMayBeWrittenInAnyCase() {
        assertThat(read("{\"type\":\"record\",\"record\":{\"stream\":\"users\",\"data\":{},\"emitted_at\":0}}"))
                .isInstanceOf(RecordMessage.class);
        assertThat(read("{\"type\":\"State\",\"state\":{\"type\":\"global\"}}")).isInstanceOf(StateMessage.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        hello                                                    | is not an Airbyte message
        [1,2]                                                    | is not an Airbyte message
        "RECORD"                                                 | is not an Airbyte message
        null                                                     | is not an Airbyte message
        {"type":"RECORD"} {"type":"RECORD"}                      | is not valid JSON: it goes on after the end of its value
        {"type":"RECORD","record":{"data":{"x":01}}}             | is not valid JSON: a number has a leading zero
        {'type':'RECORD'}                                        | is not valid JSON: a key was expected
        {"type":"LOG","log":{"message":tru3}}                    | is not valid JSON: a value was expected
        {"type":"RECORD","record":{"stream":"a","data":{"s       | stops in the middle of its message, after 50 bytes
        {                                                        | stops in the middle of its message, after 1 bytes
        {}                                                       | has no type
        {"record":{}}                                            | has no type
        {"type":null}                                            | has no type
        {"type":7}                                               | has a type that is not a string
        {"type":"RECORD"}                                        | is a RECORD without an object as its record
        {"type":"RECORD","record":null}                          | is a RECORD without an object as its record
        {"type":"RECORD","record":[]}                            | is a RECORD without an object as its record
        {"type":"RECORD","record":{},"record":null}              | is a RECORD without an object as its record
        {"type":"RECORD","record":{"data":{},"emitted_at":0}}    | names no stream
        {"type":"RECORD","record":{"stream":"","data":{}}}       | names no stream
        {"type":"RECORD","record":{"stream":null,"data":{}}}     | names no stream
        {"type":"RECORD","record":{"stream":{},"data":{}}}       | names a stream by something that is not a string
        {"type":"RECORD","record":{"stream":"a","namespace":1,"data":{}}} | has a namespace that is not a string
        {"type":"RECORD","record":{"stream":"a","emitted_at":0}} | is a RECORD without an object as its data
        {"type":"RECORD","record":{"stream":"a","data":null}}    | is a RECORD without an object as its data
        {"type":"RECORD","record":{"stream":"a","data":"{}"}}    | is a RECORD without an object as its data
        {"type":"RECORD","record":{"stream":"a","data":[{}]}}    | is a RECORD without an object as its data
        {"type":"RECORD","record":{"stream":"a","data":{}}}      | is a RECORD without emitted_at
        {"type":"RECORD","record":{"stream":"a","data":{},"emitted_at":"x"}}   | whose emitted_at is not a number
        {"type":"RECORD","record":{"stream":"a","data":{},"emitted_at":1e99}}  | whose emitted_at is not a number
        {"type":"RECORD","record":{"stream":"a","data":{},"emitted_at":1e999}} | whose emitted_at is not a number
        {"type":"RECORD","record":{"stream":"a","data":{},"emitted_at":0,"meta":[]}} | whose meta is not an object
        {"type":"RECORD","record":{"stream":"a","data":{},"emitted_at":0,"meta":{"changes":{}}}} | whose meta.changes is not an array
        {"type":"STATE"}                                         | is a STATE without an object as its state
        {"type":"STATE","state":{"type":"STREAM"}}               | names no stream
        {"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":"a"}}} | names no stream
        {"type":"STATE","state":{"type":"SHARED"}}               | is a STATE of an unknown type
        {"type":"STATE","state":{"type":1}}                      | has a state.type that is not a string
        {"type":"TRACE"}                                         | is a TRACE without an object as its trace
        {"type":"TRACE","trace":{}}                              | has no trace.type
        {"type":"TRACE","trace":{"type":"STREAM_STATUS"}}        | names no stream
        {"type":"TRACE","trace":{"type":"STREAM_STATUS","stream_status":{"stream_descriptor":{"name":"a"}}}} | has no stream_status.status
        """)
    void badLinesAreRefusedWithNumberAndReason(final String line, final String complaint) {
        assertThatThrownBy(() -> reader.read(ByteSlice.of(line), 1234))
                .isInstanceOfSatisfying(Failure.class, failure -> {
                    assertThat(failure.kind()).isEqualTo(Failure.Kind.SYSTEM_ERROR);
                    assertThat(failure.message())
                            .startsWith("Line 1234 of the input")
                            .contains(complaint);
                });
    }

    @Test
    void aComplaintNamesTheStreamWhereItCanBeTold() {
        assertNames("{\"type\":\"RECORD\",\"record\":{\"stream\":\"users\",\"data\":7}}", USERS);
        assertNames(
                "{\"type\":\"RECORD\",\"record\":{\"namespace\":\"shop\",\"stream\":\"users\",\"data\":{\"stream\":\"x\",",
                StreamDescriptor.of("shop", "users"));
        assertNames(
                "{\"type\":\"STATE\",\"state\":{\"stream\":{\"stream_descriptor\":{\"name\":\"users\"},\"stream_state\":",
                USERS);
        assertNames(
                "{\"type\":\"TRACE\",\"trace\":{\"type\":\"STREAM_STATUS\",\"stream_status\":{\"stream_descriptor\":"
                        + "{\"name\":\"users\"}}}}",
                USERS);
    }

    @Test
    void aComplaintNeverQuotesTheContent() {
        for (final String data :
                new String[] {"{\"a\":\"topsecret", "{\"a\":topsecret}", "\"topsecret\"", "{\"topsecret\" 1}"}) {
            assertThatThrownBy(() -> read(recordLine(data)))
                    .isInstanceOf(Failure.class)
                    .hasMessageNotContaining("topsecret")
                    .hasMessageContaining("(stream users)");
        }
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        final byte[] line = recordLine("{\"a\":\"caf\u00e9\"}").getBytes(ISO_8859_1);
        assertThatThrownBy(() -> reader.read(ByteSlice.of(line), 3))
                .isInstanceOf(Failure.class)
                .hasMessageStartingWith(
                        "Line 3 of the input (stream users) is not valid JSON: it is not valid UTF-8, at byte ");
    }

    @Test
    void everyTruncationOfALineIsRefused() {
        final byte[] line =
                recordLine("{\"a\":[1,-2.5e3,true,null,\"é\\u00e9\"]}").getBytes(UTF_8);
        for (int length = 1; length < line.length; length++) {
            final ByteSlice cut = new ByteSlice(line, 0, length);
            assertThatThrownBy(() -> reader.read(cut, 9))
                    .as("cut after %d bytes", length)
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining("Line 9 of the input")
                    .hasMessageContaining("stops in the middle of its message");
        }
    }

    @Test
    void aHostileDepthIsReadOrRefusedButNeverOverflows() {
        final int depth = 200_000;
        assertThat(read(recordLine("{\"a\":" + "[".repeat(depth) + "]".repeat(depth) + "}")))
                .isInstanceOf(RecordMessage.class);
        assertThatThrownBy(() -> read("{\"record\":".repeat(depth))).isInstanceOf(Failure.class);
        assertThatThrownBy(() -> read("{\"state\":{\"stream\":" + "{\"stream\":".repeat(depth)))
                .isInstanceOf(Failure.class);
    }

    @Test
    void aReaderThatRefusedALineReadsTheNext() {
        assertThatThrownBy(() -> read("{\"type\":\"RECORD\",\"record\":{\"stream\":\"a\",\"data\":{}"))
                .isInstanceOf(Failure.class);
        assertThat(record(recordLine("{}")).stream()).isEqualTo(USERS);
    }

    @Test
    void aStateWithAStringWhereItsStreamShouldBeIsNotSaidToNameThatString() {
        assertThatThrownBy(() -> reader.read(
                        ByteSlice.of("{\"type\":\"STATE\",\"state\":{\"type\":\"STREAM\",\"stream\":\"users\"}}"), 3))
                .isInstanceOfSatisfying(Failure.class, failure -> {
                    assertThat(failure.message()).isEqualTo("Line 3 of the input names no stream.");
                    assertThat(failure.stream()).isEmpty();
                });
    }

    private void assertNames(final String line, final StreamDescriptor stream) {
        assertThatThrownBy(() -> read(line)).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.stream()).contains(stream);
            assertThat(failure.message()).contains("(stream " + stream + ")");
        });
    }

    private StreamDescriptor descriptor(final String namespace, final String name) {
        return record("{\"type\":\"RECORD\",\"record\":{\"namespace\":\"" + namespace + "\",\"stream\":\"" + name
                        + "\",\"data\":{},\"emitted_at\":0}}")
                .stream();
    }

    private RecordMessage recordWithMeta(final String meta) {
        return record("{\"type\":\"RECORD\",\"record\":{\"stream\":\"users\",\"data\":{},\"emitted_at\":0,\"meta\":"
                + meta + "}}");
    }

    private static String recordLine(final String data) {
        return "{\"type\":\"RECORD\",\"record\":{\"stream\":\"users\",\"data\":" + data + ",\"emitted_at\":0}}";
    }

    private RecordMessage record(final String line) {
        return (RecordMessage) read(line);
    }

    private Message read(final String line) {
        return reader.read(ByteSlice.of(line), 1);
    }
}
