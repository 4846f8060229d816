package io.airbyte.integrations.destination.convex.convex;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbyte.integrations.destination.convex.convex.Outcome.Done;
import io.airbyte.integrations.destination.convex.convex.Outcome.Refused;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A Convex deployment over HTTP (convex-api §2.1, §5, §6.2, §7): which request each method is. How requests are sent is
 * for {@link Requests}, what an answer proves for {@link OutcomeReader}; nothing is sent twice here.
 */
public final class HttpDeployment implements Deployment, AutoCloseable {

    /** Code of a query that the key may not make; Convex answers it with 200 and no code (convex-api §6.2). */
    public static final String NOT_PERMITTED = "OperationNotPermitted";

    /** Code of a query that failed for another reason than the key; Convex has none of its own for it. */
    public static final String QUERY_FAILED = "QueryFailed";

    /** Code of an answer that is longer than the connector reads. */
    public static final String ANSWER_TOO_LONG = "AnswerTooLong";

    /** Where records are written. */
    static final String IMPORT_RECORDS = "/api/streaming_import/import_airbyte_records";

    private static final String TABLE_SIZE = "_system/cli/tableSize";

    /** An application's schema is as long as its authors made it. */
    private static final int LONGEST_SCHEMA = 16 << 20;

    private final Requests requests;
    private final SnapshotImportApi imports;
    private final MarkerTable markers;

    /** @param version the connector's own, told to the deployment in {@code Convex-Client} (convex-api §1.4) */
    public HttpDeployment(final DeploymentUrl url, final DeployKey key, final String version, final Timeouts timeouts) {
        this.requests = new Requests(url, key, version, timeouts);
        this.imports = new SnapshotImportApi(requests);
        this.markers = new MarkerTable(requests);
    }

    @Override
    public CompletableFuture<Outcome<Void>> importRecords(final RequestBody body) {
        return requests.change(Request.json("POST", IMPORT_RECORDS, body), Requests::nothingToTell);
    }

    @Override
    public CompletableFuture<Outcome<Void>> addPrimaryKeyIndexes(final Map<String, List<List<String>>> primaryKeys) {
        final ObjectNode request = object();
        final ObjectNode indexes = request.putObject("indexes");
        primaryKeys.forEach((table, paths) -> {
            final ArrayNode index = indexes.putArray(table);
            paths.forEach(path -> path.forEach(index.addArray()::add));
        });
        return requests.change(
                Request.json("PUT", "/api/streaming_import/add_primary_key_indexes", request), Requests::nothingToTell);
    }

    @Override
    public CompletableFuture<Outcome<Boolean>> primaryKeyIndexesReady(final Collection<String> tables) {
        final ObjectNode request = object();
        tables.stream().distinct().forEach(request.putArray("tables")::add);
        // A GET with a body: the deployment reads nothing else (convex-api §0.6).
        return requests.ask(
                        Request.json("GET", "/api/streaming_import/primary_key_indexes_ready", request),
                        Requests.LONGEST_ANSWER)
                .thenApply(reply -> requests.outcomes()
                        .read(
                                reply,
                                answer -> answer.json()
                                        .map(json -> json.path("indexesReady"))
                                        .filter(JsonNode::isBoolean)
                                        .map(ready -> new Done<>(ready.booleanValue()))));
    }

    @Override
    public CompletableFuture<Outcome<Long>> tableSize(final String table) {
        return requests.query(TABLE_SIZE, object().put("tableName", table), Requests.LONGEST_ANSWER, Count::of);
    }

    @Override
    public CompletableFuture<Outcome<Void>> clearTable(final String table) {
        final ObjectNode request = object();
        request.putArray("tableNames").add(table);
        return requests.change(
                Request.json("PUT", "/api/streaming_import/clear_tables", request), Requests::nothingToTell);
    }

    @Override
    public CompletableFuture<Outcome<Boolean>> mayWatchImports() {
        return imports.mayWatch();
    }

    @Override
    public CompletableFuture<Outcome<String>> startUpload() {
        return imports.startUpload();
    }

    @Override
    public CompletableFuture<Outcome<String>> uploadPart(
            final String uploadToken, final int number, final RequestBody part) {
        return imports.uploadPart(uploadToken, number, part);
    }

    @Override
    public CompletableFuture<Outcome<String>> finishUpload(
            final String table, final String uploadToken, final List<String> partTokens) {
        return imports.finishUpload(table, uploadToken, partTokens);
    }

    @Override
    public CompletableFuture<Outcome<ImportState>> importState(final String importId) {
        return imports.state(importId);
    }

    @Override
    public CompletableFuture<Outcome<Void>> performImport(final String importId) {
        return imports.perform(importId);
    }

    @Override
    public CompletableFuture<Outcome<Long>> importAtOnce(final String table, final RequestBody lines) {
        return imports.importAtOnce(table, lines);
    }

    @Override
    public CompletableFuture<Outcome<List<GenerationMarker>>> generationMarkers() {
        return markers.read();
    }

    @Override
    public CompletableFuture<Outcome<Void>> writeGenerationMarkers(final List<GenerationMarker> written) {
        return markers.write(written);
    }

    /** Whether the key may read documents ({@code deployment:data:view}). Changes nothing. */
    public CompletableFuture<Outcome<Boolean>> mayViewData() {
        return requests.mayQuery(TABLE_SIZE, object().put("tableName", GenerationMarker.TABLE));
    }

    /**
     * The application's active schema as the deployment tells it (convex-api §7); JSON's null where it has none. Needs
     * the same permission as an import and changes nothing. A schema of more than 16 MiB is {@code Refused} with
     * {@link #ANSWER_TOO_LONG}.
     */
    public CompletableFuture<Outcome<JsonNode>> getSchema() {
        return schemaReply().thenApply(reply -> requests.outcomes().read(reply, HttpDeployment::schema));
    }

    /** The reply to {@link #getSchema} as it came, for those who want to know what stands in a deployment's place. */
    CompletableFuture<Reply> schemaReply() {
        return requests.ask(Request.withoutBody("GET", "/api/streaming_import/get_schema"), LONGEST_SCHEMA);
    }

    static Optional<Outcome<JsonNode>> schema(final Reply.Answer answer) {
        if (answer.cutShort()) {
            return Optional.of(
                    new Refused<>(answer.status(), ANSWER_TOO_LONG, "The schema is longer than the connector reads."));
        }
        return answer.json()
                .filter(json -> json.isNull() || json.path("tables").isArray())
                .map(Done::new);
    }

    OutcomeReader outcomes() {
        return requests.outcomes();
    }

    /** Ends what is in flight as {@code Unknown} and frees the threads; the deployment can be used no more. */
    @Override
    public void close() {
        requests.close();
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
