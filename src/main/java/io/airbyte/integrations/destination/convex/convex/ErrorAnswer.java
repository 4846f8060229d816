package io.airbyte.integrations.destination.convex.convex;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.airbyte.integrations.destination.convex.json.JsonTree;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * The error that a deployment tells in an answer's body (convex-api §1.5).
 *
 * @param code Convex's short code
 * @param message Convex's text, without the stored data that it quotes and without the deploy key; may be empty
 */
record ErrorAnswer(String code, String message) {

    private static final Pattern CODE = Pattern.compile("[A-Za-z][A-Za-z0-9_ -]{0,63}");
    private static final int LONGEST_ESCAPE = 12;

    /**
     * The error, or nothing where the body is not Convex's form of one.
     *
     * @param withoutKey takes the deploy key out of a text; of the whole text, for what is cut off a key is still a part of it
     */
    static Optional<ErrorAnswer> of(final Reply.Answer answer, final UnaryOperator<String> withoutKey) {
        return parse(answer.cutShort() ? closed(answer.body()) : answer.body())
                .filter(json -> CODE.matcher(json.path("code").asText()).matches())
                .map(json -> new ErrorAnswer(
                        withoutKey.apply(json.path("code").asText()),
                        ServerMessage.withoutData(
                                withoutKey.apply(json.path("message").asText()), !answer.cutShort())));
    }

    private static Optional<JsonNode> parse(final String body) {
        if (!body.startsWith("{")) {
            return Optional.empty();
        }
        try {
            return Optional.of(JsonTree.read(body));
        } catch (final JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /**
     * The beginning of an error whose message is longer than the connector reads, because it quotes a large document:
     * closed so that it parses. An escape at the end may be incomplete, so the text ends before it.
     */
    private static String closed(final String beginning) {
        final int backslash = beginning.lastIndexOf('\\');
        int end = backslash >= beginning.length() - LONGEST_ESCAPE ? backslash : beginning.length();
        while (end > 0 && beginning.charAt(end - 1) == '\\') {
            end--;
        }
        return beginning.substring(0, Math.max(end, 0)) + "\"}";
    }
}
