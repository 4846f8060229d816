package io.airbyte.integrations.destination.convex.document;

import io.airbyte.integrations.destination.convex.json.ByteBuilder;
import io.airbyte.integrations.destination.convex.json.ByteSlice;
import io.airbyte.integrations.destination.convex.json.InvalidJson;
import io.airbyte.integrations.destination.convex.json.JsonScanner;
import io.airbyte.integrations.destination.convex.json.JsonString;
import java.util.Optional;

/**
 * The value of {@code airbyte_meta} for one document: the changes that the record came with, then the connector's own, as
 * {@code {"field", "change", "reason"}} (airbyte-semantics §6.1). {@code field} is the name in the document, a name
 * beyond {@link #LONGEST_NAME} characters cut short. After {@link #MOST_OWN} own changes one last entry says how many more
 * there are.
 */
final class RecordedChanges {

    static final int LONGEST_NAME = 128;
    static final int MOST_OWN = 1024;

    /** What the record came with may take so much of the document, in bytes. */
    static final int LARGEST_INCOMING = 1 << 18;

    /** What the record came with may be so many changes: with the own ones still an array that Convex stores. */
    static final int MOST_INCOMING = ValueMeasure.LONGEST_ARRAY - MOST_OWN - 1;

    /** The size of {@code {"changes":[]}}. */
    private static final int EMPTY_SIZE = 2 + 8 + 2;

    /** The size of an entry without its texts: braces, three names, three strings. */
    private static final int ENTRY_SIZE = 2 + (5 + 1 + 2) + (6 + 1 + 2) + (6 + 1 + 2);

    private static final String NULLED = "NULLED";

    /** How many objects and arrays the list of changes is in. */
    private static final int DEPTH = 2;

    private final JsonScanner scanner = new JsonScanner();
    private final ByteBuilder entries = new ByteBuilder(256);
    private final ValueRewriter incoming = new ValueRewriter(entries);
    private long entriesSize;
    private int own;
    private long more;

    /** Forgets the last document's changes. */
    void clear() {
        entries.reset(1 << 16);
        entriesSize = 0;
        own = 0;
        more = 0;
    }

    /**
     * Takes over what the record came with: nothing for null and an empty list; anything but a list is taken for its only
     * element. To be called before the first own change.
     *
     * @return why it could not be taken over, if so
     */
    Optional<Unstorable> takeOver(final ByteSlice changes) throws InvalidJson {
        scanner.reset(changes);
        final byte first = scanner.peek();
        if (first == 'n') {
            return Optional.empty();
        }
        final int count = first == '[' ? countElements() : 1;
        if (count == 0) {
            return Optional.empty();
        }
        final long size = incoming.write(changes, first == '[' ? DEPTH : DEPTH + 1, true, Optional.empty());
        if (size == ValueRewriter.UNSTORABLE) {
            return incoming.unstorable();
        }
        if (size > LARGEST_INCOMING || count > MOST_INCOMING) {
            entries.truncate(0);
            return Optional.of(size > LARGEST_INCOMING ? Unstorable.DOCUMENT_SIZE : Unstorable.ARRAY_LENGTH);
        }
        entriesSize = size;
        if (first == '[') {
            entries.remove(0, 1);
            entries.truncate(entries.length() - 1);
            entriesSize -= 2;
        }
        return Optional.empty();
    }

    private int countElements() throws InvalidJson {
        int count = 0;
        scanner.enterArray();
        while (scanner.nextElement()) {
            scanner.skipValue();
            count++;
        }
        return count;
    }

    /** Adds a change of the connector's own. */
    void add(final String field, final Unstorable reason) {
        if (own == MOST_OWN) {
            addMore(1);
            return;
        }
        own++;
        if (entries.length() > 0) {
            entries.append(',');
        }
        append(entries, field, reason);
        entriesSize += entrySize(field, reason);
    }

    /** Counts fields for which there is no entry of their own. */
    void addMore(final long fields) {
        more += fields;
    }

    /** The connector itself changed something. */
    boolean hasOwn() {
        return own > 0;
    }

    boolean isEmpty() {
        return entriesSize == 0 && more == 0;
    }

    /** The size of {@code airbyte_meta}'s value in Convex. */
    long size() {
        return EMPTY_SIZE + entriesSize + (more > 0 ? entrySize(moreFields(), Unstorable.COLUMN_COUNT) : 0);
    }

    /** What one more change adds to the size. */
    static int entrySize(final String field, final Unstorable reason) {
        return ENTRY_SIZE
                + shortened(field).length()
                + NULLED.length()
                + reason.reasonCode().length();
    }

    /** Appends {@code airbyte_meta}'s value. */
    void appendTo(final ByteBuilder out) {
        out.append("{\"changes\":[").append(entries.slice());
        if (more > 0) {
            if (entries.length() > 0) {
                out.append(',');
            }
            append(out, moreFields(), Unstorable.COLUMN_COUNT);
        }
        out.append("]}");
    }

    private static void append(final ByteBuilder out, final String field, final Unstorable reason) {
        out.append("{\"field\":")
                .append(JsonString.quoted(shortened(field)))
                .append(",\"change\":\"" + NULLED + "\",\"reason\":\"")
                .append(reason.reasonCode())
                .append("\"}");
    }

    private String moreFields() {
        return "(" + more + " more fields)";
    }

    static String shortened(final String name) {
        return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME - 3) + "...";
    }
}
