package io.airbyte.integrations.destination.convex.local;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/** What is remembered of a request: never its body, unless the deployment was built to keep bodies. */
public final class LoggedRequest {

    private final String method;
    private final String path;
    private final Map<String, String> query;
    private final int number;
    private final long bodyBytes;
    private final Optional<byte[]> body;
    private final List<Run> runs = new ArrayList<>();
    private final Set<String> named = new TreeSet<>();
    private String systemQuery = "";
    private Optional<Fault> fault = Optional.empty();
    private OptionalInt status = OptionalInt.empty();

    /**
     * Messages for one table that follow each other.
     *
     * @param table as it was sent, before sanitising
     */
    public record Run(String table, int messages) {}

    LoggedRequest(
            final String method,
            final String path,
            final Map<String, String> query,
            final int number,
            final long bodyBytes,
            final Optional<byte[]> body) {
        this.method = method;
        this.path = path;
        this.query = query;
        this.number = number;
        this.bodyBytes = bodyBytes;
        this.body = body;
    }

    synchronized void sent(final String table) {
        final Run last = runs.isEmpty() ? new Run("", 0) : runs.get(runs.size() - 1);
        if (last.messages() > 0 && last.table().equals(table)) {
            runs.set(runs.size() - 1, new Run(table, last.messages() + 1));
        } else {
            runs.add(new Run(table, 1));
        }
    }

    synchronized void names(final String table) {
        named.add(table);
    }

    synchronized void asks(final String query) {
        systemQuery = query;
    }

    synchronized void meets(final Optional<Fault> injected) {
        fault = injected;
    }

    synchronized void answered(final int with) {
        status = OptionalInt.of(with);
    }

    public String method() {
        return method;
    }

    public String path() {
        return path;
    }

    public Map<String, String> query() {
        return query;
    }

    /** The how-manieth request with this path this was, counted from 1. */
    public int number() {
        return number;
    }

    public long bodyBytes() {
        return bodyBytes;
    }

    /** The body, if the deployment keeps bodies. */
    public Optional<byte[]> body() {
        return body;
    }

    /** The messages of an import request in their order. Empty until the request was read. */
    public synchronized List<Run> runs() {
        return List.copyOf(runs);
    }

    /** The tables of an import request's messages. */
    public synchronized Set<String> tables() {
        final Set<String> tables = new TreeSet<>();
        runs.forEach(run -> tables.add(run.table()));
        return tables;
    }

    /**
     * The tables that a request is about: those of its messages, its indexes or its arguments, or the one that is to be
     * imported. Empty where a request names none.
     */
    public synchronized Set<String> concerns() {
        final Set<String> all = tables();
        all.addAll(named);
        return all;
    }

    /** The query that a request of {@code /api/query} asks, such as {@code queryImport}; otherwise empty. */
    public synchronized String systemQuery() {
        return systemQuery;
    }

    /** How many messages an import request has. */
    public synchronized int records() {
        return runs.stream().mapToInt(Run::messages).sum();
    }

    public synchronized Optional<Fault> fault() {
        return fault;
    }

    /** What was answered; empty while it was not, or if no answer was given. */
    public synchronized OptionalInt status() {
        return status;
    }

    @Override
    public synchronized String toString() {
        return "%s %s%s #%d (%d bytes, %d records) %s"
                .formatted(
                        method,
                        path,
                        systemQuery.isEmpty() ? "" : " " + systemQuery,
                        number,
                        bodyBytes,
                        records(),
                        status.isPresent() ? status.getAsInt() : "unanswered");
    }
}
