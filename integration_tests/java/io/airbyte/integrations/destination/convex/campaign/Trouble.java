package io.airbyte.integrations.destination.convex.campaign;

import java.util.ArrayList;
import java.util.List;

/**
 * What happens to one attempt.
 *
 * @param mishaps of requests; no two of one path
 * @param restartAt the deployment restarts after so many requests; 0 means never
 * @param schemaAt an application's schema that refuses the first stream's records is pushed after so many requests, if
 *     Convex takes it; 0 means never
 * @param importFails whether the first import of a table fails in the deployment's worker
 */
record Trouble(List<Planned> mishaps, int restartAt, int schemaAt, boolean importFails, Ending ending) {

    /**
     * @param from the first request with this path, counted from 1, that goes wrong
     * @param times how many do
     */
    record Planned(String path, Mishap mishap, int from, int times) {

        @Override
        public String toString() {
            return "%d × %s of %s from %d".formatted(times, mishap, path.substring(path.lastIndexOf('/') + 1), from);
        }
    }

    static Trouble none() {
        return new Trouble(List.of(), 0, 0, false, Ending.byItself());
    }

    boolean isNone() {
        return equals(none());
    }

    Trouble without(final Planned mishap) {
        return new Trouble(
                mishaps.stream().filter(each -> !each.equals(mishap)).toList(),
                restartAt,
                schemaAt,
                importFails,
                ending);
    }

    @Override
    public String toString() {
        final List<String> parts = new ArrayList<>();
        mishaps.forEach(planned -> parts.add(planned.toString()));
        if (restartAt > 0) {
            parts.add("restart at " + restartAt);
        }
        if (schemaAt > 0) {
            parts.add("schema at " + schemaAt);
        }
        if (importFails) {
            parts.add("import fails");
        }
        if (ending.kind() != Ending.Kind.BY_ITSELF) {
            parts.add(ending.kind() + " " + ending.at());
        }
        return parts.isEmpty() ? "nothing" : String.join(", ", parts);
    }
}
