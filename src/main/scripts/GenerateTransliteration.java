import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Turns the table of the {@code unidecode} 0.3.0 crate ({@code src/data.rs}) into the resource that
 * {@code document.Transliteration} reads. Run by hand, for the table never changes:
 *
 * <pre>
 * curl -sSfL https://static.crates.io/crates/unidecode/unidecode-0.3.0.crate | tar xz
 * java src/main/scripts/GenerateTransliteration.java unidecode-0.3.0/src/data.rs \
 *     src/main/resources/io/airbyte/integrations/destination/convex/document/transliteration.tsv
 * </pre>
 *
 * One line for each page of 256 characters: the page's number in hexadecimal, then its texts, each after a tab. A line
 * feed in a text stands as backslash n, a backslash as two. Empty texts at a page's end, empty pages, and page 00's ASCII half (each
 * character is its own text) are left out.
 */
final class GenerateTransliteration {

    private static final Pattern ENTRY = Pattern.compile("    \"(.*)\",");
    private static final Pattern CHARACTER = Pattern.compile("\\\\u\\{([0-9a-f]+)}");
    private static final int ENTRIES = 0xffff;

    private GenerateTransliteration() {}

    public static void main(final String[] args) throws IOException {
        final List<String> texts = read(Path.of(args[0]));
        final StringBuilder table = new StringBuilder();
        for (int page = 0; page * 256 < texts.size(); page++) {
            appendPage(table, page, texts.subList(page * 256, Math.min(texts.size(), page * 256 + 256)));
        }
        Files.writeString(Path.of(args[1]), table, StandardCharsets.US_ASCII);
    }

    private static List<String> read(final Path data) {
        try (var lines = Files.lines(data)) {
            final List<String> texts = lines.map(ENTRY::matcher)
                    .filter(Matcher::matches)
                    .map(entry -> CHARACTER
                            .matcher(entry.group(1))
                            .replaceAll(hex ->
                                    Matcher.quoteReplacement(Character.toString(Integer.parseInt(hex.group(1), 16)))))
                    .toList();
            if (texts.size() != ENTRIES) {
                throw new IllegalStateException("Expected " + ENTRIES + " entries, found " + texts.size());
            }
            return texts;
        } catch (final IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static void appendPage(final StringBuilder table, final int page, final List<String> texts) {
        final StringBuilder line = new StringBuilder();
        for (int i = 0; i < texts.size(); i++) {
            final boolean ascii = page == 0 && i < 128;
            line.append('\t').append(ascii ? "" : escaped(texts.get(i)));
        }
        final String trimmed = line.toString().replaceFirst("\t+$", "");
        if (!trimmed.isEmpty()) {
            table.append("%02x".formatted(page)).append(trimmed).append('\n');
        }
    }

    private static String escaped(final String text) {
        final String escaped = text.replace("\\", "\\\\").replace("\n", "\\n");
        if (!escaped.chars().allMatch(character -> character >= ' ' && character <= '~')) {
            throw new IllegalStateException("Not printable ASCII: " + escaped);
        }
        return escaped;
    }
}
