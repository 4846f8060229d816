package io.airbyte.integrations.destination.convex.convex;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** Whole numbers in answers, in both spellings that a deployment has for them. */
final class Count {

    private Count() {}

    /** A number that is not negative: what a document holds comes as a double (convex-api §6.2). */
    static Optional<Long> of(final JsonNode value) {
        final double count = value.isNumber() ? value.doubleValue() : -1;
        return count >= 0 && count == Math.rint(count) && count < 1L << 53
                ? Optional.of((long) count)
                : Optional.empty();
    }

    /** The same, or the text that queries write a 64-bit integer as (convex-api §5.4). */
    static Optional<Long> ofInteger(final JsonNode value) {
        return value.isTextual() && value.textValue().matches("[0-9]{1,18}")
                ? Optional.of(Long.parseLong(value.textValue()))
                : of(value);
    }
}
