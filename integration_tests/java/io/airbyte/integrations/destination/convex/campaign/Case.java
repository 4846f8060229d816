package io.airbyte.integrations.destination.convex.campaign;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One sync to be tried.
 *
 * @param globalStates whether states are of all streams together
 * @param order seeds the order of the source's records and states
 * @param latencyMillis of each request
 * @param indexMillis how long an index takes to become ready
 * @param importMillis how long each step of an import takes
 * @param troubles what happens to the first attempts, one each; nothing happens to further ones
 */
record Case(
        long seed,
        Dialect dialect,
        Access access,
        boolean globalStates,
        long order,
        int latencyMillis,
        int indexMillis,
        int importMillis,
        List<SourceStream> streams,
        List<Trouble> troubles) {

    boolean replaces() {
        return streams.stream().anyMatch(stream -> stream.mode().replaces());
    }

    int records() {
        return streams.stream().mapToInt(stream -> stream.records().size()).sum();
    }

    Case with(final List<SourceStream> otherStreams, final List<Trouble> otherTroubles) {
        return new Case(
                seed,
                dialect,
                access,
                globalStates,
                order,
                latencyMillis,
                indexMillis,
                importMillis,
                List.copyOf(otherStreams),
                List.copyOf(otherTroubles));
    }

    /** The same with one thing less each, the greatest first. */
    Stream<Case> smaller() {
        final List<Case> smaller = new ArrayList<>();
        for (int i = 0; i < troubles.size(); i++) {
            smaller.add(with(streams, without(troubles, i)));
        }
        for (int i = 0; i < streams.size() && streams.size() > 1; i++) {
            smaller.add(with(without(streams, i), troubles));
        }
        for (int i = 0; i < troubles.size(); i++) {
            final Trouble trouble = troubles.get(i);
            for (final Trouble.Planned mishap : trouble.mishaps()) {
                smaller.add(with(streams, replaced(troubles, i, trouble.without(mishap))));
            }
        }
        for (int i = 0; i < streams.size(); i++) {
            final int records = streams.get(i).records().size();
            if (records > 1) {
                smaller.add(with(replaced(streams, i, streams.get(i).first(records / 2)), troubles));
            }
        }
        return smaller.stream();
    }

    private static <T> List<T> without(final List<T> all, final int index) {
        final List<T> rest = new ArrayList<>(all);
        rest.remove(index);
        return rest;
    }

    private static <T> List<T> replaced(final List<T> all, final int index, final T one) {
        final List<T> others = new ArrayList<>(all);
        others.set(index, one);
        return others;
    }

    /** The case in a line, without its records. */
    String text() {
        final Map<Mode, Integer> modes = new EnumMap<>(Mode.class);
        streams.forEach(stream -> modes.merge(stream.mode(), 1, Integer::sum));
        return "%s, key %s, %s states, streams %s, %d records, latency %d ms, index %d ms, import %d ms, %s"
                .formatted(
                        dialect,
                        access,
                        globalStates ? "global" : "stream",
                        modes,
                        records(),
                        latencyMillis,
                        indexMillis,
                        importMillis,
                        troubles);
    }
}
