package io.airbyte.integrations.destination.convex.local;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Every path that the deployment answers, with its method and body limit (convex-api §2.1). */
final class Routes {

    /** The framework's limit for bodies of JSON routes. */
    private static final int JSON_LIMIT = 2 << 20;

    /** The limit of {@code import_airbyte_records} alone. */
    static final int RECORDS_LIMIT = 20 << 20;

    /** What answers a request; an {@link ApiError} is an answer too. */
    interface Handler {
        Answer answer(Call call);
    }

    /**
     * @param bodyLimit bytes that a JSON body may have
     * @param takesBytes whether the body is bytes of any number, not JSON
     * @param authenticated whether the key is looked at at all
     */
    record Route(int bodyLimit, boolean takesBytes, boolean authenticated, Handler handler) {}

    private final Map<String, Map<String, Route>> routes = new LinkedHashMap<>();

    /** Empty if nothing answers this path. */
    Optional<Set<String>> methods(final String path) {
        return Optional.ofNullable(routes.get(path)).map(Map::keySet);
    }

    Optional<Route> find(final String method, final String path) {
        final String known = method.equals("HEAD") ? "GET" : method;
        return Optional.ofNullable(routes.getOrDefault(path, Map.of()).get(known));
    }

    Routes json(final String method, final String path, final Handler handler) {
        return add(method, path, new Route(JSON_LIMIT, false, true, handler));
    }

    Routes records(final String path, final Handler handler) {
        return add("POST", path, new Route(RECORDS_LIMIT, false, true, handler));
    }

    Routes bytes(final String path, final Handler handler) {
        return add("POST", path, new Route(JSON_LIMIT, true, true, handler));
    }

    /** A route for everybody. */
    Routes open(final String method, final String path, final Handler handler) {
        return add(method, path, new Route(JSON_LIMIT, false, false, handler));
    }

    private Routes add(final String method, final String path, final Route route) {
        routes.computeIfAbsent(path, p -> new LinkedHashMap<>()).put(method, route);
        return this;
    }
}
