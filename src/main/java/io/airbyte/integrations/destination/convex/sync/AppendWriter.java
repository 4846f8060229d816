package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.convex.Outcome;
import io.airbyte.integrations.destination.convex.convex.Outcome.Doubt;
import io.airbyte.integrations.destination.convex.document.EncodedDocument;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.logging.Logger;

/**
 * Inserts every record. A request is one transaction, so it landed whole or not at all; where its answer is lost, the
 * table's size tells which, since nothing else writes to the table. Without the right to look it is sent again, and its
 * records may double.
 */
final class AppendWriter implements StreamWriter {

    private static final Logger LOG = Logger.getLogger(AppendWriter.class.getName());

    /** What is waited before looking whether the last attempt of all has landed. */
    private static final Duration LAST_LOOK_DELAY = Duration.ofSeconds(1);

    private final PlannedStream stream;
    private final Sending sending;
    private final StreamDelivery delivery;
    /** How many documents the table holds by all that was answered; empty as long as that is unknown. */
    private OptionalLong tableSize = OptionalLong.empty();

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

    /** Before the first request of all, the size that later sizes are compared with. */
    private void begin() {
        if (tableSize.isPresent() || sending.readRight().isMissing()) {
            delivery.send();
        } else {
            askTableSize(this::firstSizeAnswered);
        }
    }

    private void firstSizeAnswered(final Outcome<Long> outcome) {
        if (outcome instanceof Outcome.Done<Long> done) {
            tableSize = OptionalLong.of(done.value());
            delivery.send();
        } else if (outcome instanceof Outcome.Refused<Long>) {
            sending.readRight().foundMissing();
            delivery.send();
        } else {
            delivery.retry(outcome, this::begin);
        }
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
            tableSize = OptionalLong.of(sizeOnceLanded());
        }
        delivery.landed();
    }

    private long sizeOnceLanded() {
        return tableSize.orElseThrow() + delivery.current().records();
    }

    /** Finds out whether the current records landed; if not, they are sent again, as long as there is hope. */
    private void resolve(final Outcome.Unknown<Void> unknown) {
        final Optional<Duration> delay = delivery.delayAfter(unknown);
        final Runnable ifNotLanded = delay.isPresent() ? delivery::send : () -> delivery.giveUp(unknown);
        if (tableSize.isPresent()) {
            final int looks = unknown.doubt() == Doubt.TIMED_OUT ? 2 : 1;
            final Duration pause = delay.orElse(LAST_LOOK_DELAY);
            delivery.later(pause, unknown, () -> look(looks, pause, ifNotLanded));
        } else if (delay.isPresent()) {
            sending.readRight().tellThatRecordsMayDouble();
            delivery.later(delay.get(), unknown, ifNotLanded);
        } else {
            ifNotLanded.run();
        }
    }

    /**
     * @param looks how often the table must show that the records are not there, for after a time-out the deployment may
     *     still be at work
     */
    private void look(final int looks, final Duration pause, final Runnable ifNotLanded) {
        askTableSize(outcome -> {
            if (outcome instanceof Outcome.Done<Long> done) {
                judge(done.value(), looks, pause, ifNotLanded);
            } else if (outcome instanceof Outcome.Refused<Long>) {
                sending.readRight().tellThatRecordsMayDouble();
                tableSize = OptionalLong.empty();
                ifNotLanded.run();
            } else {
                delivery.retry(outcome, () -> look(looks, pause, ifNotLanded));
            }
        });
    }

    private void judge(final long size, final int looks, final Duration pause, final Runnable ifNotLanded) {
        if (size == sizeOnceLanded()) {
            landed();
        } else if (size == tableSize.orElseThrow() && looks > 1) {
            sending.timers().after(pause.toMillis(), () -> look(looks - 1, pause, ifNotLanded));
        } else {
            if (size != tableSize.orElseThrow()) {
                LOG.warning(
                        () -> ("Stream %s: something else writes to table %s while it is being synchronised, so nobody"
                                        + " can tell whether a request landed whose answer was lost. Its records are sent again and"
                                        + " may appear twice. Let nothing but this connector write to imported tables.")
                                .formatted(stream.descriptor(), stream.table()));
                tableSize = OptionalLong.of(size);
            }
            ifNotLanded.run();
        }
    }
}
