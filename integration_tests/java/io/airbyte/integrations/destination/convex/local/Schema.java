package io.airbyte.integrations.destination.convex.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The schema that an application pushed, in the form that {@code get_schema} answers with (convex-api §7). */
final class Schema {

    /** No schema was ever pushed. */
    static final Schema NONE = new Schema(Json.object().nullNode(), Map.of());

    private static final List<String> LISTS = List.of(
            "indexes",
            "stagedDbIndexes",
            "searchIndexes",
            "stagedSearchIndexes",
            "vectorIndexes",
            "stagedVectorIndexes");

    private final JsonNode json;
    private final Map<String, Validator> enforced;

    private Schema(final JsonNode json, final Map<String, Validator> enforced) {
        this.json = json;
        this.enforced = enforced;
    }

    /** @param ids whether a text is the id of a document of the named table */
    static Schema of(final JsonNode pushed, final Validator.Ids ids) {
        final ObjectNode json = Json.object();
        final ArrayNode tables = json.putArray("tables");
        final Map<String, Validator> enforced = new LinkedHashMap<>();
        final boolean validates = pushed.path("schemaValidation").asBoolean();
        for (final JsonNode table : pushed.path("tables")) {
            tables.add(withEveryList(table));
            final JsonNode type = table.path("documentType");
            if (validates && type.isObject()) {
                enforced.put(table.path("tableName").asText(), new Validator(type, ids));
            }
        }
        json.put("schemaValidation", validates);
        return new Schema(json, enforced);
    }

    private static ObjectNode withEveryList(final JsonNode pushed) {
        final ObjectNode table = Json.object();
        table.set("tableName", pushed.path("tableName"));
        for (final String list : LISTS) {
            table.set(list, pushed.path(list).isArray() ? pushed.path(list).deepCopy() : Json.array());
        }
        table.path("indexes").forEach(Schema::appendCreationTime);
        table.set("documentType", pushed.path("documentType").isObject() ? pushed.path("documentType") : null);
        return table;
    }

    private static void appendCreationTime(final JsonNode index) {
        if (index.path("fields") instanceof ArrayNode fields
                && fields.valueStream().noneMatch(field -> field.asText().equals("_creationTime"))) {
            fields.add("_creationTime");
        }
    }

    JsonNode json() {
        return json;
    }

    boolean isPushed() {
        return json.isObject();
    }

    boolean declares(final String table) {
        return declared().contains(table);
    }

    /** The names of the tables that it declares. */
    List<String> declared() {
        return json.path("tables")
                .valueStream()
                .map(table -> table.path("tableName").asText())
                .toList();
    }

    /** Refuses what the schema does not let into the table. */
    void check(final String table, final ObjectNode fields) {
        check(
                table,
                fields,
                mismatch -> ApiError.badRequest(
                        "SchemaEnforcementError",
                        "Failed to insert or update a document in table \"%s\" because it does not match the schema: %s"
                                .formatted(table, mismatch.text())));
    }

    /** The same for documents that are there already when the schema is pushed. */
    void checkStored(final Table table) {
        for (final StoredDocument document : table.documentsById()) {
            check(
                    table.name(),
                    document.fields(),
                    mismatch -> ApiError.badRequest(
                            "SchemaValidationFailed",
                            "Document with ID \"%s\" in table \"%s\" does not match the schema: %s"
                                    .formatted(document.id(), table.name(), mismatch.text())));
        }
    }

    private void check(
            final String table, final ObjectNode fields, final Function<Validator.Mismatch, ApiError> refusal) {
        final Validator validator = enforced.get(table);
        if (validator == null) {
            return;
        }
        try {
            validator.check(fields);
        } catch (final Validator.Mismatch mismatch) {
            throw refusal.apply(mismatch);
        }
    }
}
