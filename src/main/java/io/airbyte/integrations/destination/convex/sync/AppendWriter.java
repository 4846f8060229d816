package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.convex.Outcome;
import io.airbyte.integrations.destination.convex.convex.Outcome.Doubt;
import io.airbyte.integrations.destination.convex.convex.Refusals;
import io.airbyte.integrations.destination.convex.document.EncodedDocument;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.logging.Logger;

/**
 * Inserts every record. A request is one transaction, so it landed whole or not at all; where its answer is lost, the
 * table's size tells which, as long as nothing else writes to the table at that very moment. Without the right to look it
 * is sent again, and its records may double.
 */
final class AppendWriter implements StreamWriter {

    private static final Logger LOG = Logger.getLogger(AppendWriter.class.getName());

    /** What is waited between two looks at a table. */
    private static final Duration LOOK_PAUSE = Duration.ofSeconds(2);

    /** How often a table must show that records are not there: without an answer, the deployment may still be at work. */
    private static final int LOOKS = 3;

    /** For how long a known size is trusted: hardly longer than one request after the other takes. */
    private static final long SIZE_HOLDS_MILLIS = 1_000;

    /** Nothing else, should it write to the table after all, would write just as many documents as such a batch has. */
    private static final int RECORDS_NOT_MISTAKEN = 100;

    /** For how long a known size is trusted before such a batch. */
    private static final long SIZE_HOLDS_FOR_MANY_MILLIS = 60_000;

    private final PlannedStream stream;
    private final Sending sending;
    private final StreamDelivery delivery;
    /** How many documents the table holds by all that was answered; empty as long as that is unknown. */
    private OptionalLong tableSize = OptionalLong.empty();

    /** When the deployment last showed, or its answer implied, that it holds so many. */
    private long tableSizeKnownAt;

    AppendWriter(final PlannedStream stream, final Sending sending) {
        this.stream = stream;
        this.sending = sending;
        this.delivery = new StreamDelivery(
                stream, RequestFrame.append(stream.table()), BatchLimits.APPEND, sending, this::begin, this::answered);
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
        return delivery.bytesToFlush();
    }

    @Override
    public boolean isDone() {
        return delivery.isDone();
    }

    /** Before a request, the size that later sizes are compared with, unless it is known from just now. */
    private void begin() {
        if (sizeHolds() || sending.readRight().isMissing()) {
            delivery.send();
        } else {
            askTableSize(this::sizeBeforeAnswered);
        }
    }

    private boolean sizeHolds() {
        final long holds =
                delivery.batch().records() < RECORDS_NOT_MISTAKEN ? SIZE_HOLDS_MILLIS : SIZE_HOLDS_FOR_MANY_MILLIS;
        return tableSize.isPresent() && sending.timers().now() - tableSizeKnownAt <= holds;
    }

    private void sizeBeforeAnswered(final Outcome<Long> outcome) {
        if (outcome instanceof Outcome.Done<Long> done) {
            delivery.forgetFailures();
            know(done.value());
            delivery.send();
        } else if (outcome instanceof Outcome.Refused<Long> refusal) {
            noteMissingRight(refusal);
            tableSize = OptionalLong.empty();
            delivery.send();
        } else {
            delivery.retry(outcome, this::begin, () -> sizeBeforeUnknown(outcome));
        }
    }

    /** A query that keeps failing does not keep records from being written; the next batch asks again. */
    private void sizeBeforeUnknown(final Outcome<Long> outcome) {
        if (outcome.isServerError()) {
            tableSize = OptionalLong.empty();
            delivery.forgetFailures();
            delivery.send();
        } else {
            delivery.giveUpOnDeployment(outcome);
        }
    }

    private void noteMissingRight(final Outcome.Refused<Long> refusal) {
        if (Refusals.isAboutPermission(refusal)) {
            sending.readRight().foundMissing();
        }
    }

    private void know(final long size) {
        tableSize = OptionalLong.of(size);
        tableSizeKnownAt = sending.timers().now();
    }

    private void askTableSize(final Consumer<Outcome<Long>> answered) {
        sending.window()
                .request(delivery.batch().openedAt(), () -> sending.deployment().tableSize(stream.table()), answered);
    }

    private void answered(final Outcome<Void> outcome) {
        if (outcome instanceof Outcome.Done<Void>) {
            landed();
        } else if (outcome instanceof Outcome.Refused<Void> refusal) {
            delivery.refused(refusal);
        } else if (outcome instanceof Outcome.Unknown<Void> unknown) {
            resolve(unknown);
        } else {
            delivery.retry(outcome, delivery::send);
        }
    }

    private void landed() {
        if (tableSize.isPresent()) {
            know(sizeOnceLanded());
        }
        delivery.landed();
    }

    private long sizeOnceLanded() {
        return tableSize.orElseThrow() + delivery.current().records();
    }

    /** Half of what took too long may be done in time. */
    private void sendLess() {
        delivery.split();
        delivery.send();
    }

    /** Finds out whether the current records landed; if not, they are sent again, as long as there is hope. */
    private void resolve(final Outcome.Unknown<Void> unknown) {
        final Optional<Duration> delay = delivery.delayAfter(unknown);
        final Runnable ifNotLanded = delay.isEmpty()
                ? () -> delivery.giveUp(unknown)
                : unknown.doubt() == Doubt.TIMED_OUT ? this::sendLess : delivery::send;
        if (tableSize.isPresent()) {
            final int looks = unknown.doubt() == Doubt.SERVER_ERROR ? 1 : LOOKS;
            delivery.later(delay.orElse(LOOK_PAUSE), unknown, () -> look(looks, ifNotLanded));
        } else if (delay.isPresent()) {
            sending.readRight().tellThatRecordsMayDouble();
            delivery.later(delay.get(), unknown, ifNotLanded);
        } else {
            ifNotLanded.run();
        }
    }

    private void look(final int looks, final Runnable ifNotLanded) {
        askTableSize(outcome -> {
            if (outcome instanceof Outcome.Done<Long> done) {
                judge(done.value(), looks, ifNotLanded);
            } else if (outcome instanceof Outcome.Refused<Long> refusal) {
                noteMissingRight(refusal);
                sending.readRight().tellThatRecordsMayDouble();
                tableSize = OptionalLong.empty();
                ifNotLanded.run();
            } else {
                delivery.retry(outcome, () -> look(looks, ifNotLanded), () -> delivery.giveUpOnDeployment(outcome));
            }
        });
    }

    private void judge(final long size, final int looks, final Runnable ifNotLanded) {
        if (size == sizeOnceLanded()) {
            landed();
        } else if (size == tableSize.orElseThrow() && looks > 1) {
            sending.timers().after(LOOK_PAUSE.toMillis(), () -> look(looks - 1, ifNotLanded));
        } else {
            if (size != tableSize.orElseThrow()) {
                LOG.warning(
                        () -> ("Stream %s: something else writes to table %s while it is being synchronised, so nobody"
                                        + " can tell whether a request landed whose answer was lost. Its records are sent again and"
                                        + " may appear twice. Let nothing but this connector write to imported tables.")
                                .formatted(stream.descriptor(), stream.table()));
                know(size);
            }
            ifNotLanded.run();
        }
    }
}
