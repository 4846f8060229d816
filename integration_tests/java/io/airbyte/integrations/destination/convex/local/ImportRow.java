package io.airbyte.integrations.destination.convex.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A row of a snapshot import, ready to be inserted: names are not changed, only refused (convex-api §4.1, §5.5).
 *
 * @param id if the row brings its own
 * @param creationTime if the row brings its own
 */
record ImportRow(
        Optional<String> id, Optional<Double> creationTime, ObjectNode fields, DocumentRules.Measured measured) {

    static ImportRow of(final JsonNode row, final int number) throws ImportFile.Failure {
        if (!(row instanceof ObjectNode object)) {
            throw new ImportFile.Failure(
                    "Row %d wasn't a valid Convex value: expected object, received %s".formatted(number, row));
        }
        final ObjectNode fields = object.deepCopy();
        final JsonNode id = fields.remove("_id");
        final JsonNode creationTime = fields.remove("_creationTime");
        final var conversion = new ValueConversion(ImportRow::named);
        try {
            final ObjectNode converted = conversion.convertObject(fields);
            return new ImportRow(
                    Optional.ofNullable(id).map(JsonNode::asText),
                    Optional.ofNullable(creationTime).map(ImportRow::checkedCreationTime),
                    converted,
                    new DocumentRules.Measured(conversion.size(), conversion.nesting()));
        } catch (final ApiError e) {
            throw new ImportFile.Failure("Row %d wasn't a valid Convex value: %s".formatted(number, e.text()));
        }
    }

    private static Map<String, JsonNode> named(final ObjectNode object) {
        final Map<String, JsonNode> fields = new TreeMap<>();
        for (final Map.Entry<String, JsonNode> field : object.properties()) {
            final String name = field.getKey();
            if (!Sanitiser.isFieldName(name)) {
                throw ApiError.badRequest(
                        "InvalidFieldName",
                        name.startsWith("$")
                                ? "Field name %s starts with '$', which is reserved.".formatted(name)
                                : "Field name %s has characters other than printable ASCII.".formatted(name));
            }
            fields.put(name, field.getValue());
        }
        return fields;
    }

    private static double checkedCreationTime(final JsonNode time) {
        if (!time.isNumber() || time.doubleValue() <= 0) {
            throw ApiError.badRequest("InvalidCreationTimeError", "invalid _creationTime");
        }
        return time.doubleValue();
    }

    /** The number of the table that an id belongs to; refuses what is no id. */
    static int tableNumber(final String id) {
        return DocumentId.tableNumber(id)
                .orElseThrow(() -> ApiError.badRequest("InvalidId", "invalid _id '%s'".formatted(id)));
    }

    /** Refuses an id of another table, or one that the batch has seen. */
    void refuseWrongId(final Table target, final Set<String> seen) {
        if (id.isEmpty()) {
            return;
        }
        if (tableNumber(id.get()) != target.number()) {
            throw ApiError.badRequest("ImportConflict", "_id %s is not of table %s".formatted(id.get(), target.name()));
        }
        if (!seen.add(id.get())) {
            throw ApiError.badRequest(
                    "DuplicateId", "Objects in table %s have duplicate _id %s".formatted(target.name(), id.get()));
        }
    }
}
