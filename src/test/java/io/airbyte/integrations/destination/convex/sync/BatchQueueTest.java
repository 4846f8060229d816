package io.airbyte.integrations.destination.convex.sync;

import static io.airbyte.integrations.destination.convex.sync.SyncRig.append;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbyte.integrations.destination.convex.document.EncodedDocument;
import io.airbyte.integrations.destination.convex.json.ByteSlice;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BatchQueueTest {

    private final SharedParts parts = new SharedParts(append("users"));
    private final RequestFrame frame = RequestFrame.append("users");
    private int sealed;
    private final BatchQueue queue =
            new BatchQueue(parts.stream(), frame, BatchLimits.APPEND, parts.sending, () -> sealed++);

    private static EncodedDocument document(final int bytes) {
        return new EncodedDocument(ByteSlice.of("\"" + "x".repeat(bytes - 2) + "\""), bytes, false);
    }

    /** As long as a document may be that goes alone. */
    private int longest() {
        return (20 << 20) - frame.overhead() - frame.messageOverhead();
    }

    @Test
    void a_record_that_fills_a_request_to_the_last_byte_is_taken() {
        queue.add(document(longest()));

        assertThat(queue.isEmpty()).isFalse();
    }

    @Test
    void a_record_that_no_request_can_hold_is_a_config_error_with_its_number_and_length() {
        queue.add(document(10));
        queue.add(document(10));

        assertThatThrownBy(() -> queue.add(document(longest() + 1))).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.kind()).isEqualTo(Failure.Kind.CONFIG_ERROR);
            assertThat(failure.message()).contains("Record 3 ", "20971521 bytes", "20971520");
        });
    }

    @Test
    void a_batch_that_was_opened_after_another_one_was_full_lingers_ten_seconds_of_its_own() {
        queue.add(document(10));
        parts.waits(Duration.ofSeconds(4));
        queue.seal();
        queue.add(document(10));
        parts.waits(Duration.ofSeconds(6));
        assertThat(sealed).isEqualTo(1);

        parts.waits(Duration.ofMillis(3_999));
        assertThat(sealed).isEqualTo(1);
        parts.waits(Duration.ofMillis(1));
        assertThat(sealed).isEqualTo(2);
    }

    @Test
    void a_queue_is_empty_when_nothing_is_open_and_nothing_sealed() {
        assertThat(queue.isEmpty()).isTrue();
        queue.add(document(10));
        assertThat(queue.isEmpty()).isFalse();
        queue.seal();
        assertThat(queue.isEmpty()).isFalse();
        assertThat(queue.poll()).isPresent();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void a_queue_that_is_discarded_is_empty_and_gives_its_memory_back() {
        final int before = parts.blocksLeft();
        queue.add(document(10));
        queue.seal();
        queue.add(document(10));

        queue.discard();

        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.poll()).isEmpty();
        assertThat(parts.blocksLeft()).isEqualTo(before);
    }

    @Test
    void a_stream_that_fails_gives_the_memory_of_all_its_batches_back() {
        final int before = parts.blocksLeft();
        final StreamDelivery delivery =
                new StreamDelivery(parts.stream(), frame, BatchLimits.APPEND, parts.sending, () -> {}, outcome -> {});
        delivery.queue().add(document(10));
        delivery.queue().seal();
        delivery.queue().add(document(10));
        delivery.queue().seal();
        delivery.queue().add(document(10));
        assertThat(parts.blocksLeft()).isEqualTo(before - 3);

        delivery.fail(Failure.config("refused"));

        assertThat(parts.blocksLeft()).isEqualTo(before);
        assertThat(delivery.isDone()).isTrue();
        assertThat(parts.failures)
                .singleElement()
                .satisfies(failure -> assertThat(failure.stream()).hasToString("Optional[users]"));
    }
}
