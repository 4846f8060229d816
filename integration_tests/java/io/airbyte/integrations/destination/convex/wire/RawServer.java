package io.airbyte.integrations.destination.convex.wire;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** A server that does to one request what no HTTP server would: it reads the head, then does as it is told. */
final class RawServer implements AutoCloseable {

    /** What to do with a connection after the request's head was read. */
    interface Behaviour {
        void play(OutputStream out) throws IOException;
    }

    private final ServerSocket listening;
    private final CompletableFuture<Void> hungUp = new CompletableFuture<>();

    private RawServer(final ServerSocket listening) {
        this.listening = listening;
    }

    static RawServer that(final Behaviour behaviour) throws IOException {
        final RawServer server = new RawServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        final Thread thread = new Thread(() -> server.serve(behaviour), "raw-server");
        thread.setDaemon(true);
        thread.start();
        return server;
    }

    static void write(final OutputStream out, final String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    String url() {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort()).toString();
    }

    /** Done when the client has closed its connection. */
    CompletableFuture<Void> hungUp() {
        return hungUp;
    }

    private void serve(final Behaviour behaviour) {
        while (!listening.isClosed()) {
            try (Socket socket = listening.accept();
                    BufferedReader in = new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
                String line = in.readLine();
                while (line != null && !line.isEmpty()) {
                    line = in.readLine();
                }
                behaviour.play(socket.getOutputStream());
            } catch (final IOException e) {
                hungUp.complete(null);
            }
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
