package io.airbyte.integrations.destination.convex.protocol;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The stack trace of a throwable and of its causes by classes and lines only: messages of exceptions quote what was being
 * worked on, and records must not appear in a log.
 */
final class StackTrace {

    private StackTrace() {}

    static String of(final Throwable throwable) {
        final StringBuilder text = new StringBuilder();
        final Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        @Nullable Throwable next = throwable;
        while (next != null && seen.add(next)) {
            text.append(text.isEmpty() ? "" : "Caused by: ")
                    .append(next.getClass().getName());
            for (final StackTraceElement frame : next.getStackTrace()) {
                text.append("\n\tat ").append(frame);
            }
            text.append('\n');
            next = next.getCause();
        }
        return text.toString();
    }
}
