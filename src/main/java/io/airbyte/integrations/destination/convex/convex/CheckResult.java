package io.airbyte.integrations.destination.convex.convex;

import java.util.List;

/**
 * What a connection check found.
 *
 * @param succeeded whether a sync could write into the deployment
 * @param message one for the user: what was found, and where it failed what to do next
 * @param notes what the user should know besides, for the log; never a reason to fail
 * @param schema the application's schema; where it could not be read, one that refuses nothing
 */
public record CheckResult(boolean succeeded, String message, List<String> notes, ApplicationSchema schema) {

    public CheckResult {
        notes = List.copyOf(notes);
    }
}
