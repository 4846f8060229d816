/**
 * What the packaged connector does for its users, seen from outside: the program is started as Airbyte starts it, messages
 * go in by pipe, and what the deployment holds afterwards is read back over its public API. Runs against the local
 * deployment, and, where nothing has to be made to fail, just as well against a real one ({@code -Preal-deployment}).
 */
@NullMarked
package io.airbyte.integrations.destination.convex.acceptance;

import org.jspecify.annotations.NullMarked;
