package io.airbyte.integrations.destination.convex.document;

import io.airbyte.integrations.destination.convex.json.ByteBuilder;
import io.airbyte.integrations.destination.convex.json.JsonString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What becomes of one source name, computed once: its stored name and what else the encoder must know. */
final class FieldName {

    /** What happens to a column. */
    enum Fate {
        /** Stored under {@link #stored()}. */
        STORED,
        /** A {@code _ab_cdc_} column of a dedup stream, which steers and is not stored. */
        STEERS,
        /** Left out: no name that Convex holds can be made of it. */
        NAME_TOO_LONG,
        /** Left out without being looked at: the document has far more columns than Convex stores. */
        ONE_TOO_MANY
    }

    /** Where a column stands when a document has too many: key columns first, then declared ones, then the others. */
    static final int UNDECLARED = Integer.MAX_VALUE;

    private static final byte[] DELETED_AT = "_ab_cdc_deleted_at".getBytes(StandardCharsets.US_ASCII);

    private final byte[] source;
    private final byte[] sourceKey;
    private final String stored;
    private final byte[] storedKey;
    private final boolean kept;
    private final boolean deletion;
    private final Fate fate;
    private final int rank;
    private final @Nullable KeyPath key;

    /** The name that came after this one in the last document that had it: most likely it does again. */
    @Nullable
    FieldName following;

    /** The name is the same in every document, not only in the one that is being encoded. */
    boolean isRemembered;

    /** The last document that had this name. */
    long seenIn;

    /** Where in that document's list of columns. */
    int column;

    FieldName(
            final byte[] source,
            final String stored,
            final boolean kept,
            final Fate fate,
            final int rank,
            final @Nullable KeyPath key) {
        this.source = source;
        this.sourceKey = sourceKey(source);
        this.stored = stored;
        this.storedKey = JsonString.quoted(stored);
        this.kept = kept;
        this.deletion = Arrays.equals(source, DELETED_AT);
        this.fate = fate;
        this.rank = rank;
        this.key = key;
    }

    boolean is(final byte[] bytes, final int from, final int to) {
        return Arrays.equals(source, 0, source.length, bytes, from, to);
    }

    /** The name in the source, in UTF-8. */
    byte[] source() {
        return source;
    }

    /** The key as sources write it, with its quotes and its colon; empty if JSON needs escapes for it. */
    byte[] sourceKey() {
        return sourceKey;
    }

    private static byte[] sourceKey(final byte[] name) {
        final byte[] key = new byte[name.length + 3];
        for (int i = 0; i < name.length; i++) {
            if ((name[i] >= 0 && name[i] < ' ') || name[i] == '"' || name[i] == '\\') {
                return new byte[0];
            }
            key[i + 1] = name[i];
        }
        key[0] = '"';
        key[name.length + 1] = '"';
        key[name.length + 2] = ':';
        return key;
    }

    /** The name in the document; for a name that is too long, the beginning of what it would be. */
    String stored() {
        return stored;
    }

    /** The stored name is the source's. */
    boolean isKept() {
        return kept;
    }

    Fate fate() {
        return fate;
    }

    /** The column says that the row was deleted, unless it is null. */
    boolean isDeletion() {
        return deletion;
    }

    int rank() {
        return rank;
    }

    /** The part of the primary key at or below this column. */
    @Nullable
    KeyPath key() {
        return key;
    }

    /** What the key adds to the document's size (convex-api §4.3). */
    int size() {
        return stored.length() + 1;
    }

    /** Appends the stored name as a JSON key with its colon. */
    void appendKey(final ByteBuilder out) {
        out.append(storedKey).append(':');
    }
}
