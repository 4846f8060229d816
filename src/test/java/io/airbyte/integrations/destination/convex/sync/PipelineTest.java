package io.airbyte.integrations.destination.convex.sync;

import static io.airbyte.integrations.destination.convex.sync.SyncRig.append;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.complete;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.dedup;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.globalState;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.record;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.airbyte.integrations.destination.convex.convex.Outcome;
import io.airbyte.integrations.destination.convex.protocol.ConfiguredStream;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PipelineTest {

    @Nested
    class A_batch_leaves {

        @Test
        void at_the_end_of_the_input() {
            final SyncRig sync = SyncRig.of(append("users")).reads(record("users", "{\"id\":1}"));
            assertThat(sync.deployment.imports()).isEmpty();

            sync.reachesEndOfInput();

            assertThat(sync.deployment.documents("users")).containsExactly("{\"id\":1}");
            assertThat(sync.conclusion()).isEmpty();
        }

        @Test
        void ten_seconds_after_its_first_record() {
            final SyncRig sync = SyncRig.of(append("users"))
                    .reads(record("users", "{\"id\":1}"))
                    .waits(Duration.ofSeconds(9))
                    .reads(record("users", "{\"id\":2}"));
            assertThat(sync.deployment.imports()).isEmpty();

            sync.waits(Duration.ofSeconds(1));

            assertThat(sync.deployment.documents("users")).containsExactly("{\"id\":1}", "{\"id\":2}");
        }

        @Test
        void when_an_append_batch_has_8000_records() {
            final SyncRig sync = SyncRig.of(append("users"))
                    .reads(IntStream.rangeClosed(1, 8_001).mapToObj(i -> record("users", "{\"id\":%d}".formatted(i))));

            assertThat(sync.deployment.imports())
                    .singleElement()
                    .satisfies(request -> assertThat(request.messages()).hasSize(8_000));
        }

        @Test
        void when_an_append_batch_would_exceed_7_MiB_of_documents() {
            final String megabyte = "x".repeat(1_000_000);
            final SyncRig sync = SyncRig.of(append("users"))
                    .reads(IntStream.rangeClosed(1, 8)
                            .mapToObj(i -> record("users", "{\"id\":%d,\"text\":\"%s\"}".formatted(i, megabyte))));

            assertThat(sync.deployment.imports())
                    .singleElement()
                    .satisfies(request -> assertThat(request.messages()).hasSize(7));
        }

        @Test
        void when_a_dedup_batch_would_exceed_16_MiB_of_body() {
            final String megabyte = "x".repeat(1_000_000);
            final SyncRig sync = SyncRig.of(dedup("users"))
                    .reads(IntStream.rangeClosed(1, 17)
                            .mapToObj(i -> record("users", "{\"id\":%d,\"text\":\"%s\"}".formatted(i, megabyte))));

            assertThat(sync.deployment.imports()).singleElement().satisfies(request -> {
                assertThat(request.messages()).hasSize(16);
                assertThat(request.length()).isLessThan(16 << 20);
            });
        }

        @Test
        void before_it_is_full_when_memory_is_short() {
            final SyncRig sync = SyncRig.withHeap(24 << 20, append("small"), append("large"))
                    .reads(record("small", "{\"id\":1}"))
                    .reads(IntStream.rangeClosed(1, 7)
                            .mapToObj(i ->
                                    record("large", "{\"id\":%d,\"text\":\"%s\"}".formatted(i, "x".repeat(900_000)))));

            assertThat(sync.deployment.documents("large")).isNotEmpty();
            assertThat(sync.deployment.documents("small")).isEmpty();
        }
    }

    @Nested
    class Input {

        @Test
        void is_not_taken_while_memory_is_exhausted_and_is_again_once_records_are_durable() {
            final SyncRig sync = SyncRig.withHeap(24 << 20, append("users"));
            sync.deployment.holdsImports();

            sync.reads(IntStream.rangeClosed(1, 9)
                    .mapToObj(i -> record("users", "{\"id\":%d,\"text\":\"%s\"}".formatted(i, "x".repeat(1_000_000)))));
            assertThat(sync.wantsInput()).isFalse();

            sync.deployment.answersHeldImports();
            sync.settle();
            assertThat(sync.wantsInput()).isTrue();
        }

        @Test
        void that_is_wrong_ends_the_sync_after_everything_before_it_is_durable_and_acknowledged() {
            final SyncRig sync = SyncRig.of(append("users"))
                    .reads(record("users", "{\"id\":1}"), state("users", 1), "{\"type\":\"RECORD\"", state("users", 2));

            assertThat(sync.deployment.documents("users")).containsExactly("{\"id\":1}");
            assertThat(sync.states()).containsExactly(1);
            assertThat(sync.wantsInput()).isFalse();
            assertThat(sync.conclusion()).hasValueSatisfying(failure -> {
                assertThat(failure.kind()).isEqualTo(Failure.Kind.SYSTEM_ERROR);
                assertThat(failure.message()).contains("ine 3");
            });
        }

        @Test
        void may_have_the_members_of_a_record_in_any_order() {
            final SyncRig sync = SyncRig.of(append("users"))
                    .reads(
                            "{\"record\":{\"emitted_at\":1,\"data\":{\"id\":1},\"stream\":\"users\"},\"type\":\"RECORD\"}")
                    .reachesEndOfInput();

            assertThat(sync.deployment.documents("users")).containsExactly("{\"id\":1}");
            assertThat(sync.conclusion()).isEmpty();
        }

        @Test
        void with_data_that_only_look_like_an_object_is_an_error() {
            final SyncRig sync = SyncRig.of(append("users"))
                    .reads(record("users", "{\"id\":1}"), record("users", "{\"id\":tru}"), state("users", 1));

            assertThat(sync.deployment.documents("users")).containsExactly("{\"id\":1}");
            assertThat(sync.states()).isEmpty();
            assertThat(sync.conclusion())
                    .hasValueSatisfying(failure -> assertThat(failure.message()).contains("ine 2"));
        }

        @Test
        void ends_where_it_ends_even_if_its_last_line_does_not() {
            final SyncRig sync = SyncRig.of(append("users"));
            sync.readsPiece(record("users", "{\"id\":1}")).reachesEndOfInput();

            assertThat(sync.deployment.documents("users")).containsExactly("{\"id\":1}");
            assertThat(sync.conclusion()).isEmpty();
        }

        @Test
        void that_cannot_be_read_to_its_end_ends_the_sync_after_what_was_read_is_durable() {
            final SyncRig sync = SyncRig.of(append("users"))
                    .reads(record("users", "{\"id\":1}"), state("users", 1))
                    .cannotReadOn(new IOException("Input/output error"));

            assertThat(sync.deployment.documents("users")).containsExactly("{\"id\":1}");
            assertThat(sync.states()).containsExactly(1);
            assertThat(sync.conclusion()).hasValueSatisfying(failure -> {
                assertThat(failure.kind()).isEqualTo(Failure.Kind.SYSTEM_ERROR);
                assertThat(failure.message()).contains("could not be read to its end");
            });
        }

        @Test
        void about_a_stream_that_the_catalog_does_not_have_is_an_error() {
            final SyncRig sync = SyncRig.of(append("users")).reads(record("orders", "{\"id\":1}"));

            assertThat(sync.conclusion())
                    .hasValueSatisfying(failure ->
                            assertThat(failure.message()).contains("Line 1").contains("orders"));
        }

        @Test
        void with_a_state_of_a_stream_that_the_catalog_does_not_have_is_an_error() {
            final SyncRig sync = SyncRig.of(append("users")).reads(state("orders", 1));

            assertThat(sync.conclusion())
                    .hasValueSatisfying(failure ->
                            assertThat(failure.message()).contains("Line 1").contains("orders"));
        }
    }

    @Nested
    class A_state {

        @Test
        void leaves_at_once_when_no_record_came_before_it() {
            final SyncRig sync = SyncRig.of(append("users")).reads(state("users", 1));

            assertThat(sync.states()).containsExactly(1);
            assertThat(sync.recordCounts()).containsExactly(0.0);
        }

        @Test
        void never_makes_a_request_leave() {
            final SyncRig sync = SyncRig.of(append("users"))
                    .reads(record("users", "{\"id\":1}"), state("users", 1), record("users", "{\"id\":2}"));

            assertThat(sync.deployment.imports()).isEmpty();
            assertThat(sync.states()).isEmpty();
        }

        @Test
        void waits_for_the_records_before_it_but_not_for_those_after_it() {
            final SyncRig sync = SyncRig.of(append("users"));
            sync.reads(record("users", "{\"id\":1}"), state("users", 1)).waits(Duration.ofSeconds(10));
            sync.deployment.holdsImports();
            sync.reads(record("users", "{\"id\":2}"), state("users", 2)).waits(Duration.ofSeconds(10));
            assertThat(sync.states()).containsExactly(1);

            sync.reads(record("users", "{\"id\":3}"));
            sync.deployment.answersHeldImports();
            sync.settle();

            assertThat(sync.states()).containsExactly(1, 2);
        }

        @Test
        void does_not_wait_for_the_records_of_other_streams() {
            final SyncRig sync = SyncRig.of(append("users"), append("orders"))
                    .reads(record("users", "{\"id\":1}"), state("orders", 1));

            assertThat(sync.states()).containsExactly(1);
        }

        @Test
        void tells_how_many_records_came_since_the_state_before_it() {
            final SyncRig sync = SyncRig.of(append("users"))
                    .reads(
                            record("users", "{\"id\":1}"),
                            record("users", "{\"id\":2}"),
                            state("users", 1),
                            state("users", 2),
                            record("users", "{\"id\":3}"),
                            state("users", 3))
                    .reachesEndOfInput();

            assertThat(sync.states()).containsExactly(1, 2, 3);
            assertThat(sync.recordCounts()).containsExactly(2.0, 0.0, 1.0);
        }

        @Test
        void that_is_global_waits_for_the_records_of_all_streams() {
            final SyncRig sync = SyncRig.of(append("users"), append("orders"));
            sync.reads(record("users", "{\"id\":1}")).waits(Duration.ofSeconds(5));
            sync.reads(record("orders", "{\"id\":1}"), globalState(1), record("users", "{\"id\":2}"));

            sync.waits(Duration.ofSeconds(5));
            assertThat(sync.states()).isEmpty();

            sync.waits(Duration.ofSeconds(5));
            assertThat(sync.states()).containsExactly(1);
            assertThat(sync.recordCounts()).containsExactly(2.0);
        }

        @Test
        void that_is_global_leaves_at_once_when_no_record_came_before_it() {
            final SyncRig sync = SyncRig.of(append("users")).reads(globalState(1));

            assertThat(sync.states()).containsExactly(1);
        }

        @Test
        void that_is_global_does_not_wait_for_the_records_after_it() {
            final SyncRig sync = SyncRig.of(append("users"), append("orders"));
            sync.reads(record("users", "{\"id\":1}"), globalState(1)).waits(Duration.ofSeconds(9));
            sync.reads(record("orders", "{\"id\":1}")).waits(Duration.ofSeconds(1));

            assertThat(sync.deployment.documents("orders")).isEmpty();
            assertThat(sync.states()).containsExactly(1);
        }

        @Test
        void of_another_kind_than_those_before_is_an_error() {
            final SyncRig sync = SyncRig.of(append("users")).reads(state("users", 1), globalState(2));

            assertThat(sync.states()).containsExactly(1);
            assertThat(sync.conclusion())
                    .hasValueSatisfying(failure -> assertThat(failure.message()).contains("mixes STREAM and GLOBAL"));
        }

        @Test
        void counts_as_memory_while_it_waits() {
            final SyncRig sync = SyncRig.withHeap(24 << 20, append("users"));
            sync.deployment.holdsImports();
            sync.reads(record("users", "{\"id\":1}")).waits(Duration.ofSeconds(10));

            sync.reads(IntStream.range(0, 60_000).mapToObj(i -> state("users", i)));
            assertThat(sync.wantsInput()).isFalse();

            sync.deployment.answersHeldImports();
            sync.settle();
            assertThat(sync.wantsInput()).isTrue();
            assertThat(sync.states()).hasSize(60_000).isSorted();
        }
    }

    @Nested
    class The_window {

        @Test
        void holds_one_request_for_each_stream_and_eight_in_all() {
            final SyncRig sync = SyncRig.of(
                    IntStream.range(0, 12).mapToObj(i -> append("stream" + i)).toArray(ConfiguredStream[]::new));
            sync.deployment.holdsImports();

            sync.reads(IntStream.range(0, 12).mapToObj(i -> record("stream" + i, "{\"id\":1}")))
                    .reachesEndOfInput();
            assertThat(sync.deployment.imports()).hasSize(8);

            sync.deployment.answersHeldImports();
            sync.settle();
            assertThat(sync.deployment.imports()).hasSize(12);
            assertThat(sync.deployment.mostInFlight()).isEqualTo(8);
            assertThat(sync.conclusion()).isEmpty();
        }
    }

    @Test
    void the_batch_with_the_oldest_record_goes_first_when_a_request_is_answered() {
        final SyncRig sync =
                SyncRig.of(Stream.concat(IntStream.range(0, 8).mapToObj(i -> "stream" + i), Stream.of("newer", "older"))
                        .map(SyncRig::dedup)
                        .toArray(ConfiguredStream[]::new));
        sync.deployment.holdsImports();
        sync.reads(IntStream.range(0, 8).mapToObj(i -> record("stream" + i, "{\"id\":1}")))
                .waits(Duration.ofSeconds(10));
        sync.reads(record("older", "{\"id\":1}")).waits(Duration.ofSeconds(1));
        sync.reads(record("newer", "{\"id\":1}")).reachesEndOfInput();
        sync.deployment.answersHeldImports();
        sync.settle();

        assertThat(sync.deployment.imports().subList(8, 10))
                .extracting(FakeDeployment.ImportRequest::table)
                .containsExactly("older", "newer");
        assertThat(sync.conclusion()).isEmpty();
    }

    @Nested
    class When_a_stream_fails {

        private final Outcome<Void> refusal =
                new Outcome.Refused<>(403, "OperationNotPermitted", "(deployment:backups:import)");

        @Test
        void the_others_are_written_and_acknowledged_and_its_own_states_are_not() {
            final SyncRig sync = SyncRig.of(append("users"), append("orders"));
            sync.deployment.answersWithout(refusal);

            sync.reads(
                            record("users", "{\"id\":1}"),
                            state("users", 1),
                            record("orders", "{\"id\":1}"),
                            state("orders", 2))
                    .waits(Duration.ofSeconds(10));

            assertThat(sync.deployment.documents("orders")).containsExactly("{\"id\":1}");
            assertThat(sync.states()).containsExactly(2);
            assertThat(sync.conclusion()).hasValueSatisfying(failure -> {
                assertThat(failure.kind()).isEqualTo(Failure.Kind.CONFIG_ERROR);
                assertThat(failure.stream()).hasToString("Optional[users]");
            });
        }

        @Test
        void no_global_state_leaves_any_more() {
            final SyncRig sync = SyncRig.of(append("users"), append("orders"));
            sync.deployment.answersWithout(refusal);

            sync.reads(record("users", "{\"id\":1}"), record("orders", "{\"id\":1}"), globalState(1))
                    .waits(Duration.ofSeconds(10));

            assertThat(sync.deployment.documents("orders")).containsExactly("{\"id\":1}");
            assertThat(sync.states()).isEmpty();
            assertThat(sync.conclusion()).isPresent();
        }
    }

    @Test
    void a_request_that_ends_without_an_outcome_ends_the_sync_instead_of_being_waited_for() {
        final SyncRig sync = SyncRig.of(append("users"));
        sync.deployment.breaksItsContract();
        sync.reads(record("users", "{\"id\":1}")).reachesEndOfInput();

        assertThat(sync.conclusion())
                .hasValueSatisfying(failure -> assertThat(failure.kind()).isEqualTo(Failure.Kind.SYSTEM_ERROR));
    }

    @Test
    void nothing_that_waits_for_its_turn_is_sent_after_an_unexpected_error() {
        final SyncRig sync = SyncRig.of(
                IntStream.range(0, 10).mapToObj(i -> dedup("stream" + i)).toArray(ConfiguredStream[]::new));
        sync.deployment.holdsImports();
        sync.reads(IntStream.range(0, 7).mapToObj(i -> record("stream" + i, "{\"id\":1}")))
                .waits(Duration.ofSeconds(10));
        sync.deployment.breaksItsContract();
        sync.reads(IntStream.range(7, 10).mapToObj(i -> record("stream" + i, "{\"id\":1}")))
                .waits(Duration.ofSeconds(10));
        assertThat(sync.isFinished()).isTrue();
        sync.deployment.answersHeldImports();
        sync.settle();

        assertThat(sync.deployment.imports()).hasSize(8);
        assertThat(sync.conclusion()).isPresent();
    }

    @Test
    void input_of_many_streams_in_one_chunk_is_routed_only_as_far_as_there_is_memory() {
        final SyncRig sync = SyncRig.withHeap(
                24 << 20,
                IntStream.range(0, 600).mapToObj(i -> append("stream" + i)).toArray(ConfiguredStream[]::new));
        sync.deployment.holdsImports();
        sync.reads(IntStream.range(0, 600)
                .mapToObj(i -> record("stream" + i, "{\"id\":1}"))
                .collect(Collectors.joining("\n")));
        assertThat(sync.wantsInput()).isFalse();
        assertThat(sync.deployment.imports()).hasSize(8);

        sync.deployment.answersHeldImports();
        sync.settle();
        sync.reachesEndOfInput();
        assertThat(sync.conclusion()).isEmpty();
        assertThat(IntStream.range(0, 600).mapToObj(i -> sync.deployment.documents("stream" + i)))
                .allSatisfy(documents -> assertThat(documents).hasSize(1));
    }

    @Nested
    class When_asked_to_end {

        @Test
        void what_is_in_flight_is_acknowledged_and_nothing_else_is_sent() {
            final SyncRig sync = SyncRig.of(append("users"), append("orders"));
            sync.deployment.holdsImports();
            sync.reads(record("users", "{\"id\":1}"), state("users", 1))
                    .waits(Duration.ofSeconds(10))
                    .reads(record("orders", "{\"id\":1}"), state("orders", 2))
                    .isTerminated();
            assertThat(sync.isFinished()).isFalse();

            sync.deployment.answersHeldImports();
            sync.settle();

            assertThat(sync.isFinished()).isTrue();
            assertThat(sync.states()).containsExactly(1);
            assertThat(sync.deployment.documents("orders")).isEmpty();
        }

        @Test
        void a_batch_that_falls_due_meanwhile_does_not_leave() {
            final SyncRig sync = SyncRig.of(append("users"), append("orders"));
            sync.deployment.holdsImports();
            sync.reads(record("users", "{\"id\":1}"))
                    .waits(Duration.ofSeconds(5))
                    .reads(record("orders", "{\"id\":1}"))
                    .waits(Duration.ofSeconds(5))
                    .isTerminated()
                    .waits(Duration.ofSeconds(6));

            assertThat(sync.isFinished()).isFalse();
            assertThat(sync.deployment.imports())
                    .singleElement()
                    .satisfies(request -> assertThat(request.table()).isEqualTo("users"));
        }

        @Test
        void the_log_says_so() {
            final SyncRig sync = SyncRig.of(append("users")).isTerminated();

            assertThat(sync.logMessages())
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains("SIGTERM"));
        }

        @Test
        void an_answer_is_not_waited_for_longer_than_eight_seconds() {
            final SyncRig sync = SyncRig.of(append("users"));
            sync.deployment.holdsImports();
            sync.reads(record("users", "{\"id\":1}"))
                    .waits(Duration.ofSeconds(10))
                    .isTerminated();

            sync.waits(Duration.ofMillis(7_999));
            assertThat(sync.isFinished()).isFalse();
            sync.waits(Duration.ofMillis(1));
            assertThat(sync.isFinished()).isTrue();
        }
    }

    @Nested
    @DisplayName("On a platform that knows refreshes")
    class On_a_refresh_platform {

        private SyncRig sync() {
            return SyncRig.started(
                    256 << 20, Map.of("WORKER_JOB_ID", "7"), SyncPlanTest.generation(append("users"), 3, 0));
        }

        @Test
        void an_end_of_input_that_no_COMPLETE_confirms_is_a_transient_error_after_everything_was_written() {
            final SyncRig sync = sync().reads(record("users", "{\"id\":1}"), state("users", 1))
                    .reachesEndOfInput();

            assertThat(sync.deployment.documents("users")).hasSize(1);
            assertThat(sync.states()).containsExactly(1);
            assertThat(sync.conclusion()).hasValueSatisfying(failure -> {
                assertThat(failure.kind()).isEqualTo(Failure.Kind.TRANSIENT_ERROR);
                assertThat(failure.message()).contains("users");
            });
        }

        @Test
        void an_end_of_input_after_COMPLETE_is_a_success() {
            final SyncRig sync = sync().reads(record("users", "{\"id\":1}"), complete("users"))
                    .reachesEndOfInput();

            assertThat(sync.conclusion()).isEmpty();
        }
    }
}
