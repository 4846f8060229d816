package io.airbyte.integrations.destination.convex.protocol;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The terminal that stderr is, if it is one: the only owner of stderr. To it a person is told what messages on stdout tell a
 * program. Elsewhere nothing is written, for a platform takes stderr for errors (airbyte-semantics §5.4). Never throws.
 */
public final class Terminal {

    private static final String TO_LINE_START = "\r";
    private static final String ERASE_LINE = "\u001b[2K";
    private static final String NORMAL = "\u001b[0m";

    /** How a text looks where colours are wanted. */
    private enum Colour {
        CYAN("\u001b[36m"),
        GREEN("\u001b[32m"),
        RED("\u001b[31m");

        private final String code;

        Colour(final String code) {
            this.code = code;
        }
    }

    private final Optional<OutputStream> stderr;
    private final int columns;
    private final boolean colours;

    private Terminal(final Optional<OutputStream> stderr, final int columns, final boolean colours) {
        this.stderr = stderr;
        this.columns = columns;
        this.colours = colours;
    }

    /** There is no terminal. */
    public static Terminal none() {
        return new Terminal(Optional.empty(), 0, false);
    }

    /**
     * A terminal.
     *
     * @param columns how wide it is
     * @param colours the user wants colours
     */
    public static Terminal of(final OutputStream stderr, final int columns, final boolean colours) {
        return new Terminal(Optional.of(stderr), columns, colours);
    }

    /** Somebody may be looking. */
    public boolean isPresent() {
        return stderr.isPresent();
    }

    /** Shows a line in place of the one that was shown before, cut to the terminal's width. */
    public void show(final String line) {
        final String fitting = line.length() < columns ? line : line.substring(0, Math.max(0, columns - 1));
        // Ends at the line's start: what stdout writes to the same terminal begins there, not behind the line.
        write(TO_LINE_START + ERASE_LINE + coloured(fitting, Colour.CYAN) + TO_LINE_START);
    }

    /** Says something, in place of the line that was shown. */
    public void say(final String text) {
        write(TO_LINE_START + ERASE_LINE + text + "\n");
    }

    /** Says, in place of the line that was shown, that what was asked for was done. */
    public void succeeded(final String text) {
        say(coloured("done: ", Colour.GREEN) + text);
    }

    /** Says, in place of the line that was shown, why what was asked for was not done. */
    public void failed(final String text) {
        say(coloured("failed: ", Colour.RED) + text);
    }

    private String coloured(final String text, final Colour colour) {
        return colours ? colour.code + text + NORMAL : text;
    }

    private void write(final String text) {
        try {
            if (stderr.isPresent()) {
                stderr.get().write(text.getBytes(StandardCharsets.UTF_8));
                stderr.get().flush();
            }
        } catch (final IOException gone) {
            // Nobody is looking any more, and stdout has everything.
        }
    }
}
