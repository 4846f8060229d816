package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.convex.Outcome;
import io.airbyte.integrations.destination.convex.document.EncodedDocument;
import io.airbyte.integrations.destination.convex.protocol.Failure;

/**
 * Keeps the last record of each primary key; a CDC delete removes the document. Requests may always be sent again: the
 * same records in the same order end in the same documents.
 */
final class DedupWriter implements StreamWriter {

    private final PlannedStream stream;
    private final IndexPreparation indexes;
    private final StreamDelivery delivery;
    /** The current record is a delete whose document the deployment's schema has refused. */
    private boolean deletingAlone;
    /** The deployment fails on the current record, and was seen to be well otherwise. */
    private boolean recordIsSuspected;

    DedupWriter(final PlannedStream stream, final Sending sending, final IndexPreparation indexes) {
        this.stream = stream;
        this.indexes = indexes;
        this.delivery = new StreamDelivery(
                stream,
                RequestFrame.dedup(stream.table(), stream.primaryKey()),
                BatchLimits.DEDUP,
                sending,
                this::sendWhenIndexed,
                this::answered);
    }

    @Override
    public void write(final EncodedDocument document) {
        delivery.queue().add(document);
    }

    @Override
    public void flush() {
        delivery.queue().seal();
    }

    @Override
    public long bytesToFlush() {
        return indexes.isReady(stream.table()) ? delivery.bytesToFlush() : 0;
    }

    @Override
    public boolean isDone() {
        return delivery.isDone();
    }

    private void sendWhenIndexed() {
        indexes.whenReady(stream.table(), this::sendAgain, delivery::fail);
    }

    private void answered(final Outcome<Void> outcome) {
        if (outcome instanceof Outcome.Done<Void>) {
            landed();
        } else if (outcome instanceof Outcome.Refused<Void> refusal) {
            refused(refusal);
        } else if (outcome.isServerError()) {
            delivery.retry(outcome, this::sendAgain, () -> blameRecord(outcome));
        } else {
            delivery.retry(outcome, isTimeOut(outcome) ? this::sendLess : this::sendAgain);
        }
    }

    private static boolean isTimeOut(final Outcome<Void> outcome) {
        return outcome instanceof Outcome.Unknown<Void> unknown && unknown.doubt() == Outcome.Doubt.TIMED_OUT;
    }

    /** Half of what took too long may be done in time. */
    private void sendLess() {
        delivery.split();
        sendAgain();
    }

    private void sendAgain() {
        if (deletingAlone) {
            sendDeleteAlone();
        } else {
            delivery.send();
        }
    }

    private void landed() {
        deletingAlone = false;
        recordIsSuspected = false;
        delivery.landed();
    }

    private void refused(final Outcome.Refused<Void> refusal) {
        switch (refusal.code()) {
            case "IndexBackfillingError" -> {
                indexes.awaitAgain(stream.table());
                sendWhenIndexed();
            }
            case "IndexNotFoundError", "FieldNotInIndex", "InvalidIndexRange" -> {
                if (indexes.prepareAgain(stream.table(), stream.primaryKey())) {
                    sendWhenIndexed();
                } else {
                    delivery.refused(refusal);
                }
            }
            case "SchemaEnforcementError" -> refusedBySchema(refusal);
            default -> delivery.refused(refusal);
        }
    }

    /**
     * A delete is sent as its document first, which the schema may refuse where the source leaves columns out of deletes.
     * Then it goes alone: if that is refused too, the deployment tried to insert it, so there was nothing to delete.
     */
    private void refusedBySchema(final Outcome.Refused<Void> refusal) {
        if (deletingAlone) {
            landed();
        } else if (delivery.current().records() == 1
                && delivery.batch().isDelete(delivery.current().from())) {
            deletingAlone = true;
            sendDeleteAlone();
        } else {
            delivery.refused(refusal);
        }
    }

    private void sendDeleteAlone() {
        delivery.send(() -> delivery.batch().deleteAlone(delivery.current().from()));
    }

    /**
     * A server error that stays with one record is how the deployment tells of a key that two documents have (convex-api
     * §2.6), provided that a request without records succeeds meanwhile: else it is the deployment that is ill.
     */
    private void blameRecord(final Outcome<Void> outcome) {
        if (delivery.current().records() > 1) {
            delivery.narrowDown(delivery.exhausted(outcome));
        } else if (recordIsSuspected) {
            delivery.narrowDown(duplicates());
        } else {
            delivery.sendNoRecords(health -> {
                if (health instanceof Outcome.Done<Void>) {
                    recordIsSuspected = true;
                    sendAgain();
                } else {
                    delivery.fail(delivery.exhausted(outcome));
                }
            });
        }
    }

    private Failure duplicates() {
        return Failure.config(
                ("Table %s seems to hold several documents with the primary key of one record, left by earlier"
                                + " syncs in append mode or written by the application: the deployment fails on that record every"
                                + " time. Remove the duplicates, or empty the table and refresh the stream.")
                        .formatted(stream.table()));
    }
}
