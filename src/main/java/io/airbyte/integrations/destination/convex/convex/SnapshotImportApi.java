package io.airbyte.integrations.destination.convex.convex;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbyte.integrations.destination.convex.convex.Outcome.Done;
import io.airbyte.integrations.destination.convex.convex.Outcome.Refused;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The routes of snapshot imports, staged and single-shot, of JSON lines that replace a table (convex-api §5.2, §5.4). */
final class SnapshotImportApi {

    private static final String FORMAT = "jsonLines";
    private static final String MODE = "replace";

    /** An import's text may quote a document, whose characters JSON may write with six. */
    private static final int LONGEST_STATE = 16 << 20;

    private static final String NEW_STATE = "in a state that this version of the connector does not know";

    private final Requests requests;

    SnapshotImportApi(final Requests requests) {
        this.requests = requests;
    }

    CompletableFuture<Outcome<Boolean>> mayWatch() {
        return requests.mayQuery("_system/cli/queryImport:list", object());
    }

    CompletableFuture<Outcome<String>> startUpload() {
        return requests.change(
                Request.withoutBody("POST", "/api/import/start_upload"), answer -> text(answer, "uploadToken"));
    }

    CompletableFuture<Outcome<String>> uploadPart(final String uploadToken, final int number, final RequestBody part) {
        final String path =
                "/api/import/upload_part?uploadToken=%s&partNumber=%d".formatted(encoded(uploadToken), number);
        return requests.change(
                Request.bytes("POST", path, part),
                answer -> answer.json().filter(JsonNode::isTextual).map(token -> new Done<>(token.textValue())));
    }

    CompletableFuture<Outcome<String>> finishUpload(
            final String table, final String uploadToken, final List<String> partTokens) {
        final ObjectNode request = object();
        request.putObject("import")
                .put("tableName", table)
                .put("format", FORMAT)
                .put("mode", MODE);
        request.put("uploadToken", uploadToken);
        partTokens.forEach(request.putArray("partTokens")::add);
        return requests.change(
                Request.json("POST", "/api/import/finish_upload", request), answer -> text(answer, "importId"));
    }

    CompletableFuture<Outcome<ImportState>> state(final String importId) {
        return requests.query(
                "_system/cli/queryImport", object().put("importId", importId), LONGEST_STATE, this::importState);
    }

    CompletableFuture<Outcome<Void>> perform(final String importId) {
        return requests.change(
                Request.json("POST", "/api/perform_import", object().put("importId", importId)),
                Requests::nothingToTell);
    }

    CompletableFuture<Outcome<Long>> importAtOnce(final String table, final RequestBody lines) {
        final String path = "/api/import?tableName=%s&format=%s&mode=%s".formatted(encoded(table), FORMAT, MODE);
        return requests.change(
                        Request.bytes("POST", path, lines),
                        answer -> answer.json()
                                .flatMap(json -> Count.ofInteger(json.path("numWritten")))
                                .map(Done::new))
                .thenApply(SnapshotImportApi::withItsOwnCode);
    }

    /** Whatever the reason, a failed import is answered with one code. */
    private static Outcome<Long> withItsOwnCode(final Outcome<Long> outcome) {
        return outcome instanceof Refused<Long> refused && refused.code().equals(ImportFailure.OTHER)
                ? new Refused<>(refused.status(), ImportFailure.code(refused.message()), refused.message())
                : outcome;
    }

    private Optional<ImportState> importState(final JsonNode row) {
        if (row.isNull()) {
            return Optional.of(new ImportState.Unknown());
        }
        final JsonNode state = row.path("state");
        return switch (state.path("state").asText()) {
            case "" -> Optional.empty();
            case "uploaded" -> Optional.of(new ImportState.Uploaded());
            case "waiting_for_confirmation" ->
                documents(row.path("checkpoints")).map(ImportState.WaitingForConfirmation::new);
            case "in_progress" ->
                Optional.of(new ImportState.InProgress(
                        requests.harmless(state.path("progress_message").asText())));
            case "completed" -> Count.ofInteger(state.path("num_rows_written")).map(ImportState.Completed::new);
            case "failed" ->
                Optional.of(failed(requests.harmless(state.path("error_message").asText())));
            default -> Optional.of(new ImportState.InProgress(NEW_STATE));
        };
    }

    /** How many documents the file has. It is of one table, so there is one checkpoint. */
    private static Optional<Long> documents(final JsonNode checkpoints) {
        return checkpoints.size() == 1
                ? Count.ofInteger(checkpoints.path(0).path("total_num_rows_to_write"))
                : Optional.empty();
    }

    private static ImportState failed(final String text) {
        return new ImportState.Failed(new Refused<>(400, ImportFailure.code(text), text));
    }

    private static Optional<Outcome<String>> text(final Reply.Answer answer, final String field) {
        return answer.json()
                .map(json -> json.path(field).asText(""))
                .filter(text -> !text.isEmpty())
                .map(Done::new);
    }

    /** A token is text of any kind, often JSON. */
    private static String encoded(final String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
