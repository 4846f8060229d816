package io.airbyte.integrations.destination.convex.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A running Convex deployment that lives in this process: real HTTP on a loopback port, everything else in memory
 * (uploaded files in a temporary folder). What it emulates is in the package documentation; what a test may do to it is
 * here. All methods may be called from any thread.
 */
public final class LocalDeployment implements AutoCloseable {

    private final String name;
    private final Tables tables;
    private final AirbyteRecords records;
    private final SnapshotImports imports;
    private final Background indexing;
    private final RequestLog log;
    private final Faults faults = new Faults();
    private final HttpFront front;
    private final TemporaryFolder folder = new TemporaryFolder();

    private LocalDeployment(final Builder builder) {
        name = builder.name;
        tables = new Tables(builder.keepsDocuments);
        records = new AirbyteRecords(tables, builder.limits);
        imports = new SnapshotImports(tables, folder, builder.objectStore);
        indexing = new Background("local-deployment-indexes", tables::finishOneIndex);
        log = new RequestLog(builder.keepsBodies);
        final var keys = new Keys();
        keys.add(adminKey(), EnumSet.allOf(Permission.class));
        keys.add(importOnlyKey(), EnumSet.of(Permission.IMPORT_BACKUPS));
        keys.add(readOnlyKey(), EnumSet.of(Permission.VIEW_BACKUPS, Permission.VIEW_DATA));
        builder.keys.forEach(keys::add);
        front = new HttpFront(routes(), keys, log, faults, folder, builder.host, builder.port);
        front.delayEveryRequest(builder.latency);
        front.comeUp();
    }

    /** On a free port, with every default. */
    public static LocalDeployment start() {
        return builder().start();
    }

    public static Builder builder() {
        return new Builder();
    }

    private Routes routes() {
        final var routes = new Routes();
        routes.open("GET", "/", call -> Answer.text("This Convex deployment is running. See https://docs.convex.dev/."))
                .open("GET", "/version", call -> Answer.text("unknown"))
                .open("GET", "/instance_version", call -> Answer.text("unknown"))
                .open("GET", "/instance_name", call -> Answer.text(name));
        new StreamingImport(tables, indexing).addTo(routes, records);
        imports.addTo(routes);
        new SystemQueries(tables, imports).addTo(routes);
        new StreamingExport(tables).addTo(routes);
        return routes;
    }

    /** How a deployment begins. */
    public static final class Builder {

        private String name = "local";
        private String host = "127.0.0.1";
        private int port;
        private boolean keepsDocuments = true;
        private boolean keepsBodies;
        private boolean objectStore;
        private Duration latency = Duration.ZERO;
        private TransactionLimits limits = TransactionLimits.DEFAULT;
        private final Map<String, Set<Permission>> keys = new LinkedHashMap<>();

        private Builder() {}

        /** What the deployment calls itself; its keys begin with it. {@code local} unless given. */
        public Builder name(final String deployment) {
            name = deployment;
            return this;
        }

        /** The address to listen on. Loopback unless given; a container on this machine needs {@code 0.0.0.0}. */
        public Builder host(final String address) {
            host = address;
            return this;
        }

        /** 0, the default, takes any free port. */
        public Builder port(final int number) {
            port = number;
            return this;
        }

        /** A further key, such as {@code prod:local|secret}, with these permissions only. */
        public Builder key(final String text, final Permission... permissions) {
            final Set<Permission> set = EnumSet.noneOf(Permission.class);
            set.addAll(Arrays.asList(permissions));
            keys.put(text, set);
            return this;
        }

        /**
         * Whether documents can be read back. If not, tables only count, and find documents by primary key; then an
         * index must be there before the first document.
         */
        public Builder keepDocuments(final boolean keep) {
            keepsDocuments = keep;
            return this;
        }

        /** Whether the request log keeps whole bodies; it does not unless told to. */
        public Builder keepBodies(final boolean keep) {
            keepsBodies = keep;
            return this;
        }

        /**
         * Whether parts of uploads are kept as an object store keeps them: by number, a part that is sent again in place
         * of the first one, with tokens, and none below 5 MiB but the last. A disk, the default, only appends.
         */
        public Builder objectStoreUploads(final boolean keep) {
            objectStore = keep;
            return this;
        }

        /** How long every request waits before it is carried out. */
        public Builder latency(final Duration duration) {
            latency = duration;
            return this;
        }

        /** How much a transaction of {@code import_airbyte_records} may do. */
        public Builder transactionLimits(final TransactionLimits other) {
            limits = other;
            return this;
        }

        public LocalDeployment start() {
            return new LocalDeployment(this);
        }
    }

    // Where it is, and who may do what.

    public String url() {
        return "http://127.0.0.1:" + port();
    }

    public int port() {
        return front.port();
    }

    /** A key that may do everything. */
    public String adminKey() {
        return name + "|0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9";
    }

    /** What the vendor's page tells users to make for Airbyte: it may import, and read nothing back. */
    public String importOnlyKey() {
        return name + "|1111a2b2c3d3e4f4";
    }

    /** A key that may read everything and import nothing. */
    public String readOnlyKey() {
        return name + "|2222a3b3c4d4e5f5";
    }

    // What it holds.

    /**
     * The documents of a table with their system fields, in the order of creation; none if there is no such table.
     *
     * @throws IllegalStateException if the deployment does not keep documents
     */
    public List<ObjectNode> documents(final String table) {
        return tables.atomically(() -> {
            final Table found = tables.find(table);
            return found == null
                    ? List.of()
                    : found.documents().stream().map(StoredDocument::whole).toList();
        });
    }

    /** The same without {@code _id} and {@code _creationTime}. */
    public List<ObjectNode> records(final String table) {
        return documents(table).stream()
                .map(document -> (ObjectNode) document.without(List.of("_id", "_creationTime")))
                .toList();
    }

    /** How many documents a table holds; 0 if there is no such table. */
    public long size(final String table) {
        return tables.atomically(() -> {
            final Table found = tables.find(table);
            return found == null ? 0L : found.size();
        });
    }

    /** The number that the ids of a table's documents begin with; empty if there is no such table. */
    public OptionalInt tableNumber(final String table) {
        return tables.atomically(() -> {
            final Table found = tables.find(table);
            return found == null ? OptionalInt.empty() : OptionalInt.of(found.number());
        });
    }

    /** The fields of a table's primary-key index, dotted paths; empty if there is none, or while it is being built. */
    public List<String> primaryKeyIndex(final String table) {
        return tables.atomically(() -> {
            final Table found = tables.find(table);
            return found == null
                    ? List.of()
                    : found.index()
                            .filter(PrimaryKeyIndex::ready)
                            .map(PrimaryKeyIndex::fields)
                            .orElse(List.of());
        });
    }

    /** The names of all tables, empty ones included. */
    public Set<String> tables() {
        return tables.atomically(
                () -> new TreeSet<>(tables.all().stream().map(Table::name).toList()));
    }

    /** Every snapshot import's row as {@code queryImport} answers with it, oldest first. */
    public List<ObjectNode> imports() {
        return imports.rows();
    }

    /**
     * What a push of an application's schema does, in the form that {@code get_schema} answers with.
     *
     * @throws ApiError if a stored document does not match; then the schema stays as it was
     */
    public void setSchema(final String json) {
        tables.atomicallyRun(() -> {
            final Schema pushed;
            try {
                pushed = Schema.of(Json.read(json.getBytes(StandardCharsets.UTF_8)), this::isIdOf);
            } catch (final Json.Unreadable e) {
                throw new IllegalArgumentException(e);
            }
            tables.all().forEach(pushed::checkStored);
            tables.useSchema(pushed);
        });
    }

    private boolean isIdOf(final String id, final String table) {
        final Table found = tables.find(table);
        return found != null && DocumentId.tableNumber(id).equals(OptionalInt.of(found.number()));
    }

    /** Forgets tables, schema, imports, faults and the request log. */
    public void clear() {
        tables.atomicallyRun(() -> {
            tables.clear();
            imports.clear();
        });
        faults.none();
        log.clear();
    }

    // What it does on its own.

    /** From now on no index becomes ready by itself. */
    public void holdIndexBackfills() {
        indexing.hold();
    }

    /** Makes every index ready, and lets later ones become ready by themselves. */
    public void finishIndexBackfills() {
        indexing.finish();
        indexing.release();
    }

    /** How long an index needs to become ready. */
    public void indexBackfillTime(final Duration duration) {
        indexing.pauseBeforeEachStep(duration);
    }

    /** Does one step of background work, even if it is held; false if there was none to do. */
    public boolean stepBackgroundWork() {
        return imports.working().step() || indexing.step();
    }

    /** From now on no snapshot import goes on by itself, but for single-shot ones. */
    public void holdImports() {
        imports.working().hold();
    }

    /** Does what can be done of every snapshot import, and lets them go on by themselves again. */
    public void finishImports() {
        imports.working().finish();
        imports.working().release();
    }

    /** How long each of the about six steps of a staged import takes. */
    public void importStepTime(final Duration duration) {
        imports.working().pauseBeforeEachStep(duration);
    }

    /**
     * The next snapshot import fails with this text when it is about to take the table's place, single-shot ones too;
     * called twice, the next two do.
     */
    public void failNextImport(final String text) {
        imports.failNext(text);
    }

    /** How much a transaction of {@code import_airbyte_records} may do from now on. */
    public void setTransactionLimits(final TransactionLimits limits) {
        records.useLimits(limits);
    }

    // What goes wrong with it.

    /** How long every request waits before it is carried out. */
    public void setLatency(final Duration latency) {
        front.delayEveryRequest(latency);
    }

    /** The next request with this path goes wrong; called twice, the next two do. */
    public void failNext(final String path, final Fault fault) {
        faults.next(request -> request.path().equals(path), fault);
    }

    /** So many requests with this path go wrong. */
    public void failNext(final String path, final int times, final Fault fault) {
        Stream.generate(() -> fault).limit(times).forEach(each -> failNext(path, each));
    }

    /** Every request that the predicate holds for goes wrong. Of import requests it may ask for tables and records. */
    public void onRequest(final Predicate<LoggedRequest> which, final Fault fault) {
        faults.always(which, fault);
    }

    /** Only the first request that the predicate holds for goes wrong. */
    public void onNextRequest(final Predicate<LoggedRequest> which, final Fault fault) {
        faults.next(which, fault);
    }

    /** Nothing goes wrong any more, but for what is stalled already. */
    public void clearFaults() {
        faults.none();
    }

    /** Breaks the connection of every request that stalls. */
    public void breakStalled() {
        front.breakStalled();
    }

    /** Breaks every connection and refuses new ones, until {@link #comeUp}. Nothing stored is lost. */
    public void goDown() {
        front.goDown();
    }

    /** Listens again, on the same port. */
    public void comeUp() {
        front.comeUp();
    }

    // What was asked of it.

    /** Every request so far, in the order of arrival. */
    public List<LoggedRequest> requests() {
        return log.requests();
    }

    /** Forgets every request so far, and counts their numbers from 1 again. */
    public void forgetRequests() {
        log.clear();
    }

    /** The requests with this path. */
    public List<LoggedRequest> requests(final String path) {
        return requests().stream()
                .filter(request -> request.path().equals(path))
                .toList();
    }

    /** The highest number of requests that were being carried out at the same time. */
    public int mostRequestsAtOnce() {
        return log.mostAtOnce();
    }

    /** The same for import requests that hold messages for this table, by the name that was sent. */
    public int mostRequestsAtOnce(final String table) {
        return log.mostAtOnce(table);
    }

    /** Breaks every connection, releases what is stalled and removes what was uploaded. */
    @Override
    public void close() {
        front.close();
        imports.working().close();
        indexing.close();
        folder.close();
    }
}
