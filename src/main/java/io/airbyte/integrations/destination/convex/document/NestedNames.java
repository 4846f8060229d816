package io.airbyte.integrations.destination.convex.document;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The stored names of a nested object's keys. Steps of the primary key have theirs for the whole stream; then come the
 * keys that keep their name, then the others in the order of their texts, each with as many {@code source_} as it
 * takes to be the only one of its name.
 */
final class NestedNames {

    private static final int MOST_REMEMBERED = 1024;
    private static final int LONGEST_REMEMBERED = 256;
    private static final int LONGEST_SOURCE_NAME = 1 << 16;

    private final Map<String, String> renamed = new HashMap<>();

    /**
     * Names the keys of one object.
     *
     * @param key the step of the primary key that this object is the value of, if it is
     * @return for each of the names its stored one, possibly longer than the limit
     */
    Map<String, String> stored(final Set<String> names, final @Nullable KeyPath key) {
        final Map<String, String> stored = new HashMap<>();
        final Set<String> taken = new HashSet<>();
        if (key != null) {
            key.children().forEach((name, step) -> {
                stored.put(name, step.stored());
                taken.add(step.stored());
            });
        }
        final Set<String> others = new TreeSet<>();
        for (final String name : names) {
            if (!stored.containsKey(name) && (!NameRule.keepsField(name) || !taken.add(name))) {
                others.add(name);
            } else {
                stored.putIfAbsent(name, name);
            }
        }
        for (final String name : others) {
            String free = NameRule.keepsField(name) ? name : renamed(name);
            while (!taken.add(free)) {
                free = NameRule.PREFIX + free;
            }
            stored.put(name, free);
        }
        return stored;
    }

    private String renamed(final String name) {
        final String known = renamed.get(name);
        if (known != null) {
            return known;
        }
        // So long a name is taken to be too long without making a slug of it, which might need much memory.
        final String computed = name.length() > LONGEST_SOURCE_NAME ? NameRule.PREFIX + name : NameRule.renamed(name);
        if (renamed.size() < MOST_REMEMBERED && name.length() <= LONGEST_REMEMBERED) {
            renamed.put(name, computed);
        }
        return computed;
    }
}
