package io.airbyte.integrations.destination.convex.local;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What was asked of the deployment, and how much of it at the same time. */
final class RequestLog {

    private final boolean keepsBodies;
    private final List<LoggedRequest> requests = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final Map<String, Integer> running = new HashMap<>();
    private final Map<String, Integer> most = new HashMap<>();

    /** Stands for all requests together among the tables' names, none of which is empty. */
    private static final String ALL = "";

    RequestLog(final boolean keepsBodies) {
        this.keepsBodies = keepsBodies;
    }

    synchronized LoggedRequest arrived(
            final String method,
            final String path,
            final Map<String, String> query,
            final long bodyBytes,
            final byte[] body) {
        final int number = numbers.merge(path, 1, Integer::sum);
        final var request = new LoggedRequest(
                method, path, query, number, bodyBytes, keepsBodies ? Optional.of(body) : Optional.empty());
        requests.add(request);
        return request;
    }

    synchronized List<LoggedRequest> requests() {
        return List.copyOf(requests);
    }

    synchronized void clear() {
        requests.clear();
        numbers.clear();
        most.clear();
    }

    synchronized void began(final LoggedRequest request) {
        for (final String table : counted(request)) {
            final int now = running.merge(table, 1, Integer::sum);
            most.merge(table, now, Math::max);
        }
    }

    synchronized void ended(final LoggedRequest request) {
        counted(request).forEach(table -> running.merge(table, -1, Integer::sum));
    }

    private static Collection<String> counted(final LoggedRequest request) {
        final Collection<String> counted = new ArrayList<>(request.tables());
        counted.add(ALL);
        return counted;
    }

    synchronized int mostAtOnce() {
        return most.getOrDefault(ALL, 0);
    }

    synchronized int mostAtOnce(final String table) {
        return most.getOrDefault(table, 0);
    }
}
