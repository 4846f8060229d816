/**
 * The connector's own configuration and the {@code spec.json} that describes it to users.
 *
 * <p>It says what was configured, not whether it works: reaching the deployment is the business of others.
 */
@NullMarked
package io.airbyte.integrations.destination.convex.config;

import org.jspecify.annotations.NullMarked;
