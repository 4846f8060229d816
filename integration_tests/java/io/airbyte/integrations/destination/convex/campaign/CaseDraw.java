package io.airbyte.integrations.destination.convex.campaign;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbyte.integrations.destination.convex.acceptance.Numbers;
import io.airbyte.integrations.destination.convex.campaign.Trouble.Planned;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Draws a case from a seed: the same seed, the same case. */
final class CaseDraw {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String RECORDS = "/api/streaming_import/import_airbyte_records";
    private static final String QUERY = "/api/query";
    private static final List<String> INDEX_PATHS =
            List.of("/api/streaming_import/add_primary_key_indexes", "/api/streaming_import/primary_key_indexes_ready");
    private static final List<String> STAGED_IMPORT_PATHS = List.of(
            "/api/import/start_upload", "/api/import/upload_part", "/api/import/finish_upload", "/api/perform_import");
    private static final String SINGLE_SHOT_IMPORT_PATH = "/api/import";

    private record Value(String sent, String stored) {}

    private static final List<Value> HOSTILE = List.of(
            new Value("\"v\":9007199254740993", "\"v\":\"9007199254740993\""),
            new Value(
                    "\"v\":1e400",
                    "\"v\":null,\"airbyte_meta\":{\"changes\":[{\"field\":\"v\",\"change\":\"NULLED\","
                            + "\"reason\":\"DESTINATION_FIELD_SIZE_LIMITATION\"}]}"),
            new Value(
                    "\"v\":\"\\ud800\"",
                    "\"v\":null,\"airbyte_meta\":{\"changes\":[{\"field\":\"v\",\"change\":\"NULLED\","
                            + "\"reason\":\"DESTINATION_SERIALIZATION_ERROR\"}]}"),
            new Value("\"v\":\"\\u0000 \\\" \\\\ 😀\\u2028\\r\\n\"", "\"v\":\"\\u0000 \\\" \\\\ 😀\\u2028\\r\\n\""),
            new Value("\"v\":{\"$oid\":\"x\",\"é\":[{}]}", "\"v\":{\"source_oid\":\"x\",\"source_e\":[{}]}"),
            new Value("\"_id\":\"a\",\"日本\":-0.0", "\"source_id\":\"a\",\"source_ri_ben\":-0.0"),
            new Value("\"v\":[],\"order id\":null", "\"v\":[],\"order id\":null"),
            new Value("\"v\":5e-324,\"v\":true", "\"v\":true"));

    private final long seed;
    private final Random random;

    CaseDraw(final long seed) {
        this.seed = seed;
        this.random = new Random(seed);
    }

    Case drawn() {
        final Dialect dialect = one(List.of(Dialect.values()));
        final Access access = chance(50) ? Access.EVERYTHING : one(List.of(Access.values()));
        final List<Mode> modes = dialect.modes(access);
        final List<SourceStream> streams = new ArrayList<>();
        final int count = chance(80) ? 1 + random.nextInt(4) : 1 + random.nextInt(12);
        for (int i = 0; i < count; i++) {
            streams.add(stream(i, one(modes)));
        }
        final boolean replaces =
                streams.stream().anyMatch(stream -> stream.mode().replaces());
        // Between what is asked to happen and the process's end there must be time for it to happen.
        final int latency = chance(70) ? 1 + random.nextInt(60) : 0;
        return new Case(
                seed,
                dialect,
                access,
                chance(30),
                random.nextLong(),
                latency,
                chance(30) ? random.nextInt(400) : 0,
                // Up to so long that the import of a killed process ends during the next attempt.
                chance(40) ? random.nextInt(chance(30) ? 500 : 60) : 0,
                List.copyOf(streams),
                troubles(
                        paths(streams, replaces, access),
                        replaces,
                        replaces && dialect != Dialect.REFRESH_PLATFORM,
                        access));
    }

    private boolean chance(final int percent) {
        return random.nextInt(100) < percent;
    }

    private <T> T one(final List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    // What the source holds.

    private SourceStream stream(final int number, final Mode mode) {
        final boolean oddName = chance(20);
        final String name = (oddName ? "my-table" : "stream") + number;
        final String namespace = chance(15) ? "erp" : "";
        final String full = namespace.isEmpty() ? name : namespace + "_" + name;
        final String table = oddName ? "source_" + full.replace('-', '_') : full;
        final boolean deletes = chance(40);
        final boolean bigKeys = chance(20);
        final int size = chance(5) ? 9_000 : chance(30) ? random.nextInt(600) : random.nextInt(40);
        final int keys = 1 + random.nextInt(Math.max(1, size));
        final List<SourceRecord> records = new ArrayList<>();
        for (int n = 0; n < size; n++) {
            records.add(record(n, random.nextInt(keys), mode, bigKeys, deletes));
        }
        return new SourceStream(namespace, name, table, mode, random.nextInt(6), List.copyOf(records));
    }

    private SourceRecord record(
            final int n, final int key, final Mode mode, final boolean bigKeys, final boolean changes) {
        final String id = bigKeys ? "900719925474099" + key : Integer.toString(key);
        final boolean isText = bigKeys && Long.parseLong(id) > 9_007_199_254_740_991L;
        final boolean deletes = changes && chance(25);
        final String deletedAt = deletes ? "\"2026-11-25\"" : "null";
        final Value value = chance(15) ? one(HOSTILE) : plain();
        final String ownColumns = "\"n\":%d".formatted(n);
        final String data = "{\"id\":%s,%s,%s%s}"
                .formatted(id, ownColumns, value.sent(), changes ? ",\"_ab_cdc_deleted_at\":" + deletedAt : "");
        final String history = changes && !mode.deduplicates() ? ",\"ab_cdc_deleted_at\":" + deletedAt : "";
        final String document =
                "{\"id\":%s,%s,%s%s}".formatted(isText ? "\"" + id + "\"" : id, ownColumns, value.stored(), history);
        return new SourceRecord(key, deletes, data, stored(document));
    }

    private Value plain() {
        final String text = "\"v\":\"%s\"".formatted("x".repeat(chance(2) ? 20_000 : random.nextInt(50)));
        return new Value(text, text);
    }

    private static ObjectNode stored(final String document) {
        try {
            return Numbers.asStored((ObjectNode) JSON.readTree(document));
        } catch (final JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    // What happens to it.

    /** @param endCompletes whether the end of the input completes replaced streams, so that a source cannot fail unseen */
    private List<Trouble> troubles(
            final List<String> paths, final boolean replaces, final boolean endCompletes, final Access access) {
        final List<Trouble> troubles = new ArrayList<>();
        final int attempts = 1 + random.nextInt(3);
        for (int i = 0; i < attempts; i++) {
            troubles.add(new Trouble(
                    mishaps(paths),
                    chance(15) ? 1 + random.nextInt(4) : 0,
                    chance(15) ? 1 + random.nextInt(3) : 0,
                    replaces && access.watchesImports() && chance(20),
                    ending(endCompletes)));
        }
        return List.copyOf(troubles);
    }

    /** The paths of the requests that such a sync sends. */
    private static List<String> paths(final List<SourceStream> streams, final boolean replaces, final Access access) {
        final List<String> paths = new ArrayList<>();
        if (streams.stream().anyMatch(stream -> !stream.mode().replaces())) {
            paths.add(RECORDS);
        }
        if (streams.stream().anyMatch(stream -> stream.mode().deduplicates())) {
            paths.addAll(INDEX_PATHS);
        }
        if (replaces && access.watchesImports()) {
            paths.addAll(STAGED_IMPORT_PATHS);
        } else if (replaces) {
            paths.add(SINGLE_SHOT_IMPORT_PATH);
        }
        if (access.readsData() || (replaces && access.watchesImports())) {
            paths.add(QUERY);
        }
        return List.copyOf(paths);
    }

    private List<Planned> mishaps(final List<String> paths) {
        final List<String> shuffled = new ArrayList<>(paths);
        Collections.shuffle(shuffled, random);
        final List<Planned> mishaps = new ArrayList<>();
        for (final String path : shuffled.subList(0, Math.min(paths.size(), random.nextInt(4)))) {
            final Mishap mishap = one(List.of(Mishap.values()));
            final int times = 1 + random.nextInt(mishap.comesInBursts() ? 4 : 2);
            mishaps.add(new Planned(path, mishap, chance(75) ? 1 : 2, times));
        }
        return List.copyOf(mishaps);
    }

    private Ending ending(final boolean endCompletes) {
        if (chance(45)) {
            return Ending.byItself();
        }
        final Ending.Kind kind = one(List.of(Ending.Kind.values()));
        return switch (kind) {
            case BY_ITSELF -> Ending.byItself();
            case SIGTERM_AT_REQUEST, SIGKILL_AT_REQUEST -> new Ending(kind, 1 + random.nextInt(chance(75) ? 6 : 20));
            case SIGTERM_AT_STATE, SIGKILL_AT_STATE -> new Ending(kind, 1 + random.nextInt(3));
            case SOURCE_FAILS -> endCompletes ? Ending.byItself() : new Ending(kind, random.nextInt(1_000));
        };
    }
}
