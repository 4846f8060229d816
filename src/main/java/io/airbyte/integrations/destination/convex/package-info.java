/**
 * The connector's front door: {@link io.airbyte.integrations.destination.convex.DestinationConvex} turns the arguments
 * into a command ({@code spec}, {@code check}, {@code write}, {@code schema}) and the command's result into an exit code.
 *
 * <p>Packages, each of which may import only those below it (an ArchUnit test keeps this):
 *
 * <ol>
 *   <li>{@code typescript}: the files that {@code schema} generates
 *   <li>{@code sync}: the pipeline from records to durable documents and acknowledged states
 *   <li>{@code document}: how a record becomes a Convex document
 *   <li>{@code convex}: the deployment's HTTP API
 *   <li>{@code protocol}: Airbyte's messages in and out
 *   <li>{@code config}: the connector's configuration
 *   <li>{@code spool}: what waits on disk
 *   <li>{@code validator}: Convex's validators
 *   <li>{@code json}: JSON at the level of bytes
 * </ol>
 */
@NullMarked
package io.airbyte.integrations.destination.convex;

import org.jspecify.annotations.NullMarked;
