package io.airbyte.integrations.destination.convex.local;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The deployment's keys, and who an {@code Authorization} header says is calling (convex-api §1.1). */
final class Keys {

    private final Map<String, Set<Permission>> keys = new LinkedHashMap<>();

    /** Who is calling. */
    sealed interface Caller {

        /** Nobody in particular. */
        record Anonymous() implements Caller {}

        /** A key of this deployment. */
        record Key(Set<Permission> permissions) implements Caller {}

        /** A key of this deployment, acting as an application's user. */
        record ActingUser() implements Caller {}

        default boolean may(final Permission permission) {
            return this instanceof Key key && key.permissions().contains(permission);
        }
    }

    void add(final String key, final Set<Permission> permissions) {
        keys.put(
                withoutType(key),
                permissions.isEmpty() ? EnumSet.noneOf(Permission.class) : EnumSet.copyOf(permissions));
    }

    /** Names the caller, or refuses a header or a key that is no good, before the body is looked at. */
    Caller caller(final Optional<String> authorization, final Optional<String> adminKey) {
        if (authorization.isEmpty()) {
            return adminKey.map(this::holder).orElseGet(Caller.Anonymous::new);
        }
        final String header = authorization.get();
        if (header.chars().anyMatch(c -> c != '\t' && (c < ' ' || c > '~'))) {
            throw ApiError.badRequest("HeaderParseFailure", "Could not parse header");
        }
        if (header.length() < 7) {
            throw ApiError.badRequest("InvalidHeaderFailure", "Invalid authentication header");
        }
        if (header.regionMatches(true, 0, "convex ", 0, 7)) {
            return holder(header.substring(7));
        }
        if (header.regionMatches(true, 0, "bearer ", 0, 7)) {
            throw new ApiError(
                    401,
                    "InvalidAuthHeader",
                    "Could not parse JWT payload. Check that the token is a valid JWT format with three base64-encoded"
                            + " parts separated by dots.");
        }
        throw ApiError.badRequest("InvalidAdminKey", "Invalid admin key");
    }

    private Caller holder(final String text) {
        final int pipe = text.indexOf('|');
        final int colon = text.indexOf(':', Math.max(pipe, 0));
        final boolean acting = pipe >= 0 && colon > pipe;
        if (acting) {
            refuseUnreadableUser(text.substring(colon + 1));
        }
        final Set<Permission> permissions = keys.get(withoutType(acting ? text.substring(0, colon) : text));
        if (permissions == null) {
            throw new ApiError(401, "BadAdminKey", "The provided admin key was invalid for this instance");
        }
        return acting ? new Caller.ActingUser() : new Caller.Key(permissions);
    }

    private static void refuseUnreadableUser(final String base64) {
        try {
            final byte[] user = Base64.getDecoder().decode(base64.getBytes(StandardCharsets.UTF_8));
            Json.objectOf(Json.read(user));
        } catch (final IllegalArgumentException | Json.Unreadable | ApiError e) {
            throw ApiError.badRequest("HeaderParseFailure", "Could not parse the acting user");
        }
    }

    /** {@code prod:name|secret} is the key {@code name|secret}; of preview and project keys only the secret counts. */
    private static String withoutType(final String key) {
        final int pipe = key.indexOf('|');
        if (key.startsWith("preview:") || key.startsWith("project:")) {
            return key.substring(pipe + 1);
        }
        final int colon = key.indexOf(':');
        return colon >= 0 && colon < pipe ? key.substring(colon + 1) : key;
    }
}
