package io.airbyte.integrations.destination.convex.convex;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Receives an answer's body up to a limit; what is longer is abandoned together with its connection. */
final class BoundedBody implements BodySubscriber<BoundedBody.Content> {

    /** @param cutShort whether the body went on beyond {@code text} */
    record Content(String text, boolean cutShort) {}

    private final int limit;
    private final CompletableFuture<Content> content = new CompletableFuture<>();
    private byte[] received = new byte[0];
    private int length;
    private Flow.@Nullable Subscription subscription;

    /** @param limit the most bytes that are kept */
    BoundedBody(final int limit) {
        this.limit = limit;
    }

    @Override
    public CompletionStage<Content> getBody() {
        return content;
    }

    @Override
    public void onSubscribe(final Flow.Subscription given) {
        subscription = given;
        given.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(final List<ByteBuffer> parts) {
        for (final ByteBuffer part : parts) {
            if (content.isDone()) {
                return;
            }
            if (part.remaining() > limit - length) {
                keep(part, limit - length);
                if (subscription != null) {
                    subscription.cancel();
                }
                complete(true);
                return;
            }
            keep(part, part.remaining());
        }
    }

    private void keep(final ByteBuffer part, final int count) {
        if (length + count > received.length) {
            final int doubled = (int) Math.min(limit, 2L * received.length);
            received = Arrays.copyOf(received, Math.max(doubled, length + count));
        }
        part.get(received, length, count);
        length += count;
    }

    @Override
    public void onError(final Throwable failure) {
        content.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        complete(false);
    }

    private void complete(final boolean cutShort) {
        content.complete(new Content(new String(received, 0, length, StandardCharsets.UTF_8), cutShort));
        received = new byte[0];
    }
}
