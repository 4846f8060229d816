import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Forwards stdin to a deployment's place without looking inside: the limit of what a connector could do. Input is read
 * into bodies of at most 8 MiB, each cut behind its last line, and posted over bare sockets, several at once. There is no
 * JSON, no document, no state and no retry: any other answer than 200 ends it.
 *
 * <pre>java benchmarks/RawForward.java URL [REQUESTS_IN_FLIGHT] &lt;LINES</pre>
 *
 * It posts to {@code /lines?table=raw}, which the sink answers: it checks that every line is JSON, as it does with
 * documents.
 */
final class RawForward {

    private static final int BODY = 8 << 20;

    /** What is to be posted, or was. */
    private static final class Body {
        private final byte[] bytes = new byte[BODY];
        private int length;
    }

    private RawForward() {}

    public static void main(final String[] arguments) throws IOException, InterruptedException {
        final URI url = URI.create(arguments[0]);
        final int inFlight = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 4;
        final BlockingQueue<Body> empty = new ArrayBlockingQueue<>(inFlight + 1);
        final BlockingQueue<Body> full = new ArrayBlockingQueue<>(2 * inFlight + 1);
        for (int i = 0; i <= inFlight; i++) {
            empty.add(new Body());
        }
        final Thread[] senders = new Thread[inFlight];
        for (int i = 0; i < inFlight; i++) {
            senders[i] = new Thread(() -> send(url, full, empty));
            senders[i].start();
        }
        read(empty, full);
        for (int i = 0; i < inFlight; i++) {
            // A body without bytes: the end.
            full.put(new Body());
        }
        for (final Thread sender : senders) {
            sender.join();
        }
    }

    private static void read(final BlockingQueue<Body> empty, final BlockingQueue<Body> full)
            throws IOException, InterruptedException {
        final InputStream in = new FileInputStream(FileDescriptor.in);
        Body body = empty.take();
        body.length = 0;
        int filled = 0;
        for (int read = 0; read >= 0; read = in.read(body.bytes, filled, BODY - filled)) {
            filled += read;
            if (filled < BODY) {
                continue;
            }
            int end = filled;
            while (body.bytes[end - 1] != '\n') {
                end--;
            }
            final Body next = empty.take();
            System.arraycopy(body.bytes, end, next.bytes, 0, filled - end);
            filled -= end;
            body.length = end;
            full.put(body);
            body = next;
        }
        body.length = filled;
        if (filled > 0) {
            full.put(body);
        }
    }

    private static void send(final URI url, final BlockingQueue<Body> full, final BlockingQueue<Body> empty) {
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            socket.setTcpNoDelay(true);
            final OutputStream out = socket.getOutputStream();
            final InputStream in = socket.getInputStream();
            for (Body body = full.take(); body.length > 0; body = full.take()) {
                final String head = "POST /lines?table=raw HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n"
                        .formatted(url.getAuthority(), body.length);
                out.write(head.getBytes(ISO_8859_1));
                out.write(body.bytes, 0, body.length);
                expectSuccess(in);
                empty.put(body);
            }
        } catch (final IOException | InterruptedException e) {
            System.err.println(e);
            System.exit(1);
        }
    }

    /** The answer has a head and no body. */
    private static void expectSuccess(final InputStream in) throws IOException {
        final var head = new StringBuilder();
        while (head.length() < 4 || head.lastIndexOf("\r\n\r\n") != head.length() - 4) {
            final int read = in.read();
            if (read < 0) {
                throw new IOException("The connection broke.");
            }
            head.append((char) read);
        }
        if (!head.toString().startsWith("HTTP/1.1 200 ") || !head.toString().contains("\r\nContent-Length: 0\r\n")) {
            throw new IOException(head.toString());
        }
    }
}
