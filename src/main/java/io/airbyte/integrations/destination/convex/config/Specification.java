package io.airbyte.integrations.destination.convex.config;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The connector's {@code spec.json}: what it can do and how it is configured, in Airbyte's form (airbyte-semantics §4).
 * No JSON library is loaded for it, so that {@code spec} answers at once.
 */
public final class Specification {

    private static final String RESOURCE = "spec.json";

    private Specification() {}

    /** The specification as one line of UTF-8 JSON, without a line end. */
    public static byte[] asOneLine() {
        try (InputStream resource = Specification.class.getResourceAsStream(RESOURCE)) {
            if (resource == null) {
                throw new IllegalStateException("The program is incomplete: its resource " + RESOURCE + " is missing.");
            }
            return withoutSpace(resource.readAllBytes());
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Valid JSON without the whitespace that stands outside of strings. */
    private static byte[] withoutSpace(final byte[] json) {
        final ByteArrayOutputStream line = new ByteArrayOutputStream(json.length);
        boolean inString = false;
        boolean escaped = false;
        for (final byte b : json) {
            if (inString || b > ' ' || b < 0) {
                line.write(b);
            }
            if (b == '"' && !escaped) {
                inString = !inString;
            }
            escaped = inString && b == '\\' && !escaped;
        }
        return line.toByteArray();
    }
}
