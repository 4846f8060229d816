package io.airbyte.integrations.destination.convex.campaign;

import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.append;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.dedup;
import static io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson.inMode;

import com.fasterxml.jackson.databind.node.TextNode;
import io.airbyte.integrations.destination.convex.acceptance.ConfiguredStreamJson;
import java.util.List;
import java.util.Map;

/** Who runs the sync, and in which words (airbyte-semantics §1.2). */
enum Dialect {
    LEGACY_PLATFORM,
    REFRESH_PLATFORM,
    NO_PLATFORM;

    private static final int SYNC = 7;
    private static final int FIRST_GENERATION = 2;

    /** A refresh that removes records asks for the right to read, so that the connector knows what a retry adds to. */
    List<Mode> modes(final Access access) {
        if (this != REFRESH_PLATFORM) {
            return List.of(Mode.APPEND, Mode.DEDUP, Mode.OVERWRITE);
        }
        return access.readsData()
                ? List.of(Mode.values())
                : List.of(Mode.APPEND, Mode.DEDUP, Mode.OVERWRITE, Mode.OVERWRITE_DEDUP);
    }

    Map<String, String> environment(final int attempt) {
        return this == NO_PLATFORM
                ? Map.of()
                : Map.of("WORKER_JOB_ID", Integer.toString(SYNC), "WORKER_JOB_ATTEMPT", Integer.toString(attempt));
    }

    /** The stream as an attempt, counted from 0, asks for it. */
    ConfiguredStreamJson configured(final SourceStream stream, final int attempt) {
        final ConfiguredStreamJson asked = asked(stream, attempt);
        return stream.namespace().isEmpty() ? asked : asked.namespace(stream.namespace());
    }

    private ConfiguredStreamJson asked(final SourceStream stream, final int attempt) {
        final Mode mode = stream.mode();
        if (this != REFRESH_PLATFORM) {
            final ConfiguredStreamJson plain =
                    mode == Mode.OVERWRITE ? inMode(stream.name(), "overwrite") : inModeOf(stream);
            return read(this == NO_PLATFORM ? plain.ids(1, 1, 1) : plain, mode);
        }
        final int generation = mode.beginsAnew() ? FIRST_GENERATION + attempt : mode.replaces() ? FIRST_GENERATION : 0;
        return read(inModeOf(stream).ids(generation, generation, SYNC), mode);
    }

    private static ConfiguredStreamJson inModeOf(final SourceStream stream) {
        return stream.mode().deduplicates() ? dedup(stream.name(), "id") : append(stream.name());
    }

    private static ConfiguredStreamJson read(final ConfiguredStreamJson stream, final Mode mode) {
        return mode.beginsAnew() ? stream.with("sync_mode", TextNode.valueOf("full_refresh")) : stream;
    }
}
