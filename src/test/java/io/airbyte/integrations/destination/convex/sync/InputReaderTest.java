package io.airbyte.integrations.destination.convex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class InputReaderTest {

    private final Mailbox mailbox = new Mailbox(() -> 0);

    @AfterEach
    void isNotInterruptedAnyMore() {
        Thread.interrupted();
    }

    private Thread started(final InputStream input) {
        final Thread thread = new Thread(new InputReader(input, mailbox), "stdin");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private Event next() throws InterruptedException {
        return mailbox.next(true, OptionalLong.empty()).orElseThrow();
    }

    private static byte[] bytes(final int count) {
        final byte[] bytes = new byte[count];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    @Test
    void everything_that_there_is_to_read_arrives_in_order_and_then_the_end() throws Exception {
        final byte[] all = bytes(5_000_000);
        started(new ByteArrayInputStream(all));

        final ByteArrayOutputStream arrived = new ByteArrayOutputStream();
        Event event = next();
        while (event instanceof Event.InputArrived input) {
            arrived.write(
                    input.chunk().array(), input.chunk().offset(), input.chunk().length());
            input.usedUp().run();
            event = next();
        }

        assertThat(event).isInstanceOf(Event.InputEnded.class);
        assertThat(arrived.toByteArray()).isEqualTo(all);
    }

    @Test
    void no_more_than_a_megabyte_is_read_ahead() throws Exception {
        final AtomicLong read = new AtomicLong();
        final Thread reader = started(new ByteArrayInputStream(bytes(5_000_000)) {
            @Override
            public synchronized int read(final byte[] into, final int from, final int most) {
                final int count = super.read(into, from, most);
                read.addAndGet(count);
                return count;
            }
        });
        // Four chunks, none of which is given back: two are handed over, and two more are read.
        next();
        next();
        while (reader.getState() != Thread.State.WAITING || read.get() < 4 * 256 * 1024) {
            Thread.onSpinWait();
        }

        assertThat(read.get()).isEqualTo(4 * 256 * 1024);
    }

    @Test
    void a_read_that_brings_nothing_is_not_the_end() throws Exception {
        started(new InputStream() {
            private int reads;

            @Override
            public int read() {
                throw new AssertionError("Chunks are read as a whole.");
            }

            @Override
            public int read(final byte[] into, final int from, final int most) {
                reads++;
                into[from] = '\n';
                return reads == 1 ? 0 : reads == 2 ? 1 : -1;
            }
        });

        final StringBuilder arrived = new StringBuilder();
        Event event = next();
        while (event instanceof Event.InputArrived input) {
            arrived.append(input.chunk().text());
            event = next();
        }
        assertThat(arrived).hasToString("\n");
    }

    @Test
    void a_broken_input_is_told_from_one_that_has_ended() throws Exception {
        final IOException broken = new IOException("Input/output error");
        started(new InputStream() {
            @Override
            public int read() throws IOException {
                throw broken;
            }

            @Override
            public int read(final byte[] into, final int from, final int most) throws IOException {
                return read();
            }
        });

        assertThat(next())
                .isInstanceOfSatisfying(
                        Event.InputBroken.class,
                        event -> assertThat(event.cause()).isSameAs(broken));
    }

    @Test
    void a_reader_that_is_interrupted_ends_and_stays_interrupted() {
        Thread.currentThread().interrupt();

        new InputReader(new ByteArrayInputStream(bytes(10)), mailbox).run();

        assertThat(Thread.currentThread().isInterrupted()).isTrue();
    }
}
