package io.airbyte.integrations.destination.convex.sync;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbyte.integrations.destination.convex.convex.GenerationMarker;
import io.airbyte.integrations.destination.convex.convex.ImportState;
import io.airbyte.integrations.destination.convex.convex.Outcome;
import io.airbyte.integrations.destination.convex.convex.RequestBody;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Snapshot imports as the pipeline sees them; part of {@link FakeDeployment}. Each poll finds an import one step further. */
final class FakeImports {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** A request that a script can be written for. */
    enum Route {
        START_UPLOAD,
        UPLOAD_PART,
        FINISH_UPLOAD,
        IMPORT_STATE,
        PERFORM_IMPORT,
        IMPORT_AT_ONCE,
        CLEAR_TABLE,
        WRITE_MARKERS
    }

    private static final class Import {
        private final String table;
        private final List<String> lines;
        private ImportState state = new ImportState.Uploaded();

        Import(final String table, final List<String> lines) {
            this.table = table;
            this.lines = lines;
        }
    }

    private final BiConsumer<String, List<ObjectNode>> replaceTable;
    private final Map<Route, Deque<Function<Supplier<Outcome<?>>, Outcome<?>>>> script = new EnumMap<>(Route.class);
    private final Map<String, List<byte[]>> uploads = new LinkedHashMap<>();
    private final Map<String, Import> imports = new LinkedHashMap<>();
    private final Map<String, GenerationMarker> markers = new HashMap<>();
    private final List<Route> calls = new ArrayList<>();
    private Optional<Outcome.Refused<Void>> failsImportsWith = Optional.empty();
    private boolean objectStore;
    private boolean watchable = true;
    private boolean held;
    private Optional<Route> heldRoute = Optional.empty();
    private final List<Runnable> heldAnswers = new ArrayList<>();

    FakeImports(final BiConsumer<String, List<ObjectNode>> replaceTable) {
        this.replaceTable = replaceTable;
    }

    /** The next such request is not carried out; its outcome is {@code outcome}. */
    FakeImports answersWithout(final Route route, final Outcome<?> outcome) {
        scripted(route).add(carryOut -> outcome);
        return this;
    }

    /** The next such request is carried out, and yet its outcome is {@code outcome}. */
    FakeImports landsButAnswers(final Route route, final Outcome<?> outcome) {
        scripted(route).add(carryOut -> {
            final var unused = carryOut.get();
            return outcome;
        });
        return this;
    }

    /** The next such request is carried out and answered as usual. */
    FakeImports behavesNormally(final Route route) {
        scripted(route).add(Supplier::get);
        return this;
    }

    private Deque<Function<Supplier<Outcome<?>>, Outcome<?>>> scripted(final Route route) {
        return script.computeIfAbsent(route, each -> new ArrayDeque<>());
    }

    /** Parts go by their number, and have tokens. */
    void keepsUploadsInAnObjectStore() {
        objectStore = true;
    }

    /** The deploy key may not watch imports. */
    void mayNotBeWatched() {
        watchable = false;
    }

    /** Imports do not get further than in progress, until told otherwise. */
    void holdsImports(final boolean hold) {
        held = hold;
    }

    /** Such requests are not answered before {@link #answersHeld()}. */
    void holds(final Route route) {
        heldRoute = Optional.of(route);
    }

    void answersHeld() {
        heldRoute = Optional.empty();
        final List<Runnable> answers = List.copyOf(heldAnswers);
        heldAnswers.clear();
        answers.forEach(Runnable::run);
    }

    /** The next import that is performed fails. */
    void failsTheNextImportWith(final Outcome.Refused<Void> refusal) {
        failsImportsWith = Optional.of(refusal);
    }

    void marks(final GenerationMarker marker) {
        markers.put(marker.table(), marker);
    }

    Map<String, GenerationMarker> markers() {
        return markers;
    }

    List<Route> calls() {
        return calls;
    }

    long count(final Route route) {
        return calls.stream().filter(route::equals).count();
    }

    boolean isWatchable() {
        return watchable;
    }

    CompletableFuture<Outcome<String>> startUpload() {
        return answer(Route.START_UPLOAD, () -> {
            final String token = "upload-" + uploads.size();
            uploads.put(token, new ArrayList<>());
            return new Outcome.Done<>(token);
        });
    }

    CompletableFuture<Outcome<String>> uploadPart(final String token, final int number, final RequestBody part) {
        return answer(Route.UPLOAD_PART, () -> {
            final List<byte[]> parts = known(uploads, token);
            final byte[] bytes = bytes(part);
            if (!objectStore || parts.size() == number - 1) {
                parts.add(bytes);
            } else {
                parts.set(number - 1, bytes);
            }
            return new Outcome.Done<>(objectStore ? "part-" + number : "");
        });
    }

    CompletableFuture<Outcome<String>> finishUpload(
            final String table, final String token, final List<String> partTokens) {
        return answer(Route.FINISH_UPLOAD, () -> {
            final ByteArrayOutputStream file = new ByteArrayOutputStream();
            known(uploads, token).forEach(file::writeBytes);
            final String id = "import-" + imports.size();
            imports.put(id, new Import(table, lines(file.toByteArray())));
            return new Outcome.Done<>(id);
        });
    }

    CompletableFuture<Outcome<ImportState>> importState(final String id) {
        return answer(Route.IMPORT_STATE, () -> {
            final Import polled = imports.get(id);
            if (polled == null) {
                return new Outcome.Done<ImportState>(new ImportState.Unknown());
            }
            final ImportState seen = polled.state;
            advance(polled);
            return new Outcome.Done<>(seen);
        });
    }

    private void advance(final Import polled) {
        if (polled.state instanceof ImportState.Uploaded) {
            polled.state = new ImportState.WaitingForConfirmation(polled.lines.size());
        } else if (polled.state instanceof ImportState.InProgress && !held) {
            if (failsImportsWith.isPresent()) {
                polled.state = new ImportState.Failed(failsImportsWith.get());
                failsImportsWith = Optional.empty();
            } else {
                replaceTable.accept(polled.table, documents(polled.lines));
                polled.state = new ImportState.Completed(polled.lines.size());
            }
        }
    }

    CompletableFuture<Outcome<Void>> performImport(final String id) {
        return answer(Route.PERFORM_IMPORT, () -> {
            final Import performed = known(imports, id);
            if (performed.state instanceof ImportState.WaitingForConfirmation) {
                performed.state = new ImportState.InProgress("Importing \"%s\"".formatted(performed.table));
            }
            return Outcome.done();
        });
    }

    CompletableFuture<Outcome<Long>> importAtOnce(final String table, final RequestBody body) {
        return answer(Route.IMPORT_AT_ONCE, () -> {
            final List<ObjectNode> documents = documents(lines(bytes(body)));
            replaceTable.accept(table, documents);
            return new Outcome.Done<>((long) documents.size());
        });
    }

    CompletableFuture<Outcome<Void>> clearTable(final String table) {
        return answer(Route.CLEAR_TABLE, () -> {
            replaceTable.accept(table, List.of());
            return Outcome.done();
        });
    }

    CompletableFuture<Outcome<Void>> writeMarkers(final List<GenerationMarker> written) {
        return answer(Route.WRITE_MARKERS, () -> {
            written.forEach(this::marks);
            return Outcome.done();
        });
    }

    @SuppressWarnings("unchecked")
    private <T> CompletableFuture<Outcome<T>> answer(final Route route, final Supplier<Outcome<?>> carryOut) {
        calls.add(route);
        final var next = scripted(route).poll();
        final CompletableFuture<Outcome<T>> answer = new CompletableFuture<>();
        final Runnable answering =
                () -> answer.complete((Outcome<T>) (next == null ? carryOut.get() : next.apply(carryOut)));
        if (heldRoute.filter(route::equals).isPresent()) {
            heldAnswers.add(answering);
        } else {
            answering.run();
        }
        return answer;
    }

    private static <T> T known(final Map<String, T> all, final String name) {
        return Objects.requireNonNull(all.get(name), name);
    }

    private static byte[] bytes(final RequestBody body) {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (final ByteBuffer buffer : body.buffers()) {
            final byte[] copy = new byte[buffer.remaining()];
            buffer.duplicate().get(copy);
            bytes.writeBytes(copy);
        }
        if (bytes.size() != body.length()) {
            throw new AssertionError("The body says %d bytes but has %d".formatted(body.length(), bytes.size()));
        }
        return bytes.toByteArray();
    }

    private static List<String> lines(final byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8).lines().toList();
    }

    private static List<ObjectNode> documents(final List<String> lines) {
        final List<ObjectNode> documents = new ArrayList<>();
        for (final String line : lines) {
            try {
                documents.add((ObjectNode) JSON.readTree(line));
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return documents;
    }
}
