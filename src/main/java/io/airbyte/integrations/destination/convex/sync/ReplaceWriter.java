package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.document.EncodedDocument;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.sync.SyncPlan.Imports;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Logger;

/**
 * Puts a stream's documents in the place of what the table holds, all at once and only when the whole stream has arrived
 * (DESIGN rule 8). Until then they wait on disk, and on their way to the deployment, which keeps them apart.
 */
final class ReplaceWriter implements StreamWriter {

    private static final Logger LOG = Logger.getLogger(ReplaceWriter.class.getName());

    private final PlannedStream stream;
    private final Sending sending;
    private final IndexPreparation indexes;
    private final StreamCheckpoint checkpoint;
    private final StagedDocuments documents;
    private final Optional<PartUpload> upload;
    private final RepeatableRequests requests;
    private Runnable whenEnded = () -> {};
    private boolean ended;

    ReplaceWriter(
            final PlannedStream stream,
            final Sending sending,
            final IndexPreparation indexes,
            final Staging staging,
            final Imports imports) {
        this.stream = stream;
        this.sending = sending;
        this.indexes = indexes;
        this.checkpoint = sending.checkpoints().of(stream.descriptor());
        this.documents = new StagedDocuments(stream, staging, sending.pool(), imports == Imports.IN_ONE_REQUEST);
        this.upload = imports == Imports.WATCHED
                ? Optional.of(new PartUpload(stream, sending, documents, this::importUpload, this::fail))
                : Optional.empty();
        this.requests = new RepeatableRequests(sending, "Stream " + stream.descriptor());
        upload.ifPresent(staging::register);
    }

    @Override
    public void write(final EncodedDocument document) {
        if (!ended) {
            checkpoint.recordArrived();
            orFail(() -> documents.add(document));
            upload.ifPresent(PartUpload::advance);
        }
    }

    /** What was written is on disk. */
    @Override
    public void flush() {
        if (!ended) {
            orFail(documents::spill);
            upload.ifPresent(PartUpload::advance);
        }
    }

    private void orFail(final Runnable work) {
        try {
            work.run();
        } catch (final Failure failure) {
            fail(failure);
        }
    }

    @Override
    public long bytesToFlush() {
        return ended ? 0 : documents.bytesInMemory();
    }

    @Override
    public boolean isDone() {
        return ended;
    }

    PlannedStream stream() {
        return stream;
    }

    /** The stream is complete: its documents take the place of the table's. Calls {@code then} when that is done, or has failed. */
    void replace(final Runnable then) {
        whenEnded = then;
        if (ended) {
            then.run();
        } else {
            orFail(() -> documents.finish(this::send, this::fail));
        }
    }

    /** The table keeps what it holds: the stream is not complete. */
    void abandon() {
        if (!ended) {
            end();
        }
    }

    private void send() {
        if (documents.parts().isEmpty()) {
            clearTable();
        } else if (upload.isPresent()) {
            upload.get().advance();
        } else {
            new ImportInOneRequest(stream, sending, this::replaced, this::fail)
                    .send(() -> StagedPart.body(documents.parts()), documents.documents());
        }
    }

    private void clearTable() {
        requests.send(
                Long.MIN_VALUE,
                () -> sending.deployment().clearTable(stream.table()),
                cleared -> replaced(),
                outcome -> fail(requests.giveUp(outcome, "emptying table " + stream.table())));
    }

    private void importUpload(final String token, final List<String> partTokens) {
        LOG.info(() -> "Stream %s: %,d documents are uploaded; table %s is replaced by them now."
                .formatted(stream.descriptor(), documents.documents(), stream.table()));
        new ImportWatch(
                        stream,
                        sending,
                        documents.documents(),
                        this::replaced,
                        because -> upload.orElseThrow().beginAnew(because),
                        this::fail)
                .begin(token, partTokens);
    }

    /** The index that further syncs need is the new documents' own. */
    private void replaced() {
        LOG.info(() -> "Stream %s: table %s holds the %,d new documents, and nothing else."
                .formatted(stream.descriptor(), stream.table(), documents.documents()));
        sending.statistics().of(stream).recordsWritten(checkpoint.arrived());
        if (stream.isDeduplicated()) {
            indexes.begin(Map.of(stream.table(), stream.primaryKey()));
            indexes.whenReady(stream.table(), this::end, this::fail);
        } else {
            end();
        }
    }

    private void fail(final Failure failure) {
        if (!ended) {
            sending.failures().report(failure.ofStream(stream.descriptor()));
            end();
        }
    }

    private void end() {
        ended = true;
        upload.ifPresent(PartUpload::stop);
        documents.delete();
        whenEnded.run();
    }
}
