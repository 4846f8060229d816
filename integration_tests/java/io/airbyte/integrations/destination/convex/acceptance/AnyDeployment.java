package io.airbyte.integrations.destination.convex.acceptance;

import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The deployment that the acceptance suite runs against: the one that {@code CONVEX_URL} and {@code CONVEX_DEPLOY_KEY} name, or
 * a local one. Tables begin with a prefix that no other run uses, and are empty after it.
 */
final class AnyDeployment implements AutoCloseable {

    private final Optional<LocalDeployment> local;
    private final String url;
    private final String key;
    private final String prefix = "airbyte_test_" + Long.toString(System.nanoTime(), 36);
    private final List<String> tables = new ArrayList<>();

    AnyDeployment() {
        final Optional<String> given = Optional.ofNullable(System.getenv("CONVEX_URL"));
        local = given.isPresent() ? Optional.empty() : Optional.of(LocalDeployment.start());
        url = given.or(() -> local.map(LocalDeployment::url)).orElseThrow();
        key = local.map(LocalDeployment::adminKey).orElseGet(() -> System.getenv("CONVEX_DEPLOY_KEY"));
    }

    String url() {
        return url;
    }

    String key() {
        return key;
    }

    /** The namespace of all streams, which is how their tables get the prefix. */
    String namespace() {
        return prefix;
    }

    /** The table of a stream in {@link #namespace()}. */
    String table(final String stream) {
        final String table = prefix + "_" + stream;
        tables.add(table);
        return table;
    }

    DeploymentReader reader() {
        return new DeploymentReader(url, key);
    }

    @Override
    public void close() {
        if (!tables.isEmpty()) {
            reader().clear(tables);
        }
        local.ifPresent(LocalDeployment::close);
    }
}
