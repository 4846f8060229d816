package io.airbyte.integrations.destination.convex.acceptance;

import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.append;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.catalog;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.CANARY;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertFailed;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertStates;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertSucceeded;
import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.recordCounts;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.globalState;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.record;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.state;
import static io.airbyte.integrations.destination.convex.acceptance.SourceLines.status;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector.Result;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the program makes of its input: of every way to write lines and messages, and of lines that are none. */
class WriteInputIT {

    private static final String USERS = catalog(append("users"));

    @TempDir
    private Path folder;

    private final LocalDeployment deployment = LocalDeployment.start();

    @AfterEach
    void close() {
        deployment.close();
    }

    private LocalSync sync() {
        return new LocalSync(deployment, folder);
    }

    private static String user(final int id) {
        return record("users", "{\"id\":%d}".formatted(id));
    }

    private List<Integer> ids(final String table) {
        return deployment.records(table).stream()
                .map(document -> document.get("id").asInt())
                .toList();
    }

    private Result write(final String catalog, final byte[] input) {
        try (PackagedConnector connector = sync().start(catalog)) {
            return connector.write(input).result();
        }
    }

    // How lines may be written.

    @Test
    void lines_may_end_in_any_way_be_blank_start_with_a_byte_order_mark_and_lack_the_last_end() {
        final String input = "\uFEFF" + user(1) + "\n" + user(2) + "\r" + user(3) + "\r\n\n\r\r\n \t \n\n"
                + state("users", 3) + "\n  " + user(4) + "  \r\n"
                + record("users", "{\"id\":5,\"text\":\"a\u2028b\u0085c\"}")
                + "\r" + user(6) + "\n\r" + state("users", 6) + "\r\n" + user(7);

        final Result result = write(USERS, input.getBytes(UTF_8));

        assertSucceeded(result);
        assertThat(ids("users")).containsExactly(1, 2, 3, 4, 5, 6, 7);
        assertThat(deployment.records("users").get(4).get("text").asText()).isEqualTo("a\u2028b\u0085c");
        assertStates(result, state("users", 3), state("users", 6));
        assertThat(recordCounts(result)).containsExactly("3.0", "3.0");
    }

    @Test
    void no_input_at_all_is_a_sync_of_nothing() {
        final Result result = write(USERS, new byte[0]);

        assertSucceeded(result);
        assertThat(deployment.tables()).isEmpty();
    }

    @Test
    void lines_of_several_mebibytes_are_lines() {
        final String longState =
                state("users", 1).replace("{\"cursor\":1}", "{\"cursor\":\"" + "c".repeat(3 << 20) + "\"}");

        final Result result = sync().write(
                        USERS,
                        user(1),
                        record("users", "{\"id\":2,\"long\":\"" + "x".repeat(9 << 20) + "\"}"),
                        record("users", "{\"id\":3," + " ".repeat(5 << 20) + "\"padded\":true}"),
                        longState,
                        user(4));

        assertSucceeded(result);
        assertThat(ids("users")).containsExactly(1, 2, 3, 4);
        assertThat(deployment.records("users").get(1).get("long").isNull()).isTrue();
        assertThat(deployment.records("users").get(2).get("padded").asBoolean()).isTrue();
        assertStates(result, longState);
    }

    @Test
    void a_line_over_the_limit_is_named_with_its_stream_and_length_and_all_before_it_is_written() {
        final String tooLong = record("users", "{\"id\":2,\"secret\":\"" + CANARY.repeat(2 << 20) + "\"}");

        final Result result = sync().environment("JAVA_OPTS", "-Xmx128m")
                .write(USERS, user(1), state("users", 1), tooLong, user(3), state("users", 3));

        assertThat(assertFailed(result, "system_error"))
                .contains("Line 3 ", "stream users", "is %,d bytes long".formatted(tooLong.length()))
                .containsPattern("the longest line that can be read has 1[56],\\d{3},\\d{3} bytes");
        assertThat(result.error().at("/stream_descriptor/name").asText()).isEqualTo("users");
        assertThat(ids("users")).containsExactly(1);
        assertStates(result, state("users", 1));
    }

    // Messages of which every caller has its own writing.

    /** Every key that its model knows is there, with null; numbers became floats; {@code global} is a reserved word. */
    @Test
    void messages_may_be_written_as_pyairbyte_writes_them() {
        final String nulls =
                "\"log\":null,\"spec\":null,\"connectionStatus\":null,\"catalog\":null,\"trace\":null,\"control\":null";
        final String record =
                "{\"type\":\"RECORD\"," + nulls + ",\"record\":{\"namespace\":null,\"stream\":\"users\",\"data\":"
                        + "{\"id\":1},\"emitted_at\":1795350026394.87,\"meta\":null,\"file_reference\":null},\"state\":null}";
        final String recordWithMeta =
                record.replace("\"meta\":null", "\"meta\":{\"changes\":null}").replace("{\"id\":1}", "{\"id\":2}");
        final String stream =
                "{\"type\":\"STATE\"," + nulls + ",\"record\":null,\"state\":{\"type\":\"STREAM\",\"stream\":"
                        + "{\"stream_descriptor\":{\"name\":\"users\",\"namespace\":null},\"stream_state\":{\"cursor\":12345678901234567890.5}},"
                        + "\"global\":null,\"global_\":null,\"data\":null,\"sourceStats\":{\"recordCount\":2.0,\"additionalStats\":null},"
                        + "%s\"id\":%s}}";
        final String status = "{\"type\":\"TRACE\"," + nulls.replace("\"trace\":null,", "")
                + ",\"record\":null,\"state\":null,\"trace\":"
                + "{\"type\":\"STREAM_STATUS\",\"emitted_at\":1795350026394.87,\"error\":null,\"estimate\":null,\"analytics\":null,"
                + "\"stream_status\":{\"stream_descriptor\":{\"name\":\"users\",\"namespace\":null},\"status\":\"COMPLETE\",\"reasons\":null}}}";

        final Result result = sync().write(
                        USERS, record, recordWithMeta, stream.formatted("\"destinationStats\":null,", "1.0"), status);

        assertSucceeded(result);
        assertThat(ids("users")).containsExactly(1, 2);
        assertThat(result.stdout()).contains(stream.formatted("\"destinationStats\":{\"recordCount\":2.0},", "1"));
    }

    static Stream<String> globals() {
        final String global = "{\"shared_state\":{\"lsn\":9007199254740993},\"stream_states\":[{\"stream_descriptor\":"
                + "{\"name\":\"elsewhere\"},\"stream_state\":null}]}";
        return Stream.of(
                "\"global\":" + global,
                "\"global_\":" + global,
                "\"global_\":" + global + ",\"global\":null",
                "\"global\":" + global + ",\"global_\":" + global,
                "\"global_\":" + global + ",\"global_\":" + global);
    }

    @Test
    void a_global_state_comes_back_as_it_came_by_whatever_name_its_content_goes() {
        final List<String> states = globals()
                .map(global ->
                        "{\"type\":\"STATE\",\"state\":{\"type\":\"GLOBAL\"," + global + ",\"id\":7,\"odd\":1.50}}")
                .toList();

        final Result result = sync().write(
                        catalog(append("users"), append("pets")),
                        Stream.concat(Stream.of(user(1), record("pets", "{\"id\":2}")), states.stream())
                                .toList());

        assertSucceeded(result);
        assertStates(result, states.toArray(String[]::new));
        assertThat(recordCounts(result)).containsExactly("2.0", "0.0", "0.0", "0.0", "0.0");
    }

    @Test
    void what_is_no_business_of_a_destination_is_ignored() {
        final Result result = sync().write(
                        USERS,
                        "{\"type\":\"LOG\",\"log\":{\"level\":\"ERROR\",\"message\":\"" + CANARY + "\"}}",
                        status("users", "STARTED"),
                        status("users", "RUNNING"),
                        "{\"type\":\"record\",\"record\":{\"stream\":\"users\",\"namespace\":\"\",\"data\":{\"id\":1},\"emitted_at\":1}}",
                        "{\"type\":\"TRACE\",\"trace\":{\"type\":\"ESTIMATE\",\"emitted_at\":1.5,\"estimate\":{\"name\":\"users\",\"type\":\"STREAM\"}}}",
                        "{\"type\":\"TRACE\",\"trace\":{\"type\":\"ERROR\",\"emitted_at\":1,\"error\":{\"message\":\""
                                + CANARY + "\"}}}",
                        "{\"type\":\"TRACE\",\"trace\":{\"type\":\"ANALYTICS\",\"emitted_at\":1,\"analytics\":{}}}",
                        "{\"type\":\"CONTROL\",\"control\":{\"type\":\"CONNECTOR_CONFIG\",\"emitted_at\":1}}",
                        "{\"type\":\"SPEC\",\"spec\":{}}",
                        "{\"type\":\"CATALOG\",\"catalog\":{\"streams\":[]}}",
                        "{\"type\":\"SOMETHING_OF_THE_FUTURE\",\"record\":{\"stream\":\"users\"}}",
                        status("unheard_of", "COMPLETE"),
                        status("users", "A_NEW_STATUS"),
                        status("users", "INCOMPLETE"),
                        user(2),
                        status("users", "COMPLETE"));

        assertSucceeded(result);
        assertThat(LocalSync.said(result)).doesNotContain(CANARY);
        assertThat(ids("users")).containsExactly(1, 2);
        assertThat(deployment.tables()).containsExactly("users");
    }

    // Lines that are wrong.

    /** A line, the stream of the catalog that is known to be concerned, and words that tell what is wrong. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Mistake(String name, String line, String stream, String... words) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Mistake> mistakes() {
        final String secret = "{\"id\":3,\"secret\":\"%s\"}".formatted(CANARY);
        final String record = record("users", secret);
        return Stream.of(
                new Mistake("text", CANARY + " is not JSON", "", "not a JSON object"),
                new Mistake("a comma too many", record.replace("\"}", "\",}"), "users", "not valid JSON"),
                new Mistake("two messages in a line", record + record, "users", "not valid JSON"),
                new Mistake(
                        "invalid UTF-8", record.replace(CANARY, CANARY + "\u00ff"), "users", "not valid JSON", "UTF-8"),
                new Mistake("no data", record.replace("\"data\":" + secret + ",", ""), "users", "object as its data"),
                new Mistake("null as data", record.replace(secret, "null"), "users", "object as its data"),
                new Mistake(
                        "a list as data",
                        record.replace(secret, "[\"" + CANARY + "\"]"),
                        "users",
                        "object as its data"),
                new Mistake("no record", "{\"type\":\"RECORD\",\"record\":null}", "", "object as its record"),
                new Mistake("no emitted_at", record.replace("emitted_at", "emitted"), "users", "without emitted_at"),
                new Mistake("a stream without a name", record("", secret), "", "names no stream"),
                new Mistake(
                        "an unknown stream",
                        record("orders", secret),
                        "",
                        "orders",
                        "configured catalog does not have"),
                new Mistake(
                        "a stream of another namespace",
                        record("erp", "users", secret),
                        "",
                        "erp",
                        "users",
                        "configured catalog does not have"),
                new Mistake(
                        "a state of an unknown stream",
                        state("orders", 3),
                        "",
                        "orders",
                        "configured catalog does not have"),
                new Mistake(
                        "a state without content",
                        "{\"type\":\"STATE\",\"state\":\"" + CANARY + "\"}",
                        "",
                        "object as its state"),
                new Mistake(
                        "a state of an unknown type",
                        state("users", 3).replace("\"STREAM\"", "\"" + CANARY + "\""),
                        "users",
                        "unknown type"),
                new Mistake("a second kind of states", globalState(3), "", "mixes STREAM and GLOBAL"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void a_wrong_line_is_named_and_everything_before_it_is_written_and_acknowledged(final Mistake mistake) {
        final String before = String.join("\n", user(1), state("users", 1), user(2), state("users", 2)) + "\n\n";
        final String after = "\n" + user(4) + "\n" + state("users", 4) + "\n";

        final Result result = write(
                USERS, joined(before.getBytes(UTF_8), mistake.line().getBytes(ISO_8859_1), after.getBytes(UTF_8)));

        assertNamed(result, mistake);
        assertThat(ids("users")).containsExactly(1, 2);
        assertStates(result, state("users", 1), state("users", 2));
    }

    private static void assertNamed(final Result result, final Mistake mistake) {
        assertThat(assertFailed(result, "system_error"))
                .contains("ine 6 of the input")
                .contains(mistake.words())
                .contains(mistake.stream());
        assertThat(result.error().at("/stream_descriptor/name").asText()).isEqualTo(mistake.stream());
    }

    private static byte[] joined(final byte[]... parts) {
        final byte[] whole =
                new byte[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
        int at = 0;
        for (final byte[] part : parts) {
            System.arraycopy(part, 0, whole, at, part.length);
            at += part.length;
        }
        return whole;
    }

    @Test
    void input_that_breaks_off_in_the_middle_of_a_line_is_not_taken_for_its_end() {
        final String whole = record("users", "{\"id\":3,\"secret\":\"%s\"}".formatted(CANARY));
        final String cut = whole.substring(0, whole.indexOf(CANARY) + CANARY.length());

        final Result result = write(USERS, (user(1) + "\n" + state("users", 1) + "\n" + cut).getBytes(UTF_8));

        assertThat(assertFailed(result, "system_error"))
                .contains("Line 3 ", "stream users", "stops in the middle", "after " + cut.length() + " bytes");
        assertThat(ids("users")).containsExactly(1);
        assertStates(result, state("users", 1));
    }

    @Test
    void a_wrong_line_of_one_stream_keeps_back_nothing_of_the_others() {
        final List<String> lines = IntStream.rangeClosed(1, 500)
                .boxed()
                .flatMap(id -> Stream.of(
                        user(id), record("pets", "{\"id\":%d}".formatted(id)), state("users", id), state("pets", id)))
                .toList();

        final Result result = sync().write(
                        catalog(append("users"), append("pets")),
                        Stream.concat(lines.stream(), Stream.of(record("users", "7"), user(501)))
                                .toList());

        assertThat(assertFailed(result, "system_error")).contains("Line 2001 ", "stream users");
        assertThat(ids("users")).isEqualTo(ids("pets")).hasSize(500);
        assertThat(result.states()).hasSize(1000);
        assertThat(result.states()).extracting(WriteInputIT::count).containsOnly(1.0);
    }

    private static double count(final JsonNode state) {
        return state.at("/state/destinationStats/recordCount").asDouble();
    }
}
