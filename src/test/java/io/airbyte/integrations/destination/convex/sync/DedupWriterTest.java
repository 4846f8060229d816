package io.airbyte.integrations.destination.convex.sync;

import static io.airbyte.integrations.destination.convex.sync.SyncRig.append;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.dedup;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.record;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.state;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbyte.integrations.destination.convex.convex.Outcome;
import io.airbyte.integrations.destination.convex.convex.Outcome.Doubt;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DedupWriterTest {

    private static final Duration LONG = Duration.ofMinutes(20);

    private final SyncRig sync = SyncRig.of(dedup("users"));

    private static String user(final int id, final String name) {
        return record("users", "{\"id\":%d,\"name\":\"%s\"}".formatted(id, name));
    }

    private static String deletedUser(final int id, final String name) {
        return record("users", "{\"id\":%d,\"name\":\"%s\",\"_ab_cdc_deleted_at\":\"2026-01-01\"}".formatted(id, name));
    }

    private static ObjectNode document(final int id, final String name) {
        return JsonNodeFactory.instance.objectNode().put("id", id).put("name", name);
    }

    private void reachesEnd() {
        sync.reachesEndOfInput().waits(LONG);
    }

    @Test
    void the_last_record_of_each_key_remains() {
        sync.reads(user(1, "a"), user(2, "b"), user(1, "c"));
        reachesEnd();

        assertThat(sync.deployment.documents("users"))
                .containsExactlyInAnyOrder("{\"id\":1,\"name\":\"c\"}", "{\"id\":2,\"name\":\"b\"}");
    }

    @Test
    void the_table_is_asked_to_index_the_key_before_anything_is_sent() {
        assertThat(sync.deployment.indexes()).containsEntry("users", List.of(List.of("id")));
    }

    @ParameterizedTest
    @EnumSource(Doubt.class)
    void a_request_of_unknown_outcome_is_sent_again_without_asking(final Doubt doubt) {
        sync.deployment.landsButAnswers(new Outcome.Unknown<>(doubt, "nobody knows", Optional.empty()));
        sync.reads(user(1, "a"), deletedUser(1, "a"), user(1, "b"), state("users", 1));
        reachesEnd();

        assertThat(sync.deployment.sizeQueries()).isZero();
        assertThat(sync.deployment.documents("users")).containsExactly("{\"id\":1,\"name\":\"b\"}");
        assertThat(sync.states()).containsExactly(1);
    }

    @Nested
    class A_delete {

        @Test
        void removes_the_document() {
            sync.deployment.holds("users", document(1, "a"));
            sync.reads(deletedUser(1, "a"));
            reachesEnd();

            assertThat(sync.deployment.documents("users")).isEmpty();
        }

        @Test
        void of_a_document_that_is_not_there_leaves_none() {
            sync.reads(deletedUser(1, "a"), state("users", 1));
            reachesEnd();

            assertThat(sync.deployment.documents("users")).isEmpty();
            assertThat(sync.states()).containsExactly(1);
        }

        @Test
        void may_be_every_record_of_a_long_batch() {
            final List<Integer> ids = IntStream.range(0, 300).boxed().toList();
            ids.forEach(id -> sync.deployment.holds("users", document(id, "a")));
            sync.reads(ids.stream().map(id -> deletedUser(id, "a")));
            reachesEnd();

            assertThat(sync.deployment.documents("users")).isEmpty();
            assertThat(sync.conclusion()).isEmpty();
        }

        @Test
        void is_the_document_followed_by_its_delete_in_one_request() {
            sync.reads(deletedUser(1, "a"));
            reachesEnd();

            assertThat(sync.deployment.imports())
                    .singleElement()
                    .satisfies(
                            request -> assertThat(request.messages())
                                    .hasToString(
                                            "[{\"id\":1,\"name\":\"a\"}, {\"id\":1,\"name\":\"a\",\"_ab_cdc_deleted_at\":true}]"));
        }

        @Test
        void that_the_schema_refuses_as_a_document_goes_alone_and_removes_it() {
            sync.deployment.holds("users", document(1, "a"));
            sync.deployment.refusesDocumentsUnless(
                    document -> !document.get("name").asText().isEmpty());
            sync.reads(user(2, "b"), deletedUser(1, ""), user(3, "c"), state("users", 1));
            reachesEnd();

            assertThat(sync.deployment.documents("users"))
                    .containsExactlyInAnyOrder("{\"id\":2,\"name\":\"b\"}", "{\"id\":3,\"name\":\"c\"}");
            assertThat(sync.states()).containsExactly(1);
            assertThat(sync.conclusion()).isEmpty();
        }

        @Test
        void that_the_schema_refuses_alone_too_had_nothing_to_remove() {
            sync.deployment.refusesDocumentsUnless(
                    document -> !document.get("name").asText().isEmpty());
            sync.reads(deletedUser(1, ""), state("users", 1));
            reachesEnd();

            assertThat(sync.deployment.documents("users")).isEmpty();
            assertThat(sync.states()).containsExactly(1);
            assertThat(sync.conclusion()).isEmpty();
        }

        @Test
        void that_goes_alone_still_goes_alone_after_waiting_for_the_index() {
            sync.deployment.holds("users", document(1, "a"));
            sync.deployment.refusesDocumentsUnless(
                    document -> !document.get("name").asText().isEmpty());
            sync.deployment.behavesNormally();
            sync.deployment.answersWithout(
                    new Outcome.Refused<>(400, "IndexBackfillingError", "The index is backfilling"));
            sync.reads(deletedUser(1, ""), state("users", 1));
            reachesEnd();

            assertThat(sync.deployment.documents("users")).isEmpty();
            assertThat(sync.states()).containsExactly(1);
        }

        @Test
        void that_went_alone_is_sent_alone_again_when_its_answer_is_lost() {
            sync.deployment.holds("users", document(1, "a"));
            sync.deployment.refusesDocumentsUnless(
                    document -> !document.get("name").asText().isEmpty());
            sync.deployment.behavesNormally();
            sync.deployment.landsButAnswers(
                    new Outcome.Unknown<>(Doubt.ANSWER_LOST, "connection reset", Optional.empty()));
            sync.reads(deletedUser(1, ""), state("users", 1));
            reachesEnd();

            assertThat(sync.deployment.documents("users")).isEmpty();
            assertThat(sync.states()).containsExactly(1);
        }
    }

    @Test
    void duplicates_that_earlier_append_runs_left_are_a_config_error_that_says_so() {
        sync.deployment.holds("users", document(3, "x"));
        sync.deployment.holds("users", document(3, "y"));
        sync.reads(user(1, "a"), user(2, "b"), user(3, "c"), user(4, "d"));
        reachesEnd();

        assertThat(sync.conclusion()).hasValueSatisfying(failure -> {
            assertThat(failure.kind()).isEqualTo(Failure.Kind.CONFIG_ERROR);
            assertThat(failure.message()).contains("users", "append", "record 3 of stream users", "primary key id");
        });
        assertThat(sync.deployment.documents("users")).contains("{\"id\":2,\"name\":\"b\"}");
    }

    @Test
    void server_errors_of_a_few_seconds_are_not_blamed_on_the_record() {
        IntStream.range(0, 4)
                .forEach(i -> sync.deployment.answersWithout(
                        new Outcome.Unknown<>(Doubt.SERVER_ERROR, "HTTP status 500", Optional.empty())));
        sync.reads(user(1, "a"), state("users", 1));
        reachesEnd();

        assertThat(sync.deployment.documents("users")).hasSize(1);
        assertThat(sync.states()).containsExactly(1);
        assertThat(sync.conclusion()).isEmpty();
    }

    @Test
    void server_errors_that_records_have_no_part_in_are_not_a_config_error() {
        IntStream.range(0, 20)
                .forEach(i -> sync.deployment.answersWithout(
                        new Outcome.Unknown<>(Doubt.SERVER_ERROR, "HTTP status 500", Optional.empty())));
        sync.reads(user(1, "a"));
        reachesEnd();

        assertThat(sync.conclusion())
                .hasValueSatisfying(failure -> assertThat(failure.kind()).isNotEqualTo(Failure.Kind.CONFIG_ERROR));
    }

    @Test
    void a_request_that_timed_out_is_sent_again_in_halves() {
        sync.deployment.answersWithout(new Outcome.Unknown<>(Doubt.TIMED_OUT, "time-out", Optional.empty()));
        sync.reads(user(1, "a"), user(2, "b"));
        reachesEnd();

        assertThat(sync.deployment.imports())
                .extracting(request -> request.messages().size())
                .containsExactly(2, 1, 1);
    }

    @Test
    void a_request_whose_answer_was_lost_is_sent_again_whole_once_the_deployment_has_had_two_seconds() {
        sync.deployment.answersWithout(new Outcome.Unknown<>(Doubt.ANSWER_LOST, "reset", Optional.empty()));
        sync.reads(user(1, "a"), user(2, "b")).reachesEndOfInput().waits(Duration.ofMillis(1_999));
        assertThat(sync.deployment.imports()).hasSize(1);

        sync.waits(Duration.ofMillis(1));
        assertThat(sync.deployment.imports())
                .extracting(request -> request.messages().size())
                .containsExactly(2, 2);
    }

    @Test
    void a_request_that_was_answered_is_sent_again_after_half_a_second_at_the_latest() {
        sync.deployment.answersWithout(new Outcome.Busy<>("HTTP status 503", Optional.empty()));
        sync.reads(user(1, "a")).waits(Duration.ofMillis(10_500));
        assertThat(sync.deployment.imports()).hasSize(2);

        sync.deployment.answersWithout(new Outcome.Unknown<>(Doubt.SERVER_ERROR, "HTTP status 500", Optional.empty()));
        sync.reads(user(2, "a")).waits(Duration.ofMillis(10_500));
        assertThat(sync.deployment.imports()).hasSize(4);
    }

    @Test
    void a_batch_of_halves_that_meets_a_busy_deployment_is_not_given_up() {
        sync.deployment.answersWithout(new Outcome.Unknown<>(Doubt.TIMED_OUT, "time-out", Optional.empty()));
        sync.deployment.answersWithout(new Outcome.Busy<>("HTTP status 503", Optional.empty()));
        sync.reads(IntStream.range(0, 4).mapToObj(i -> user(i, "a")));
        reachesEnd();

        assertThat(sync.deployment.documents("users")).hasSize(4);
        assertThat(sync.conclusion()).isEmpty();
    }

    @Test
    void each_batch_gets_all_its_attempts() {
        final Outcome<Void> busy = new Outcome.Busy<>("HTTP status 503", Optional.empty());
        IntStream.range(0, 6).forEach(i -> sync.deployment.answersWithout(busy));
        sync.deployment.behavesNormally();
        IntStream.range(0, 6).forEach(i -> sync.deployment.answersWithout(busy));
        sync.reads(user(1, "a")).waits(LONG);
        sync.reads(user(2, "a"));
        reachesEnd();

        assertThat(sync.deployment.documents("users")).hasSize(2);
        assertThat(sync.conclusion()).isEmpty();
    }

    @Test
    void the_end_of_the_input_makes_the_last_batch_leave_at_once() {
        sync.reads(user(1, "a")).reachesEndOfInput();

        assertThat(sync.deployment.documents("users")).hasSize(1);
        assertThat(sync.conclusion()).isEmpty();
    }

    @Test
    void a_refusal_that_concerns_no_index_and_no_record_ends_the_stream() {
        sync.deployment.answersWithout(new Outcome.Refused<>(400, "TooManyTables", "Too many tables"));
        sync.reads(user(1, "a"), state("users", 1));
        reachesEnd();

        assertThat(sync.conclusion()).hasValueSatisfying(failure -> {
            assertThat(failure.kind()).isEqualTo(Failure.Kind.CONFIG_ERROR);
            assertThat(failure.message()).contains("TooManyTables");
        });
        assertThat(sync.states()).isEmpty();
    }

    @Test
    void a_batch_leaves_before_it_is_full_when_memory_is_short() {
        final SyncRig small = SyncRig.withHeap(24 << 20, dedup("users"));
        small.reads(IntStream.rangeClosed(1, 7).mapToObj(i -> user(i, "x".repeat(900_000))));

        assertThat(small.deployment.documents("users")).isNotEmpty();
    }

    @Nested
    class An_index_that_cannot_be_had {

        private final SyncRig early = SyncRig.withHeldIndexes(dedup("users"), dedup("orders"));
        private final Outcome.Refused<Void> refusal =
                new Outcome.Refused<>(400, "TooManyIndexes", "Table has too many indexes");

        @Test
        void is_an_error_although_no_record_came() {
            early.deployment.answersIndexesWith(refusal);
            early.settle();

            assertThat(early.conclusion()).hasValueSatisfying(failure -> {
                assertThat(failure.kind()).isEqualTo(Failure.Kind.CONFIG_ERROR);
                assertThat(failure.message())
                        .contains("indexing the primary key of the deduplicated tables", "TooManyIndexes");
            });
        }

        @Test
        void is_not_waited_for_by_the_records_that_came_before() {
            early.reads(user(1, "a"), state("users", 1));
            early.deployment.answersIndexesWith(refusal);
            early.settle();

            assertThat(early.isFinished()).isTrue();
            assertThat(early.deployment.imports()).isEmpty();
            assertThat(early.states()).isEmpty();
        }

        @Test
        void is_told_with_the_tables_that_it_is_for() {
            early.deployment.answersReadinessWith(new Outcome.Refused<>(403, "OperationNotPermitted", ""));
            early.deployment.answersIndexes();
            early.settle();

            assertThat(early.conclusion())
                    .hasValueSatisfying(failure -> assertThat(failure.message())
                            .contains("indexing the primary key of tables orders, users."));
        }
    }

    @Test
    void a_sync_without_records_does_not_end_before_its_tables_and_indexes_exist() {
        final SyncRig early = SyncRig.withHeldIndexes(dedup("users"));
        early.reachesEndOfInput();
        assertThat(early.isFinished()).isFalse();

        early.deployment.answersIndexes();
        early.settle();
        assertThat(early.conclusion()).isEmpty();
    }

    @Test
    void polls_for_an_index_begin_after_a_quarter_of_a_second_and_slow_down_by_half() {
        final SyncRig building = SyncRig.withBackfill("users", dedup("users"));
        assertThat(building.deployment.readinessPolls()).isEqualTo(1);

        // 250, 625, 1187 and 2030 ms
        building.waits(Duration.ofSeconds(2));
        assertThat(building.deployment.readinessPolls()).isEqualTo(4);
        building.waits(Duration.ofMillis(100));
        assertThat(building.deployment.readinessPolls()).isEqualTo(5);
    }

    @Test
    void the_log_tells_every_half_minute_which_index_is_waited_for() {
        try (LoggedLines log = LoggedLines.of(IndexPreparation.class)) {
            final SyncRig building = SyncRig.withBackfill("users", dedup("users"), dedup("orders"));
            building.waits(Duration.ofSeconds(30));
            assertThat(log.at(Level.INFO)).isEmpty();

            building.waits(Duration.ofSeconds(40));
            assertThat(log.at(Level.INFO))
                    .containsExactly(
                            "Waiting for the deployment to build the primary-key index of table users (32 s so far).",
                            "Waiting for the deployment to build the primary-key index of table users (62 s so far).");
        }
    }

    @Test
    void records_before_a_mistake_in_the_input_are_written_even_if_the_index_was_not_ready_yet() {
        final SyncRig early = SyncRig.withHeldIndexes(dedup("users"));
        early.reads(user(1, "a"), state("users", 1), "not json");
        early.deployment.answersIndexes();
        early.settle();
        early.waits(LONG);

        assertThat(early.deployment.documents("users")).hasSize(1);
        assertThat(early.states()).containsExactly(1);
        assertThat(early.conclusion()).isPresent();
    }

    @Test
    void an_index_that_is_said_to_be_ready_and_is_not_is_asked_about_at_intervals() {
        IntStream.range(0, 5_000)
                .forEach(i -> sync.deployment.answersWithout(
                        new Outcome.Refused<>(400, "IndexBackfillingError", "The index is backfilling")));
        sync.reads(user(1, "a")).reachesEndOfInput();
        sync.waits(Duration.ofMinutes(1));

        assertThat(sync.deployment.imports()).hasSizeLessThan(30);
    }

    @Nested
    class While_the_index_is_built {

        private final SyncRig waiting =
                SyncRig.withBackfill("users", dedup("users"), dedup("orders"), append("events"));

        @Test
        void records_wait_and_input_is_read() {
            waiting.reads(user(1, "a"), state("users", 1)).waits(Duration.ofSeconds(30));

            assertThat(waiting.deployment.imports()).isEmpty();
            assertThat(waiting.states()).isEmpty();
            assertThat(waiting.wantsInput()).isTrue();

            waiting.deployment.finishesBackfills();
            waiting.waits(Duration.ofSeconds(5));

            assertThat(waiting.deployment.documents("users")).hasSize(1);
            assertThat(waiting.states()).containsExactly(1);
        }

        @Test
        void streams_whose_index_is_ready_and_append_streams_are_written() {
            waiting.reads(user(1, "a"), record("orders", "{\"id\":1}"), record("events", "{\"id\":1}"))
                    .waits(Duration.ofSeconds(11));

            assertThat(waiting.deployment.documents("orders")).hasSize(1);
            assertThat(waiting.deployment.documents("events")).hasSize(1);
        }

        @Test
        void polls_come_at_growing_intervals_up_to_five_seconds() {
            final int before = waiting.deployment.readinessPolls();
            waiting.waits(Duration.ofMinutes(10));

            assertThat(waiting.deployment.readinessPolls() - before).isBetween(100, 150);
        }

        @Test
        void a_stream_whose_index_is_ready_does_not_make_the_others_leave() {
            final SyncRig both = SyncRig.withBackfill("users", dedup("users"), dedup("orders"));
            both.deployment.backfills("orders");
            both.reads(user(1, "a"), record("orders", "{\"id\":1}")).waits(Duration.ofSeconds(5));
            both.deployment.backfills("orders");
            both.waits(Duration.ofSeconds(10));
            both.deployment.finishesBackfill("orders");
            both.waits(Duration.ofSeconds(10));

            assertThat(both.deployment.imports())
                    .allSatisfy(request -> assertThat(request.table()).isEqualTo("orders"));
        }

        @Test
        void two_hours_are_not_over_before_they_are() {
            waiting.reads(user(1, "a")).waits(Duration.ofMinutes(119));

            assertThat(waiting.isFinished()).isFalse();
        }

        @Test
        void a_stream_that_was_given_up_is_not_sent_when_its_index_is_ready_after_all() {
            waiting.deployment.holdsImports();
            waiting.reads(user(1, "a"), record("events", "{\"id\":1}"), "broken")
                    .waits(Duration.ofSeconds(30));
            waiting.deployment.finishesBackfills();
            waiting.waits(Duration.ofSeconds(10));
            assertThat(waiting.isFinished()).isFalse();

            waiting.deployment.answersHeldImports();
            waiting.settle();
            assertThat(waiting.isFinished()).isTrue();
            assertThat(waiting.deployment.documents("users")).isEmpty();
            assertThat(waiting.deployment.documents("events")).hasSize(1);
        }

        @Test
        void two_hours_are_the_limit_and_a_transient_error() {
            waiting.reads(user(1, "a")).waits(Duration.ofHours(2).plusSeconds(10));

            assertThat(waiting.conclusion()).hasValueSatisfying(failure -> {
                assertThat(failure.kind()).isEqualTo(Failure.Kind.TRANSIENT_ERROR);
                assertThat(failure.message()).contains("users", "index");
            });
        }

        @Test
        void a_failure_still_lets_the_records_before_it_be_written_if_the_index_is_soon_ready() {
            waiting.reads(user(1, "a"), state("users", 1), "broken").waits(Duration.ofSeconds(5));
            assertThat(waiting.isFinished()).isFalse();

            waiting.deployment.finishesBackfills();
            waiting.waits(Duration.ofSeconds(5));

            assertThat(waiting.deployment.documents("users")).hasSize(1);
            assertThat(waiting.states()).containsExactly(1);
            assertThat(waiting.conclusion())
                    .hasValueSatisfying(failure -> assertThat(failure.message()).contains("Line 3"));
        }

        @Test
        void a_failure_is_held_up_for_half_a_minute_at_most() {
            waiting.reads(user(1, "a"), "broken").waits(Duration.ofSeconds(30));

            assertThat(waiting.conclusion()).isPresent();
        }
    }

    @Test
    void an_index_that_is_rebuilt_in_the_middle_of_a_sync_is_waited_for() {
        sync.deployment.backfills("users");
        sync.reads(user(1, "a"), state("users", 1)).waits(Duration.ofSeconds(30));
        assertThat(sync.states()).isEmpty();

        sync.deployment.finishesBackfills();
        reachesEnd();

        assertThat(sync.deployment.documents("users")).hasSize(1);
        assertThat(sync.conclusion()).isEmpty();
    }

    @Test
    void an_index_that_is_rebuilt_hours_later_gets_two_hours_of_its_own() {
        sync.waits(Duration.ofHours(3));
        sync.deployment.backfills("users");
        sync.reads(user(1, "a")).waits(Duration.ofMinutes(100));
        assertThat(sync.wantsInput()).isTrue();

        sync.deployment.finishesBackfills();
        reachesEnd();
        assertThat(sync.deployment.documents("users")).hasSize(1);
        assertThat(sync.conclusion()).isEmpty();
    }

    @Test
    void an_index_that_has_vanished_is_asked_for_again() {
        sync.deployment.answersWithout(new Outcome.Refused<>(400, "IndexNotFoundError", "Index not found"));
        sync.reads(user(1, "a"));
        reachesEnd();

        assertThat(sync.deployment.documents("users")).hasSize(1);
        assertThat(sync.conclusion()).isEmpty();
    }

    @Test
    void an_index_that_vanishes_again_and_again_is_an_error() {
        IntStream.range(0, 3)
                .forEach(i -> sync.deployment.answersWithout(
                        new Outcome.Refused<>(400, "IndexNotFoundError", "Index not found")));
        sync.reads(user(1, "a"));
        reachesEnd();

        assertThat(sync.conclusion()).isPresent();
    }
}
