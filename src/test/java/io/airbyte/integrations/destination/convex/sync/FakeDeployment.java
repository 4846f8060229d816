package io.airbyte.integrations.destination.convex.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbyte.integrations.destination.convex.convex.Deployment;
import io.airbyte.integrations.destination.convex.convex.GenerationMarker;
import io.airbyte.integrations.destination.convex.convex.ImportState;
import io.airbyte.integrations.destination.convex.convex.Outcome;
import io.airbyte.integrations.destination.convex.convex.RequestBody;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/**
 * A deployment as the pipeline sees it, by outcomes only: keeps documents, answers at once or when told to, and fails as
 * told. A request is one transaction, as every append request is.
 */
final class FakeDeployment implements Deployment {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What becomes of the next import requests, one after the other; then all succeed. */
    private final Deque<BiFunction<ImportRequest, FakeDeployment, Outcome<Void>>> script = new ArrayDeque<>();

    private final Map<String, List<ObjectNode>> tables = new LinkedHashMap<>();
    private final FakeImports snapshots = new FakeImports(tables::put);
    private final Map<String, List<List<String>>> indexes = new HashMap<>();
    private final Set<String> backfilling = new LinkedHashSet<>();
    private final List<ImportRequest> imports = new ArrayList<>();
    private final List<Runnable> held = new ArrayList<>();
    private Predicate<ObjectNode> schema = document -> true;
    private Predicate<ObjectNode> failing = document -> false;
    private Optional<Outcome<Void>> failure = Optional.empty();
    private boolean readable = true;
    private boolean holdingImports;
    private final Deque<Outcome<Long>> sizeAnswers = new ArrayDeque<>();
    private final Deque<Outcome<Boolean>> readinessAnswers = new ArrayDeque<>();
    private final Deque<Outcome<List<GenerationMarker>>> markerAnswers = new ArrayDeque<>();
    private Optional<CompletableFuture<Outcome<Void>>> heldIndexes = Optional.empty();
    private boolean breaksContract;
    private int sizeQueries;
    private int readinessPolls;
    private int inFlight;
    private int mostInFlight;

    /** One request to import_airbyte_records, understood. */
    record ImportRequest(
            String table, Optional<List<List<String>>> primaryKey, List<ObjectNode> messages, long length) {}

    // what a test prepares

    /** The next import request is carried out, and yet its outcome is {@code outcome}. */
    void landsButAnswers(final Outcome<Void> outcome) {
        script.add((request, deployment) -> {
            deployment.carryOut(request);
            return outcome;
        });
    }

    /** The next import request is not carried out; its outcome is {@code outcome}. */
    void answersWithout(final Outcome<Void> outcome) {
        script.add((request, deployment) -> outcome);
    }

    /** The next import request is carried out and answered as usual. */
    void behavesNormally() {
        script.add((request, deployment) -> deployment.carryOut(request));
    }

    /** The next import request is answered with {@code outcome} at once, and carried out only when the result is run. */
    Runnable landsLate(final Outcome<Void> outcome) {
        final Deque<Runnable> late = new ArrayDeque<>();
        script.add((request, deployment) -> {
            late.add(() -> deployment.carryOut(request));
            return outcome;
        });
        return () -> late.forEach(Runnable::run);
    }

    /** The next question for a table's size gets this answer; asked again, the next such answer. */
    void answersSizeWith(final Outcome<Long> outcome) {
        sizeAnswers.add(outcome);
    }

    /** The request for indexes is answered only by {@link #answersIndexes()}. */
    void holdsIndexes() {
        heldIndexes = Optional.of(new CompletableFuture<>());
    }

    void answersIndexes() {
        answersIndexesWith(Outcome.done());
    }

    void answersIndexesWith(final Outcome<Void> outcome) {
        heldIndexes.orElseThrow().complete(outcome);
        heldIndexes = Optional.empty();
    }

    /** The next question whether indexes are ready gets this answer; asked again, the next such answer. */
    void answersReadinessWith(final Outcome<Boolean> outcome) {
        readinessAnswers.add(outcome);
    }

    /** The next question for generations gets this answer; asked again, the next such answer. */
    void answersMarkersWith(final Outcome<List<GenerationMarker>> outcome) {
        markerAnswers.add(outcome);
    }

    /** Import requests end without an outcome, which a deployment promises not to happen. */
    void breaksItsContract() {
        breaksContract = true;
    }

    /** A request with such a document is not carried out; its outcome is {@code outcome}, every time. */
    void failsOnDocuments(final Predicate<ObjectNode> document, final Outcome<Void> outcome) {
        failing = document;
        failure = Optional.of(outcome);
    }

    void holdsImports() {
        holdingImports = true;
    }

    void answersHeldImports() {
        holdingImports = false;
        final List<Runnable> answers = List.copyOf(held);
        held.clear();
        answers.forEach(Runnable::run);
    }

    void mayNotBeRead() {
        readable = false;
    }

    void refusesDocumentsUnless(final Predicate<ObjectNode> valid) {
        schema = valid;
    }

    void backfills(final String table) {
        backfilling.add(table);
    }

    void finishesBackfill(final String table) {
        backfilling.remove(table);
    }

    void finishesBackfills() {
        backfilling.clear();
    }

    void holds(final String table, final ObjectNode document) {
        tables.computeIfAbsent(table, name -> new ArrayList<>()).add(document);
    }

    // what a test looks at

    List<String> documents(final String table) {
        return tables.getOrDefault(table, List.of()).stream()
                .map(ObjectNode::toString)
                .toList();
    }

    List<ImportRequest> imports() {
        return imports;
    }

    boolean hasTable(final String table) {
        return tables.containsKey(table);
    }

    Map<String, List<List<String>>> indexes() {
        return indexes;
    }

    int sizeQueries() {
        return sizeQueries;
    }

    int readinessPolls() {
        return readinessPolls;
    }

    int mostInFlight() {
        return mostInFlight;
    }

    @Override
    public CompletableFuture<Outcome<Void>> importRecords(final RequestBody body) {
        final ImportRequest request = read(body);
        imports.add(request);
        if (breaksContract) {
            return CompletableFuture.failedFuture(new StackOverflowError());
        }
        final CompletableFuture<Outcome<Void>> answer = new CompletableFuture<>();
        inFlight++;
        mostInFlight = Math.max(mostInFlight, inFlight);
        final Runnable answering = () -> {
            inFlight--;
            answer.complete(outcomeOf(request));
        };
        if (holdingImports) {
            held.add(answering);
        } else {
            answering.run();
        }
        return answer;
    }

    private Outcome<Void> outcomeOf(final ImportRequest request) {
        final var scripted = script.poll();
        return scripted == null ? carryOut(request) : scripted.apply(request, this);
    }

    @Override
    public CompletableFuture<Outcome<Void>> addPrimaryKeyIndexes(final Map<String, List<List<String>>> primaryKeys) {
        primaryKeys.forEach((table, key) -> {
            tables.computeIfAbsent(table, name -> new ArrayList<>());
            indexes.put(table, key);
        });
        return heldIndexes.isPresent() ? heldIndexes.get() : CompletableFuture.completedFuture(Outcome.done());
    }

    @Override
    public CompletableFuture<Outcome<Boolean>> primaryKeyIndexesReady(final Collection<String> asked) {
        readinessPolls++;
        if (!readinessAnswers.isEmpty()) {
            return CompletableFuture.completedFuture(readinessAnswers.remove());
        }
        return CompletableFuture.completedFuture(
                new Outcome.Done<>(asked.stream().noneMatch(backfilling::contains)));
    }

    @Override
    public CompletableFuture<Outcome<Long>> tableSize(final String table) {
        sizeQueries++;
        if (!sizeAnswers.isEmpty()) {
            return CompletableFuture.completedFuture(sizeAnswers.remove());
        }
        return CompletableFuture.completedFuture(
                readable
                        ? new Outcome.Done<>((long) documents(table).size())
                        : new Outcome.Refused<>(200, "OperationNotPermitted", "Operation query not permitted"));
    }

    private Outcome<Void> carryOut(final ImportRequest request) {
        if (request.messages().stream().anyMatch(failing)) {
            return failure.orElseThrow();
        }
        final List<ObjectNode> before = List.copyOf(tables.computeIfAbsent(request.table(), name -> new ArrayList<>()));
        final List<ObjectNode> documents = new ArrayList<>(before);
        if (request.primaryKey().isPresent() && backfilling.contains(request.table())) {
            return new Outcome.Refused<>(400, "IndexBackfillingError", "The index is backfilling");
        }
        for (final ObjectNode message : request.messages()) {
            final Optional<Outcome<Void>> refusal = apply(message, request, documents);
            if (refusal.isPresent()) {
                return refusal.get();
            }
        }
        tables.put(request.table(), documents);
        return Outcome.done();
    }

    private Optional<Outcome<Void>> apply(
            final ObjectNode message, final ImportRequest request, final List<ObjectNode> documents) {
        final ObjectNode document = message.deepCopy();
        final boolean delete = document.remove("_ab_cdc_deleted_at") != null;
        final List<ObjectNode> same = request.primaryKey().stream()
                .flatMap(key ->
                        documents.stream().filter(other -> key(other, key).equals(key(document, key))))
                .toList();
        if (same.size() > 1) {
            return Optional.of(new Outcome.Unknown<>(Outcome.Doubt.SERVER_ERROR, "HTTP status 500", Optional.empty()));
        }
        if (delete && same.size() == 1) {
            documents.remove(same.get(0));
        } else if (!schema.test(document)) {
            return Optional.of(new Outcome.Refused<>(
                    400, "SchemaEnforcementError", "Failed to insert or update a document in table"));
        } else if (same.size() == 1) {
            documents.set(documents.indexOf(same.get(0)), document);
        } else {
            documents.add(document);
        }
        return Optional.empty();
    }

    private static List<JsonNode> key(final ObjectNode document, final List<List<String>> primaryKey) {
        return primaryKey.stream()
                .map(path -> document.at("/" + String.join("/", path)))
                .toList();
    }

    private static ImportRequest read(final RequestBody body) {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (final ByteBuffer buffer : body.buffers()) {
            bytes.write(buffer.array(), buffer.arrayOffset() + buffer.position(), buffer.remaining());
        }
        try {
            final JsonNode request = JSON.readTree(bytes.toByteArray());
            if (bytes.size() != body.length()) {
                throw new AssertionError("The body says %d bytes but has %d".formatted(body.length(), bytes.size()));
            }
            final Map.Entry<String, JsonNode> table =
                    request.get("tables").properties().iterator().next();
            final List<ObjectNode> messages = new ArrayList<>();
            request.get("messages").forEach(message -> messages.add((ObjectNode) message.get("data")));
            return new ImportRequest(
                    table.getKey(), primaryKey(table.getValue().get("primaryKey")), messages, body.length());
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<List<List<String>>> primaryKey(final JsonNode paths) {
        if (paths.isNull()) {
            return Optional.empty();
        }
        final List<List<String>> key = new ArrayList<>();
        paths.forEach(path -> {
            final List<String> segments = new ArrayList<>();
            path.forEach(segment -> segments.add(segment.asText()));
            key.add(segments);
        });
        return Optional.of(key);
    }

    FakeImports snapshots() {
        return snapshots;
    }

    @Override
    public CompletableFuture<Outcome<Void>> clearTable(final String table) {
        return snapshots.clearTable(table);
    }

    @Override
    public CompletableFuture<Outcome<Boolean>> mayWatchImports() {
        return CompletableFuture.completedFuture(new Outcome.Done<>(snapshots.isWatchable()));
    }

    @Override
    public CompletableFuture<Outcome<String>> startUpload() {
        return snapshots.startUpload();
    }

    @Override
    public CompletableFuture<Outcome<String>> uploadPart(
            final String uploadToken, final int number, final RequestBody part) {
        return snapshots.uploadPart(uploadToken, number, part);
    }

    @Override
    public CompletableFuture<Outcome<String>> finishUpload(
            final String table, final String uploadToken, final List<String> partTokens) {
        return snapshots.finishUpload(table, uploadToken, partTokens);
    }

    @Override
    public CompletableFuture<Outcome<ImportState>> importState(final String importId) {
        return snapshots.importState(importId);
    }

    @Override
    public CompletableFuture<Outcome<Void>> performImport(final String importId) {
        return snapshots.performImport(importId);
    }

    @Override
    public CompletableFuture<Outcome<Long>> importAtOnce(final String table, final RequestBody lines) {
        return snapshots.importAtOnce(table, lines);
    }

    @Override
    public CompletableFuture<Outcome<List<GenerationMarker>>> generationMarkers() {
        if (!markerAnswers.isEmpty()) {
            return CompletableFuture.completedFuture(markerAnswers.remove());
        }
        return CompletableFuture.completedFuture(
                readable
                        ? new Outcome.Done<>(List.copyOf(snapshots.markers().values()))
                        : new Outcome.Refused<>(200, "OperationNotPermitted", "Operation query not permitted"));
    }

    @Override
    public CompletableFuture<Outcome<Void>> writeGenerationMarkers(final List<GenerationMarker> markers) {
        return snapshots.writeMarkers(markers);
    }
}
