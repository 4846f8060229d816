package io.airbyte.integrations.destination.convex.document;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What could not be stored of one stream: how often which field for which reason. Memory is bounded: beyond
 * {@link #MOST_FIELDS} pairs of field and reason, only the total goes on counting.
 */
public final class ChangedFields {

    static final int MOST_FIELDS = 1000;

    /** A field, by its stored name, and why its values could not be stored. */
    public record ChangedField(String field, Unstorable reason) {}

    private final Consumer<ChangedField> onFirst;
    private final Map<ChangedField, Long> counts = new LinkedHashMap<>();
    private long values;
    private long documents;

    /** @param onFirst is told of each pair of field and reason when it is met for the first time */
    public ChangedFields(final Consumer<ChangedField> onFirst) {
        this.onFirst = onFirst;
    }

    void count(final String field, final Unstorable reason) {
        values++;
        final ChangedField changed = new ChangedField(field, reason);
        if (counts.size() < MOST_FIELDS || counts.containsKey(changed)) {
            if (counts.merge(changed, 1L, Long::sum) == 1) {
                onFirst.accept(changed);
            }
        }
    }

    void countMore(final long more) {
        values += more;
    }

    void countDocument() {
        documents++;
    }

    /** Documents in which at least one value could not be stored. */
    public long documents() {
        return documents;
    }

    /** Values that could not be stored, of all fields. */
    public long values() {
        return values;
    }

    /** Values that could not be stored, by field and reason, in the order in which they were first met. */
    public Map<ChangedField, Long> counts() {
        return Collections.unmodifiableMap(new LinkedHashMap<>(counts));
    }
}
