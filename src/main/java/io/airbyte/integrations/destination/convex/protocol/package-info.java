/**
 * Airbyte's protocol: messages in, messages out, the configured catalog, failures as the platform understands them, and
 * log lines.
 *
 * <p>The only package that knows the protocol's JSON, and the only owner of stdout and stderr. It knows nothing of Convex.
 */
@NullMarked
package io.airbyte.integrations.destination.convex.protocol;

import org.jspecify.annotations.NullMarked;
