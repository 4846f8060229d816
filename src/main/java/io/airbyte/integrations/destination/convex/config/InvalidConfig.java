package io.airbyte.integrations.destination.convex.config;

/**
 * A configuration that cannot be used as it is. The message is for the user: every mistake in a sentence of its own,
 * with what to do about it, and never a value of the configuration, since any field may hold the key.
 */
public final class InvalidConfig extends Exception {

    private static final long serialVersionUID = 1L;

    private final String sentences;

    // No cause: what a parser says about a file may quote the file.
    InvalidConfig(final String sentences) {
        super(sentences);
        this.sentences = sentences;
    }

    /** The sentences for the user. */
    public String message() {
        return sentences;
    }
}
