package io.airbyte.integrations.destination.convex.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/** The snapshot import routes, staged and single-shot (convex-api §5.2). */
final class SnapshotImports {

    static final String TABLE = "_snapshot_imports";
    private static final int TABLE_NUMBER = 9_001;
    private static final int NEWEST = 20;

    private final Tables tables;
    private final TemporaryFolder folder;
    private final ImportWorker worker;
    private final Background working;
    private final List<SnapshotImport> imports = new ArrayList<>();
    private final Map<String, Upload> uploads = new LinkedHashMap<>();
    private final boolean objectStore;

    /**
     * @param folder where uploaded files are until their import is over
     * @param objectStore whether parts are kept as an object store keeps them, rather than as a disk does
     */
    SnapshotImports(final Tables tables, final TemporaryFolder folder, final boolean objectStore) {
        this.tables = tables;
        this.folder = folder;
        this.objectStore = objectStore;
        this.worker = new ImportWorker(tables);
        this.working = new Background("local-deployment-imports", () -> worker.step(all()));
    }

    Background working() {
        return working;
    }

    /** The next import that is about to take the place of its tables fails with this text instead. */
    void failNext(final String text) {
        worker.failNext(text);
    }

    void addTo(final Routes routes) {
        routes.json("POST", "/api/import/start_upload", this::startUpload)
                .bytes("/api/import/upload_part", this::uploadPart)
                .json("POST", "/api/import/finish_upload", this::finishUpload)
                .json("POST", "/api/perform_import", this::perform)
                .json("POST", "/api/cancel_import", this::cancel)
                .bytes("/api/import", this::importAtOnce);
    }

    private Answer startUpload(final Call call) {
        call.require(Permission.IMPORT_BACKUPS);
        final String object = UUID.randomUUID().toString();
        final String token = Json.object()
                .put("objectKey", object)
                .put("filepath", objectName(object))
                .toString();
        final Upload upload =
                objectStore ? new UploadToObjectStore(folder) : new UploadOnDisk(folder.newFile("upload"));
        tables.atomicallyRun(() -> uploads.put(token, upload));
        return Answer.json(Json.object().put("uploadToken", token));
    }

    private static String objectName(final String object) {
        return "/data/storage/snapshot_imports/%s.blob".formatted(object);
    }

    private Answer uploadPart(final Call call) {
        final String token = call.requiredQuery("uploadToken");
        final String number = call.requiredQuery("partNumber");
        if (!number.matches("[0-9]{1,5}")) {
            throw ApiError.badRequest("Invalid part number", "Invalid part number");
        }
        call.require(Permission.IMPORT_BACKUPS);
        try {
            final String part = upload(token).add(Integer.parseInt(number), call.bodyFile());
            return Answer.json(Json.object().textNode(part));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Upload upload(final String token) {
        return tables.atomically(() -> Optional.ofNullable(uploads.get(token)).orElseThrow(ApiError::internal));
    }

    private Answer finishUpload(final Call call) {
        final JsonNode body = call.json();
        final JsonNode asked = Json.required(body, "import");
        final Optional<String> table =
                Optional.of(asked.path("tableName")).filter(JsonNode::isTextual).map(JsonNode::textValue);
        final var request = new ImportRequest(
                table,
                ImportRequest.format(Json.requiredText(asked, "format"), Json::mismatch),
                ImportRequest.mode(asked.path("mode").asText("requireEmpty"), Json::mismatch));
        final String token = Json.requiredText(body, "uploadToken");
        final List<String> parts = new ArrayList<>();
        Json.arrayOf(Json.required(body, "partTokens")).forEach(part -> parts.add(part.asText()));
        call.require(Permission.IMPORT_BACKUPS);
        request.refuseWrongTable();
        final Path file;
        try {
            file = upload(token).finish(parts);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        final String object = objectNamed(token);
        final SnapshotImport added = tables.atomically(() -> {
            uploads.remove(token);
            return add(request, object, file, false);
        });
        working.wake();
        return Answer.json(Json.object().put("importId", added.id()));
    }

    private static String objectNamed(final String token) {
        try {
            return Json.read(token.getBytes(StandardCharsets.UTF_8))
                    .path("filepath")
                    .asText();
        } catch (final Json.Unreadable e) {
            throw new IllegalStateException(e);
        }
    }

    private SnapshotImport add(
            final ImportRequest request, final String object, final Path file, final boolean confirmed) {
        final var added = new SnapshotImport(
                DocumentId.random(TABLE_NUMBER), tables.nextCreation(), request, object, file, confirmed);
        imports.add(added);
        return added;
    }

    private Answer perform(final Call call) {
        final String id = Json.requiredText(call.json(), "importId");
        call.require(Permission.IMPORT_BACKUPS);
        tables.atomicallyRun(() -> find(id).confirm());
        working.wake();
        return Answer.ok();
    }

    private Answer cancel(final Call call) {
        final String id = Json.requiredText(call.json(), "importId");
        call.require(Permission.IMPORT_BACKUPS);
        tables.atomicallyRun(() -> {
            final SnapshotImport found = find(id);
            if (found.isOver()) {
                throw ApiError.badRequest(
                        "CannotCancelImport",
                        found.state() == SnapshotImport.State.COMPLETED
                                ? "Cannot cancel an import that has completed"
                                : "Cannot cancel an import that has failed");
            }
            found.fail("Import canceled");
        });
        return Answer.ok();
    }

    private SnapshotImport find(final String id) {
        if (!isId(id, TABLE)) {
            throw ApiError.badRequest("InvalidImport", "invalid import id " + id);
        }
        return imports.stream()
                .filter(each -> each.id().equals(id))
                .findAny()
                .orElseThrow(() -> new ApiError(404, "ImportNotFound", "import %s not found".formatted(id)));
    }

    static boolean isId(final String id, final String table) {
        return table.equals(TABLE) && DocumentId.tableNumber(id).equals(OptionalInt.of(TABLE_NUMBER));
    }

    private Answer importAtOnce(final Call call) {
        final var request = new ImportRequest(
                call.query("tableName"),
                ImportRequest.format(call.requiredQuery("format"), SnapshotImports::badQuery),
                ImportRequest.mode(call.query("mode").orElse("requireEmpty"), SnapshotImports::badQuery));
        call.require(Permission.IMPORT_BACKUPS);
        request.refuseWrongTable();
        final Path file = folder.newFile("upload");
        try {
            Files.copy(call.bodyFile(), file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        final String object = objectName(UUID.randomUUID().toString());
        final SnapshotImport added = tables.atomically(() -> add(request, object, file, true));
        // The request works itself, so that it ends even where a test holds the worker.
        while (!tables.atomically(added::isOver)) {
            working.step();
        }
        return tables.atomically(() -> {
            if (added.state() == SnapshotImport.State.FAILED) {
                throw ApiError.badRequest("ImportFailed", added.message());
            }
            return Answer.json(Json.object().put("numWritten", added.rowsWritten()));
        });
    }

    private static ApiError badQuery(final String what) {
        return ApiError.badRequest("BadQueryArgs", "Failed to deserialize query string: " + what);
    }

    private List<SnapshotImport> all() {
        return tables.atomically(() -> List.copyOf(imports));
    }

    /** The query of one import: null if there is none with this id. */
    JsonNode row(final JsonNode arguments) {
        final String id = arguments.path("importId").asText();
        return imports.stream()
                .filter(each -> each.id().equals(id))
                .findAny()
                .map(SnapshotImport::row)
                .orElseGet(() -> Json.object().nullNode());
    }

    /** The query of the newest imports, newest first. */
    JsonNode newest() {
        final ArrayNode rows = Json.array();
        for (int i = imports.size() - 1; i >= Math.max(0, imports.size() - NEWEST); i--) {
            rows.add(imports.get(i).row());
        }
        return rows;
    }

    /** For tests: the states of all imports, oldest first. */
    List<ObjectNode> rows() {
        return tables.atomically(
                () -> imports.stream().map(each -> (ObjectNode) each.row()).toList());
    }

    void clear() {
        imports.clear();
        uploads.clear();
    }
}
