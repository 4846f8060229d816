package io.airbyte.integrations.destination.convex.campaign;

import io.airbyte.integrations.destination.convex.local.ApiError;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** An application's schema, as its developer pushes it while a sync runs. */
record PushedSchema(String json) {

    /** It admits what the stream's table held before, and no document of the source. */
    static PushedSchema refusing(final SourceStream stream) {
        final String oldNumbers = IntStream.rangeClosed(-stream.old(), -1)
                .mapToObj("{\"type\":\"literal\",\"value\":%d}"::formatted)
                .collect(Collectors.joining(","));
        final String number = stream.old() == 0 ? "{\"type\":\"null\"}" : "{\"type\":\"union\",\"value\":[%s]}";
        return new PushedSchema(("{\"schemaValidation\":true,\"tables\":[{\"tableName\":\"%s\",\"documentType\":"
                        + "{\"type\":\"object\",\"value\":{%s,%s}}}]}")
                .formatted(
                        stream.table(), field("id", "{\"type\":\"any\"}"), field("n", number.formatted(oldNumbers))));
    }

    private static String field(final String name, final String validator) {
        return "\"%s\":{\"fieldType\":%s,\"optional\":false}".formatted(name, validator);
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
