package io.airbyte.integrations.destination.convex.acceptance;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a whole table again and again while {@code ./quickstart --mode overwrite} replaces it, and tells what it saw:
 * readers of a table that is being replaced see the whole old one, then the whole new one, and nothing between.
 */
final class TableWatch {

    private enum Sight {
        OLD("the whole old table"),
        NEW("the whole new table"),
        NEITHER("NEITHER the whole old nor the whole new table");

        private final String words;

        Sight(final String words) {
            this.words = words;
        }
    }

    private final DeploymentReader deployment;
    private final String table;
    private final List<ObjectNode> old;
    private final List<ObjectNode> replacement;
    private final long began = System.nanoTime();
    private final Map<Sight, Integer> polls = new EnumMap<>(Sight.class);
    private boolean wentBack;
    private Sight last = Sight.OLD;

    private TableWatch(
            final DeploymentReader deployment,
            final String table,
            final List<ObjectNode> old,
            final List<ObjectNode> replacement) {
        this.deployment = deployment;
        this.table = table;
        this.old = old;
        this.replacement = replacement;
    }

    /**
     * Watches until a file exists; ends with 0 if the whole old table was seen, then the whole new one, and nothing else.
     *
     * @param arguments URL and key of the deployment, the table, the messages whose records it holds, the messages whose
     *     records are to replace them, the file that ends the watch
     */
    public static void main(final String[] arguments) {
        final String table = arguments[2];
        final TableWatch watch = new TableWatch(
                new DeploymentReader(arguments[0], arguments[1]),
                table,
                records(arguments[3], table),
                records(arguments[4], table));
        final boolean whole = watch.until(Path.of(arguments[5]));
        System.exit(whole ? 0 : 1);
    }

    private static List<ObjectNode> records(final String messages, final String table) {
        return stored(SourceMessages.read(Path.of(messages)).records().getOrDefault(table, List.of()));
    }

    private static List<ObjectNode> stored(final List<ObjectNode> documents) {
        return documents.stream().map(Numbers::asStored).toList();
    }

    private boolean until(final Path end) {
        // Looked for before the table is: the last poll is one that began after the end.
        boolean ended = false;
        while (!ended) {
            ended = Files.exists(end);
            poll();
        }
        final int neither = polls.getOrDefault(Sight.NEITHER, 0);
        System.out.printf(
                "   %,d polls saw the whole old table, %,d the whole new one, %,d anything else.%n",
                polls.getOrDefault(Sight.OLD, 0), polls.getOrDefault(Sight.NEW, 0), neither);
        if (wentBack) {
            System.out.println("   The old table was seen AFTER the new one.");
        }
        return polls.containsKey(Sight.OLD) && last == Sight.NEW && neither == 0 && !wentBack;
    }

    private void poll() {
        final List<ObjectNode> documents = stored(deployment.documentsOfOneMoment(table));
        final Sight sight =
                documents.equals(old) ? Sight.OLD : documents.equals(replacement) ? Sight.NEW : Sight.NEITHER;
        if (polls.isEmpty() || sight != last) {
            System.out.printf(
                    "   after %4.1f s  %s holds %,d documents: %s%n",
                    (System.nanoTime() - began) / 1e9, table, documents.size(), sight.words);
        }
        wentBack |= last == Sight.NEW && sight == Sight.OLD;
        last = sight;
        polls.merge(sight, 1, Integer::sum);
    }
}
