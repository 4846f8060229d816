package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.convex.RequestBody;
import io.airbyte.integrations.destination.convex.json.ByteSlice;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Records of one stream that travel together, in arrival order. A CDC delete is two messages that stay adjacent: the
 * document, then the document marked as deleted, for the deployment would insert a delete whose row does not exist
 * (convex-api §2.2).
 */
final class Batch {

    /** What turns a document into its own delete: a member before the closing brace (convex-api §3.4). */
    private static final ByteSlice DELETED_MEMBER = ByteSlice.of("\"_ab_cdc_deleted_at\":true}");

    private static final ByteSlice COMMA = ByteSlice.of(",");

    /** Records of a batch, by position: from the first (inclusive) to the last (exclusive). */
    record Range(int from, int to) {
        int records() {
            return to - from;
        }
    }

    private final RequestFrame frame;
    private final BlockBytes messages;
    private final long openedAt;
    private final long firstSequence;
    private int records;
    private long documentBytes;
    /** Where each record's messages end. */
    private int[] ends = new int[64];
    /** Where the second message of each delete starts; 0 for a record that is none. Empty until there is a delete. */
    private int[] deleteStarts = new int[0];

    /**
     * @param openedAt when the first record arrived, by the ticker's clock
     * @param firstSequence the first record's number among all records of the sync
     */
    Batch(final RequestFrame frame, final MemoryPool pool, final long openedAt, final long firstSequence) {
        this.frame = frame;
        this.messages = new BlockBytes(pool);
        this.openedAt = openedAt;
        this.firstSequence = firstSequence;
    }

    /** @param documentSize what the deployment counts for the document (convex-api §4.3) */
    void add(final ByteSlice document, final int documentSize) {
        separate();
        addMessage(document);
        finishRecord(documentSize);
    }

    void addDelete(final ByteSlice document, final int documentSize) {
        separate();
        addMessage(document);
        messages.append(COMMA);
        if (deleteStarts.length <= records) {
            deleteStarts = Arrays.copyOf(deleteStarts, Math.max(ends.length, 2 * records));
        }
        deleteStarts[records] = messages.length();
        addDeleteMessage(document);
        finishRecord(documentSize);
    }

    private void separate() {
        if (records > 0) {
            messages.append(COMMA);
        }
    }

    private void addMessage(final ByteSlice document) {
        messages.append(frame.messageStart());
        messages.append(document);
        messages.append(frame.messageEnd());
    }

    private void addDeleteMessage(final ByteSlice document) {
        messages.append(frame.messageStart());
        messages.append(new ByteSlice(document.array(), document.offset(), document.length() - 1));
        messages.append(COMMA);
        messages.append(DELETED_MEMBER);
        messages.append(frame.messageEnd());
    }

    private void finishRecord(final int documentSize) {
        if (records == ends.length) {
            ends = Arrays.copyOf(ends, records * 2);
        }
        ends[records++] = messages.length();
        documentBytes += documentSize;
    }

    /** Bytes that a record with this document takes in a request. */
    static long messageBytes(final RequestFrame frame, final int documentLength, final boolean delete) {
        final long message = (long) documentLength + frame.messageOverhead();
        return delete ? 2 * message + DELETED_MEMBER.length() : message;
    }

    /** No record is added any more: the batch leaves as soon as it may. */
    void seal() {
        messages.complete();
    }

    int records() {
        return records;
    }

    /** Bytes of a request with all records. */
    long bodyBytes() {
        return (long) messages.length() + frame.overhead();
    }

    /** What the deployment counts for all documents. */
    long documentBytes() {
        return documentBytes;
    }

    long openedAt() {
        return openedAt;
    }

    long firstSequence() {
        return firstSequence;
    }

    Range all() {
        return new Range(0, records);
    }

    boolean isDelete(final int record) {
        return record < deleteStarts.length && deleteStarts[record] > 0;
    }

    /** A request with these records. */
    RequestBody body(final Range range) {
        return body(start(range.from()), ends[range.to() - 1]);
    }

    /** A request with nothing but the delete of this record. */
    RequestBody deleteAlone(final int record) {
        return body(deleteStarts[record], ends[record]);
    }

    /** A request for this table without any record. */
    RequestBody noRecords() {
        return body(0, 0);
    }

    private int start(final int record) {
        return record == 0 ? 0 : ends[record - 1] + COMMA.length();
    }

    private RequestBody body(final int from, final int to) {
        final List<ByteBuffer> buffers = new ArrayList<>();
        buffers.add(buffer(frame.start()));
        messages.addRange(from, to, buffers);
        buffers.add(buffer(frame.end()));
        return new RequestBody(List.copyOf(buffers), (long) to - from + frame.overhead());
    }

    private static ByteBuffer buffer(final ByteSlice slice) {
        return ByteBuffer.wrap(slice.array(), slice.offset(), slice.length());
    }

    /** The memory is the pool's again; no body may be asked for afterwards, nor one be in flight. */
    void release() {
        messages.release();
    }
}
