package io.airbyte.integrations.destination.convex.document;

import io.airbyte.integrations.destination.convex.json.ByteSlice;
import io.airbyte.integrations.destination.convex.json.JsonString;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.StreamDescriptor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The stored names of one stream's columns, by the deployment's own rule (convex-api §3) so that every way of writing a
 * stream gives the same names. Two columns never share a name: the later one gets a further {@code source_}.
 *
 * <p>Who comes first: the columns of the primary key, so that no other column ever changes what they are called; then those
 * of the JSON schema by name, whatever order schema and records show them in; then every other column in the order in
 * which records show them. Of the key and of the schema, those that keep their name come before those that are renamed.
 *
 * <p>Names for the connector's own fields are never a column's. In a dedup stream {@code _ab_cdc_} columns steer and have
 * no name, unless they are part of the key; elsewhere {@code _ab_cdc_x} is {@code ab_cdc_x}. No name begins with {@code source_ab_cdc},
 * for a deployment drops such fields (convex-api §3.4).
 *
 * <p>Memory is bounded: once {@link #MOST_REMEMBERED} columns or {@link #MOST_REMEMBERED_BYTES} of names are remembered,
 * further undeclared columns are named anew in each document.
 */
public final class FieldNames {

    static final String META = "airbyte_meta";
    static final String EXTRACTED_AT = "airbyte_extracted_at";
    static final String GENERATION_ID = "airbyte_generation_id";
    static final String SYNC_ID = "airbyte_sync_id";

    static final int MOST_REMEMBERED = 8192;
    static final int MOST_REMEMBERED_BYTES = 1 << 20;

    /** So many more columns are named for one document only; its further ones are one too many. */
    private static final int MOST_IN_DOCUMENT = 8192;

    private static final List<String> OWN_FIELDS = List.of(META, EXTRACTED_AT, GENERATION_ID, SYNC_ID);
    private static final String CDC_PREFIX = "_ab_cdc_";
    private static final String DROPPED_BY_THE_SERVER = "source_ab_cdc";
    private static final int MOST_KEY_COLUMNS = 15;

    /** A longer name is taken to be too long without making a slug of it, which might need much memory. */
    private static final int LONGEST_SOURCE_NAME = 1 << 16;

    private final StreamDescriptor stream;
    private final boolean dedup;
    private final List<List<String>> primaryKey;
    private final List<List<String>> storedPrimaryKey = new ArrayList<>();
    private final List<KeyColumn> key = new ArrayList<>();
    private final Set<String> taken = new HashSet<>(OWN_FIELDS);
    private final NameTable remembered = new NameTable();
    private final Map<String, FieldName> unremembered = new HashMap<>();
    private final Set<String> takenInDocument = new HashSet<>();

    private final FieldName oneTooMany =
            new FieldName(new byte[0], "", false, FieldName.Fate.ONE_TOO_MANY, FieldName.UNDECLARED, null);

    private @Nullable FieldName first;
    private @Nullable FieldName latest;
    private long document;

    private FieldNames(final StreamDescriptor stream, final List<List<String>> primaryKey, final boolean dedup) {
        this.stream = stream;
        this.dedup = dedup;
        this.primaryKey = primaryKey.stream()
                .filter(path -> !path.isEmpty() || dedup)
                .distinct()
                .toList();
    }

    /**
     * Names what is known before the first record.
     *
     * @param declaredColumns the properties of the stream's JSON schema, in any order
     * @param primaryKey the configured key, each path from the top of the record
     * @param dedup records are written by primary key
     * @throws Failure a config error that concerns the stream, if the primary key cannot be one in Convex
     */
    public static FieldNames of(
            final StreamDescriptor stream,
            final Collection<String> declaredColumns,
            final List<List<String>> primaryKey,
            final boolean dedup) {
        final FieldNames names = new FieldNames(stream, primaryKey, dedup);
        if (dedup) {
            names.requireUsableKey();
        }
        names.nameKnownColumns(new TreeSet<>(declaredColumns));
        names.gatherKey();
        return names;
    }

    /** The primary key's paths as documents have them; no path twice. */
    public List<List<String>> primaryKeyPaths() {
        return storedPrimaryKey;
    }

    /** What is known of a column before the first record: declared ones, and those of the key. */
    Optional<FieldName> known(final String column) {
        final byte[] name = utf8(column);
        return Optional.ofNullable(remembered.find(name, 0, name.length));
    }

    /** A path as documents have it, if it names one column and that is stored by a name that an index can have. */
    public Optional<List<String>> indexable(final List<String> path) {
        return path.size() == 1
                ? known(path.get(0))
                        .filter(name -> name.fate() == FieldName.Fate.STORED && NameRule.keepsIdentifier(name.stored()))
                        .map(name -> List.of(name.stored()))
                : Optional.empty();
    }

    /** The columns of the primary key, in the order of {@link #primaryKeyPaths()}. */
    List<KeyColumn> key() {
        return key;
    }

    private void requireUsableKey() {
        if (primaryKey.isEmpty() || primaryKey.stream().anyMatch(List::isEmpty)) {
            throw Failure.config(
                            ("Stream %s is written by primary key, but its primary key is empty. Choose a primary key"
                                            + " for it, or another sync mode.")
                                    .formatted(stream))
                    .ofStream(stream);
        }
        if (primaryKey.size() > MOST_KEY_COLUMNS) {
            throw Failure.config(("Stream %s has a primary key of %d columns, and Convex holds at most %d. Choose fewer"
                                    + " columns, or another sync mode.")
                            .formatted(stream, primaryKey.size(), MOST_KEY_COLUMNS))
                    .ofStream(stream);
        }
    }

    private void nameKnownColumns(final Set<String> declared) {
        final Map<String, KeyPath> keySteps = keyTree();
        final Set<String> columns = new LinkedHashSet<>(keySteps.keySet());
        columns.addAll(declared);
        final Map<String, String> stored = new LinkedHashMap<>();
        keySteps.forEach((column, path) -> stored.put(column, path.stored()));
        for (final String column : columns) {
            if (!stored.containsKey(column)
                    && candidate(column).equals(column)
                    && freeName(column).equals(column)) {
                stored.put(column, column);
                taken.add(column);
            }
        }
        int rank = 0;
        for (final String column : columns) {
            final String known = stored.get(column);
            remember(
                    known == null ? renamedOrKept(column, rank++) : named(column, known, rank++, keySteps.get(column)));
        }
    }

    private void gatherKey() {
        for (int i = 0; i < storedPrimaryKey.size(); i++) {
            final byte[] column = utf8(primaryKey.get(i).get(0));
            final List<byte[]> below = new ArrayList<>();
            for (final String step :
                    storedPrimaryKey.get(i).subList(1, storedPrimaryKey.get(i).size())) {
                below.add(utf8(step));
            }
            key.add(new KeyColumn(
                    Objects.requireNonNull(remembered.find(column, 0, column.length)),
                    below,
                    String.join(".", primaryKey.get(i))));
        }
    }

    /** Names the key's columns, which come before all others, and every step of its nested paths. */
    private Map<String, KeyPath> keyTree() {
        final Map<String, KeyPath> columns = new KeyNames(stream, dedup).named(primaryKey, taken, true);
        for (final List<String> path : primaryKey) {
            storedPrimaryKey.add(KeyNames.storedPath(columns, path));
        }
        return columns;
    }

    /** Starts a document: a name that was only for the last one is forgotten. */
    void startDocument() {
        document++;
        latest = null;
        if (!unremembered.isEmpty()) {
            unremembered.clear();
            takenInDocument.clear();
        }
    }

    /** The number of the document that was started last. */
    long document() {
        return document;
    }

    /**
     * The name of the column whose raw key is given.
     *
     * @param from the index of the key's first byte after its quote
     * @param to the index of its closing quote
     * @param escapes the key is written with escapes
     */
    FieldName column(final byte[] bytes, final int from, final int to, final boolean escapes) {
        return follow(lookUp(bytes, from, to, escapes));
    }

    /** The column that came next in the last document that had the one before; its name can be told by its bytes. */
    @Nullable
    FieldName expected() {
        final FieldName expected = latest == null ? first : latest.following;
        return expected == null || expected.sourceKey().length == 0 ? null : expected;
    }

    /** Notes that {@code found} is the document's next column. */
    FieldName follow(final FieldName found) {
        if (found.isRemembered) {
            if (latest == null) {
                first = found;
            } else {
                latest.following = found;
            }
        }
        latest = found;
        return found;
    }

    private FieldName lookUp(final byte[] bytes, final int from, final int to, final boolean escapes) {
        final FieldName known = escapes ? null : remembered.find(bytes, from, to);
        if (known != null) {
            return known;
        }
        if (to - from > LONGEST_SOURCE_NAME) {
            final String beginning = new String(bytes, from, RecordedChanges.LONGEST_NAME, StandardCharsets.UTF_8);
            return tooLong(beginning, NameRule.renamed(beginning));
        }
        final String name = JsonString.decoded(new ByteSlice(bytes, from, to - from));
        final FieldName inDocument = unremembered.get(name);
        if (inDocument != null) {
            return inDocument;
        }
        final byte[] source = name.getBytes(StandardCharsets.UTF_8);
        final boolean loneSurrogate = !new String(source, StandardCharsets.UTF_8).equals(name);
        if (escapes && !loneSurrogate) {
            final FieldName unescaped = remembered.find(source, 0, source.length);
            if (unescaped != null) {
                return unescaped;
            }
        }
        final boolean forDocument = loneSurrogate || !canRemember(source);
        if (forDocument && unremembered.size() == MOST_IN_DOCUMENT) {
            return oneTooMany;
        }
        final FieldName added = renamedOrKept(name, FieldName.UNDECLARED);
        if (forDocument) {
            takenInDocument.add(added.stored());
            unremembered.put(name, added);
        } else {
            remember(added);
        }
        return added;
    }

    private boolean canRemember(final byte[] source) {
        return source.length <= NameRule.LONGEST_FIELD_NAME
                && remembered.count() < MOST_REMEMBERED
                && remembered.bytes() + source.length <= MOST_REMEMBERED_BYTES;
    }

    private void remember(final FieldName name) {
        name.isRemembered = true;
        remembered.add(name);
        if (name.fate() == FieldName.Fate.STORED) {
            taken.add(name.stored());
        }
    }

    private FieldName renamedOrKept(final String name, final int rank) {
        return named(name, freeName(candidate(name)), rank, null);
    }

    private FieldName named(final String name, final String stored, final int rank, final @Nullable KeyPath key) {
        if (dedup && key == null && name.startsWith(CDC_PREFIX)) {
            return new FieldName(utf8(name), stored, false, FieldName.Fate.STEERS, rank, null);
        }
        if (stored.length() > NameRule.LONGEST_FIELD_NAME) {
            return tooLong(name, stored);
        }
        return new FieldName(utf8(name), stored, stored.equals(name), FieldName.Fate.STORED, rank, key);
    }

    private static FieldName tooLong(final String name, final String stored) {
        final String beginning = RecordedChanges.shortened(stored);
        return new FieldName(utf8(name), beginning, false, FieldName.Fate.NAME_TOO_LONG, FieldName.UNDECLARED, null);
    }

    private static byte[] utf8(final String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }

    /** What the column is called if no other one is. */
    private static String candidate(final String name) {
        final String wanted = withoutCdcUnderscore(name);
        return NameRule.keepsField(wanted) ? wanted : NameRule.renamed(name);
    }

    /** {@code _ab_cdc_x} without its underscore; any other name as it is. */
    static String withoutCdcUnderscore(final String name) {
        return name.startsWith(CDC_PREFIX) ? name.substring(1) : name;
    }

    static boolean isDroppedByTheServer(final String stored) {
        return stored.startsWith(DROPPED_BY_THE_SERVER);
    }

    private String freeName(final String candidate) {
        String stored = candidate;
        while (isDroppedByTheServer(stored) || taken.contains(stored) || takenInDocument.contains(stored)) {
            stored = NameRule.PREFIX + stored;
        }
        return stored;
    }
}
