package io.airbyte.integrations.destination.convex.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbyte.integrations.destination.convex.convex.HttpDeployment;
import io.airbyte.integrations.destination.convex.convex.Outcome;
import io.airbyte.integrations.destination.convex.convex.Outcome.Done;
import io.airbyte.integrations.destination.convex.convex.Outcome.Refused;
import io.airbyte.integrations.destination.convex.convex.Outcome.Unknown;
import io.airbyte.integrations.destination.convex.convex.RequestBody;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Servers that mean harm: each request ends in an outcome, in bounded time and memory, and the key goes to nobody else.
 * Answers that are long, late, cut or no JSON are in {@link HttpDeploymentIT}, {@link SnapshotImportIT} and {@link
 * ConnectionCheckIT}.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileServerIT {

    private static final int GIGABYTE = 1 << 30;

    @RegisterExtension
    final OpenDeployments open = new OpenDeployments();

    @Test
    void a_gigabyte_that_was_announced_is_not_fetched() throws IOException {
        try (RawServer server = RawServer.that(out -> {
            RawServer.write(out, "HTTP/1.1 200 OK\r\nContent-Length: " + GIGABYTE + "\r\n\r\n{\"status\":\"");
            pour(out, "x".repeat(1 << 16), GIGABYTE >> 16);
        })) {
            assertThat(deployment(server).tableSize("users").join()).isInstanceOf(Unknown.class);
            assertThat(server.hungUp()).succeedsWithin(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_gigabyte_of_chunks_is_not_fetched() throws IOException {
        try (RawServer server = RawServer.that(out -> {
            RawServer.write(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            pour(out, "10000\r\n" + "x".repeat(1 << 16) + "\r\n", GIGABYTE >> 16);
        })) {
            assertThat(imported(deployment(server))).isNotInstanceOf(Done.class);
            assertThat(server.hungUp()).succeedsWithin(30, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void a_redirect_to_another_host_is_not_followed_and_the_key_stays(final int status) throws IOException {
        final AtomicInteger visits = new AtomicInteger();
        try (RawServer other = RawServer.that(out -> visits.incrementAndGet());
                RawServer server = RawServer.that(out -> answer(out, status, "Location: " + other.url() + "/api"))) {
            assertThat(imported(deployment(server)))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> assertThat(refused.status()).isEqualTo(status));
            assertThat(deployment(server).getSchema().join()).isInstanceOf(Refused.class);
            assertThat(visits).hasValue(0);
        }
    }

    @Test
    void a_redirect_to_itself_is_asked_once() throws IOException {
        final AtomicInteger visits = new AtomicInteger();
        try (RawServer server = RawServer.that(out -> {
            visits.incrementAndGet();
            answer(out, 302, "Location: /api/streaming_import/get_schema");
        })) {
            assertThat(deployment(server).getSchema().join()).isInstanceOf(Refused.class);
            assertThat(visits).hasValue(1);
        }
    }

    @Test
    void a_challenge_for_a_password_is_not_answered() throws IOException {
        final AtomicInteger visits = new AtomicInteger();
        try (RawServer server = RawServer.that(out -> {
            visits.incrementAndGet();
            answer(out, 401, "WWW-Authenticate: Basic realm=\"x\"");
        })) {
            assertThat(imported(deployment(server))).isNotInstanceOf(Done.class);
            assertThat(visits).hasValue(1);
        }
    }

    @Test
    void what_was_compressed_unasked_is_not_expanded() throws IOException {
        final byte[] bomb = compressed(64 << 20);
        try (RawServer server = RawServer.that(out -> {
            RawServer.write(
                    out,
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: "
                            + bomb.length + "\r\nConnection: close\r\n\r\n");
            out.write(bomb);
            out.flush();
        })) {
            assertThat(deployment(server).tableSize("users").join()).isInstanceOf(Unknown.class);
            assertThat(deployment(server).getSchema().join()).isNotInstanceOf(Done.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n{}\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n{}",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n{}",
                "HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n{}",
                "HTTP/1.1 099 Odd\r\n\r\n",
                "HTTP/1.1 2000 Odd\r\n\r\n",
                "HTTP/1.1 \r\n\r\n",
                "HTTP/9.9 200 OK\r\n\r\n"
            })
    void an_answer_that_breaks_the_rules_of_http_never_counts_as_success(final String answer) throws IOException {
        try (RawServer server = RawServer.that(out -> {
            RawServer.write(out, answer);
            out.close();
        })) {
            assertThat(deployment(server).tableSize("users").join()).isInstanceOf(Unknown.class);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTP/1.1 200 OK{CRLF}         | X-More: y{CRLF}",
                "HTTP/1.1 200 OK{CRLF}X-More:  | y",
                "HTTP/1.1 200                  | y",
                "HTTP/1.1 102 Processing{CRLF} | {CRLF}HTTP/1.1 102 Processing{CRLF}"
            })
    void endless_headers_end_in_bounded_memory_and_their_connection_is_closed(final String head, final String more)
            throws IOException {
        final AtomicLong poured = new AtomicLong();
        try (RawServer server = RawServer.that(out -> {
            RawServer.write(out, head.replace("{CRLF}", "\r\n"));
            final String block = more.replace("{CRLF}", "\r\n").repeat((1 << 16) / more.length());
            for (int i = 0; i < GIGABYTE >> 16; i++) {
                RawServer.write(out, block);
                poured.addAndGet(block.length());
            }
        })) {
            assertThat(imported(deployment(server))).isInstanceOf(Unknown.class);
            assertThat(server.hungUp()).succeedsWithin(30, TimeUnit.SECONDS);
            // What was kept and what waited in the sockets' buffers.
            assertThat(poured).hasValueLessThan(64 << 20);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 \r\n\r\n",
                "HTTP/9.9 200 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
            })
    void the_connection_of_an_answer_that_breaks_the_rules_of_http_is_closed(final String answer) throws IOException {
        try (RawServer server = RawServer.that(out -> {
            RawServer.write(out, answer);
            pour(out, "x".repeat(1 << 16), GIGABYTE >> 16);
        })) {
            assertThat(deployment(server).tableSize("users").join()).isInstanceOf(Unknown.class);
            assertThat(server.hungUp()).succeedsWithin(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void headers_that_trickle_end_with_the_time_and_their_connection_is_closed() throws IOException {
        try (RawServer server = RawServer.that(out -> {
            RawServer.write(out, "HTTP/1.1 200 OK\r\n");
            for (int i = 0; i < 10_000; i++) {
                RawServer.write(out, "X-More: y\r\n");
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
        })) {
            assertThat(imported(open.at(server.url(), OpenDeployments.IMPATIENT)))
                    .isInstanceOf(Unknown.class);
            assertThat(server.hungUp()).succeedsWithin(30, TimeUnit.SECONDS);
        }
    }

    private HttpDeployment deployment(final RawServer server) {
        return open.at(server.url());
    }

    private static Outcome<Void> imported(final HttpDeployment deployment) {
        return deployment.importRecords(body()).join();
    }

    private static RequestBody body() {
        final byte[] bytes = "{\"tables\":{},\"messages\":[]}".getBytes(StandardCharsets.UTF_8);
        return new RequestBody(List.of(ByteBuffer.wrap(bytes)), bytes.length);
    }

    private static void answer(final OutputStream out, final int status, final String header) throws IOException {
        RawServer.write(
                out, "HTTP/1.1 " + status + " Odd\r\n" + header + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }

    private static void pour(final OutputStream out, final String text, final int times) throws IOException {
        final byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < times; i++) {
            out.write(bytes);
        }
    }

    /** As much white space, which every JSON may begin with. */
    private static byte[] compressed(final int length) throws IOException {
        final ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        final byte[] blanks = " ".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            for (int written = 0; written < length; written += blanks.length) {
                gzip.write(blanks);
            }
        }
        return compressed.toByteArray();
    }
}
