package io.airbyte.integrations.destination.convex.sync;

/** The clock that deadlines are kept by: it never jumps, and says nothing about the time of day. */
@FunctionalInterface
public interface Ticker {

    /** Milliseconds since a fixed moment in the past. */
    long millis();
}
