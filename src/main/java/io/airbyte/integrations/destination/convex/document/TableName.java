package io.airbyte.integrations.destination.convex.document;

import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.StreamDescriptor;

/**
 * The table that a stream's documents go to.
 *
 * @param text an identifier that a deployment keeps as it is (convex-api §3.1)
 */
public record TableName(String text) {

    /**
     * {@code namespace_stream} where the stream has a namespace, else {@code stream}, renamed by the deployment's own rule
     * if need be (convex-api §3.3).
     *
     * @throws Failure a config error that concerns the stream, if even the renamed name is too long
     */
    public static TableName of(final StreamDescriptor stream) {
        final String wanted =
                stream.namespace().map(space -> space + "_" + stream.name()).orElse(stream.name());
        if (NameRule.keepsIdentifier(wanted)) {
            return new TableName(wanted);
        }
        final String renamed = NameRule.renamed(wanted);
        if (renamed.length() > NameRule.LONGEST_IDENTIFIER) {
            throw Failure.config(
                            ("Stream %s cannot become a Convex table: a table name holds at most %d characters, and"
                                            + " this stream's would have %d. Give the stream a shorter name, prefix or namespace"
                                            + " in the connection's settings.")
                                    .formatted(
                                            stream,
                                            NameRule.LONGEST_IDENTIFIER,
                                            Math.max(wanted.length(), renamed.length())))
                    .ofStream(stream);
        }
        return new TableName(renamed);
    }

    @Override
    public String toString() {
        return text;
    }
}
