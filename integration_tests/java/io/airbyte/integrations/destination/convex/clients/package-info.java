/**
 * The connector among the programs that its users run: PyAirbyte and source-faker from the package registry, a shell's
 * pipe, and the streaming export by which what was imported leaves Convex again. What has to be installed is installed
 * once, below {@code target}; where it cannot be, those tests are skipped and say why.
 */
@NullMarked
package io.airbyte.integrations.destination.convex.clients;

import org.jspecify.annotations.NullMarked;
