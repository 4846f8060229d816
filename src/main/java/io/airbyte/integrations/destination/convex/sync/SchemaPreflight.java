package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.config.ConnectorConfig;
import io.airbyte.integrations.destination.convex.convex.ApplicationSchema;
import io.airbyte.integrations.destination.convex.document.DocumentShape;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.validator.Fit;
import io.airbyte.integrations.destination.convex.validator.Validator;
import io.airbyte.integrations.destination.convex.validator.Validator.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Logger;

/**
 * Compares the application's schema with the catalog before the first record: what the deployment would refuse is told with
 * the field, what the schema has, what the connector sends, and the line to change. A source's JSON schema is taken at its
 * word; values beyond Convex's limits, which are stored in another form, are not looked for.
 */
public final class SchemaPreflight {

    private static final Logger LOG = Logger.getLogger(SchemaPreflight.class.getName());

    private static final String LAST_STEP =
            "\nOr remove the table from the schema (convex/schema.ts). Push the schema and run the sync again.";

    private final ApplicationSchema schema;
    private final ConnectorConfig config;

    public SchemaPreflight(final ApplicationSchema schema, final ConnectorConfig config) {
        this.schema = schema;
        this.config = config;
    }

    /**
     * Warns of records that may be refused.
     *
     * @throws Failure a config error, if a stream's table would refuse every record of it
     */
    public void requireFit(final SyncPlan plan) {
        final List<PlannedStream> refused = new ArrayList<>();
        final StringBuilder reasons = new StringBuilder();
        for (final PlannedStream stream : plan.streams()) {
            final SchemaFindings findings = findings(stream);
            if (!findings.certain().isEmpty()) {
                refused.add(stream);
                reasons.append(
                        "Stream %s cannot be written to table %s: the application's schema refuses its records.%s\n"
                                .formatted(
                                        stream.descriptor(), stream.table(), SchemaFindings.list(findings.certain())));
            } else if (!findings.possible().isEmpty()) {
                LOG.warning(() -> "Stream %s: the application's schema of table %s may refuse some of its records.%s"
                        .formatted(stream.descriptor(), stream.table(), SchemaFindings.list(findings.possible())));
            }
        }
        if (!refused.isEmpty()) {
            final Failure failure = Failure.config(reasons.toString().strip() + LAST_STEP);
            throw refused.size() == 1 ? failure.ofStream(refused.get(0).descriptor()) : failure;
        }
    }

    /** The tables of the schema that no stream can be written to, whatever it is, a sentence each. */
    public List<String> closedTables() {
        return schema.tables().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .flatMap(table -> reason(table.getValue()).stream()
                        .map(reason -> "No stream can be written to table %s: the application's schema %s."
                                .formatted(table.getKey(), reason)))
                .toList();
    }

    private Optional<String> reason(final Validator documents) {
        if (!(documents instanceof Validator.ObjectOf object)) {
            return Optional.empty();
        }
        final Map<String, Field> fields = object.fields();
        if (config.airbyteMetadata() && !fields.containsKey(DocumentShape.EXTRACTED_AT)) {
            return Optional.of("does not have the field %s, which the setting airbyte_metadata adds to every document"
                    .formatted(DocumentShape.EXTRACTED_AT));
        }
        return fields.entrySet().stream()
                .filter(field -> !field.getValue().optional()
                        && Fit.of(DocumentShape.ANYTHING, field.getValue().value()) == Fit.NEVER)
                .findFirst()
                .map(field -> "requires the field %s to be %s, which a streaming import cannot carry"
                        .formatted(field.getKey(), field.getValue().text()));
    }

    private SchemaFindings findings(final PlannedStream stream) {
        return SchemaFindings.of(stream.shape(config), schema.tables().getOrDefault(stream.table(), Validator.any()));
    }
}
