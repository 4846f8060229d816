package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.json.ByteSlice;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** The reader thread: fills chunks from stdin and leaves them in the mailbox, a few ahead of the pipeline. */
public final class InputReader implements Runnable {

    private static final int CHUNK_BYTES = 256 * 1024;
    /** One being filled, one being handled, two unread. */
    private static final int CHUNKS = 4;

    private final InputStream input;
    private final Mailbox mailbox;
    private final BlockingQueue<byte[]> idle = new ArrayBlockingQueue<>(CHUNKS);

    public InputReader(final InputStream input, final Mailbox mailbox) {
        this.input = input;
        this.mailbox = mailbox;
        for (int i = 0; i < CHUNKS; i++) {
            idle.add(new byte[CHUNK_BYTES]);
        }
    }

    @Override
    public void run() {
        try {
            mailbox.putInput(lastEvent());
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Hands over everything there is to read, and tells how it ended. */
    private Event lastEvent() throws InterruptedException {
        try {
            while (true) {
                final byte[] chunk = idle.take();
                final int count = input.read(chunk);
                if (count < 0) {
                    return new Event.InputEnded();
                }
                mailbox.putInput(new Event.InputArrived(new ByteSlice(chunk, 0, count), () -> idle.add(chunk)));
            }
        } catch (final IOException | RuntimeException | Error e) {
            return new Event.InputBroken(e);
        }
    }
}
