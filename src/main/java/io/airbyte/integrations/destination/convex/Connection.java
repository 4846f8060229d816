package io.airbyte.integrations.destination.convex;

import io.airbyte.integrations.destination.convex.config.ConnectorConfig;
import io.airbyte.integrations.destination.convex.config.ConnectorConfigReader;
import io.airbyte.integrations.destination.convex.config.InvalidConfig;
import io.airbyte.integrations.destination.convex.convex.DeployKey;
import io.airbyte.integrations.destination.convex.convex.DeploymentUrl;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import java.nio.file.Path;

/**
 * What the user configured, as far as it can be judged without asking the deployment.
 *
 * @param config the configuration
 * @param url the deployment
 * @param key what opens it
 */
record Connection(ConnectorConfig config, DeploymentUrl url, DeployKey key) {

    /** @throws Failure a config error that says what to change */
    static Connection read(final Path file) {
        final ConnectorConfig config;
        try {
            config = ConnectorConfigReader.read(file);
        } catch (final InvalidConfig invalid) {
            throw Failure.config(invalid.message());
        }
        final DeploymentUrl url = DeploymentUrl.parse(config.deploymentUrl());
        final DeployKey key = DeployKey.parse(config.accessKey());
        key.mismatch(url).ifPresent(mistake -> {
            throw Failure.config(mistake);
        });
        return new Connection(config, url, key);
    }
}
