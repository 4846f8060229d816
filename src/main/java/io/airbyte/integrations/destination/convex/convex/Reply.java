package io.airbyte.integrations.destination.convex.convex;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.airbyte.integrations.destination.convex.json.JsonTree;
import java.util.Optional;

/** What came back for a request: an answer, whoever gave it, or a fault that stands in its place. */
sealed interface Reply {

    /**
     * An HTTP answer, received whole unless it was longer than the connector reads.
     *
     * @param status the HTTP status
     * @param contentType as given, or empty
     * @param retryAfter the header {@code Retry-After}, as given
     * @param body decoded as UTF-8; at most as long as the request's limit
     * @param cutShort whether there was more than {@code body}
     */
    record Answer(int status, String contentType, Optional<String> retryAfter, String body, boolean cutShort)
            implements Reply {

        /** The body as JSON; nothing where it is none, or not whole. */
        Optional<JsonNode> json() {
            if (cutShort || body.isBlank()) {
                return Optional.empty();
            }
            try {
                return Optional.of(JsonTree.read(body));
            } catch (final JsonProcessingException e) {
                return Optional.empty();
            }
        }

        /** Whose answer it looks like, in words that hold nothing of the body. */
        String description() {
            final String type = contentType.replaceFirst(";.*", "").strip();
            final boolean plausible = type.matches("[a-zA-Z0-9.+-]{1,40}/[a-zA-Z0-9.+-]{1,40}");
            final String what = body.isEmpty() ? "no text" : plausible ? type : "text of an unknown type";
            return "HTTP status " + status + " with " + what;
        }
    }

    /**
     * There is no whole answer.
     *
     * @param detail what the Java runtime says about it, in one line, or empty; holds nothing of request or answer
     */
    record Fault(Cause cause, String detail) implements Reply {}

    /** What went wrong on the way. */
    enum Cause {
        UNKNOWN_HOST("the host name is unknown"),
        CANNOT_CONNECT("no connection could be made"),
        CONNECT_TIMED_OUT("no connection was made in time"),
        TLS_FAILED("no secure (TLS) connection could be made"),
        TIMED_OUT("no complete answer came in time"),
        BROKEN("the connection broke before a complete answer came");

        private final String words;

        Cause(final String words) {
            this.words = words;
        }

        /** The cause as part of a sentence. */
        String words() {
            return words;
        }

        /** Whether nothing of the request can have been carried out. */
        boolean beforeSending() {
            return switch (this) {
                case UNKNOWN_HOST, CANNOT_CONNECT, CONNECT_TIMED_OUT, TLS_FAILED -> true;
                case TIMED_OUT, BROKEN -> false;
            };
        }
    }
}
