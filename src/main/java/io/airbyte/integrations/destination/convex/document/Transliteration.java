package io.airbyte.integrations.destination.convex.document;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * Any text in ASCII letters, as the {@code unidecode} 0.3.0 crate writes it, because that is what a deployment uses to
 * rename (convex-api §3.3). Characters beyond U+FFFE have no text there and vanish.
 *
 * <p>The table is read when the first character outside ASCII is met, so most syncs never load it.
 */
final class Transliteration {

    private static final int ASCII_CHARACTERS = 128;
    private static final int PAGE = 256;

    private Transliteration() {}

    /** The text in ASCII: shorter, equal or longer, and possibly empty. */
    static String of(final String text) {
        if (text.chars().allMatch(character -> character < ASCII_CHARACTERS)) {
            return text;
        }
        final StringBuilder ascii = new StringBuilder(2 * text.length());
        text.codePoints().forEach(character -> {
            if (character < ASCII_CHARACTERS) {
                ascii.append((char) character);
            } else {
                ascii.append(Table.text(character));
            }
        });
        return ascii.toString();
    }

    /** Initialised on first use: that is what makes the table lazy. */
    private static final class Table {

        private static final String RESOURCE = "transliteration.tsv";
        private static final String[] NO_TEXTS = {};
        private static final String[][] PAGES = read();

        static String text(final int character) {
            final int page = character / PAGE;
            if (page >= PAGES.length || character % PAGE >= PAGES[page].length) {
                return "";
            }
            return PAGES[page][character % PAGE];
        }

        private static String[][] read() {
            final String[][] pages = new String[PAGE][];
            Arrays.fill(pages, NO_TEXTS);
            try (InputStream resource = Objects.requireNonNull(
                    Transliteration.class.getResourceAsStream(RESOURCE), "the connector's jar lacks " + RESOURCE)) {
                final String lines = new String(resource.readAllBytes(), StandardCharsets.US_ASCII);
                lines.lines().forEach(line -> pages[Integer.parseInt(line, 0, 2, 16)] = texts(line.substring(3)));
            } catch (final IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
            return pages;
        }

        private static String[] texts(final String line) {
            final String[] texts = line.split("\t", -1);
            for (int i = 0; i < texts.length; i++) {
                if (texts[i].indexOf('\\') >= 0) {
                    texts[i] = texts[i].translateEscapes();
                }
            }
            return texts;
        }
    }
}
