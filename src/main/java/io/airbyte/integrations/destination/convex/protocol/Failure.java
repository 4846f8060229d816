package io.airbyte.integrations.destination.convex.protocol;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why a command cannot go on, in a sentence for the user and with the kind that decides what the platform does next
 * (airbyte-semantics §5.5). The message never holds the deploy key nor the content of a record.
 */
public final class Failure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What the platform may do about it. */
    public enum Kind {
        /** The user has to change something; the platform does not retry. */
        CONFIG_ERROR("config_error"),
        /** A later attempt may succeed without any change. */
        TRANSIENT_ERROR("transient_error"),
        /** Neither the user nor time can mend it: the connector, the source or the server is at fault. */
        SYSTEM_ERROR("system_error");

        private final String wireName;

        Kind(final String wireName) {
            this.wireName = wireName;
        }

        /** The protocol's {@code failure_type}. */
        public String wireName() {
            return wireName;
        }
    }

    private final Kind kind;
    private final transient Optional<StreamDescriptor> stream;

    private Failure(
            final Kind kind,
            final Optional<StreamDescriptor> stream,
            final String message,
            final @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.stream = stream;
    }

    public static Failure config(final String message) {
        return new Failure(Kind.CONFIG_ERROR, Optional.empty(), message, null);
    }

    public static Failure transientError(final String message) {
        return new Failure(Kind.TRANSIENT_ERROR, Optional.empty(), message, null);
    }

    public static Failure system(final String message) {
        return new Failure(Kind.SYSTEM_ERROR, Optional.empty(), message, null);
    }

    public static Failure system(final String message, final Throwable cause) {
        return new Failure(Kind.SYSTEM_ERROR, Optional.empty(), message, cause);
    }

    /** The same failure, with something added to its message. */
    public Failure and(final String addition) {
        return new Failure(kind, stream, message() + addition, getCause());
    }

    /** The same failure, said to concern {@code descriptor}. */
    public Failure ofStream(final StreamDescriptor descriptor) {
        return new Failure(kind, Optional.of(descriptor), message(), getCause());
    }

    public Kind kind() {
        return kind;
    }

    public Optional<StreamDescriptor> stream() {
        return stream;
    }

    /** The sentence for the user. */
    public String message() {
        return String.valueOf(getMessage());
    }
}
