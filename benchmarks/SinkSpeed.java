import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * How fast the sink is on its own: the same request of 8 MiB, with documents of 1 KiB, posted again and again. What sends it
 * does nothing else, but it runs on the same cores.
 *
 * <pre>java benchmarks/SinkSpeed.java URL [CONNECTIONS] [REQUESTS]</pre>
 */
final class SinkSpeed {

    private static final int BODY = 8 << 20;

    private SinkSpeed() {}

    public static void main(final String[] arguments) throws Exception {
        final int connections = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 2;
        final int requests = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 100;
        System.out.printf("%.0f MB/s%n", megabytesPerSecond(arguments[0], connections, requests));
    }

    /** @param requests over each of the connections */
    static double megabytesPerSecond(final String url, final int connections, final int requests)
            throws InterruptedException, ExecutionException {
        final byte[] request = request();
        final ExecutorService senders = Executors.newFixedThreadPool(connections);
        try {
            final long began = System.nanoTime();
            final Callable<Void> sender = () -> post(URI.create(url), request, requests);
            for (final Future<Void> sent : senders.invokeAll(
                    IntStream.range(0, connections).mapToObj(i -> sender).toList())) {
                sent.get();
            }
            return (double) request.length * requests * connections / 1e6 / ((System.nanoTime() - began) / 1e9);
        } finally {
            senders.shutdownNow();
        }
    }

    private static Void post(final URI url, final byte[] request, final int times) throws IOException {
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            final OutputStream out = socket.getOutputStream();
            final InputStream in = socket.getInputStream();
            final byte[] answer = new byte[1_024];
            for (int i = 0; i < times; i++) {
                out.write(request);
                final int length = in.read(answer);
                if (length < 0 || !new String(answer, 0, length, ISO_8859_1).startsWith("HTTP/1.1 200 ")) {
                    throw new IOException("The sink has refused it.");
                }
            }
        }
        return null;
    }

    private static byte[] request() {
        final var body =
                new StringBuilder("{\"tables\":{\"wide\":{\"primaryKey\":null,\"jsonSchema\":null}},\"messages\":[");
        for (int id = 1; body.length() < BODY - 1_200; id++) {
            body.append(id == 1 ? "" : ",").append("""
                    {"tableName":"wide","data":{"id":%d,"uuid":"0123456789abcdef0123456789abcdef","name":"Tromsø","amount":%d.25,\
                    "active":true,"discount":null,"created_at":"2026-01-02T03:04:05Z","address":{"street":"Marrakesh","number":7,\
                    "country":"CH"},"tags":["one","two","three"],"notes":"%s"}}""".formatted(id, id, "A sentence, \\\"quoted\\\". ".repeat(28)));
        }
        final byte[] bytes = body.append("]}").toString().getBytes(UTF_8);
        final byte[] head =
                ("POST /api/streaming_import/import_airbyte_records HTTP/1.1\r\nHost: sink\r\nContent-Length: "
                                + bytes.length + "\r\n\r\n")
                        .getBytes(ISO_8859_1);
        final byte[] request = new byte[head.length + bytes.length];
        System.arraycopy(head, 0, request, 0, head.length);
        System.arraycopy(bytes, 0, request, head.length, bytes.length);
        return request;
    }
}
