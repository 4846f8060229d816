package io.airbyte.integrations.destination.convex.convex;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** The header {@code Retry-After}. Convex's server never sends it (convex-api §0); what stands before it may. */
final class RetryAfter {

    private static final int MOST_DIGITS = 9;

    private RetryAfter() {}

    /**
     * How long to wait: the header's seconds, or the time until its date; nothing where it is neither.
     *
     * @param now what a date is counted from; a date that has passed means no time at all
     */
    static Optional<Duration> parse(final String header, final Instant now) {
        final String text = header.strip();
        if (text.matches("\\d+")) {
            return Optional.of(
                    Duration.ofSeconds(text.length() > MOST_DIGITS ? Integer.MAX_VALUE : Long.parseLong(text)));
        }
        try {
            final Instant date = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Optional.of(date.isAfter(now) ? Duration.between(now, date) : Duration.ZERO);
        } catch (final DateTimeException e) {
            return Optional.empty();
        }
    }
}
