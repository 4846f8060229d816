package io.airbyte.integrations.destination.convex.acceptance;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server that is no Convex deployment. */
final class PlainServer implements AutoCloseable {

    /** What it answers to every request. */
    interface Behaviour {
        void answer(HttpExchange exchange) throws IOException;
    }

    private final int port;
    private final Closeable closing;

    private PlainServer(final int port, final Closeable closing) {
        this.port = port;
        this.closing = closing;
    }

    static PlainServer that(final Behaviour behaviour) {
        try {
            final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            final ExecutorService threads = Executors.newCachedThreadPool();
            server.setExecutor(threads);
            server.createContext("/", exchange -> {
                try (exchange) {
                    exchange.getRequestBody().readAllBytes();
                    behaviour.answer(exchange);
                }
            });
            server.start();
            return new PlainServer(server.getAddress().getPort(), () -> {
                server.stop(0);
                threads.shutdownNow();
            });
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static PlainServer answering(final int status, final String contentType, final String body) {
        return that(exchange -> answer(exchange, status, contentType, body));
    }

    static PlainServer redirectingTo(final String address) {
        return that(exchange -> {
            exchange.getResponseHeaders().set("Location", address);
            exchange.sendResponseHeaders(302, -1);
        });
    }

    /** Accepts connections and never says a word. */
    static PlainServer silent() {
        try {
            final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            return new PlainServer(listening.getLocalPort(), listening);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The address of a port that nobody listens on. */
    static String closed() {
        try (PlainServer gone = silent()) {
            return gone.url();
        }
    }

    static void answer(final HttpExchange exchange, final int status, final String contentType, final String body)
            throws IOException {
        final byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        if (!contentType.isEmpty()) {
            exchange.getResponseHeaders().set("Content-Type", contentType);
        }
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    /** What the request's {@code Authorization} header says. */
    static String authorization(final HttpExchange exchange) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
                .orElse("");
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    @Override
    public void close() {
        try {
            closing.close();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
