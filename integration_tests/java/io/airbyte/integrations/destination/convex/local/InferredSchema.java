package io.airbyte.integrations.destination.convex.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * The JSON schema that {@code json_schemas} infers from a table's documents. A real deployment gives up on tables with too
 * many different shapes; this one never does.
 */
final class InferredSchema {

    private InferredSchema() {}

    /** @param delta whether the fields that {@code document_deltas} adds are in it */
    static ObjectNode of(final String table, final List<ObjectNode> documents, final boolean delta) {
        final ObjectNode schema = ofObjects(documents);
        final ObjectNode fields = Json.object();
        fields.putObject("_creationTime").put("type", "number");
        fields.putObject("_id").put("$description", "Id(%s)".formatted(table)).put("type", "string");
        fields.setAll((ObjectNode) schema.get("properties"));
        if (delta) {
            fields.putObject("_table").put("type", "string");
            fields.putObject("_component").put("type", "string");
            fields.putObject("_ts").put("type", "integer");
            fields.putObject("_deleted").put("type", "boolean");
        }
        final ArrayNode required = Json.array().add("_creationTime").add("_id");
        required.addAll((ArrayNode) schema.get("required"));
        schema.set("properties", fields);
        schema.set("required", required);
        return schema.put("$schema", "http://json-schema.org/draft-07/schema#");
    }

    private static ObjectNode ofObjects(final Collection<ObjectNode> objects) {
        final TreeMap<String, List<JsonNode>> values = new TreeMap<>();
        objects.forEach(object -> object.properties()
                .forEach(field -> values.computeIfAbsent(field.getKey(), name -> new ArrayList<>())
                        .add(field.getValue())));
        final ObjectNode schema = Json.object().put("type", "object");
        final ObjectNode fields = schema.putObject("properties");
        schema.put("additionalProperties", false);
        final ArrayNode required = schema.putArray("required");
        values.forEach((name, found) -> {
            fields.set(name, ofValues(found));
            if (found.size() == objects.size()) {
                required.add(name);
            }
        });
        return schema;
    }

    private static ObjectNode ofValues(final List<JsonNode> values) {
        final Set<ObjectNode> kinds = new LinkedHashSet<>();
        final List<ObjectNode> objects = new ArrayList<>();
        final List<JsonNode> elements = new ArrayList<>();
        boolean arrays = false;
        boolean minusZero = false;
        boolean numbers = false;
        for (final JsonNode value : values) {
            if (value instanceof ObjectNode object) {
                objects.add(object);
            } else if (value.isArray()) {
                arrays = true;
                value.forEach(elements::add);
            } else if (value.isNumber()) {
                numbers = true;
                minusZero |= Double.compare(value.doubleValue(), -0.0) == 0;
            } else {
                kinds.add(
                        Json.object().put("type", value.isNull() ? "null" : value.isBoolean() ? "boolean" : "string"));
            }
        }
        if (numbers) {
            kinds.add(minusZero ? anyFloat() : Json.object().put("type", "number"));
        }
        if (!objects.isEmpty()) {
            kinds.add(ofObjects(objects));
        }
        if (arrays) {
            final ObjectNode array = Json.object().put("type", "array");
            array.set("items", elements.isEmpty() ? Json.object() : ofValues(elements));
            kinds.add(array);
        }
        if (kinds.size() == 1) {
            return kinds.iterator().next();
        }
        final ObjectNode union = Json.object();
        union.putArray("anyOf").addAll(kinds);
        return union;
    }

    /** Once there is a number among them that JSON has no notation for, the type allows for all of those. */
    private static ObjectNode anyFloat() {
        final ObjectNode type = Json.object().put("$description", "float64");
        final ArrayNode forms = type.putArray("anyOf");
        forms.addObject().put("type", "number");
        forms.addObject().put("type", "string").put("$description", "-inf, inf, or NaN");
        return type;
    }
}
