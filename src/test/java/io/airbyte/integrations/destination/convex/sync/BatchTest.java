package io.airbyte.integrations.destination.convex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbyte.integrations.destination.convex.json.ByteSlice;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchTest {

    private static final ByteSlice DOCUMENT = ByteSlice.of("{\"id\":1,\"name\":\"Ada\"}");

    private final RequestFrame frame = RequestFrame.dedup("users", List.of(List.of("id")));
    private final MemoryPool pool = new MemoryPool(1 << 20);
    private final Batch batch = new Batch(frame, pool, 77, 5);

    private long reckoned(final boolean delete) {
        return Batch.messageBytes(frame, DOCUMENT.length(), delete);
    }

    @Test
    void what_a_record_will_take_is_reckoned_to_the_byte() {
        batch.add(DOCUMENT, 100);
        final long one = batch.bodyBytes();
        batch.add(DOCUMENT, 100);

        assertThat(batch.bodyBytes() - one).isEqualTo(reckoned(false));
    }

    @Test
    void what_a_delete_will_take_is_reckoned_to_the_byte() {
        batch.add(DOCUMENT, 100);
        final long one = batch.bodyBytes();
        batch.addDelete(DOCUMENT, 100);

        assertThat(batch.bodyBytes() - one).isEqualTo(reckoned(true));
    }

    @Test
    void deletes_are_told_from_records_before_between_and_after_them() {
        batch.add(DOCUMENT, 100);
        assertThat(batch.isDelete(0)).isFalse();
        batch.addDelete(DOCUMENT, 100);
        batch.add(DOCUMENT, 100);
        for (int i = 3; i < 70; i++) {
            batch.add(DOCUMENT, 100);
        }

        assertThat(batch.isDelete(0)).isFalse();
        assertThat(batch.isDelete(1)).isTrue();
        assertThat(batch.isDelete(2)).isFalse();
        assertThat(batch.isDelete(64)).isFalse();
        assertThat(batch.isDelete(69)).isFalse();
    }

    @Test
    void a_batch_is_full_only_when_one_more_record_would_be_beyond_a_limit() {
        batch.add(DOCUMENT, 100);
        final long one = batch.bodyBytes();
        final long two = one + reckoned(false);

        assertThat(new BatchLimits(2, 200, two).areReachedBy(batch, reckoned(false), 100))
                .isFalse();
        assertThat(new BatchLimits(1, 200, two).areReachedBy(batch, reckoned(false), 100))
                .isTrue();
        assertThat(new BatchLimits(2, 199, two).areReachedBy(batch, reckoned(false), 100))
                .isTrue();
        assertThat(new BatchLimits(2, 200, two - 1).areReachedBy(batch, reckoned(false), 100))
                .isTrue();
    }

    @Test
    void memory_that_came_back_is_not_expected_any_more() {
        final MemoryPool small = new MemoryPool(10L * MemoryPool.BLOCK_BYTES);
        final Batch sent = new Batch(frame, small, 0, 1);
        sent.add(ByteSlice.of("\"" + "x".repeat(3 * MemoryPool.BLOCK_BYTES) + "\""), 100);
        sent.seal();
        sent.release();
        for (int i = 0; i < 8; i++) {
            small.takeBlock();
        }

        assertThat(small.isUnderPressure()).isTrue();
    }
}
