/**
 * The TypeScript that the command {@code schema} generates for an application: {@code schema.ts}, the tables as the connector
 * fills them, and {@code mirror.ts}, which reads them by primary key and keeps the application from writing to them. Knows
 * nothing of deployments: what is generated depends on catalog and configuration alone.
 */
@NullMarked
package io.airbyte.integrations.destination.convex.typescript;

import org.jspecify.annotations.NullMarked;
