package io.airbyte.integrations.destination.convex.convex;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BufferPublisherTest {

    private final List<ByteBuffer> buffers =
            List.of(ByteBuffer.wrap(new byte[] {1, 2}), ByteBuffer.allocate(0), ByteBuffer.wrap(new byte[] {3}));
    private final BufferPublisher publisher = new BufferPublisher(new RequestBody(buffers, 3));

    @Test
    void buffers_come_one_for_each_that_was_asked_for_and_empty_ones_never() {
        final Received received = subscribe();

        received.request(1);
        assertThat(received.events).containsExactly("[1, 2]");
        received.request(1);
        assertThat(received.events).containsExactly("[1, 2]", "[3]", "done");
        received.request(1);
        assertThat(received.events).hasSize(3);
    }

    @Test
    void every_subscriber_gets_the_whole_body_and_the_buffers_stay_where_they_are() {
        for (int i = 0; i < 2; i++) {
            final Received received = subscribe();
            received.request(Long.MAX_VALUE);
            received.request(Long.MAX_VALUE);
            assertThat(received.events).containsExactly("[1, 2]", "[3]", "done");
        }
        assertThat(buffers.get(0).position()).isZero();
        assertThat(publisher.contentLength()).isEqualTo(3);
    }

    @Test
    void asking_for_more_while_being_given_a_buffer_does_not_recurse() {
        final List<ByteBuffer> many = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            many.add(ByteBuffer.wrap(new byte[] {1}));
        }
        final Received received = new Received(true);
        new BufferPublisher(new RequestBody(many, many.size())).subscribe(received);

        received.request(1);

        assertThat(received.events).hasSize(100_001).endsWith("done");
    }

    @Test
    void after_cancelling_no_buffer_is_let_go() {
        final Received received = subscribe();
        received.request(1);

        publisher.cancel();
        received.request(5);

        assertThat(received.events).containsExactly("[1, 2]");
    }

    @Test
    void asking_for_nothing_is_an_error() {
        final Received received = subscribe();

        received.request(0);

        assertThat(received.events).containsExactly("error");
    }

    @Test
    void a_body_is_read_as_it_is_asked_for() {
        final List<Integer> read = new ArrayList<>();
        final Iterable<ByteBuffer> lazy = () -> IntStream.rangeClosed(1, 3)
                .peek(read::add)
                .mapToObj(i -> ByteBuffer.wrap(new byte[] {(byte) i}))
                .iterator();
        final Received received = subscribe(lazy, 3);
        assertThat(read).isEmpty();

        received.request(1);
        // Whether a buffer is the last one is known once the next has been looked for.
        assertThat(received.events).containsExactly("[1]");
        assertThat(read).containsExactly(1, 2);
        received.request(2);
        assertThat(received.events).containsExactly("[1]", "[2]", "[3]", "done");
    }

    @Test
    void a_body_without_bytes_ends_at_once() {
        for (final List<ByteBuffer> none : List.of(List.<ByteBuffer>of(), List.of(ByteBuffer.allocate(0)))) {
            final Received received = subscribe(none, 0);
            received.request(1);
            assertThat(received.events).containsExactly("done");
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_body_that_cannot_be_read_ends_in_an_error_and_is_read_no_further(final FailingBody.At at) {
        final FailingBody body = new FailingBody(at);
        final BufferPublisher failing = new BufferPublisher(new RequestBody(body, 3));
        final Received received = new Received(true);
        failing.subscribe(received);

        received.request(1);
        received.request(1);

        assertThat(received.events).endsWith("error").doesNotContain("done").containsOnlyOnce("error");
        assertThat(body.failures()).isOne();
        assertThat(failing.couldNotBeRead()).isTrue();
        assertThat(publisher.couldNotBeRead()).isFalse();
    }

    @Test
    void after_cancelling_nothing_is_read() {
        final FailingBody body = new FailingBody(FailingBody.At.FIRST_HAS_NEXT);
        final BufferPublisher failing = new BufferPublisher(new RequestBody(body, 3));
        final Received received = new Received(false);
        failing.subscribe(received);

        failing.cancel();
        received.request(1);

        assertThat(received.events).isEmpty();
        assertThat(body.failures()).isZero();
    }

    @Test
    void a_subscriber_that_cancels_hears_nothing_more() {
        final Received received = subscribe();
        received.cancelAfterFirst = true;

        received.request(Long.MAX_VALUE);

        assertThat(received.events).containsExactly("[1, 2]");
    }

    private Received subscribe() {
        final Received received = new Received(false);
        publisher.subscribe(received);
        return received;
    }

    private static Received subscribe(final Iterable<ByteBuffer> body, final long length) {
        final Received received = new Received(false);
        new BufferPublisher(new RequestBody(body, length)).subscribe(received);
        return received;
    }

    /** Writes down what it is given. */
    private static final class Received implements Flow.Subscriber<ByteBuffer> {

        private final List<String> events = new ArrayList<>();
        private final boolean greedy;
        private boolean cancelAfterFirst;
        private Flow.@Nullable Subscription subscription;

        Received(final boolean greedy) {
            this.greedy = greedy;
        }

        void request(final long count) {
            Objects.requireNonNull(subscription).request(count);
        }

        @Override
        public void onSubscribe(final Flow.Subscription given) {
            subscription = given;
        }

        @Override
        public void onNext(final ByteBuffer buffer) {
            final byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            events.add(Arrays.toString(bytes));
            if (cancelAfterFirst) {
                Objects.requireNonNull(subscription).cancel();
            }
            if (greedy) {
                request(1);
            }
        }

        @Override
        public void onError(final Throwable failure) {
            events.add("error");
        }

        @Override
        public void onComplete() {
            events.add("done");
        }
    }
}
