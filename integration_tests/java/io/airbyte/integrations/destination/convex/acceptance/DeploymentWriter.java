package io.airbyte.integrations.destination.convex.acceptance;

import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.stream.Collectors;

/** Something else than the connector, which changes a local deployment and may do everything. */
public final class DeploymentWriter {

    private final LocalDeployment deployment;

    public DeploymentWriter(final LocalDeployment deployment) {
        this.deployment = deployment;
    }

    /**
     * Adds documents to a table, or makes it.
     *
     * @param documents JSON objects
     */
    public void insert(final String table, final List<String> documents) {
        final String messages = documents.stream()
                .map(document -> "{\"tableName\":\"%s\",\"data\":%s}".formatted(table, document))
                .collect(Collectors.joining(","));
        send(
                "POST",
                "/api/streaming_import/import_airbyte_records",
                "{\"tables\":{\"%s\":{\"primaryKey\":null,\"jsonSchema\":{}}},\"messages\":[%s]}"
                        .formatted(table, messages));
    }

    void send(final String method, final String path, final String body) {
        final HttpRequest request = HttpRequest.newBuilder(URI.create(deployment.url() + path))
                .header("Authorization", "Convex " + deployment.adminKey())
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body))
                .build();
        SuccessfulAnswer.to(request);
    }
}
