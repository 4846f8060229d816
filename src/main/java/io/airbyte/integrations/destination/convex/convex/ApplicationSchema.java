package io.airbyte.integrations.destination.convex.convex;

import com.fasterxml.jackson.databind.JsonNode;
import io.airbyte.integrations.destination.convex.validator.Validator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The schema that an application has pushed to its deployment, as far as it decides which documents a table takes
 * (convex-api §7, §10).
 *
 * @param tables what the documents of each table must be; a table that is not named takes every document
 */
public record ApplicationSchema(Map<String, Validator> tables) {

    /** No application has pushed a schema, or it refuses nothing. */
    public static final ApplicationSchema NONE = new ApplicationSchema(Map.of());

    public ApplicationSchema {
        tables = Map.copyOf(tables);
    }

    /** @param schema the answer to {@code get_schema}; what is unknown in it is taken to refuse nothing */
    static ApplicationSchema of(final JsonNode schema) {
        if (!schema.path("schemaValidation").asBoolean()) {
            return NONE;
        }
        final Map<String, Validator> tables = new LinkedHashMap<>();
        for (final JsonNode table : schema.path("tables")) {
            final Validator documents = ValidatorReader.read(table.path("documentType"));
            if (!(documents instanceof Validator.Any)) {
                tables.put(table.path("tableName").asText(), documents);
            }
        }
        return new ApplicationSchema(tables);
    }
}
