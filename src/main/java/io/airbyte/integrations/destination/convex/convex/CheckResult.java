package io.airbyte.integrations.destination.convex.convex;

import java.util.List;

/**
 * What a connection check found.
 *
 * @param succeeded whether a sync could write into the deployment
 * @param message one for the user: what was found, and where it failed what to do next
 * @param notes what the user should know besides, for the log; never a reason to fail
 */
public record CheckResult(boolean succeeded, String message, List<String> notes) {

    public CheckResult {
        notes = List.copyOf(notes);
    }
}
