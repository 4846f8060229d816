package io.airbyte.integrations.destination.convex.typescript;

import java.util.ArrayList;
import java.util.List;

/** What turns one list of lines into another: the shortest such, {@code - } before each line that went and {@code + } before each that came. */
final class LineDifference {

    /** A table of so many entries at most decides; beyond it, everything between the first and the last change is told. */
    private static final long LARGEST_TABLE = 4_000_000;

    private LineDifference() {}

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
        final List<String> went = before.subList(start, endBefore);
        final List<String> came = after.subList(start, endAfter);
        return (long) went.size() * came.size() > LARGEST_TABLE ? wholly(went, came) : shortest(went, came);
    }

    private static List<String> wholly(final List<String> went, final List<String> came) {
        final List<String> lines = new ArrayList<>();
        went.forEach(line -> lines.add("- " + line));
        came.forEach(line -> lines.add("+ " + line));
        return lines;
    }

    private static List<String> shortest(final List<String> went, final List<String> came) {
        final int[][] common = commonLines(went, came);
        final List<String> lines = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < went.size() || j < came.size()) {
            if (i < went.size() && j < came.size() && went.get(i).equals(came.get(j))) {
                i++;
                j++;
            } else if (j == came.size() || (i < went.size() && common[i + 1][j] >= common[i][j + 1])) {
                lines.add("- " + went.get(i++));
            } else {
                lines.add("+ " + came.get(j++));
            }
        }
        return lines;
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
