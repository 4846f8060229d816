package io.airbyte.integrations.destination.convex.campaign;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** What a stream's table must hold. Each method answers with what is wrong, in sentences; with none if all is right. */
final class Model {

    private final SourceStream stream;

    Model(final SourceStream stream) {
        this.stream = stream;
    }

    /** The number of a document's record; negative for what the table held before. */
    static int number(final ObjectNode document) {
        return document.path("n").asInt();
    }

    /** A state has left that stands for the first records of the stream: the table holds them, or what came after them. */
    List<String> untruths(final int position, final List<ObjectNode> documents) {
        final List<String> wrong = new ArrayList<>();
        if (stream.mode().replaces() && documents.stream().anyMatch(document -> number(document) < 0)) {
            wrong.add("a state left before the old documents of %s".formatted(stream.name()));
        }
        if (stream.mode().deduplicates()) {
            final Map<Integer, Integer> held = new HashMap<>();
            documents.stream().map(Model::number).filter(n -> n >= 0).forEach(n -> held.merge(keyOf(n), n, Math::max));
            lastOfEachKey(position).forEach((key, last) -> {
                if (!isTrue(key, last, held.getOrDefault(key, -1))) {
                    wrong.add("a state left before record %d of %s".formatted(last, stream.name()));
                }
            });
        } else {
            final Set<Integer> held = new HashSet<>();
            documents.forEach(document -> held.add(number(document)));
            IntStream.range(0, position)
                    .filter(n -> !held.contains(n))
                    .forEach(n -> wrong.add("a state left before record %d of %s".formatted(n, stream.name())));
        }
        return wrong;
    }

    /** The key's document may come from a later record than the state's, or be gone by a later delete. */
    private boolean isTrue(final int key, final int last, final int held) {
        if (held >= 0) {
            return stream.records().get(last).deletes() ? held > last : held >= last;
        }
        return IntStream.range(last, stream.records().size())
                .anyMatch(n -> keyOf(n) == key && stream.records().get(n).deletes());
    }

    private int keyOf(final int n) {
        return stream.records().get(n).key();
    }

    private Map<Integer, Integer> lastOfEachKey(final int position) {
        final Map<Integer, Integer> last = new HashMap<>();
        IntStream.range(0, position).forEach(n -> last.put(keyOf(n), n));
        return last;
    }

    /**
     * The sync has succeeded.
     *
     * @param sendings what each attempt has sent of this stream
     */
    List<String> faults(final List<Sending> sendings, final List<ObjectNode> documents) {
        final List<String> wrong = new ArrayList<>();
        final Map<Integer, Integer> times = new HashMap<>();
        for (final ObjectNode document : documents) {
            final int n = number(document);
            times.merge(n, 1, Integer::sum);
            if (n >= stream.records().size()
                    || (n >= 0 && !document.equals(stream.records().get(n).document()))) {
                wrong.add("a changed document of record %d in %s".formatted(n, stream.table()));
            }
        }
        final int old = stream.mode().replaces() ? 0 : stream.old();
        IntStream.rangeClosed(-stream.old(), -1)
                .forEach(n -> compare(wrong, n, times.getOrDefault(n, 0), n >= -old ? 1 : 0, n >= -old ? 1 : 0));
        final Map<Integer, Integer> last = lastOfEachKey(stream.records().size());
        for (int n = 0; n < stream.records().size(); n++) {
            final SourceRecord record = stream.records().get(n);
            if (stream.mode().deduplicates()) {
                final boolean stays = last.getOrDefault(record.key(), -1) == n && !record.deletes();
                compare(wrong, n, times.getOrDefault(n, 0), stays ? 1 : 0, stays ? 1 : 0);
            } else {
                compare(wrong, n, times.getOrDefault(n, 0), 1, most(n, sendings));
            }
        }
        if (sendings.size() == 1
                && sendings.get(0).copies() == 1
                && stream.mode() == Mode.APPEND
                && !isInOrder(documents)) {
            wrong.add("documents of %s out of order".formatted(stream.table()));
        }
        return wrong;
    }

    private int most(final int n, final List<Sending> sendings) {
        return stream.mode() == Mode.OVERWRITE
                ? 1
                : sendings.stream()
                        .filter(sending -> sending.begin() <= n)
                        .mapToInt(Sending::copies)
                        .sum();
    }

    private void compare(final List<String> wrong, final int n, final int times, final int least, final int most) {
        if (times < least) {
            wrong.add("record %d of %s is lost".formatted(n, stream.name()));
        } else if (times > most) {
            wrong.add("record %d of %s is there %d times".formatted(n, stream.name(), times));
        }
    }

    private boolean isInOrder(final List<ObjectNode> documents) {
        final List<Integer> numbers =
                documents.stream().map(Model::number).filter(n -> n >= 0).toList();
        return numbers.equals(numbers.stream().sorted().toList());
    }
}
