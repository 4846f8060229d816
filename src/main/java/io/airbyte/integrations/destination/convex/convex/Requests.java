package io.airbyte.integrations.destination.convex.convex;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbyte.integrations.destination.convex.convex.Outcome.Done;
import io.airbyte.integrations.destination.convex.convex.Outcome.Refused;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Sends a deployment's requests: what they have in common (convex-api §1). Every exchange is bounded in time and in the
 * size of its answer. What an answer proves is decided by {@link OutcomeReader}; nothing is sent twice here.
 */
final class Requests implements AutoCloseable {

    /** Most answers are far shorter; a longer one quotes a document. */
    static final int LONGEST_ANSWER = 1 << 20;

    private final DeploymentUrl url;
    private final DeployKey key;
    private final String client;
    private final Timeouts timeouts;
    private final Wire wire;
    private final OutcomeReader outcomes;

    /** @param version the connector's own, told to the deployment in {@code Convex-Client} (convex-api §1.4) */
    Requests(final DeploymentUrl url, final DeployKey key, final String version, final Timeouts timeouts) {
        this.url = url;
        this.key = key;
        this.client = "streaming-import-" + version;
        this.timeouts = timeouts;
        this.wire = new Wire(timeouts.connect(), url.isEncrypted());
        this.outcomes = new OutcomeReader(InstantSource.system(), this::withoutKey);
    }

    /** What a query's value means; nothing where it is not what the query answers. */
    interface Value<T> {
        Optional<T> of(JsonNode value);
    }

    OutcomeReader outcomes() {
        return outcomes;
    }

    /** Sends a request that changes the deployment. */
    <T> CompletableFuture<Outcome<T>> change(final Request request, final OutcomeReader.Success<T> success) {
        return send(request, timeouts.write(), LONGEST_ANSWER).thenApply(reply -> outcomes.read(reply, success));
    }

    /** The reply to a request that changes nothing. */
    CompletableFuture<Reply> ask(final Request request, final int answerLimit) {
        return send(request, timeouts.query(), answerLimit);
    }

    /** Asks a system query (convex-api §6.2). */
    <T> CompletableFuture<Outcome<T>> query(
            final String path, final ObjectNode arguments, final int answerLimit, final Value<T> value) {
        return queryReply(path, arguments, answerLimit)
                .thenApply(reply -> outcomes.read(reply, answer -> queried(answer, value)));
    }

    /**
     * Whether the key may ask a system query. A deployment that answers with a value allows it, however long the value
     * is.
     */
    CompletableFuture<Outcome<Boolean>> mayQuery(final String path, final ObjectNode arguments) {
        return queryReply(path, arguments, LONGEST_ANSWER).thenApply(this::permission);
    }

    private CompletableFuture<Reply> queryReply(final String path, final ObjectNode arguments, final int answerLimit) {
        final ObjectNode request = JsonNodeFactory.instance.objectNode().put("path", path);
        request.set("args", arguments);
        request.put("format", "json");
        return ask(Request.json("POST", "/api/query", request), answerLimit);
    }

    private Outcome<Boolean> permission(final Reply reply) {
        final Outcome<Boolean> outcome = outcomes.read(
                reply,
                answer -> answer.cutShort() && answer.body().startsWith("{\"status\":\"success\"")
                        ? Optional.of(new Done<>(true))
                        : queried(answer, value -> Optional.of(true)));
        return outcome instanceof Refused<Boolean> refused && refused.code().equals(HttpDeployment.NOT_PERMITTED)
                ? new Done<>(false)
                : outcome;
    }

    private CompletableFuture<Reply> send(final Request request, final Duration whole, final int answerLimit) {
        final HttpRequest.Builder head = HttpRequest.newBuilder(URI.create(url.base() + request.path()))
                .header("Authorization", key.authorization())
                .header("Convex-Client", client)
                .header("Content-Type", request.contentType());
        return wire.send(head, request.method(), request.body(), whole, answerLimit);
    }

    /** The value of a query, or why there is none (convex-api §5.4): both come with status 200. */
    private <T> Optional<Outcome<T>> queried(final Reply.Answer answer, final Value<T> value) {
        final Optional<JsonNode> json = answer.json();
        final String status = json.map(given -> given.path("status").asText()).orElse("");
        if (status.equals("error")) {
            final String text = json.orElseThrow().path("errorMessage").asText();
            return Optional.of(new Refused<>(
                    answer.status(),
                    text.contains("not permitted") ? HttpDeployment.NOT_PERMITTED : HttpDeployment.QUERY_FAILED,
                    harmless(text)));
        }
        return status.equals("success")
                ? value.of(json.orElseThrow().path("value")).map(Done::new)
                : Optional.empty();
    }

    /**
     * A change is answered with 200 and an empty body. JSON is believed too, should a later server say more; anything
     * else was not said by a deployment.
     */
    static Optional<Outcome<Void>> nothingToTell(final Reply.Answer answer) {
        return answer.body().isBlank() || answer.json().isPresent() ? Optional.of(Outcome.done()) : Optional.empty();
    }

    /** A text of the deployment's, whole, without stored data and without the key. */
    String harmless(final String text) {
        return ServerMessage.withoutData(withoutKey(text), true);
    }

    private String withoutKey(final String text) {
        final String whole = key.authorization().substring("Convex ".length());
        final String secret = whole.substring(whole.indexOf('|') + 1);
        return secret.isEmpty() ? text : text.replace(whole, "(deploy key)").replace(secret, "(deploy key)");
    }

    /** Ends what is in flight as {@code Unknown} and frees the threads; nothing can be sent any more. */
    @Override
    public void close() {
        wire.close();
    }
}
