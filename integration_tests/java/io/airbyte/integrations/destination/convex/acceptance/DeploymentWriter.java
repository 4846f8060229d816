package io.airbyte.integrations.destination.convex.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.stream.Collectors;

/** Something else than the connector, which changes a local deployment and may do everything. */
public final class DeploymentWriter {

    private final LocalDeployment deployment;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

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
        try {
            final HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
