package io.airbyte.integrations.destination.convex.sync;

import static io.airbyte.integrations.destination.convex.sync.SyncRig.record;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.state;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.stream;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbyte.integrations.destination.convex.convex.Outcome;
import io.airbyte.integrations.destination.convex.convex.Outcome.Doubt;
import io.airbyte.integrations.destination.convex.protocol.ConfiguredStream;
import io.airbyte.integrations.destination.convex.protocol.DestinationSyncMode;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.StreamDescriptor;
import io.airbyte.integrations.destination.convex.spool.DocumentSpool;
import io.airbyte.integrations.destination.convex.spool.SpoolFolder;
import io.airbyte.integrations.destination.convex.sync.FakeImports.Route;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much of the disk a sync takes that replaces tables, and what it does when there is no more. */
class StagingTest {

    private static final long DISK = 24L << 20;
    private static final Duration LONG = Duration.ofMinutes(40);

    @TempDir
    private Path folder;

    private SpoolFolder spool;
    private final FakeDeployment deployment = new FakeDeployment();
    private final FakeImports imports = deployment.snapshots();

    @BeforeEach
    void open() throws IOException {
        spool = SpoolFolder.open(folder);
    }

    @AfterEach
    void close() {
        spool.close();
    }

    private SyncRig sync() {
        final ConfiguredStream users = stream("users", DestinationSyncMode.OVERWRITE, List.of());
        return SyncRig.replacingWithin(DISK, spool, deployment, users);
    }

    /** 100 KB each: a hundred fill a part. */
    private static Stream<String> users(final int from, final int to) {
        return IntStream.range(from, to).mapToObj(i -> user(i, "x".repeat(100_000)));
    }

    private static String user(final int id, final String name) {
        return record("users", "{\"id\":%d,\"name\":\"%s\"}".formatted(id, name));
    }

    @Test
    void what_was_uploaded_is_let_go_when_the_disk_runs_short() {
        final SyncRig sync = sync();
        for (int i = 0; i < 10; i++) {
            sync.reads(users(i * 100, (i + 1) * 100));
            assertThat(spool.used()).isLessThan(DISK);
        }
        sync.reads(state("users", 1)).reachesEndOfInput().waits(LONG);

        assertThat(sync.conclusion()).isEmpty();
        assertThat(deployment.documents("users")).hasSize(1_000);
        assertThat(sync.states()).containsExactly(1);
    }

    @Test
    void an_upload_that_cannot_begin_anew_any_more_is_left_to_the_next_attempt() {
        final SyncRig sync = sync().reads(users(0, 500));
        imports.answersWithout(
                Route.UPLOAD_PART, new Outcome.Unknown<>(Doubt.ANSWER_LOST, "nobody knows", Optional.empty()));
        sync.reads(users(500, 1_000)).waits(LONG);

        assertThat(sync.conclusion()).hasValueSatisfying(failure -> {
            assertThat(failure.kind()).isEqualTo(Failure.Kind.TRANSIENT_ERROR);
            assertThat(failure.message()).contains("users", "anew", "too large", "keeps what it held");
        });
        assertThat(spool.used()).isZero();
    }

    @Test
    void no_input_is_read_while_the_disk_is_full_of_what_is_on_its_way() {
        imports.holds(Route.UPLOAD_PART);
        final SyncRig sync = sync().reads(users(0, 1_000));
        assertThat(sync.wantsInput()).isFalse();
        assertThat(spool.used()).isLessThan(DISK);

        imports.answersHeld();
        sync.settle();
        assertThat(sync.reachesEndOfInput().waits(LONG).conclusion()).isEmpty();
        assertThat(deployment.documents("users")).hasSize(1_000);
    }

    @Test
    void a_stream_that_has_to_wait_on_disk_as_a_whole_and_does_not_fit_is_an_error_with_numbers() {
        imports.mayNotBeWatched();
        final Random random = new Random(1);
        final SyncRig sync = sync().reads(IntStream.range(0, 2_000).mapToObj(i -> user(i, incompressible(random))));

        assertThat(sync.waits(LONG).conclusion()).hasValueSatisfying(failure -> {
            assertThat(failure.kind()).isEqualTo(Failure.Kind.CONFIG_ERROR);
            assertThat(failure.message())
                    .contains("users", folder.toString(), "20 MB", "TMPDIR", "deployment:backups:view");
        });
        assertThat(spool.used()).isZero();
        assertThat(imports.calls()).isEmpty();
    }

    private Staging staging(final OptionalLong diskBytes) {
        return SharedParts.staging(spool, diskBytes);
    }

    @Test
    void a_part_that_has_arrived_makes_room_for_input_although_others_are_still_on_their_way() {
        final ConfiguredStream users = stream("users", DestinationSyncMode.OVERWRITE, List.of());
        imports.holds(Route.UPLOAD_PART);
        // 36 MiB may be used: three parts, the first of which is under way, and what is less than a part.
        final SyncRig sync =
                SyncRig.replacingWithin(48L << 20, spool, deployment, users).reads(users(0, 400));
        assertThat(sync.wantsInput()).isFalse();

        imports.answersHeld();
        imports.holds(Route.UPLOAD_PART);
        sync.settle();
        assertThat(imports.count(Route.UPLOAD_PART)).isEqualTo(2);
        assertThat(sync.wantsInput()).isTrue();

        imports.answersHeld();
        sync.settle();
        assertThat(sync.reachesEndOfInput().waits(LONG).conclusion()).isEmpty();
        assertThat(deployment.documents("users")).hasSize(400);
    }

    @Test
    void a_disk_that_is_too_small_is_told_with_what_it_holds_and_what_is_left_to_others() throws IOException {
        final DocumentSpool documents = spool.documents(false);
        documents.write(List.of(ByteBuffer.wrap(("x".repeat((5 << 20) - 1) + "\n").getBytes(UTF_8))), 5 << 20, 1);
        final Staging staging = staging(OptionalLong.of(21L << 20));

        // 16 MB are free, of which an eighth stays.
        assertThatCode(() -> staging.requireRoomFor(13 << 20, StreamDescriptor.of("users")))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> staging.requireRoomFor(14 << 20, StreamDescriptor.of("users")))
                .isInstanceOfSatisfying(Failure.class, failure -> {
                    assertThat(failure.kind()).isEqualTo(Failure.Kind.CONFIG_ERROR);
                    assertThat(failure.message())
                            .contains(
                                    "holds 5 MB of this sync, and 15 MB more can be written there, of which 1 MB are left");
                });
    }

    @Test
    void work_on_another_thread_that_cannot_read_the_disk_is_an_error_that_says_so() {
        final List<Failure> failures = new ArrayList<>();

        staging(OptionalLong.empty())
                .inBackground(
                        () -> {
                            throw new IOException("Input/output error");
                        },
                        done -> {},
                        failures::add);

        assertThat(failures).singleElement().satisfies(failure -> {
            assertThat(failure.kind()).isEqualTo(Failure.Kind.SYSTEM_ERROR);
            assertThat(failure.message()).contains("temporary folder", "Input/output error", "TMPDIR");
        });
    }

    @Test
    void the_search_for_the_last_record_of_each_key_may_take_an_eighth_of_the_heap() {
        assertThat(staging(OptionalLong.empty()).memory()).isEqualTo(32L << 20);
    }

    @Test
    void work_on_another_thread_that_breaks_down_is_an_error_rather_than_waited_for_forever() {
        final List<Failure> failures = new ArrayList<>();

        staging(OptionalLong.empty())
                .inBackground(
                        () -> {
                            throw new StackOverflowError();
                        },
                        done -> {},
                        failures::add);

        assertThat(failures)
                .singleElement()
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(Failure.Kind.SYSTEM_ERROR));
    }

    private static String incompressible(final Random random) {
        final StringBuilder text = new StringBuilder();
        while (text.length() < 20_000) {
            text.append(Long.toString(random.nextLong() & Long.MAX_VALUE, Character.MAX_RADIX));
        }
        return text.toString();
    }
}
