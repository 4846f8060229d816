package io.airbyte.integrations.destination.convex.typescript;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What turns one text into another, line by line: the fewest lines, {@code - } before each that went and {@code + } before
 * each that came. The table that they are in is named before them.
 */
final class LineDifference {

    /** A comparison of so many pairs of lines at most decides; beyond it, all between the first and the last change is told. */
    private static final long MOST_PAIRS = 4_000_000;

    /** The first line of a table's definition. */
    private static final Pattern TABLE = Pattern.compile("  \\w+: defineTable\\(.*");

    private final List<String> after;
    private final List<String> lines = new ArrayList<>();
    private Optional<String> told = Optional.empty();

    private LineDifference(final List<String> after) {
        this.after = after;
    }

    static List<String> between(final List<String> before, final List<String> after) {
        int start = 0;
        while (start < Math.min(before.size(), after.size())
                && before.get(start).equals(after.get(start))) {
            start++;
        }
        int endBefore = before.size();
        int endAfter = after.size();
        while (endBefore > start
                && endAfter > start
                && before.get(endBefore - 1).equals(after.get(endAfter - 1))) {
            endBefore--;
            endAfter--;
        }
        final LineDifference difference = new LineDifference(after);
        difference.tell(before.subList(start, endBefore), after.subList(start, endAfter), start);
        return difference.lines;
    }

    /** @param start where {@code came} begins in the text */
    private void tell(final List<String> went, final List<String> came, final int start) {
        if ((long) went.size() * came.size() > MOST_PAIRS) {
            went.forEach(line -> lines.add("- " + line));
            came.forEach(line -> lines.add("+ " + line));
            return;
        }
        final int[][] common = commonLines(went, came);
        int i = 0;
        int j = 0;
        while (i < went.size() || j < came.size()) {
            if (i < went.size() && j < came.size() && went.get(i).equals(came.get(j))) {
                i++;
                j++;
                continue;
            }
            nameTable(start + j);
            if (j == came.size() || (i < went.size() && common[i + 1][j] >= common[i][j + 1])) {
                lines.add("- " + went.get(i++));
            } else {
                lines.add("+ " + came.get(j++));
            }
        }
    }

    private void nameTable(final int line) {
        for (int i = line - 1; i >= 0; i--) {
            if (TABLE.matcher(after.get(i)).matches()) {
                final Optional<String> table = Optional.of("  " + after.get(i));
                if (!table.equals(told)) {
                    told = table;
                    table.ifPresent(lines::add);
                }
                return;
            }
        }
    }

    /** For each pair of places, how many lines both lists have in common from there on, in the same order. */
    private static int[][] commonLines(final List<String> went, final List<String> came) {
        final int[][] common = new int[went.size() + 1][came.size() + 1];
        for (int i = went.size() - 1; i >= 0; i--) {
            for (int j = came.size() - 1; j >= 0; j--) {
                common[i][j] = went.get(i).equals(came.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        return common;
    }
}
