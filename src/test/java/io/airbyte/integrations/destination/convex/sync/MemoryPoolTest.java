package io.airbyte.integrations.destination.convex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MemoryPoolTest {

    private final MemoryPool pool = new MemoryPool(10L * MemoryPool.BLOCK_BYTES);

    private List<byte[]> takeAll() {
        final List<byte[]> blocks = new ArrayList<>();
        while (!pool.isExhausted()) {
            blocks.add(pool.takeBlock());
        }
        return blocks;
    }

    private static int known(final List<byte[]> blocks, final List<byte[]> among) {
        final IdentityHashMap<byte[], Boolean> identities = new IdentityHashMap<>();
        among.forEach(block -> identities.put(block, true));
        return (int) blocks.stream().filter(identities::containsKey).count();
    }

    @Test
    void blocks_that_came_back_are_used_again() {
        final List<byte[]> first = takeAll();
        first.forEach(pool::giveBack);

        assertThat(first).hasSize(10);
        assertThat(known(takeAll(), first)).isEqualTo(10);
    }

    @Test
    void idle_blocks_are_let_go_of_for_other_memory() {
        final List<byte[]> first = takeAll();
        first.forEach(pool::giveBack);
        pool.charge(6L * MemoryPool.BLOCK_BYTES);
        pool.discharge(6L * MemoryPool.BLOCK_BYTES);

        assertThat(known(takeAll(), first)).isEqualTo(4);
    }

    @Test
    void what_is_on_its_way_is_no_pressure_but_memory_all_the_same() {
        takeAll();
        assertThat(pool.isUnderPressure()).isTrue();

        pool.expectBack(6L * MemoryPool.BLOCK_BYTES);

        assertThat(pool.isUnderPressure()).isFalse();
        assertThat(pool.isExhausted()).isTrue();
    }

    @Test
    void waiting_states_are_no_reason_to_send_batches_before_memory_is_exhausted() {
        pool.charge(9L * MemoryPool.BLOCK_BYTES);

        assertThat(pool.isUnderPressure()).isFalse();
    }

    @Test
    void blocks_of_records_that_overdrew_the_memory_are_not_kept() {
        final List<byte[]> taken = takeAll();
        taken.add(pool.takeBlock());
        taken.add(pool.takeBlock());
        taken.forEach(pool::giveBack);

        assertThat(known(takeAll(), taken)).isEqualTo(10);
        assertThat(known(List.of(pool.takeBlock(), pool.takeBlock()), taken)).isZero();
    }

    @Test
    void states_that_have_left_do_not_count_any_more() {
        pool.charge(4L * MemoryPool.BLOCK_BYTES);
        pool.discharge(4L * MemoryPool.BLOCK_BYTES);
        IntStream.range(0, 8).forEach(i -> pool.takeBlock());

        assertThat(pool.isUnderPressure()).isTrue();
    }

    @Test
    void three_quarters_of_the_memory_are_pressure() {
        final MemoryPool eight = new MemoryPool(8L * MemoryPool.BLOCK_BYTES);
        IntStream.range(0, 5).forEach(i -> eight.takeBlock());
        assertThat(eight.isUnderPressure()).isFalse();

        eight.takeBlock();

        assertThat(eight.isUnderPressure()).isTrue();
    }

    @Test
    void a_small_heap_gets_a_small_pool_and_a_large_one_no_more_than_can_be_in_flight() {
        assertThat(taken(MemoryPool.forHeap(16L << 20))).isEqualTo(8L << 20);
        assertThat(taken(MemoryPool.forHeap(96L << 20))).isEqualTo(32L << 20);
        assertThat(taken(MemoryPool.forHeap(64L << 30))).isEqualTo(128L << 20);
    }

    private static long taken(final MemoryPool pool) {
        long bytes = 0;
        while (!pool.isExhausted()) {
            pool.charge(MemoryPool.BLOCK_BYTES);
            bytes += MemoryPool.BLOCK_BYTES;
        }
        return bytes;
    }
}
