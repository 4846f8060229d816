package io.airbyte.integrations.destination.convex.convex;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.ProxySelector;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * HTTP exchanges with a bound on the time and on the memory of each. HTTP/1.1, because a batch is one long request on a
 * connection of its own; redirects are answers like any other, because the key must not follow them.
 */
final class Wire implements AutoCloseable {

    private static final Reply.Fault UNREADABLE =
            new Reply.Fault(Reply.Cause.BROKEN, "the connector could not read what it was to send");

    /**
     * All threads that serve exchanges, the HTTP client's own one included, which only an interrupt ends on every Java.
     * As long as it waits for the network, Java waits 300 ms for it before it exits.
     */
    private final ThreadGroup group = new ThreadGroup("convex-http");

    private final ExecutorService threads = Executors.newCachedThreadPool(daemons("convex-http-"));
    private final ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(1, daemons("convex-timer-"));
    private final HttpClient client;
    private final Set<Exchange> inFlight = ConcurrentHashMap.newKeySet();

    /**
     * @param connectTimeout how long a connection may take to be made
     * @param encrypted whether anything will be sent over TLS
     */
    Wire(final Duration connectTimeout, final boolean encrypted) {
        // A done exchange must not be kept until its time would have run out: it holds a batch.
        timers.setRemoveOnCancelPolicy(true);
        // On one of those threads, since the client's own one belongs to the group of the thread that builds it.
        client = CompletableFuture.supplyAsync(() -> client(connectTimeout, encrypted), threads)
                .join();
    }

    private HttpClient client(final Duration connectTimeout, final boolean encrypted) {
        final HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(connectTimeout)
                .executor(threads);
        if (!encrypted) {
            builder.sslContext(new NoTls()).sslParameters(new SSLParameters());
        }
        final ProxySelector proxies = ProxySelector.getDefault();
        return (proxies == null ? builder : builder.proxy(proxies)).build();
    }

    /**
     * Sends a request. The future never fails; once it is done, nothing of the request's body is read any more.
     *
     * @param whole the longest that the exchange may take, its answer's body included
     * @param answerLimit the most bytes of the answer's body that are kept
     */
    CompletableFuture<Reply> send(
            final HttpRequest.Builder request,
            final String method,
            final RequestBody body,
            final Duration whole,
            final int answerLimit) {
        final BufferPublisher publisher = new BufferPublisher(body);
        final HttpRequest.BodyPublisher sent =
                body.length() == 0 && method.equals("GET") ? HttpRequest.BodyPublishers.noBody() : publisher;
        final Exchange exchange = new Exchange(publisher);
        inFlight.add(exchange);
        try {
            exchange.start(request.method(method, sent).build(), whole, answerLimit);
        } catch (final RuntimeException e) {
            exchange.abandon(new Reply.Fault(Reply.Cause.BROKEN, "the connector has closed it"));
        }
        return exchange.reply;
    }

    /** Abandons what is in flight, which ends as broken, and frees the threads. */
    @Override
    public void close() {
        timers.shutdownNow();
        for (final Exchange exchange : inFlight) {
            exchange.abandon(new Reply.Fault(Reply.Cause.BROKEN, "the connector closed it"));
        }
        threads.shutdown();
        group.interrupt();
    }

    private ThreadFactory daemons(final String prefix) {
        final AtomicInteger count = new AtomicInteger();
        return work -> {
            final Thread thread = new Thread(group, work, prefix + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** One request until its reply. */
    private final class Exchange {

        private final CompletableFuture<Reply> reply = new CompletableFuture<>();
        private final AtomicReference<Reply.@Nullable Fault> abandoned = new AtomicReference<>();
        private final BufferPublisher publisher;
        private volatile @Nullable CompletableFuture<?> connection;

        Exchange(final BufferPublisher publisher) {
            this.publisher = publisher;
        }

        void start(final HttpRequest request, final Duration whole, final int answerLimit) {
            final CompletableFuture<HttpResponse<BoundedBody.Content>> sent =
                    client.sendAsync(request, head -> new BoundedBody(answerLimit));
            // Cancelling what is derived from the response closes the connection, even once the response has failed.
            final CompletableFuture<?> held = sent.newIncompleteFuture();
            connection = held;
            final Future<?> timer = timers.schedule(
                    () -> abandon(new Reply.Fault(Reply.Cause.TIMED_OUT, "")), whole.toNanos(), TimeUnit.NANOSECONDS);
            final CompletableFuture<?> ignored = sent.whenComplete((answer, failure) -> {
                timer.cancel(false);
                if (failure == null) {
                    end(answer(answer));
                } else {
                    // After an answer that breaks HTTP's rules Java keeps the connection, and in memory what it read of
                    // it.
                    held.cancel(true);
                    end(publisher.couldNotBeRead() ? UNREADABLE : fault(failure));
                }
            });
        }

        /** Ends the exchange in this fault, unless it has ended already; its connection is closed first. */
        void abandon(final Reply.Fault fault) {
            abandoned.compareAndSet(null, fault);
            publisher.cancel();
            final CompletableFuture<?> held = connection;
            if (held != null) {
                held.cancel(true);
            }
            end(fault);
        }

        private void end(final Reply ending) {
            // What the HTTP client makes of being abandoned is not the news: why it was abandoned is.
            final Reply.Fault first = abandoned.get();
            inFlight.remove(this);
            publisher.cancel();
            reply.complete(first == null ? ending : first);
        }
    }

    private static Reply.Answer answer(final HttpResponse<BoundedBody.Content> response) {
        return new Reply.Answer(
                response.statusCode(),
                response.headers().firstValue("Content-Type").orElse(""),
                response.headers().firstValue("Retry-After"),
                response.body().text(),
                response.body().cutShort());
    }

    /** What a failure of the HTTP client proves; what it does not prove is broken. */
    static Reply.Fault fault(final Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
                return new Reply.Fault(Reply.Cause.UNKNOWN_HOST, "");
            }
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof HttpConnectTimeoutException) {
                return new Reply.Fault(Reply.Cause.CONNECT_TIMED_OUT, "");
            }
            if (cause instanceof ConnectException || cause instanceof NoRouteToHostException) {
                return new Reply.Fault(Reply.Cause.CANNOT_CONNECT, detail(cause));
            }
            if (cause instanceof SSLException tls && isHandshake(tls)) {
                return new Reply.Fault(Reply.Cause.TLS_FAILED, detail(tls));
            }
        }
        return new Reply.Fault(Reply.Cause.BROKEN, harmless(failure) ? detail(failure) : "");
    }

    /** A peer whose first words are not TLS's is reported without the handshake's own exception. */
    private static boolean isHandshake(final SSLException failure) {
        return failure instanceof SSLHandshakeException
                || String.valueOf(failure.getMessage()).matches("(?i).*unrecognized SSL message.*");
    }

    /** A protocol error quotes what was received. */
    private static boolean harmless(final Throwable failure) {
        return failure instanceof IOException
                && !(failure instanceof ProtocolException)
                && String.valueOf(failure.getMessage()).matches("[A-Za-z0-9 /.,:()-]*");
    }

    private static String detail(final Throwable failure) {
        final String message = failure.getMessage();
        if (message == null) {
            return "";
        }
        final String line = message.lines().findFirst().orElse("").strip();
        return line.length() > 200 ? line.substring(0, 200) + "…" : line;
    }
}
