package io.airbyte.integrations.destination.convex.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.airbyte.integrations.destination.convex.json.ByteSlice;
import io.airbyte.integrations.destination.convex.protocol.MessageWriter.Level;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MessageWriterTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ByteSlice STATE = ByteSlice.of("{\"type\":\"STATE\",\"state\":{\"id\":1}}");
    private static final String RETURNED_STATE =
            "{\"type\":\"STATE\",\"state\":{\"id\":1,\"destinationStats\":{\"recordCount\":2.0}}}\n";

    private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    private final MessageWriter writer =
            new MessageWriter(stdout, InstantSource.fixed(Instant.ofEpochMilli(1_700_000_000_123L)));

    @Test
    void aSpecificationIsOneLineHoweverItIsSpread() {
        writer.spec("{\n  \"a\": \"b\\nc\",\r\n  \"d\": 1\n}\n".getBytes(UTF_8));
        assertThat(written()).isEqualTo("{\"type\":\"SPEC\",\"spec\":{  \"a\": \"b\\nc\",  \"d\": 1}}\n");
    }

    @Test
    void aConnectionStatusSaysWhetherAndWhy() {
        writer.connectionStatus(true, "All \"good\"");
        writer.connectionStatus(false, "No\nroute");
        assertThat(written()).isEqualTo("""
                        {"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED","message":"All \\"good\\""}}
                        {"type":"CONNECTION_STATUS","connectionStatus":{"status":"FAILED","message":"No\\nroute"}}
                        """);
    }

    @Test
    void aStateWaitsForTheFlush() {
        writer.state(STATE, 2);
        assertThat(written()).isEmpty();
        writer.flush();
        assertThat(written()).isEqualTo(RETURNED_STATE);
    }

    @Test
    void statesOfAFullBufferDoNotWait() {
        for (int i = 0; i < 10_000; i++) {
            writer.state(STATE, 2);
        }
        assertThat(stdout.size()).isGreaterThan(9_000 * RETURNED_STATE.length());
        writer.flush();
        assertThat(written()).isEqualTo(RETURNED_STATE.repeat(10_000));
    }

    @Test
    void aStateThatCannotBeWrittenLeavesNoHalfLineBehind() {
        writer.state(STATE, 2);
        assertThatThrownBy(() -> writer.state(ByteSlice.of("{\"state\":"), 2))
                .isInstanceOf(IllegalArgumentException.class);
        writer.flush();
        assertThat(written()).isEqualTo(RETURNED_STATE);
    }

    @Test
    void aLogLineLeavesAtOnceBehindTheStatesBeforeIt() {
        writer.state(STATE, 2);
        writer.log(Level.WARN, "Hello");
        assertThat(written())
                .isEqualTo(RETURNED_STATE + "{\"type\":\"LOG\",\"log\":{\"level\":\"WARN\",\"message\":\"Hello\"}}\n");
    }

    @Test
    void everyTextStaysOnOneLineAndComesBackAsItWas() throws IOException {
        final StringBuilder everything = new StringBuilder("\u2028\u2029é€😀\"\\/");
        for (char control = 0; control <= ' '; control++) {
            everything.append(control);
        }
        writer.log(Level.INFO, everything.toString());
        assertThat(written().lines()).hasSize(1);
        assertThat(JSON.readTree(written()).at("/log/message").textValue()).isEqualTo(everything.toString());
    }

    @Test
    void aLongLogMessageIsCut() throws IOException {
        writer.log(Level.INFO, "x".repeat(16 * 1024));
        writer.log(Level.INFO, "x".repeat(16 * 1024 - 1) + "😀" + "y".repeat(999));
        final List<JsonNode> lines = lines();
        assertThat(lines.get(0).at("/log/message").textValue()).isEqualTo("x".repeat(16 * 1024));
        assertThat(lines.get(1).at("/log/message").textValue())
                .isEqualTo("x".repeat(16 * 1024 - 1) + "… (1001 more characters)");
    }

    @ParameterizedTest
    @EnumSource(Failure.Kind.class)
    void aTraceCarriesTheFailure(final Failure.Kind kind) throws IOException {
        final Failure failure = switch (kind) {
            case CONFIG_ERROR -> Failure.config("Sentence.");
            case TRANSIENT_ERROR -> Failure.transientError("Sentence.");
            case SYSTEM_ERROR -> Failure.system("Sentence.");
        };
        writer.trace(failure);
        final JsonNode message = lines().get(0);
        assertThat(message.path("type").textValue()).isEqualTo("TRACE");
        assertThat(message.at("/trace/type").textValue()).isEqualTo("ERROR");
        assertThat(message.at("/trace/emitted_at").longValue()).isEqualTo(1_700_000_000_123L);
        final JsonNode error = message.at("/trace/error");
        assertThat(error.path("failure_type").textValue()).isEqualTo(kind.wireName());
        assertThat(error.path("message").textValue()).isEqualTo("Sentence.");
        assertThat(error.path("internal_message").textValue()).isEqualTo("Sentence.");
        assertThat(error.has("stream_descriptor")).isFalse();
        assertThat(error.has("stack_trace")).isEqualTo(kind == Failure.Kind.SYSTEM_ERROR);
    }

    @Test
    void aTraceNamesTheStreamThatItConcerns() throws IOException {
        writer.trace(Failure.config("a").ofStream(StreamDescriptor.of("users")));
        writer.trace(Failure.config("b").ofStream(StreamDescriptor.of("shop", "users")));
        assertThat(lines().get(0).at("/trace/error/stream_descriptor"))
                .isEqualTo(JSON.readTree("{\"name\":\"users\"}"));
        assertThat(lines().get(1).at("/trace/error/stream_descriptor"))
                .isEqualTo(JSON.readTree("{\"name\":\"users\",\"namespace\":\"shop\"}"));
    }

    @Test
    void aTraceTellsTheCausesByClassAndLineButNotWhatTheyQuote() throws IOException {
        final Exception cause = new IllegalStateException("topsecret", new NumberFormatException("topsecret"));
        writer.trace(Failure.system("It broke.", cause));
        final JsonNode error = lines().get(0).at("/trace/error");
        assertThat(error.path("internal_message").textValue())
                .isEqualTo("It broke. Caused by java.lang.IllegalStateException."
                        + " Caused by java.lang.NumberFormatException.");
        assertThat(error.path("stack_trace").textValue())
                .contains("Failure\n\tat ")
                .contains("Caused by: java.lang.IllegalStateException\n\tat ")
                .contains("Caused by: java.lang.NumberFormatException")
                .contains("MessageWriterTest");
        assertThat(written()).doesNotContain("topsecret");
    }

    @Test
    void secretsAreConcealedInEveryText() {
        writer.conceal(List.of("key|1234", "prod:key|1234", "", "  "));
        writer.log(Level.INFO, "a prod:key|1234 b key|1234 c");
        writer.connectionStatus(false, "with key|1234");
        writer.trace(Failure.config("with key|1234"));
        assertThat(written()).doesNotContain("1234").contains("a *** b *** c").contains("with ***");
    }

    @Test
    void aSecretIsConcealedWhereTheMessageIsCutToo() {
        writer.conceal(List.of("supersecret"));
        writer.log(Level.INFO, "x".repeat(16 * 1024 - 5) + "supersecret");
        assertThat(written()).doesNotContain("super");
    }

    @Test
    void statesAreNeverConcealed() {
        writer.conceal(List.of("cursor"));
        writer.state(ByteSlice.of("{\"state\":{\"a\":\"cursor\"}}"), 0);
        writer.flush();
        assertThat(written()).contains("\"cursor\"");
    }

    @Test
    void linesOfManyThreadsAreNeverMixed() throws Exception {
        final CountDownLatch start = new CountDownLatch(1);
        final List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            final String text = String.valueOf((char) ('a' + i)).repeat(2_000);
            threads.add(new Thread(() -> {
                awaitUninterruptibly(start);
                for (int line = 0; line < 250; line++) {
                    writer.log(Level.INFO, text);
                    writer.state(STATE, line);
                }
            }));
        }
        threads.forEach(Thread::start);
        start.countDown();
        for (final Thread thread : threads) {
            thread.join();
        }
        writer.flush();
        assertThat(lines()).hasSize(2_000);
    }

    @Test
    void aBrokenStdoutIsToldOnceAndThenNothingIsWritten() {
        final BrokenPipe pipe = new BrokenPipe();
        final MessageWriter broken = new MessageWriter(pipe);
        broken.state(STATE, 1);
        assertThatThrownBy(broken::flush).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.kind()).isEqualTo(Failure.Kind.SYSTEM_ERROR);
            assertThat(failure.message()).contains("stdout");
        });
        assertThatCode(() -> {
                    broken.state(STATE, 1);
                    broken.trace(Failure.config("x"));
                    broken.connectionStatus(false, "x");
                    broken.spec(new byte[0]);
                    broken.log(Level.INFO, "x");
                    broken.flush();
                })
                .doesNotThrowAnyException();
        assertThat(pipe.attempts).isEqualTo(1);
    }

    @Test
    void aLogLineThatFindsStdoutBrokenLeavesTheFailureToTheNextState() {
        final MessageWriter broken = new MessageWriter(new BrokenPipe());
        assertThatCode(() -> broken.log(Level.INFO, "x")).doesNotThrowAnyException();
        assertThatThrownBy(() -> broken.state(STATE, 1)).isInstanceOf(Failure.class);
        assertThatCode(() -> broken.state(STATE, 1)).doesNotThrowAnyException();
    }

    private static void awaitUninterruptibly(final CountDownLatch latch) {
        try {
            latch.await();
        } catch (final InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private String written() {
        return stdout.toString(UTF_8);
    }

    private List<JsonNode> lines() throws IOException {
        final List<JsonNode> lines = new ArrayList<>();
        for (final String line : written().lines().toList()) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    private static final class BrokenPipe extends OutputStream {
        private int attempts;

        @Override
        public void write(final int next) throws IOException {
            write(new byte[] {(byte) next}, 0, 1);
        }

        @Override
        public void write(final byte[] bytes, final int offset, final int length) throws IOException {
            attempts++;
            throw new IOException("Broken pipe");
        }
    }
}
