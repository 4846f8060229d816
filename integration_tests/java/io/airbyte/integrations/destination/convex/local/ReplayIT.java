package io.airbyte.integrations.destination.convex.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every request that was recorded from a real backend is sent to a fresh {@link LocalDeployment}, in order; status,
 * content type and body must be those of the recording, by the rules of {@link Likeness}.
 *
 * <p>Background work (the building of indexes, the worker of snapshot imports) stands still but where the recording shows
 * that it went on: one step whenever the answer to a poll is not yet the recorded one, and to its end before {@code
 * perform_import} and {@code clear_tables}, before which the recorder waited.
 *
 * <p>A walk over all tables meets them in random order: its pages are compared as a whole when it ends.
 */
class ReplayIT {

    private static final String NAME = "happy-otter-123";
    private static final String WALK = "list_snapshot-walk-";

    /** What is not replayed, with the reason. */
    private static final Map<String, String> SKIPPED = Map.of(
            "1 data-sync",
            "A destination never reads through /api/v1/data/sync; it is not emulated.",
            "1 list_snapshot-all",
            "One page of a random table; " + WALK + "* compares all pages.");

    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper mapper = new ObjectMapper();
    private final Likeness likeness = new Likeness();
    private final List<String> differences = new ArrayList<>();
    private final List<String> recordedWalk = new ArrayList<>();
    private final List<String> walk = new ArrayList<>();

    /** Where our last page went on, if the recorded one was cut and so does not tell. */
    private Optional<String> cursorBehindCutPage = Optional.empty();

    @DisplayName("A local deployment answers as a real backend did")
    @ParameterizedTest(name = "convex-recordings-{0}.jsonl")
    @ValueSource(ints = {1, 2, 3})
    void answers_like_a_real_backend(final int file) throws IOException, InterruptedException {
        final List<Recording> all = Recording.read("/recordings/convex-recordings-%d.jsonl".formatted(file));
        int skipped = 0;
        try (LocalDeployment deployment = LocalDeployment.builder().name(NAME).start()) {
            deployment.holdIndexBackfills();
            deployment.holdImports();
            for (final Recording recording : all) {
                if (SKIPPED.containsKey(file + " " + recording.name())) {
                    skipped++;
                } else {
                    replay(deployment, recording);
                }
            }
        }
        System.out.printf(
                "convex-recordings-%d.jsonl: replayed %d of %d pairs, skipped %d%n",
                file, all.size() - skipped, all.size(), skipped);
        assertThat(differences).isEmpty();
        assertThat(walk).containsExactlyInAnyOrderElementsOf(recordedWalk);
        assertThat(skipped).isLessThanOrEqualTo(all.size() / 20);
    }

    private void replay(final LocalDeployment deployment, final Recording recording)
            throws IOException, InterruptedException {
        if (recording.isSchemaPush()) {
            replaySchemaPush(deployment, recording);
            return;
        }
        if (recording.path().equals("/api/perform_import") || recording.path().endsWith("/clear_tables")) {
            boolean more = true;
            while (more) {
                more = deployment.stepBackgroundWork();
            }
        }
        Optional<String> difference = attempt(deployment, recording);
        while (difference.isPresent() && recording.isPoll() && deployment.stepBackgroundWork()) {
            difference = attempt(deployment, recording);
        }
        difference.ifPresent(what -> differences.add(recording.name() + ": " + what));
    }

    private void replaySchemaPush(final LocalDeployment deployment, final Recording recording) throws IOException {
        Answer answer = Answer.ok();
        try {
            deployment.setSchema(recording.body());
        } catch (final ApiError e) {
            answer = e.answer();
        }
        final Optional<String> difference = difference(
                recording, answer.status(), answer.contentType(), new String(answer.body(), StandardCharsets.UTF_8));
        difference.ifPresent(what -> differences.add(recording.name() + ": " + what));
    }

    private Optional<String> attempt(final LocalDeployment deployment, final Recording recording)
            throws IOException, InterruptedException {
        final HttpRequest.Builder request = HttpRequest.newBuilder(uri(deployment, recording.path()));
        recording.headers().forEach((header, value) -> {
            if (!header.equals("Content-Length")) {
                request.header(header, withKeys(deployment, value));
            }
        });
        final String body = recording.isBytes() ? recording.body() : likeness.translated(recording.body());
        final byte[] bytes = body.getBytes(recording.isBytes() ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
        request.method(
                recording.method(),
                bytes.length == 0
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofByteArray(bytes));
        final HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
        final String type = answer.headers().firstValue("content-type").orElse("");
        final Optional<String> difference = difference(recording, answer.statusCode(), type, answer.body());
        cursorBehindCutPage = recording.isCut()
                ? Optional.of(mapper.readTree(answer.body()).path("cursor").asText())
                : Optional.empty();
        return difference;
    }

    private Optional<String> difference(
            final Recording recording, final int status, final String contentType, final String body)
            throws IOException {
        if (status != recording.status() || !contentType.equals(recording.contentType())) {
            return Optional.of("%d %s recorded, %d %s %.300s answered"
                    .formatted(recording.status(), recording.contentType(), status, contentType, body));
        }
        if (recording.name().startsWith(WALK)) {
            return walked(recording, body);
        }
        return likeness.difference(recording, body);
    }

    private Optional<String> walked(final Recording recording, final String body) throws IOException {
        recordedWalk.add(recording.isCut() ? "long" : rows(mapper.readTree(recording.answer())));
        final JsonNode answer = mapper.readTree(body);
        walk.add(body.length() > 100_000 ? "long" : rows(answer));
        if (!recording.isCut()) {
            likeness.rememberCursor(
                    mapper.readTree(recording.answer()).path("cursor").asText(),
                    answer.path("cursor").asText());
        }
        return Optional.empty();
    }

    private static String rows(final JsonNode page) {
        return Likeness.canonical(page).path("values").toString();
    }

    private URI uri(final LocalDeployment deployment, final String path) {
        final int mark = path.indexOf('?');
        if (mark < 0) {
            return URI.create(deployment.url() + path);
        }
        final String query = Stream.of(path.substring(mark + 1).split("&", -1))
                .filter(pair -> !pair.isEmpty())
                .map(pair -> {
                    final int equals = pair.indexOf('=');
                    final String value = URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8);
                    final String name = pair.substring(0, equals + 1);
                    final String ours = name.equals("cursor=") && cursorBehindCutPage.isPresent()
                            ? cursorBehindCutPage.get()
                            : likeness.translated(withKeys(deployment, value));
                    return name + URLEncoder.encode(ours, StandardCharsets.UTF_8);
                })
                .collect(Collectors.joining("&"));
        return URI.create(deployment.url() + path.substring(0, mark) + "?" + query);
    }

    private static String withKeys(final LocalDeployment deployment, final String text) {
        final String admin = deployment.adminKey();
        return text.replace("{{ADMIN_KEY}}", admin)
                .replace("{{ADMIN_KEY_SECRET}}", admin.substring(admin.indexOf('|') + 1))
                .replace("{{READ_ONLY_KEY}}", deployment.readOnlyKey());
    }
}
