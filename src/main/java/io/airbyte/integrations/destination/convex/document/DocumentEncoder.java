package io.airbyte.integrations.destination.convex.document;

import io.airbyte.integrations.destination.convex.config.ConnectorConfig.LargeIntegers;
import io.airbyte.integrations.destination.convex.json.ByteBuilder;
import io.airbyte.integrations.destination.convex.json.ByteSlice;
import io.airbyte.integrations.destination.convex.json.InvalidJson;
import io.airbyte.integrations.destination.convex.json.JsonScanner;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.StreamDescriptor;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns the records of one stream into documents that a deployment stores as they are: names, values and limits by
 * convex-api §3 and §4, sizes by the exact formula of §4.3. What need not change is copied byte for byte; a record of
 * which nothing has to change is its own document.
 *
 * <p>One scan measures every top-level value and knows the few that may have to change; only those are looked at twice.
 * Not for use by several threads.
 */
public final class DocumentEncoder {

    /** Larger buffers are not kept from one record to the next, for there may be hundreds of streams. */
    private static final int KEPT_BUFFER = 1 << 16;

    private final StreamDescriptor stream;
    private final FieldNames names;
    private final boolean dedup;
    private final boolean integersAsText;
    private final JsonScanner scanner = new JsonScanner();
    private final ValueMeasure measure = new ValueMeasure();
    private final ByteBuilder rewritten = new ByteBuilder(1024);
    private final ValueRewriter rewriter = new ValueRewriter(rewritten);
    private final ByteBuilder document = new ByteBuilder(1024);
    private final Columns columns = new Columns();
    private final RecordedChanges changes = new RecordedChanges();
    private final ChangedFields statistic;
    private final OwnFields ownFields;
    private final Refusals refusals;
    private final DocumentLimits limits;

    /** Every column so far is copied with its key, in order, and nothing is left out. */
    private boolean asIs;

    private boolean needsCare;
    private boolean deleted;
    private long notLookedAt;
    private long columnsSize;

    /**
     * @param names made for the same stream and for this encoder alone
     * @param statistic counts what could not be stored
     */
    public DocumentEncoder(
            final StreamDescriptor stream,
            final FieldNames names,
            final DocumentOptions options,
            final ChangedFields statistic) {
        this.stream = stream;
        this.names = names;
        this.statistic = statistic;
        dedup = options.dedup();
        integersAsText = options.largeIntegers() == LargeIntegers.STRING;
        ownFields = new OwnFields(options, changes);
        refusals = new Refusals(stream, options, changes, statistic);
        limits = new DocumentLimits(columns, ownFields, refusals);
    }

    /**
     * Encodes one record.
     *
     * @param data the record's data, a JSON object
     * @param emittedAtMillis when the source read the record, in milliseconds since 1970
     * @param incomingChanges the list of changes that the record came with, raw
     * @throws InvalidJson if the data are not one JSON object
     * @throws Failure a config error that concerns the stream: the key is missing or cannot be stored, or something cannot
     *     be stored and the user wants the sync to fail
     */
    public EncodedDocument encode(
            final ByteSlice data, final long emittedAtMillis, final Optional<ByteSlice> incomingChanges)
            throws InvalidJson {
        letGoOfLargeBuffers();
        final int start = scan(data);
        final int end = scanner.position();
        scanner.expectEnd();
        if (incomingChanges.isPresent()) {
            takeOver(incomingChanges.get());
        }
        if (needsCare) {
            takeCare(data);
        }
        if (dedup) {
            requireKey();
        }
        final long size = fittingSize();
        if (asIs && ownFields.count() == 0) {
            return new EncodedDocument(new ByteSlice(data.array(), start, end - start), Math.toIntExact(size), deleted);
        }
        return new EncodedDocument(assembled(data, emittedAtMillis), Math.toIntExact(size), deleted);
    }

    /**
     * Lets go of what an unusually large record needed, for every stream has an encoder and all of them share the memory.
     * The last document is not valid any more.
     */
    public void letGoOfLargeBuffers() {
        changes.clear();
        rewritten.reset(KEPT_BUFFER);
        document.reset(KEPT_BUFFER);
    }

    /** Finds and measures the columns; returns the index of the opening brace. */
    private int scan(final ByteSlice data) throws InvalidJson {
        names.startDocument();
        columns.clear();
        asIs = true;
        needsCare = false;
        deleted = false;
        notLookedAt = 0;
        columnsSize = 0;
        scanner.reset(data).peek();
        final int start = scanner.position();
        scanner.enterObject();
        int ordinal = 0;
        FieldName name = nextColumn();
        while (name != null) {
            scanColumn(name, ordinal++);
            name = nextColumn();
        }
        return start;
    }

    /** Most records show the columns of the one before: it is enough to compare. */
    private @Nullable FieldName nextColumn() throws InvalidJson {
        final FieldName expected = names.expected();
        if (expected != null && scanner.nextKeyIs(expected.sourceKey())) {
            return names.follow(expected);
        }
        return scanner.nextKey()
                ? names.column(scanner.array(), scanner.keyStart(), scanner.keyEnd(), scanner.stringHasEscapes())
                : null;
    }

    private void scanColumn(final FieldName name, final int ordinal) throws InvalidJson {
        final int keyStart = scanner.keyStart();
        if (name.fate() == FieldName.Fate.STEERS || name.fate() == FieldName.Fate.ONE_TOO_MANY) {
            passOver(name);
            return;
        }
        final boolean known = name.seenIn == names.document();
        scanner.peek();
        final int valueStart = scanner.position();
        final boolean keyColumn = name.key() != null;
        final long size = measure.measure(scanner, 1, integersAsText || keyColumn);
        final Column column = known ? columns.get(name.column) : newColumn(name);
        if (known) {
            columnsSize -= column.size();
        }
        column.ordinal = ordinal;
        column.keyStart = keyStart - 1;
        column.valueStart = valueStart;
        column.valueEnd = scanner.position();
        column.valueSize = keyColumn && hasNestedKey(name) ? ValueMeasure.NEEDS_CARE : size;
        columnsSize += column.size();
        asIs &= !known && name.isKept();
        needsCare |= column.valueSize == ValueMeasure.NEEDS_CARE || name.fate() == FieldName.Fate.NAME_TOO_LONG;
    }

    private void passOver(final FieldName name) throws InvalidJson {
        asIs = false;
        final boolean isNull = scanner.peek() == 'n';
        scanner.skipValue();
        if (name.fate() == FieldName.Fate.ONE_TOO_MANY) {
            notLookedAt++;
        } else if (name.isDeletion()) {
            deleted = !isNull;
        }
    }

    private Column newColumn(final FieldName name) {
        name.seenIn = names.document();
        name.column = columns.count();
        return columns.add(name);
    }

    private static boolean hasNestedKey(final FieldName name) {
        final KeyPath key = name.key();
        return key != null && !key.children().isEmpty();
    }

    private void takeOver(final ByteSlice incomingChanges) throws InvalidJson {
        final Optional<Unstorable> refused = changes.takeOver(incomingChanges);
        refused.ifPresent(reason -> refusals.record(FieldNames.META + ".changes", reason));
    }

    /** Looks again at the values that may have to change. */
    private void takeCare(final ByteSlice data) throws InvalidJson {
        for (int i = 0; i < columns.count(); i++) {
            final Column column = columns.get(i);
            if (column.name().fate() == FieldName.Fate.NAME_TOO_LONG) {
                refusals.leaveOut(column, Unstorable.NAME_LENGTH);
                asIs = false;
            } else if (column.valueSize == ValueMeasure.NEEDS_CARE) {
                rewrite(column, data);
            }
        }
    }

    private void rewrite(final Column column, final ByteSlice data) throws InvalidJson {
        final Optional<KeyPath> key = Optional.ofNullable(column.name().key());
        final ByteSlice value = new ByteSlice(data.array(), column.valueStart, column.valueEnd - column.valueStart);
        column.rewrittenStart = rewritten.length();
        column.valueSize = rewriter.write(value, 1, integersAsText, key);
        column.rewrittenEnd = rewritten.length();
        column.form = Column.Form.REWRITTEN;
        asIs = false;
        if (column.valueSize == ValueRewriter.UNSTORABLE) {
            refusals.makeNull(column, rewriter.unstorable().orElseThrow());
        }
    }

    /** Every part of the key is there; null is a value (convex-api §10). */
    private void requireKey() throws InvalidJson {
        final List<KeyColumn> key = names.key();
        for (int i = 0; i < key.size(); i++) {
            final KeyColumn part = key.get(i);
            final boolean present = part.column().seenIn == names.document()
                    && (part.below().isEmpty() || isPresent(columns.get(part.column().column), part.below()));
            if (!present) {
                throw Failure.config(("A record of stream %s lacks its primary-key field %s. Choose a primary key that"
                                        + " every record has, or another sync mode.")
                                .formatted(stream, part.inSource()))
                        .ofStream(stream);
            }
        }
    }

    private boolean isPresent(final Column column, final List<byte[]> path) throws InvalidJson {
        scanner.reset(new ByteSlice(
                rewritten.slice().array(), column.rewrittenStart, column.rewrittenEnd - column.rewrittenStart));
        int found = 0;
        while (found < path.size() && scanner.peek() == '{') {
            scanner.enterObject();
            if (!foundKey(path.get(found))) {
                return false;
            }
            found++;
        }
        return found == path.size();
    }

    private boolean foundKey(final byte[] name) throws InvalidJson {
        while (scanner.nextKey()) {
            if (scanner.keyIs(name)) {
                return true;
            }
            scanner.skipValue();
        }
        return false;
    }

    private long fittingSize() {
        if (notLookedAt > 0) {
            refusals.leaveOutMore(notLookedAt);
        }
        final long plain = DocumentLimits.EMPTY_DOCUMENT + columnsSize + ownFields.size();
        final boolean fits = columns.count() + ownFields.count() <= DocumentLimits.MOST_FIELDS
                && plain <= DocumentLimits.LARGEST_DOCUMENT;
        if (fits && !needsCare && !changes.hasOwn()) {
            return plain;
        }
        final long size = limits.fit();
        if (changes.hasOwn()) {
            statistic.countDocument();
        }
        return size;
    }

    private ByteSlice assembled(final ByteSlice data, final long emittedAtMillis) {
        document.append('{');
        final CopiedRun run = new CopiedRun(document, data.array());
        for (int i = 0; i < columns.count(); i++) {
            final Column column = columns.get(i);
            switch (column.form) {
                case AS_IS -> run.copy(column);
                case REWRITTEN -> run.put(column, rewritten.slice().array());
                case NULLED -> run.putNull(column);
                case LEFT_OUT -> {}
            }
        }
        run.finish();
        ownFields.appendTo(document, document.length() == 1, emittedAtMillis);
        document.append('}');
        return document.slice();
    }
}
