package io.airbyte.integrations.destination.convex.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** HTTP as it comes in: read, logged, delayed, sent to its route, spoiled if a test wants it so, answered. */
final class HttpFront implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(HttpFront.class.getName());

    static {
        // Otherwise every answer with a body waits 40 ms for the client's delayed acknowledgement of its head.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final Routes routes;
    private final Keys keys;
    private final RequestLog log;
    private final Faults faults;
    private final TemporaryFolder folder;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile CountDownLatch stalls = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool(HttpFront::daemon);
    private volatile Duration latency = Duration.ZERO;
    private final String host;
    private int port;
    private @Nullable HttpServer server;

    /** @param folder where bodies of any size go while their request is being answered */
    HttpFront(
            final Routes routes,
            final Keys keys,
            final RequestLog log,
            final Faults faults,
            final TemporaryFolder folder,
            final String host,
            final int port) {
        this.routes = routes;
        this.keys = keys;
        this.log = log;
        this.faults = faults;
        this.folder = folder;
        this.host = host;
        this.port = port;
    }

    private static Thread daemon(final Runnable work) {
        final var thread = new Thread(work, "local-deployment");
        thread.setDaemon(true);
        return thread;
    }

    /** Listens; after {@link #goDown} again, on the same port. */
    synchronized void comeUp() {
        try {
            final var address = new InetSocketAddress(host, port);
            final HttpServer fresh = HttpServer.create(address, 1_000);
            fresh.setExecutor(threads);
            fresh.createContext("/", this::handle);
            fresh.start();
            port = fresh.getAddress().getPort();
            server = fresh;
        } catch (final IOException e) {
            throw new UncheckedIOException("Port %d is not free.".formatted(port), e);
        }
    }

    /** Breaks every connection and refuses new ones. */
    synchronized void goDown() {
        if (server != null) {
            server.stop(0);
            server = null;
        }
    }

    synchronized int port() {
        return port;
    }

    void delayEveryRequest(final Duration duration) {
        latency = duration;
    }

    /** Ends what stalls, without an answer; later requests may stall again. */
    synchronized void breakStalled() {
        final CountDownLatch ending = stalls;
        stalls = new CountDownLatch(1);
        ending.countDown();
    }

    @Override
    public void close() {
        closing.countDown();
        breakStalled();
        goDown();
        threads.shutdownNow();
    }

    private void handle(final HttpExchange exchange) {
        try (exchange) {
            final String method = exchange.getRequestMethod();
            final String path = exchange.getRequestURI().getPath();
            final Optional<Routes.Route> route = routes.find(method, path);
            final Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
            Optional<Path> file = Optional.empty();
            try (InputStream in = exchange.getRequestBody()) {
                byte[] body = {};
                long bytes;
                if (route.isPresent() && route.get().takesBytes()) {
                    file = Optional.of(folder.newFile("body"));
                    bytes = Files.copy(in, file.get(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                } else {
                    body = in.readAllBytes();
                    bytes = body.length;
                }
                final LoggedRequest request = log.arrived(method, path, query, bytes, body);
                serve(exchange, request, route, body, file);
            } finally {
                if (file.isPresent()) {
                    Files.deleteIfExists(file.get());
                }
            }
        } catch (final IOException e) {
            LOG.log(Level.FINE, "The client is gone.", e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(
            final HttpExchange exchange,
            final LoggedRequest request,
            final Optional<Routes.Route> route,
            final byte[] body,
            final Optional<Path> file)
            throws IOException, InterruptedException {
        final Optional<JsonNode> records = records(request, body);
        RequestSubject.tell(request, body);
        final Optional<Fault> fault = faults.of(request);
        request.meets(fault);
        log.began(request);
        final Optional<Answer> answer;
        try {
            closing.await(latency.toNanos(), TimeUnit.NANOSECONDS);
            if (fault.isPresent() && fault.get().when() == Fault.When.BEFORE_COMMIT) {
                answer = spoiled(fault.get(), Answer.ok());
            } else {
                if (fault.isPresent() && fault.get() instanceof Fault.Doubled) {
                    final Answer unheard = answer(exchange, request, route, body, records, file, fault);
                    LOG.fine(() -> "Unheard: " + unheard.status());
                }
                final Answer right = answer(exchange, request, route, body, records, file, fault);
                answer = fault.isPresent() ? spoiled(fault.get(), right) : Optional.of(right);
            }
        } finally {
            log.ended(request);
        }
        if (answer.isPresent()) {
            request.answered(answer.get().status());
            send(exchange, answer.get(), fault);
        }
    }

    /** The body of an import request, read early, for faults and the log speak of its tables. */
    private static Optional<JsonNode> records(final LoggedRequest request, final byte[] body) {
        if (!request.path().equals(StreamingImport.RECORDS) || body.length > Routes.RECORDS_LIMIT) {
            return Optional.empty();
        }
        try {
            final JsonNode json = Json.read(body);
            json.path("messages")
                    .forEach(message -> request.sent(message.path("tableName").asText()));
            return Optional.of(json);
        } catch (final Json.Unreadable e) {
            return Optional.empty(); // Its route will say why.
        }
    }

    /** Empty where no answer is given. */
    private Optional<Answer> spoiled(final Fault fault, final Answer right) throws InterruptedException {
        if (fault instanceof Fault.Instead instead) {
            return Optional.of(new Answer(
                    instead.status(),
                    instead.contentType(),
                    instead.body().getBytes(StandardCharsets.UTF_8),
                    instead.headers()));
        } else if (fault instanceof Fault.Stall) {
            stalls.await();
            return Optional.empty();
        } else if (fault instanceof Fault.LostAnswer
                || (fault instanceof Fault.HalfAnswer && right.body().length == 0)) {
            return Optional.empty();
        }
        return Optional.of(right);
    }

    private Answer answer(
            final HttpExchange exchange,
            final LoggedRequest request,
            final Optional<Routes.Route> route,
            final byte[] body,
            final Optional<JsonNode> records,
            final Optional<Path> file,
            final Optional<Fault> fault) {
        if (route.isEmpty()) {
            return notRouted(request);
        }
        try {
            ClientVersion.refuseUnsupported(header(exchange, "Convex-Client"));
            final Keys.Caller caller = route.get().authenticated()
                    ? keys.caller(
                            header(exchange, "Authorization"),
                            Optional.ofNullable(request.query().get("adminKey")))
                    : new Keys.Caller.Anonymous();
            final Optional<Fault.ConflictAtPage> conflict =
                    fault.filter(Fault.ConflictAtPage.class::isInstance).map(Fault.ConflictAtPage.class::cast);
            return route.get()
                    .handler()
                    .answer(new Call(
                            request,
                            request.query(),
                            header(exchange, "Content-Type"),
                            body,
                            records,
                            file,
                            caller,
                            route.get().bodyLimit(),
                            conflict));
        } catch (final ApiError e) {
            return e.answer();
        } catch (final RuntimeException e) {
            LOG.log(Level.SEVERE, "LocalDeployment cannot answer " + request, e);
            return Answer.error(500, "LocalDeploymentBug", String.valueOf(e));
        }
    }

    private Answer notRouted(final LoggedRequest request) {
        final Optional<Set<String>> methods = routes.methods(request.path());
        if (methods.isEmpty()) {
            return Answer.empty(404);
        }
        return Answer.empty(request.method().equals("OPTIONS") ? 200 : 405);
    }

    private static Optional<String> header(final HttpExchange exchange, final String name) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
    }

    private void send(final HttpExchange exchange, final Answer answer, final Optional<Fault> fault)
            throws IOException, InterruptedException {
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        if (!answer.contentType().isEmpty()) {
            exchange.getResponseHeaders().set("Content-Type", answer.contentType());
        }
        final byte[] body = answer.body();
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
        }
        if (body.length == 0 || exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(answer.status(), -1);
            return;
        }
        exchange.sendResponseHeaders(answer.status(), body.length);
        final OutputStream out = exchange.getResponseBody();
        if (fault.isPresent() && fault.get() instanceof Fault.HalfAnswer) {
            out.write(body, 0, body.length / 2);
            out.flush();
        } else if (fault.isPresent() && fault.get() instanceof Fault.SlowAnswer slow) {
            drip(out, body, slow.betweenBytes());
        } else {
            out.write(body);
            out.close();
        }
    }

    private void drip(final OutputStream out, final byte[] body, final Duration pause)
            throws IOException, InterruptedException {
        for (final byte b : body) {
            if (closing.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
            out.write(b);
            out.flush();
        }
        out.close();
    }

    private static Map<String, String> query(final @Nullable String raw) {
        final Map<String, String> query = new LinkedHashMap<>();
        if (raw != null) {
            for (final String pair : raw.split("&", -1)) {
                final int equals = pair.indexOf('=');
                if (equals > 0) {
                    query.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
                }
            }
        }
        return query;
    }

    private static String decoded(final String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
