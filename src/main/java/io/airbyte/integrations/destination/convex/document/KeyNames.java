package io.airbyte.integrations.destination.convex.document;

import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.StreamDescriptor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Names every step of a primary key's paths. Each becomes an index field, so each must be an identifier without a leading
 * underscore (convex-api §3.1, §10). Where records are not written by key, a name that no identifier can be made of
 * follows the rule of other fields.
 */
final class KeyNames {

    private final StreamDescriptor stream;
    private final boolean dedup;

    KeyNames(final StreamDescriptor stream, final boolean dedup) {
        this.stream = stream;
        this.dedup = dedup;
    }

    /**
     * The key's steps below one level, by source name.
     *
     * @param paths what is left of each path, none empty
     * @param taken the names of this level that are not free, to which the new ones are added
     * @throws Failure a config error, if a step's name is too long for an index and records are written by key
     */
    Map<String, KeyPath> named(final List<List<String>> paths, final Set<String> taken, final boolean top) {
        final Set<String> names = new LinkedHashSet<>();
        paths.forEach(path -> names.add(path.get(0)));
        final Map<String, String> stored = new LinkedHashMap<>();
        for (final String name : names) {
            if (candidate(name, top).equals(name) && isFree(name, taken, top)) {
                taken.add(name);
                stored.put(name, name);
            }
        }
        for (final String name : names) {
            if (!stored.containsKey(name)) {
                stored.put(name, renamed(name, taken, top));
            }
        }
        final Map<String, KeyPath> steps = new LinkedHashMap<>();
        names.forEach(name ->
                steps.put(name, new KeyPath(Objects.requireNonNull(stored.get(name)), stepsBelow(name, paths))));
        return steps;
    }

    private String renamed(final String name, final Set<String> taken, final boolean top) {
        String stored = candidate(name, top);
        while (!isFree(stored, taken, top)) {
            stored = NameRule.PREFIX + stored;
        }
        if (dedup && stored.length() > NameRule.LONGEST_IDENTIFIER) {
            throw Failure.config(
                            ("Stream %s cannot be written by primary key: the name of the key's column %s would have"
                                            + " %d characters in Convex, and an index holds names of at most %d. Choose another"
                                            + " primary key, or another sync mode.")
                                    .formatted(stream, name, stored.length(), NameRule.LONGEST_IDENTIFIER))
                    .ofStream(stream);
        }
        taken.add(stored);
        return stored;
    }

    private String candidate(final String name, final boolean top) {
        final String wanted = top ? FieldNames.withoutCdcUnderscore(name) : name;
        if (NameRule.keepsIdentifier(wanted)) {
            return wanted;
        }
        final String renamed = NameRule.renamed(name);
        return !dedup && renamed.length() > NameRule.LONGEST_IDENTIFIER && NameRule.keepsField(name) ? name : renamed;
    }

    private static boolean isFree(final String stored, final Set<String> taken, final boolean top) {
        return !taken.contains(stored) && !(top && FieldNames.isDroppedByTheServer(stored));
    }

    /** The path as documents have it. */
    static List<String> storedPath(final Map<String, KeyPath> steps, final List<String> path) {
        final List<String> stored = new ArrayList<>();
        Map<String, KeyPath> level = steps;
        for (final String name : path) {
            final KeyPath step = Objects.requireNonNull(level.get(name));
            stored.add(step.stored());
            level = step.children();
        }
        return stored;
    }

    private Map<String, KeyPath> stepsBelow(final String name, final List<List<String>> paths) {
        final List<List<String>> below = new ArrayList<>();
        for (final List<String> path : paths) {
            if (path.size() > 1 && path.get(0).equals(name)) {
                below.add(path.subList(1, path.size()));
            }
        }
        return below.isEmpty() ? Map.of() : named(below, new HashSet<>(), false);
    }
}
