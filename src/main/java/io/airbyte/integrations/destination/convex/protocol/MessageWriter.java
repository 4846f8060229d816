package io.airbyte.integrations.destination.convex.protocol;

import io.airbyte.integrations.destination.convex.json.ByteBuilder;
import io.airbyte.integrations.destination.convex.json.ByteSlice;
import java.io.IOException;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Writes Airbyte's messages, each as one line: the only owner of stdout. Any thread may write.
 *
 * <p>States gather in a buffer until it is full or {@link #flush()} is called; every other message leaves at once, after
 * the states before it. Texts are shown without the secrets that {@link #conceal} names.
 *
 * <p>If stdout breaks, the next call other than {@link #log} throws a {@code system_error}, once; from then on nothing is
 * written and nothing thrown. A state was not acknowledged unless the flush after it returned.
 */
public final class MessageWriter {

    /** The protocol's log levels. */
    public enum Level {
        FATAL,
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }

    private static final int BUFFER_BYTES = 1 << 16;
    private static final int LONGEST_LOG_MESSAGE = 16 * 1024;

    /** What the platform cuts at (airbyte-semantics §5.5). */
    private static final int LONGEST_ERROR_MESSAGE = 50_000;

    private static final int LONGEST_STACK_TRACE = 100_000;

    private final OutputStream output;
    private final InstantSource clock;

    private final Lock lock = new ReentrantLock();
    private final ByteBuilder buffer = new ByteBuilder(BUFFER_BYTES);
    private final StateSplice stateSplice = new StateSplice();
    private Secrets secrets = Secrets.NONE;
    private @Nullable IOException breakage;
    private boolean breakageTold;
    private volatile boolean checkAnswered;

    /**
     * @param output stdout itself; a {@link java.io.PrintStream} would hide that it broke
     */
    public MessageWriter(final OutputStream output) {
        this(output, InstantSource.system());
    }

    /**
     * @param clock tells when an error trace was emitted
     */
    public MessageWriter(final OutputStream output, final InstantSource clock) {
        this.output = output;
        this.clock = clock;
    }

    /** From now on none of {@code secrets} is shown in a log line, a connection status or a trace. */
    public void conceal(final Collection<String> hidden) {
        locked(() -> secrets = new Secrets(hidden));
    }

    /** A text as messages show it. */
    public String withoutSecrets(final String text) {
        lock.lock();
        try {
            return secrets.concealedIn(text);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Answers {@code spec}.
     *
     * @param specification a JSON object; it may be spread over lines
     */
    public void spec(final byte[] specification) {
        writeAtOnce(() -> {
            buffer.append("{\"type\":\"SPEC\",\"spec\":");
            for (final byte next : specification) {
                // Inside a JSON string there are none, so these are white space between values.
                if (next != '\n' && next != '\r') {
                    buffer.append(next);
                }
            }
            buffer.append('}');
        });
        tellBreakage();
    }

    /** Answers {@code check}. */
    public void connectionStatus(final boolean succeeded, final String message) {
        writeAtOnce(() -> {
            buffer.append("{\"type\":\"CONNECTION_STATUS\",\"connectionStatus\":{\"status\":")
                    .append(succeeded ? "\"SUCCEEDED\"" : "\"FAILED\"");
            appendText("message", message, LONGEST_ERROR_MESSAGE);
            buffer.append("}}");
            // Before it leaves: whoever reads it may end this process at once.
            checkAnswered = true;
        });
        tellBreakage();
    }

    /** {@code check} has its answer, or will have it when the process ends. */
    public boolean isCheckAnswered() {
        return checkAnswered;
    }

    /** Writes text for people, which is no message: of commands that no platform runs. Ends with the end of a line. */
    public void text(final String text) {
        writeAtOnce(() -> buffer.append(secrets.concealedIn(text)));
        tellBreakage();
    }

    /**
     * Returns a state to the platform as it was received, with its {@code destinationStats}. It leaves with the next
     * {@link #flush()} at the latest.
     *
     * @param line the message that {@link MessageReader} read as a state
     * @param recordCount how many records were accepted since the state before, of its stream or of all
     */
    public void state(final ByteSlice line, final long recordCount) {
        locked(() -> {
            appendLine(() -> stateSplice.append(line, recordCount, buffer));
            if (buffer.length() >= BUFFER_BYTES) {
                drain();
            }
        });
        tellBreakage();
    }

    /** Adds a line to the log. Never throws. */
    public void log(final Level level, final String message) {
        log(level, message, Optional.empty());
    }

    /** Adds a line to the log, with the classes and lines of an error's stack but without its message. Never throws. */
    void log(final Level level, final String message, final Optional<Throwable> error) {
        writeAtOnce(() -> {
            buffer.append("{\"type\":\"LOG\",\"log\":{\"level\":\"")
                    .append(level.name())
                    .append('"');
            appendText("message", message, LONGEST_LOG_MESSAGE);
            error.ifPresent(thrown -> appendText("stack_trace", StackTrace.of(thrown), LONGEST_LOG_MESSAGE));
            buffer.append("}}");
        });
    }

    /** Tells the platform why the command failed. */
    public void trace(final Failure failure) {
        writeAtOnce(() -> {
            buffer.append("{\"type\":\"TRACE\",\"trace\":{\"type\":\"ERROR\",\"emitted_at\":")
                    .append(Long.toString(clock.millis()))
                    .append(",\"error\":{\"failure_type\":\"")
                    .append(failure.kind().wireName())
                    .append('"');
            appendText("message", failure.message(), LONGEST_ERROR_MESSAGE);
            appendText("internal_message", internalMessage(failure), LONGEST_ERROR_MESSAGE);
            if (failure.kind() == Failure.Kind.SYSTEM_ERROR) {
                appendText("stack_trace", StackTrace.of(failure), LONGEST_STACK_TRACE);
            }
            failure.stream().ifPresent(this::appendDescriptor);
            buffer.append("}}}");
        });
        tellBreakage();
    }

    /** Everything written so far has reached stdout when this returns. */
    public void flush() {
        locked(this::drain);
        tellBreakage();
    }

    /** The failure's sentence and the classes of its causes, whose own messages may quote records. */
    private static String internalMessage(final Failure failure) {
        final StringBuilder text = new StringBuilder(failure.message());
        @Nullable Throwable cause = failure.getCause();
        for (int depth = 0; cause != null && depth < 10; depth++) {
            text.append(" Caused by ").append(cause.getClass().getName()).append('.');
            cause = cause.getCause();
        }
        return text.toString();
    }

    private void appendDescriptor(final StreamDescriptor stream) {
        buffer.append(",\"stream_descriptor\":{\"name\":");
        JsonText.appendQuoted(buffer, stream.name());
        stream.namespace().ifPresent(namespace -> {
            buffer.append(",\"namespace\":");
            JsonText.appendQuoted(buffer, namespace);
        });
        buffer.append('}');
    }

    /** Appends a further member of an object: {@code text} without secrets, and cut if it is too long. */
    private void appendText(final String key, final String text, final int longest) {
        buffer.append(",\"").append(key).append("\":");
        JsonText.appendQuoted(buffer, cut(secrets.concealedIn(text), longest));
    }

    private static String cut(final String text, final int longest) {
        if (text.length() <= longest) {
            return text;
        }
        final int end = Character.isHighSurrogate(text.charAt(longest - 1)) ? longest - 1 : longest;
        return text.substring(0, end) + "… (" + (text.length() - end) + " more characters)";
    }

    private void writeAtOnce(final Runnable message) {
        locked(() -> {
            appendLine(message);
            drain();
        });
    }

    /** Appends one message as a line, or, if memory does not suffice, nothing: half a line would spoil the next. */
    private void appendLine(final Runnable message) {
        if (breakage != null) {
            return;
        }
        final int before = buffer.length();
        boolean whole = false;
        try {
            message.run();
            buffer.append('\n');
            whole = true;
        } finally {
            if (!whole) {
                buffer.truncate(before);
            }
        }
    }

    private void locked(final Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }

    private void drain() {
        if (breakage == null && buffer.length() > 0) {
            final ByteSlice lines = buffer.slice();
            try {
                output.write(lines.array(), lines.offset(), lines.length());
                output.flush();
            } catch (final IOException broken) {
                breakage = broken;
            }
        }
        buffer.reset(BUFFER_BYTES);
    }

    private void tellBreakage() {
        final IOException toBeTold;
        lock.lock();
        try {
            if (breakage == null || breakageTold) {
                return;
            }
            breakageTold = true;
            toBeTold = breakage;
        } finally {
            lock.unlock();
        }
        throw Failure.system(
                "Messages can no longer be written: stdout was closed or is broken. States that were not returned will be"
                        + " sent again by the next sync.",
                toBeTold);
    }
}
