package io.airbyte.integrations.destination.convex;

/** The connector as a program: arguments in, exit code out. */
public final class DestinationConvex {

    private DestinationConvex() {}

    public static void main(final String[] args) {
        System.exit(1);
    }
}
