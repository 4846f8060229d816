package io.airbyte.integrations.destination.convex.convex;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbyte.integrations.destination.convex.convex.Outcome.Done;
import io.airbyte.integrations.destination.convex.convex.Outcome.Refused;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A Convex deployment over HTTP (convex-api §1, §2.1, §6.2, §7). Every exchange is bounded in time and in the size of
 * its answer. What an answer proves is decided by {@link OutcomeReader}; nothing is sent twice here.
 */
public final class HttpDeployment implements Deployment, AutoCloseable {

    /** Code of a query that the key may not make; Convex answers it with 200 and no code (convex-api §6.2). */
    public static final String NOT_PERMITTED = "OperationNotPermitted";

    /** Code of a query that failed for another reason than the key; Convex has none of its own for it. */
    public static final String QUERY_FAILED = "QueryFailed";

    /** Code of an answer that is longer than the connector reads. */
    public static final String ANSWER_TOO_LONG = "AnswerTooLong";

    /** A table name that is asked about only to learn whether the key may ask. */
    private static final String SOME_TABLE = "airbyte_generations";

    private static final int LONGEST_ANSWER = 1 << 20;

    /** An application's schema is as long as its authors made it. */
    private static final int LONGEST_SCHEMA = 16 << 20;

    private static final RequestBody NO_BODY = new RequestBody(List.of(), 0);
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final DeploymentUrl url;
    private final DeployKey key;
    private final String client;
    private final Timeouts timeouts;
    private final Wire wire;
    private final OutcomeReader outcomes;

    /** @param version the connector's own, told to the deployment in {@code Convex-Client} (convex-api §1.4) */
    public HttpDeployment(final DeploymentUrl url, final DeployKey key, final String version, final Timeouts timeouts) {
        this.url = url;
        this.key = key;
        this.client = "streaming-import-" + version;
        this.timeouts = timeouts;
        this.wire = new Wire(timeouts.connect());
        this.outcomes = new OutcomeReader(InstantSource.system(), this::withoutKey);
    }

    @Override
    public CompletableFuture<Outcome<Void>> importRecords(final RequestBody body) {
        return send("POST", "/api/streaming_import/import_airbyte_records", body, timeouts.write(), LONGEST_ANSWER)
                .thenApply(reply -> outcomes.read(reply, HttpDeployment::nothingToTell));
    }

    @Override
    public CompletableFuture<Outcome<Void>> addPrimaryKeyIndexes(final Map<String, List<List<String>>> primaryKeys) {
        final ObjectNode request = JSON.createObjectNode();
        final ObjectNode indexes = request.putObject("indexes");
        primaryKeys.forEach((table, paths) -> {
            final ArrayNode index = indexes.putArray(table);
            paths.forEach(path -> path.forEach(index.addArray()::add));
        });
        return send(
                        "PUT",
                        "/api/streaming_import/add_primary_key_indexes",
                        body(request),
                        timeouts.write(),
                        LONGEST_ANSWER)
                .thenApply(reply -> outcomes.read(reply, HttpDeployment::nothingToTell));
    }

    @Override
    public CompletableFuture<Outcome<Boolean>> primaryKeyIndexesReady(final Collection<String> tables) {
        final ObjectNode request = JSON.createObjectNode();
        tables.stream().distinct().forEach(request.putArray("tables")::add);
        // A GET with a body: the deployment reads nothing else (convex-api §0.6).
        return send(
                        "GET",
                        "/api/streaming_import/primary_key_indexes_ready",
                        body(request),
                        timeouts.query(),
                        LONGEST_ANSWER)
                .thenApply(reply -> outcomes.read(
                        reply,
                        answer -> json(answer)
                                .map(json -> json.path("indexesReady"))
                                .filter(JsonNode::isBoolean)
                                .map(ready -> new Done<>(ready.booleanValue()))));
    }

    @Override
    public CompletableFuture<Outcome<Long>> tableSize(final String table) {
        final ObjectNode arguments = JSON.createObjectNode().put("tableName", table);
        return query("_system/cli/tableSize", arguments)
                .thenApply(reply -> outcomes.read(reply, answer -> queried(answer, HttpDeployment::count)));
    }

    /**
     * The application's active schema as the deployment tells it (convex-api §7); JSON's null where it has none. Needs
     * the same permission as an import and changes nothing. A schema of more than 16 MiB is {@code Refused} with
     * {@link #ANSWER_TOO_LONG}.
     */
    public CompletableFuture<Outcome<JsonNode>> getSchema() {
        return schemaReply().thenApply(reply -> outcomes.read(reply, HttpDeployment::schema));
    }

    /** Whether the key may read documents ({@code deployment:data:view}). Changes nothing. */
    public CompletableFuture<Outcome<Boolean>> mayViewData() {
        return query("_system/cli/tableSize", JSON.createObjectNode().put("tableName", SOME_TABLE))
                .thenApply(this::permission);
    }

    @Override
    public CompletableFuture<Outcome<Boolean>> mayWatchImports() {
        return query("_system/cli/queryImport:list", JSON.createObjectNode()).thenApply(this::permission);
    }

    @Override
    public CompletableFuture<Outcome<Void>> clearTable(final String table) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Outcome<String>> startUpload() {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Outcome<String>> uploadPart(
            final String uploadToken, final int number, final RequestBody part) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Outcome<String>> finishUpload(
            final String table, final String uploadToken, final List<String> partTokens) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Outcome<ImportState>> importState(final String importId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Outcome<Void>> performImport(final String importId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Outcome<Long>> importAtOnce(final String table, final RequestBody lines) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Outcome<List<GenerationMarker>>> generationMarkers() {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Outcome<Void>> writeGenerationMarkers(final List<GenerationMarker> markers) {
        throw new UnsupportedOperationException();
    }

    /** Ends what is in flight as {@code Unknown} and frees the threads; the deployment can be used no more. */
    @Override
    public void close() {
        wire.close();
    }

    /** The reply to {@link #getSchema} as it came, for those who want to know what stands in a deployment's place. */
    CompletableFuture<Reply> schemaReply() {
        return send("GET", "/api/streaming_import/get_schema", NO_BODY, timeouts.query(), LONGEST_SCHEMA);
    }

    OutcomeReader outcomes() {
        return outcomes;
    }

    private CompletableFuture<Reply> query(final String path, final ObjectNode arguments) {
        final ObjectNode request = JSON.createObjectNode().put("path", path);
        request.set("args", arguments);
        request.put("format", "json");
        return send("POST", "/api/query", body(request), timeouts.query(), LONGEST_ANSWER);
    }

    private CompletableFuture<Reply> send(
            final String method,
            final String path,
            final RequestBody body,
            final Duration whole,
            final int answerLimit) {
        final HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url.base() + path))
                .header("Authorization", key.authorization())
                .header("Convex-Client", client)
                .header("Content-Type", "application/json");
        return wire.send(request, method, body, whole, answerLimit);
    }

    private static RequestBody body(final JsonNode request) {
        final byte[] bytes = request.toString().getBytes(StandardCharsets.UTF_8);
        return new RequestBody(List.of(ByteBuffer.wrap(bytes)), bytes.length);
    }

    /**
     * A change is answered with 200 and an empty body. JSON is believed too, should a later server say more; anything
     * else was not said by a deployment.
     */
    private static Optional<Outcome<Void>> nothingToTell(final Reply.Answer answer) {
        return answer.body().isBlank() || json(answer).isPresent() ? Optional.of(Outcome.done()) : Optional.empty();
    }

    static Optional<Outcome<JsonNode>> schema(final Reply.Answer answer) {
        if (answer.cutShort()) {
            return Optional.of(
                    new Refused<>(answer.status(), ANSWER_TOO_LONG, "The schema is longer than the connector reads."));
        }
        return json(answer)
                .filter(json -> json.isNull() || json.path("tables").isArray())
                .map(Done::new);
    }

    private Outcome<Boolean> permission(final Reply reply) {
        final Outcome<Boolean> outcome = outcomes.read(reply, answer -> queried(answer, value -> Optional.of(true)));
        return outcome instanceof Refused<Boolean> refused && refused.code().equals(NOT_PERMITTED)
                ? new Done<>(false)
                : outcome;
    }

    /** The value of a query, or why there is none (convex-api §5.4): both come with status 200. */
    private <T> Optional<Outcome<T>> queried(final Reply.Answer answer, final Value<T> value) {
        final Optional<JsonNode> json = json(answer);
        final String status = json.map(given -> given.path("status").asText()).orElse("");
        if (status.equals("error")) {
            final String text = json.orElseThrow().path("errorMessage").asText();
            return Optional.of(new Refused<>(
                    answer.status(),
                    text.contains("not permitted") ? NOT_PERMITTED : QUERY_FAILED,
                    withoutKey(ServerMessage.withoutData(text, true))));
        }
        return status.equals("success")
                ? value.of(json.orElseThrow().path("value")).map(Done::new)
                : Optional.empty();
    }

    /** What a query's value means; nothing where it is not what the query answers. */
    private interface Value<T> {
        Optional<T> of(JsonNode value);
    }

    /** A count comes as a double (convex-api §6.2). */
    private static Optional<Long> count(final JsonNode value) {
        final double count = value.isNumber() ? value.doubleValue() : -1;
        return count >= 0 && count == Math.rint(count) && count < 1L << 53
                ? Optional.of((long) count)
                : Optional.empty();
    }

    private static Optional<JsonNode> json(final Reply.Answer answer) {
        if (answer.cutShort() || answer.body().isBlank()) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readTree(answer.body()));
        } catch (final JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private String withoutKey(final String text) {
        final String whole = key.authorization().substring("Convex ".length());
        final String secret = whole.substring(whole.indexOf('|') + 1);
        return secret.isEmpty() ? text : text.replace(whole, "(deploy key)").replace(secret, "(deploy key)");
    }
}
