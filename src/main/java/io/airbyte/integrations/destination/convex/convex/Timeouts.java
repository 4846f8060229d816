package io.airbyte.integrations.destination.convex.convex;

import java.time.Duration;

/**
 * How long the connector waits. Apart from {@code connect}, each bounds a whole exchange: from the moment the request
 * is handed over to the last byte of the answer.
 *
 * @param connect for a connection to be made
 * @param write for a request that changes the deployment
 * @param query for a request that changes nothing
 */
public record Timeouts(Duration connect, Duration write, Duration query) {

    /**
     * For syncs. A write waits longer than the 300 s after which the deployment itself gives up (convex-api §1.5), so
     * that a time-out on this side does not hide an answer that was still to come.
     */
    public static final Timeouts STANDARD =
            new Timeouts(Duration.ofSeconds(20), Duration.ofSeconds(330), Duration.ofSeconds(30));
}
