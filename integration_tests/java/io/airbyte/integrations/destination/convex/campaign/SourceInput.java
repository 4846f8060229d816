package io.airbyte.integrations.destination.convex.campaign;

import io.airbyte.integrations.destination.convex.acceptance.SourceLines;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What the source writes: the same records in the same order in each attempt, from where each stream begins in it, with states
 * between. The id of each state leads to what it stands for.
 */
final class SourceInput {

    private static final int LONGEST_RUN = 30;

    private final Case source;
    private final List<SentState> states = new CopyOnWriteArrayList<>();

    SourceInput(final Case source) {
        this.source = source;
    }

    /** The state with this id, if there was one. */
    Optional<SentState> state(final int id) {
        return id < 1 || id > states.size() ? Optional.empty() : Optional.of(states.get(id - 1));
    }

    /** @param from how many records of each stream the attempt leaves out */
    List<String> lines(final Map<String, Integer> from) {
        final Random random = new Random(source.order());
        final List<String> lines = new ArrayList<>();
        final Map<String, Integer> read = new HashMap<>();
        source.streams().forEach(stream -> read.put(stream.name(), 0));
        final Map<String, Integer> unstated = new HashMap<>();
        final List<SourceStream> left = new ArrayList<>(source.streams());
        left.removeIf(stream -> stream.records().isEmpty());
        while (!left.isEmpty()) {
            final SourceStream stream = left.get(random.nextInt(left.size()));
            final int size = stream.records().size();
            final int begin = read.getOrDefault(stream.name(), 0);
            final int end = Math.min(size, begin + 1 + random.nextInt(Math.max(LONGEST_RUN, size / 6)));
            for (int n = Math.max(begin, from.getOrDefault(stream.name(), 0)); n < end; n++) {
                lines.add(record(stream, stream.records().get(n).data()));
                unstated.merge(stream.name(), 1, Integer::sum);
            }
            read.put(stream.name(), end);
            final boolean stated = random.nextInt(4) == 0;
            if (end == size) {
                left.remove(stream);
            }
            final boolean last = source.globalStates() ? left.isEmpty() : end == size;
            if ((stated || last) && isNew(stream, read, from)) {
                lines.add(source.globalStates() ? globalState(read, from, unstated) : state(stream, end, unstated));
            }
        }
        return lines;
    }

    private static String record(final SourceStream stream, final String data) {
        return stream.namespace().isEmpty()
                ? SourceLines.record(stream.name(), data)
                : SourceLines.record(stream.namespace(), stream.name(), data);
    }

    static String complete(final SourceStream stream) {
        return SourceLines.statusOf(stream.descriptor(), "COMPLETE");
    }

    /** Whether a state says more than what the attempt began with. */
    private boolean isNew(final SourceStream stream, final Map<String, Integer> read, final Map<String, Integer> from) {
        return source.globalStates()
                ? read.keySet().stream().anyMatch(name -> read.getOrDefault(name, 0) > from.getOrDefault(name, 0))
                : read.getOrDefault(stream.name(), 0) > from.getOrDefault(stream.name(), 0);
    }

    private String state(final SourceStream stream, final int position, final Map<String, Integer> unstated) {
        final String text =
                ("{\"type\":\"STATE\",\"state\":{\"type\":\"STREAM\",\"stream\":{\"stream_descriptor\":{%s},"
                                + "\"stream_state\":{\"cursor\":%d}},\"id\":%d}}")
                        .formatted(stream.descriptor(), position, states.size() + 1);
        final int records = Optional.ofNullable(unstated.remove(stream.name())).orElse(0);
        states.add(new SentState(text, Map.of(stream.name(), position), records));
        return text;
    }

    private String globalState(
            final Map<String, Integer> read, final Map<String, Integer> from, final Map<String, Integer> unstated) {
        final Map<String, Integer> positions = new HashMap<>(read);
        from.forEach((name, position) -> positions.merge(name, position, Math::max));
        final int id = states.size() + 1;
        final String text =
                ("{\"type\":\"STATE\",\"state\":{\"type\":\"GLOBAL\",\"global\":{\"shared_state\":{\"lsn\":%d},"
                                + "\"stream_states\":[]},\"id\":%d}}")
                        .formatted(id, id);
        final int records =
                unstated.values().stream().mapToInt(Integer::intValue).sum();
        unstated.clear();
        states.add(new SentState(text, Map.copyOf(positions), records));
        return text;
    }
}
