package io.airbyte.integrations.destination.convex.local;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Something that goes wrong with one request. */
public sealed interface Fault {

    /** Whether the deployment carries the request out before it goes wrong. */
    enum When {
        /** Nothing of the request is carried out. */
        BEFORE_COMMIT,
        /** The request is carried out, and only its answer suffers. */
        AFTER_COMMIT
    }

    When when();

    /** Another answer takes the place of the right one. */
    record Instead(When when, int status, String contentType, String body, Map<String, String> headers)
            implements Fault {

        /** The same with a further header, such as {@code Retry-After}. */
        public Instead with(final String header, final String value) {
            final Map<String, String> more = new LinkedHashMap<>(headers);
            more.put(header, value);
            return new Instead(when, status, contentType, body, more);
        }
    }

    /** The connection closes without an answer. */
    record LostAnswer(When when) implements Fault {}

    /** No answer comes, until the client gives up, the test breaks it off, or the deployment closes. */
    record Stall(When when) implements Fault {}

    /** The request arrives twice, as if something on the way had sent it again; the second answer is given. */
    record Doubled() implements Fault {
        @Override
        public When when() {
            return When.AFTER_COMMIT;
        }
    }

    /** The right answer breaks off in the middle of its body, or, where it has none, before its status line. */
    record HalfAnswer() implements Fault {
        @Override
        public When when() {
            return When.AFTER_COMMIT;
        }
    }

    /** The right answer comes byte by byte. */
    record SlowAnswer(Duration betweenBytes) implements Fault {
        @Override
        public When when() {
            return When.AFTER_COMMIT;
        }
    }

    /** The commit of a page of {@code import_airbyte_records} conflicts, counted from 0: earlier ones are durable. */
    record ConflictAtPage(int page) implements Fault {
        @Override
        public When when() {
            return When.AFTER_COMMIT;
        }
    }

    /** Convex's own answer with this code, in its envelope; nothing is carried out. */
    static Instead error(final int status, final String code) {
        return error(When.BEFORE_COMMIT, status, code);
    }

    static Instead error(final When when, final int status, final String code) {
        final var body = Json.object().put("code", code).put("message", "Injected by a test.");
        return new Instead(when, status, "application/json", body.toString(), Map.of());
    }

    /** Any other answer, such as a proxy's error page. */
    static Instead answer(final When when, final int status, final String contentType, final String body) {
        return new Instead(when, status, contentType, body, Map.of());
    }

    /** An answer without a body, such as 408 on a time-out. */
    static Instead emptyAnswer(final When when, final int status) {
        return answer(when, status, "", "");
    }

    /** A write conflict: 503 with {@code OptimisticConcurrencyControlFailure}, nothing written. */
    static Fault conflict() {
        return error(503, "OptimisticConcurrencyControlFailure");
    }

    static Fault lostBeforeCommit() {
        return new LostAnswer(When.BEFORE_COMMIT);
    }

    static Fault lostAfterCommit() {
        return new LostAnswer(When.AFTER_COMMIT);
    }

    static Fault stallBeforeCommit() {
        return new Stall(When.BEFORE_COMMIT);
    }

    static Fault stallAfterCommit() {
        return new Stall(When.AFTER_COMMIT);
    }
}
