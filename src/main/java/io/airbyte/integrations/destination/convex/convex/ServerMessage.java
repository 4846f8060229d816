package io.airbyte.integrations.destination.convex.convex;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Convex's own text about a request, without the stored data that it quotes (convex-api §5.4): {@code Value: "…"},
 * {@code Document(value: {…})}, {@code received 5}.
 *
 * <p>The text is read from the left until something could be data; all the rest is left out. What may be quoted and is
 * kept are names: of tables, fields and indexes. Behind the data, only two endings that Convex writes itself are taken
 * up again, where they have exactly the form that is known: the validator, and why a document is not valid. Both are
 * looked for from the end of the text, so data that contain their opening words cannot pass as one.
 */
final class ServerMessage {

    /** Stands in place of what was left out. */
    static final String CUT = "(data left out)";

    private static final int LONGEST = 600;
    private static final int LONGEST_VALIDATOR = 300;

    private static final String NAME = "[A-Za-z0-9_ .$*!-]{0,64}";
    private static final String QUOTED_NAME = "(?:\"%1$s\"|'%1$s'|`%1$s`)".formatted(NAME);
    private static final String NAME_LIST = "\\[(?:\"%1$s\"(?:, )?)*+\\]".formatted(NAME);
    private static final String FIELD_PATH = "(?:\\.[A-Za-z0-9_$ -]{1,64}|\\[\\d{1,6}\\])";

    private static final Pattern LEAD = Pattern.compile("(?:\\[Request ID: [0-9a-f]{1,32}\\] Server Error\\n)?"
            + "(?:Uncaught Error: )?(?:Hit an error while importing:\\n)?");

    /**
     * What could be data ({@code data}; its words in {@code label} are kept), and what only looks like it. Lists are matched
     * without a way back: with one, each of their elements would take room on the stack.
     */
    private static final Pattern DATA_OR_NAME = Pattern.compile(String.join(
            "|",
            "(?:[Tt]able|[Ff]ields?|[Ii]ndex|comparison with|key field:|Importing|Imported) " + QUOTED_NAME,
            "fields " + NAME_LIST,
            "digits, and underscores\\. \\[(?:" + NAME_LIST + "(?:, )?)*+\\]",
            "`v\\.optional\\(\\.\\.\\.\\)`|`Content-Type: application/json`",
            "Convex value:|starts with '\\$'|system fields like '_id'|metadata prefix '_'",
            "messages\\[\\d{1,9}\\](?:\\.data" + FIELD_PATH + "*+)?(?=: )",
            "(?<data>(?<label>\\breceived\\b|\\bGot\\b|\\b(?:Value|Object|Array|value):|\\b_(?:id|creationTime)\\b"
                    + "|\\bDocument(?= ?\\())"
                    + "|[\\w.+-]{0,64}@|[\"`{}\\[\\]\\\\]|(?<![A-Za-z])'|[^\\x20-\\x7E])"));

    private static final Pattern PATH_LINE = Pattern.compile("Path: " + FIELD_PATH + "{1,20}");
    private static final Pattern VALIDATOR_LINE =
            Pattern.compile("Validator: v\\.[A-Za-z0-9]+\\([A-Za-z0-9_.(){}:,\"'$ -]*\\)");
    private static final Pattern POSITION = Pattern.compile(" at line \\d{1,9} column \\d{1,9}$");
    private static final Pattern INVALID_REASON = Pattern.compile("Field " + QUOTED_NAME
            + " starts with an underscore, which is only allowed for system fields like '_id'"
            + "|Document is too nested \\(nested \\d{1,9} levels deep > maximum nesting \\d{1,9}\\)");
    private static final String INVALID_DOCUMENT = ") isn't a valid document: ";

    private ServerMessage() {}

    /**
     * The text in one line, without data.
     *
     * @param whole whether the text is known to its end; if not, nothing behind the data is taken up again
     */
    static String withoutData(final String text, final boolean whole) {
        final Matcher lead = LEAD.matcher(text);
        final String start = lead.lookingAt() ? lead.group() : "";
        final String rest = text.substring(start.length()).strip();
        final String kept = rest.startsWith("Document(") ? document(rest, whole) : lines(rest, whole);
        final String line = (start.replace("Server Error\n", "").replace('\n', ' ') + kept).strip();
        return line.length() > LONGEST ? line.substring(0, LONGEST) + "…" : line;
    }

    private static String document(final String text, final boolean whole) {
        final int marker = text.lastIndexOf(INVALID_DOCUMENT);
        final String reason = whole && marker >= 0 ? text.substring(marker + INVALID_DOCUMENT.length()) : "";
        return INVALID_REASON.matcher(reason).matches() ? "The document isn't valid: " + reason : "Document " + CUT;
    }

    private static String lines(final String text, final boolean whole) {
        final int firstEnd = text.indexOf('\n');
        if (firstEnd < 0) {
            return prefix(text) + (whole ? position(text) : "");
        }
        final String first = text.substring(0, firstEnd);
        final String kept = prefix(first);
        if (!kept.equals(first)) {
            return kept;
        }
        final String after = text.substring(firstEnd + 1);
        final int secondEnd = after.indexOf('\n');
        final String second = secondEnd < 0 ? after : after.substring(0, secondEnd);
        final String path = PATH_LINE.matcher(second).matches() ? " " + second + "." : "";
        final String last = text.substring(text.lastIndexOf('\n') + 1);
        final String validator = whole && VALIDATOR_LINE.matcher(last).matches()
                ? " " + last.substring(0, Math.min(last.length(), LONGEST_VALIDATOR))
                : "";
        return kept + path + " " + CUT + validator;
    }

    /** The text up to the first thing that could be data. */
    private static String prefix(final String text) {
        final Matcher next = DATA_OR_NAME.matcher(text);
        while (next.find()) {
            if (next.group("data") != null) {
                final int end = next.group("label") == null ? next.start() : next.end();
                return text.substring(0, end).stripTrailing() + " " + CUT;
            }
        }
        return text;
    }

    /** Where the parser stopped, which it tells behind what it found there. */
    private static String position(final String text) {
        final Matcher position = POSITION.matcher(text);
        return !prefix(text).equals(text) && position.find() ? position.group() : "";
    }
}
