package io.airbyte.integrations.destination.convex.document;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The columns of the document that is being encoded, in the order in which the record first shows them. */
final class Columns {

    /** So many are kept for the next document. */
    private static final int MOST_KEPT = 2048;

    private final List<Column> pool = new ArrayList<>();
    private int count;

    void clear() {
        count = 0;
        if (pool.size() > MOST_KEPT) {
            pool.subList(MOST_KEPT, pool.size()).clear();
        }
    }

    Column add(final FieldName name) {
        if (count == pool.size()) {
            pool.add(new Column(name));
        }
        return pool.get(count++).reset(name);
    }

    int count() {
        return count;
    }

    Column get(final int index) {
        return pool.get(index);
    }

    /** All of them, those first that are left out last. */
    List<Column> byRank() {
        return sorted(Comparator.comparingInt(column -> column.name().rank()));
    }

    /** All of them, those first whose values take most room. */
    List<Column> bySize() {
        return sorted(
                Comparator.comparingLong((Column column) -> column.valueSize).reversed());
    }

    private List<Column> sorted(final Comparator<Column> order) {
        final List<Column> sorted = new ArrayList<>(pool.subList(0, count));
        sorted.sort(order);
        return sorted;
    }
}
