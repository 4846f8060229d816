package io.airbyte.integrations.destination.convex.protocol;

import java.util.Locale;
import java.util.Optional;

/**
 * Where in the input something is wrong, to be said in an error message. Bad input is a {@code system_error}: the user
 * configured nothing wrong (airbyte-semantics §5.7).
 */
record InputFault(long lineNumber, Optional<StreamDescriptor> stream) {

    /**
     * @param complaint what the line is or does wrong: the rest of a sentence about it, without the full stop
     */
    Failure failure(final String complaint) {
        final Failure failure = Failure.system(String.format(
                Locale.ROOT,
                "Line %d of the input%s %s.",
                lineNumber,
                stream.map(descriptor -> " (stream " + descriptor + ")").orElse(""),
                complaint));
        return stream.map(failure::ofStream).orElse(failure);
    }
}
