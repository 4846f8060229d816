package io.airbyte.integrations.destination.convex.document;

import java.util.Locale;

/**
 * A text reduced to lower-case ASCII letters, digits and single underscores between them: exactly what the
 * {@code slugify} 0.1.0 crate makes of it with {@code _} as separator, which is what a deployment uses to rename
 * (convex-api §3.3).
 */
public final class Slug {

    private Slug() {}

    /** The slug, which is empty if no letter or digit is left once {@code text} is written in ASCII. */
    public static String of(final String text) {
        // The crate trims white space and separators first; dropping them at both ends below gives the same.
        final String ascii = Transliteration.of(text).toLowerCase(Locale.ROOT);
        final StringBuilder slug = new StringBuilder(ascii.length());
        boolean separated = false;
        for (int i = 0; i < ascii.length(); i++) {
            final char character = ascii.charAt(i);
            if ((character >= 'a' && character <= 'z') || (character >= '0' && character <= '9')) {
                if (separated && !slug.isEmpty()) {
                    slug.append('_');
                }
                slug.append(character);
                separated = false;
            } else {
                separated = true;
            }
        }
        return slug.toString();
    }
}
