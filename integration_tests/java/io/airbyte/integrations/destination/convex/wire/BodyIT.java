package io.airbyte.integrations.destination.convex.wire;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.airbyte.integrations.destination.convex.convex.FailingBody;
import io.airbyte.integrations.destination.convex.convex.HttpDeployment;
import io.airbyte.integrations.destination.convex.convex.Outcome;
import io.airbyte.integrations.destination.convex.convex.Outcome.Done;
import io.airbyte.integrations.destination.convex.convex.Outcome.Doubt;
import io.airbyte.integrations.destination.convex.convex.Outcome.Unknown;
import io.airbyte.integrations.destination.convex.convex.RequestBody;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Bodies that are read while they are sent, and what becomes of a request whose body is not what it should be. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BodyIT {

    private static final int CHUNK = 64 << 10;

    @RegisterExtension
    static final WireMockExtension CONVEX = WireMockExtension.newInstance()
            .options(WireMockConfiguration.wireMockConfig().dynamicPort())
            .build();

    @RegisterExtension
    final OpenDeployments open = new OpenDeployments();

    @Test
    void a_part_is_read_while_it_is_sent_and_from_its_beginning_each_time() {
        CONVEX.stubFor(any(anyUrl()).willReturn(okJson("\"\"")));
        final AtomicInteger read = new AtomicInteger();
        final RequestBody part = new RequestBody(
                () -> IntStream.range(0, 160)
                        .peek(i -> read.incrementAndGet())
                        .mapToObj(i -> ByteBuffer.allocate(CHUNK))
                        .iterator(),
                160L * CHUNK);
        final HttpDeployment deployment = deployment();

        for (int i = 1; i <= 2; i++) {
            assertThat(deployment.uploadPart("token", i, part).join()).isEqualTo(new Done<>(""));
        }

        assertThat(read).hasValue(320);
        assertThat(CONVEX.findAll(anyRequestedFor(anyUrl())))
                .hasSize(2)
                .allSatisfy(request -> assertThat(request.getBody()).hasSize(160 * CHUNK));
    }

    @ParameterizedTest
    @EnumSource
    void a_body_that_cannot_be_read_ends_the_request_at_once(final FailingBody.At at) {
        CONVEX.stubFor(any(anyUrl()).willReturn(okJson("\"\"")));
        final FailingBody body = new FailingBody(at);

        assertThat(deployment()
                        .uploadPart("token", 1, new RequestBody(body, 16))
                        .join())
                .isEqualTo(new Unknown<String>(
                        Doubt.ANSWER_LOST,
                        "the connection broke before a complete answer came (the connector could not read what it was to"
                                + " send)",
                        Optional.empty()));
        assertThat(body.failures()).isOne();
        assertThat(CONVEX.findAll(anyRequestedFor(anyUrl()))).isEmpty();
    }

    @Test
    void a_body_that_cannot_be_read_keeps_no_thread() throws InterruptedException {
        CONVEX.stubFor(any(anyUrl()).willReturn(okJson("\"\"")));
        final Set<Thread> before = threads();
        final HttpDeployment deployment = deployment();
        final List<CompletableFuture<Outcome<String>>> requests =
                Collections.nCopies(10, FailingBody.At.values()).stream()
                        .flatMap(Stream::of)
                        .map(at -> deployment.uploadPart("token", 1, new RequestBody(new FailingBody(at), 16)))
                        .toList();
        requests.forEach(request -> assertThat(request.join()).isInstanceOf(Unknown.class));
        assertThat(deployment.uploadPart("token", 1, zeros(5, 5)).join()).isEqualTo(new Done<>(""));
        final Set<Thread> used = threads();
        used.removeAll(before);

        deployment.close();

        assertThat(used).isNotEmpty();
        for (final Thread thread : used) {
            thread.join(30_000);
            assertThat(thread.isAlive()).as(thread.getName()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 5", "4, 5", "65536, 10000000", "6, 5", "10000000, 65536"})
    void a_body_of_another_length_is_a_failed_exchange(final int bytes, final long length) {
        CONVEX.stubFor(any(anyUrl()).willReturn(okJson("\"\"")));

        final Outcome<String> outcome =
                deployment().uploadPart("token", 1, zeros(bytes, length)).join();

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Unknown.class, unknown -> assertThat(unknown.doubt()).isEqualTo(Doubt.ANSWER_LOST));
    }

    @Test
    void once_a_request_is_given_up_its_body_is_left_alone() throws InterruptedException {
        CONVEX.stubFor(any(anyUrl()).willReturn(aResponse()));
        final CountDownLatch reading = new CountDownLatch(1);
        final CountDownLatch mayGoOn = new CountDownLatch(1);
        final AtomicInteger reads = new AtomicInteger();
        final Iterator<ByteBuffer> slowDisk = new Iterator<>() {
            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public ByteBuffer next() {
                reads.incrementAndGet();
                reading.countDown();
                try {
                    mayGoOn.await();
                } catch (final InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return ByteBuffer.allocate(1);
            }
        };
        final HttpDeployment deployment = deployment();
        final CompletableFuture<Outcome<String>> request =
                deployment.uploadPart("token", 1, new RequestBody(() -> slowDisk, 1_000));
        assertThat(reading.await(30, TimeUnit.SECONDS)).isTrue();

        final Thread closing = new Thread(deployment::close, "closing");
        closing.start();
        mayGoOn.countDown();

        assertThat(request.join()).isInstanceOf(Unknown.class);
        final int readUntilThen = reads.get();
        closing.join();
        for (final Thread thread : threads()) {
            thread.join(30_000);
        }
        assertThat(reads).hasValue(readUntilThen);
    }

    private HttpDeployment deployment() {
        return open.at(CONVEX.baseUrl());
    }

    private static RequestBody zeros(final int bytes, final long length) {
        final List<ByteBuffer> whole = Collections.nCopies(bytes / CHUNK, ByteBuffer.allocate(CHUNK));
        final ByteBuffer rest = ByteBuffer.allocate(bytes % CHUNK);
        return new RequestBody(
                () -> Stream.concat(whole.stream(), Stream.of(rest)).iterator(), length);
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("convex-"))
                .collect(Collectors.toSet());
    }
}
