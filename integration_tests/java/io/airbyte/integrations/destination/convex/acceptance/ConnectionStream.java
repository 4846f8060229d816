package io.airbyte.integrations.destination.convex.acceptance;

import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.append;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.dedup;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;

/** A stream of a connection: how its user configured it, what the source holds of it, and what the platform remembers. */
final class ConnectionStream {

    /** What the user chose for the destination. */
    enum Mode {
        APPEND,
        APPEND_DEDUP,
        OVERWRITE,
        OVERWRITE_DEDUP;

        boolean isDeduplicated() {
            return this == APPEND_DEDUP || this == OVERWRITE_DEDUP;
        }

        boolean overwrites() {
            return this == OVERWRITE || this == OVERWRITE_DEDUP;
        }
    }

    private final String name;
    private final boolean fullRefresh;
    private final Mode mode;
    private List<String> rows = List.of();
    private long generation;
    private int acknowledged;

    private ConnectionStream(final String name, final boolean fullRefresh, final Mode mode) {
        this.name = name;
        this.fullRefresh = fullRefresh;
        this.mode = mode;
    }

    static ConnectionStream fullRefresh(final String name, final Mode mode) {
        return new ConnectionStream(name, true, mode);
    }

    static ConnectionStream incremental(final String name, final Mode mode) {
        return new ConnectionStream(name, false, mode);
    }

    /** What the source holds from now on, in the order in which it is read: JSON objects, with a column {@code id}. */
    void holds(final List<String> data) {
        rows = List.copyOf(data);
    }

    void holds(final String... data) {
        holds(List.of(data));
    }

    String name() {
        return name;
    }

    boolean isFullRefresh() {
        return fullRefresh;
    }

    Mode mode() {
        return mode;
    }

    /** The stream has a generation more, and is read from its beginning. */
    void bump() {
        generation++;
        acknowledged = 0;
    }

    long generation() {
        return generation;
    }

    /** The state that says so came back; the source begins there the next time. */
    void acknowledge(final int numberOfRows) {
        acknowledged = numberOfRows;
    }

    int acknowledged() {
        return acknowledged;
    }

    /** What the source writes about it: each row after what was acknowledged, up to so many, followed by a state. */
    List<String> lines(final int most) {
        final List<String> lines = new ArrayList<>();
        final int end = (int) Math.min((long) acknowledged + most, rows.size());
        for (int i = acknowledged; i < end; i++) {
            lines.add(SourceLines.record(name, rows.get(i)));
            lines.add(SourceLines.state(name, i + 1));
        }
        return lines;
    }

    /** How a platform that knows refreshes writes it into the catalog (airbyte-semantics §1.2). */
    ConfiguredStreamJson configured(final boolean asFullRefresh, final long minimumGeneration, final long job) {
        final ConfiguredStreamJson configured = mode.isDeduplicated() ? dedup(name, "id") : append(name);
        final String syncMode = asFullRefresh ? "full_refresh" : "incremental";
        return configured
                .ids(generation, minimumGeneration, job)
                .with("sync_mode", JsonNodeFactory.instance.textNode(syncMode));
    }
}
