package io.airbyte.integrations.destination.convex.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One snapshot import: its row in {@code _snapshot_imports} (convex-api §5.4). Guarded by the lock of {@link Tables}. */
final class SnapshotImport {

    /** Where an import stands. */
    enum State {
        UPLOADED,
        WAITING_FOR_CONFIRMATION,
        IN_PROGRESS,
        COMPLETED,
        FAILED
    }

    /** What is known of one of its tables. */
    static final class Checkpoint {
        private final long existingRows;
        private final long rowsToDelete;
        private long rows;
        private boolean missesIds;
        private long written;
        private String tablet = "";
        private Optional<String> firstId = Optional.empty();

        Checkpoint(final long existingRows, final long rowsToDelete) {
            this.existingRows = existingRows;
            this.rowsToDelete = rowsToDelete;
        }

        void count(final Optional<String> id) {
            if (rows == 0) {
                firstId = id;
            }
            rows++;
            missesIds |= id.isEmpty();
        }

        Optional<String> firstId() {
            return firstId;
        }

        long rows() {
            return rows;
        }

        long rowsToDelete() {
            return rowsToDelete;
        }

        void goesTo(final Table table) {
            tablet = table.tablet();
        }

        void wrote(final long number) {
            written = number;
        }
    }

    private final String id;
    private final double creationTime;
    private final ImportRequest request;
    private final String object;
    private final Path file;
    private final boolean confirmed;
    private final Map<String, Checkpoint> checkpoints = new LinkedHashMap<>();
    private final List<String> finished = new ArrayList<>();
    private State state = State.UPLOADED;
    private String message = "";
    private long completed;

    /**
     * @param object how the server names the uploaded file
     * @param file what was uploaded
     * @param confirmed whether it goes on by itself where others wait for confirmation
     */
    SnapshotImport(
            final String id,
            final double creationTime,
            final ImportRequest request,
            final String object,
            final Path file,
            final boolean confirmed) {
        this.id = id;
        this.creationTime = creationTime;
        this.request = request;
        this.object = object;
        this.file = file;
        this.confirmed = confirmed;
    }

    String id() {
        return id;
    }

    ImportRequest request() {
        return request;
    }

    Path file() {
        return file;
    }

    State state() {
        return state;
    }

    String message() {
        return message;
    }

    Map<String, Checkpoint> checkpoints() {
        return checkpoints;
    }

    boolean isOver() {
        return state == State.COMPLETED || state == State.FAILED;
    }

    long rowsWritten() {
        return checkpoints.values().stream().mapToLong(each -> each.written).sum();
    }

    void parsed(final Map<String, Checkpoint> tables) {
        checkpoints.putAll(tables);
        message = confirmationText();
        state = State.WAITING_FOR_CONFIRMATION;
        if (confirmed) {
            confirm();
        }
    }

    /** Nothing happens while it is not waiting for this. */
    void confirm() {
        if (state == State.WAITING_FOR_CONFIRMATION) {
            state = State.IN_PROGRESS;
            message = "Importing";
        }
    }

    void progress(final String text) {
        message = text;
    }

    void finishedTable(final String table) {
        finished.add(importedText(table));
    }

    String importedText(final String table) {
        final Checkpoint checkpoint = checkpoints.getOrDefault(table, new Checkpoint(0, 0));
        return "Imported \"%s\" (%d documents)".formatted(table, checkpoint.written);
    }

    void complete(final long time) {
        state = State.COMPLETED;
        completed = time;
    }

    void fail(final String why) {
        state = State.FAILED;
        message = why;
    }

    private String confirmationText() {
        final List<String[]> cells = new ArrayList<>();
        cells.add(new String[] {"table", "create", "delete"});
        checkpoints.forEach((table, each) -> cells.add(
                new String[] {table, Long.toString(each.rows), each.rowsToDelete + " of " + each.existingRows}));
        final int[] widths = new int[3];
        for (final String[] row : cells) {
            for (int i = 0; i < 3; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        final List<String> lines = new ArrayList<>();
        lines.add("Import change summary:");
        for (final String[] row : cells) {
            final var line = new StringBuilder();
            for (int i = 0; i < 3; i++) {
                line.append(row[i]).append(" ".repeat(widths[i] - row[i].length()));
                line.append(i < 2 ? " | " : " |");
            }
            lines.add(line.toString());
            if (lines.size() == 2) {
                lines.add("-".repeat(line.length()));
            }
        }
        lines.add("Once the import has started, it will run in the background.");
        lines.add("Interrupting `npx convex import` will not cancel it.");
        return String.join("\n", lines);
    }

    /** The row as {@code queryImport} answers with it. */
    JsonNode row() {
        final ObjectNode row = Json.object().put("_creationTime", creationTime).put("_id", id);
        if (checkpoints.isEmpty()) {
            row.putNull("checkpoints");
        } else {
            final ArrayNode list = row.putArray("checkpoints");
            checkpoints.forEach((table, each) -> list.add(checkpointRow(table, each)));
        }
        row.putNull("component_path");
        final ObjectNode format =
                row.putObject("format").put("format", request.format().stored());
        request.table().ifPresent(table -> format.put("table", table));
        row.put("fq_object_key", object)
                .put("member_id", "0")
                .put("mode", request.mode().stored());
        row.putObject("requestor").put("type", "snapshotImport");
        row.set("state", stateRow());
        return row;
    }

    private static ObjectNode checkpointRow(final String table, final Checkpoint checkpoint) {
        return Json.object()
                .putNull("component_path")
                .put("display_table_name", table)
                .put("existing_rows_in_table", Long.toString(checkpoint.existingRows))
                .put("existing_rows_to_delete", Long.toString(checkpoint.rowsToDelete))
                .put("is_missing_id_field", checkpoint.missesIds)
                .put("num_rows_written", Long.toString(checkpoint.written))
                .put("tablet_id", checkpoint.tablet.isEmpty() ? null : checkpoint.tablet)
                .put("total_num_rows_to_write", Long.toString(checkpoint.rows));
    }

    private ObjectNode stateRow() {
        final ObjectNode row = Json.object();
        switch (state) {
            case UPLOADED -> row.put("state", "uploaded");
            case WAITING_FOR_CONFIRMATION ->
                row.put("message_to_confirm", message)
                        .put(
                                "require_manual_confirmation",
                                checkpoints.values().stream().anyMatch(each -> each.rowsToDelete > 0))
                        .put("state", "waiting_for_confirmation");
            case IN_PROGRESS -> {
                final ArrayNode messages = row.putArray("checkpoint_messages");
                finished.forEach(messages::add);
                row.put("progress_message", message).put("state", "in_progress");
            }
            case COMPLETED ->
                row.put("num_rows_written", Long.toString(rowsWritten()))
                        .put("state", "completed")
                        .put("timestamp", Long.toString(completed));
            case FAILED -> row.put("error_message", message).put("state", "failed");
        }
        return row;
    }
}
