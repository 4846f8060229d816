package io.airbyte.integrations.destination.convex.protocol;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Texts that must not be shown. */
final class Secrets {

    /** Anything shorter protects nothing, and would garble every text that happens to contain it. */
    private static final int SHORTEST = 4;

    static final Secrets NONE = new Secrets(List.of());

    private final List<String> longestFirst;

    Secrets(final Collection<String> secrets) {
        longestFirst = secrets.stream()
                .filter(secret -> secret.strip().length() >= SHORTEST)
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    /** {@code text} with asterisks in the place of every secret. */
    String concealedIn(final String text) {
        String shown = text;
        for (final String secret : longestFirst) {
            shown = shown.replace(secret, "***");
        }
        return shown;
    }

    /** Tells nothing. */
    @Override
    public String toString() {
        return "Secrets[" + longestFirst.size() + "]";
    }
}
