package io.airbyte.integrations.destination.convex.local;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the server makes of the {@code Convex-Client} header (convex-api §1.4). */
final class ClientVersion {

    private static final Pattern NAME_AND_VERSION = Pattern.compile("(.+?)-(\\d+)\\.(\\d+)\\.(\\d+)(?:[-+].*)?");

    private static final Map<String, List<Integer>> LAST_UNSUPPORTED = Map.of(
            "npm", List.of(0, 19, 1),
            "npm-cli", List.of(0, 19, 1),
            "actions", List.of(0, 19, 1),
            "python", List.of(0, 0, 2),
            "python-convex", List.of(0, 0, 2),
            "rust", List.of(0, 0, 1));

    private ClientVersion() {}

    static void refuseUnsupported(final Optional<String> header) {
        if (header.isEmpty()) {
            return;
        }
        if (header.get().indexOf('-') < 0) {
            throw ApiError.badRequest(
                    "InvalidClientVersion",
                    ("Failed to parse client version string: '%s'. Expected format is {client_name}-{semver}, e.g."
                                    + " my-esolang-client-0.0.1")
                            .formatted(header.get()));
        }
        final Matcher matcher = NAME_AND_VERSION.matcher(header.get());
        if (!matcher.matches()) {
            return;
        }
        final String name = matcher.group(1).toLowerCase(Locale.ROOT);
        final List<Integer> version = List.of(
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3)),
                Integer.parseInt(matcher.group(4)));
        final List<Integer> last = LAST_UNSUPPORTED.getOrDefault(name, List.of(-1, 0, 0));
        if (compare(version, last) <= 0) {
            throw unsupported(name, version);
        }
    }

    private static int compare(final List<Integer> one, final List<Integer> other) {
        return Arrays.compare(one.toArray(Integer[]::new), other.toArray(Integer[]::new));
    }

    private static ApiError unsupported(final String name, final List<Integer> version) {
        final String message =
                ("The Convex %s package at version %d.%d.%d is no longer supported. Update your Convex %s version with"
                                + " `npx convex update` or `npm update`.")
                        .formatted(name, version.get(0), version.get(1), version.get(2), name);
        return new ApiError(
                400,
                "ClientVersionUnsupported",
                message,
                Map.of("x-convex-deprecation-state", "Unsupported", "x-convex-deprecation-message", message));
    }
}
