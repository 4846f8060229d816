package io.airbyte.integrations.destination.convex.campaign;

import io.airbyte.integrations.destination.convex.local.ApiError;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;

/** An application's schema, as its developer pushes it while a sync runs. */
record PushedSchema(String json) {

    /** No document of the source fits: its column {@code n} is a number. */
    static PushedSchema refusing(final String table) {
        return new PushedSchema(("{\"schemaValidation\":true,\"tables\":[{\"tableName\":\"%s\",\"documentType\":"
                        + "{\"type\":\"object\",\"value\":{\"n\":{\"fieldType\":{\"type\":\"string\"},\"optional\":false}}}}]}")
                .formatted(table));
    }

    static PushedSchema admittingEverything() {
        return new PushedSchema("{\"schemaValidation\":false,\"tables\":[]}");
    }

    /** Whether Convex takes it: not if a document is there that it refuses. */
    boolean pushedTo(final LocalDeployment deployment) {
        try {
            deployment.setSchema(json);
            return true;
        } catch (final ApiError refused) {
            return false;
        }
    }
}
