package io.airbyte.integrations.destination.convex.convex;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryFile;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.airbyte.integrations.destination.convex.convex.Outcome.Busy;
import io.airbyte.integrations.destination.convex.convex.Outcome.Done;
import io.airbyte.integrations.destination.convex.convex.Outcome.Refused;
import io.airbyte.integrations.destination.convex.convex.Outcome.Unknown;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Whatever status, headers and body an answer has, {@link OutcomeReader} makes an {@link Outcome} of it, and
 * {@link Refusals} a {@link Failure} of that, and nothing is thrown. What is done was answered with 200. A message is one
 * short line and does not hold the deploy key.
 *
 * <p>Where the text is one of the {@link #QUOTING} in which Convex quotes stored data, no message holds these data, whatever
 * they are and wherever the answer is cut short.
 *
 * <p>The first two bytes of an input tell status and form, the rest of its first line is the headers' text. What stands
 * behind it is the body, or the stored data that the body quotes. Every {@code %} in the data stands for something
 * secret in it, and a {@code ~} repeats the {@value #REPEATED} characters before it, for a text may be of any length.
 */
class OutcomeReaderFuzz {

    private static final int[] STATUSES = {200, 204, 301, 400, 401, 403, 404, 408, 413, 425, 429, 500, 502, 503, 520};

    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
    private static final String KEY = "secret|key";
    private static final String CANARY = "s3cr3t";
    private static final String DOING = "writing to table \"users\"";
    private static final int LONGEST_MESSAGE = 700;
    private static final int REPEATED = 8;
    private static final int TIMES = 8_000;

    private static final String SCHEMA =
            "Failed to insert or update a document in table \"s\" because it does not match the schema: ";

    /** Convex's own words around stored data (convex-api §5.4): its code, what stands before the data, what behind. */
    private static final List<List<String>> QUOTING = List.of(
            List.of(
                    "SchemaEnforcementError",
                    SCHEMA + "Value does not match validator.\nPath: .id\nValue: ",
                    "\nValidator: v.float64()"),
            List.of(
                    "SchemaEnforcementError",
                    SCHEMA + "Object contains extra field `x` that is not in the validator.\n\nObject: {x: \"",
                    "\"}\nValidator: v.object({id: v.float64()})"),
            List.of(
                    "SchemaEnforcementError",
                    SCHEMA + "Object is missing the required field `id`. Consider wrapping the field validator in"
                            + " `v.optional(...)` if this is expected.\n\nObject: {a: \"",
                    "\"}\nValidator: v.object({id: v.float64()})"),
            List.of(
                    "InvalidDocumentError",
                    "Document(value: {a: \"",
                    "\"}) isn't a valid document: Document is too nested (nested 18 levels deep > maximum nesting 16)"),
            List.of("ImportFailed", "Row 7 wasn't a valid Convex value: expected object, received ", ""),
            List.of(
                    "BadJsonBody",
                    "Failed to deserialize the JSON body into the target type: messages[0].data: invalid type:"
                            + " string \"",
                    "\", expected a map at line 1 column 5"),
            List.of(
                    "ImportFailed",
                    "Hit an error while importing:\n" + SCHEMA + "Value does not match validator.\nPath: .id\nValue: ",
                    "\nValidator: v.float64()"));

    private final OutcomeReader reader = new OutcomeReader(() -> NOW, text -> text.replace(KEY, "(deploy key)"));

    @FuzzTest
    @DictionaryFile(resourcePath = "/io/airbyte/integrations/destination/convex/convex/answers.dict")
    void an_answer_becomes_an_outcome_that_tells_no_data(final byte[] input) {
        if (input.length < 2) {
            return;
        }
        final int status = STATUSES[Math.floorMod(input[0], STATUSES.length)];
        final int form = input[1] & 0xFF;
        final String text = new String(input, 2, input.length - 2, UTF_8);
        final int headersEnd = text.indexOf('\n');
        final String headers = text.substring(0, Math.max(headersEnd, 0));
        final String rest = lengthened(text.substring(headersEnd + 1));

        verify(answer(status, headers, rest, (form & 1) != 0), "");
        final List<String> quoting = QUOTING.get((form >> 1) % QUOTING.size());
        final String body = quoted(quoting, rest.replace("%", CANARY));
        // A type of content is shown, and no server quotes stored data there.
        final String stored = headers.contains(CANARY) ? "" : CANARY;
        verify(answer(status, headers, body, false), stored);
        final int cut = Math.floorMod(text.hashCode(), Math.min(body.length(), LONGEST_MESSAGE));
        verify(answer(status, headers, body.substring(0, cut), true), stored);
    }

    private static String lengthened(final String text) {
        final int mark = text.indexOf('~');
        return mark < REPEATED
                ? text
                : text.substring(0, mark)
                        + text.substring(mark - REPEATED, mark).repeat(TIMES)
                        + text.substring(mark + 1);
    }

    private static Reply.Answer answer(
            final int status, final String headers, final String body, final boolean cutShort) {
        return new Reply.Answer(status, headers, Optional.of(headers), body, cutShort);
    }

    private static String quoted(final List<String> quoting, final String data) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("code", quoting.get(0))
                .put("message", quoting.get(1) + data + quoting.get(2))
                .toString();
    }

    /** @param secret what no message may hold; nothing if it is empty */
    private void verify(final Reply.Answer answer, final String secret) {
        verify(answer, reader.read(answer, Requests::nothingToTell), secret);
        verify(answer, reader.read(answer, HttpDeployment::schema), secret);
        verify(
                answer,
                reader.read(
                        answer,
                        given -> given.json()
                                .flatMap(json -> Count.ofInteger(json.path("numWritten")))
                                .map(Done::new)),
                secret);
    }

    private static void verify(final Reply.Answer answer, final Outcome<?> outcome, final String secret) {
        if (outcome instanceof Done<?>) {
            assertThat(answer.status()).isEqualTo(200);
            return;
        }
        verify(message(outcome), secret);
        verify(Refusals.exhausted(outcome, 3, DOING).message(), secret);
        if (outcome instanceof Refused<?> refused) {
            verify(ImportFailure.code(refused.message()), secret);
            verify(Refusals.failure(refused, DOING).message(), secret);
            // Whatever they decide, they can.
            Refusals.isAboutPermission(refused);
            Refusals.mayBeAboutOneRecord(refused);
            Refusals.maySucceedLater(refused);
        }
    }

    private static String message(final Outcome<?> outcome) {
        if (outcome instanceof Refused<?> refused) {
            return refused.message();
        }
        return outcome instanceof Busy<?> busy ? busy.reason() : ((Unknown<?>) outcome).reason();
    }

    private static void verify(final String message, final String secret) {
        if (message.contains(KEY)
                || message.contains("\n")
                || message.length() > 2 * LONGEST_MESSAGE
                || (!secret.isEmpty() && message.contains(secret))) {
            assertThat(message).doesNotContain(KEY, "\n", CANARY).hasSizeLessThan(2 * LONGEST_MESSAGE);
        }
    }
}
