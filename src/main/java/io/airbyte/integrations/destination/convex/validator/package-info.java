/**
 * What a Convex validator says about a value (convex-api §7), how it is written in TypeScript, and whether what the connector
 * sends fits it. Knows nothing of records, streams and deployments, nor of the JSON that a deployment describes validators with.
 */
@NullMarked
package io.airbyte.integrations.destination.convex.validator;

import org.jspecify.annotations.NullMarked;
