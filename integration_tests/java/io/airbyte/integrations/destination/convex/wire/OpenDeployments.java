package io.airbyte.integrations.destination.convex.wire;

import io.airbyte.integrations.destination.convex.convex.DeployKey;
import io.airbyte.integrations.destination.convex.convex.DeploymentUrl;
import io.airbyte.integrations.destination.convex.convex.HttpDeployment;
import io.airbyte.integrations.destination.convex.convex.Timeouts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Deployments as the connector sees them, closed after each test. */
final class OpenDeployments implements AfterEachCallback {

    static final String KEY = "prod:happy-otter-123|0123456789abcdef";

    /** Long enough for any answer that comes at all, short enough to be waited for. */
    static final Timeouts PATIENT =
            new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(30));

    static final Timeouts IMPATIENT =
            new Timeouts(Duration.ofSeconds(10), Duration.ofMillis(500), Duration.ofMillis(500));

    private final List<HttpDeployment> opened = new ArrayList<>();

    HttpDeployment at(final String url) {
        return at(url, KEY, PATIENT);
    }

    HttpDeployment at(final String url, final Timeouts timeouts) {
        return at(url, KEY, timeouts);
    }

    HttpDeployment at(final String url, final String key, final Timeouts timeouts) {
        final HttpDeployment deployment =
                new HttpDeployment(DeploymentUrl.parse(url), DeployKey.parse(key), "1.2.3", timeouts);
        opened.add(deployment);
        return deployment;
    }

    @Override
    public void afterEach(final ExtensionContext context) {
        opened.forEach(HttpDeployment::close);
        opened.clear();
    }
}
