package io.airbyte.integrations.destination.convex.sync;

import static io.airbyte.integrations.destination.convex.sync.SyncRig.append;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.record;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.state;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.airbyte.integrations.destination.convex.convex.Outcome;
import io.airbyte.integrations.destination.convex.convex.Outcome.Doubt;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import java.time.Duration;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AppendWriterTest {

    private static final Duration LONG = Duration.ofMinutes(20);

    private final SyncRig sync = SyncRig.of(append("users"), append("orders"));

    private static Outcome<Void> busy() {
        return new Outcome.Busy<>("HTTP status 503, OptimisticConcurrencyControlFailure", Optional.empty());
    }

    private static Outcome<Void> unknown(final Doubt doubt) {
        return new Outcome.Unknown<>(doubt, "nobody knows", Optional.empty());
    }

    private void readsTwoUsersToTheEnd() {
        sync.reads(record("users", "{\"id\":1}"), record("users", "{\"id\":2}"), state("users", 1))
                .reachesEndOfInput()
                .waits(LONG);
    }

    private void assertTwoUsersOnceAndAcknowledged() {
        assertThat(sync.deployment.documents("users")).containsExactly("{\"id\":1}", "{\"id\":2}");
        assertThat(sync.states()).containsExactly(1);
        assertThat(sync.conclusion()).isEmpty();
    }

    @Test
    void a_request_that_was_turned_away_is_sent_again() {
        sync.deployment.answersWithout(busy());
        sync.deployment.answersWithout(busy());

        readsTwoUsersToTheEnd();

        assertThat(sync.deployment.imports()).hasSize(3);
        assertTwoUsersOnceAndAcknowledged();
    }

    @ParameterizedTest
    @EnumSource(Doubt.class)
    void a_request_whose_answer_is_lost_after_it_landed_is_not_sent_again(final Doubt doubt) {
        sync.deployment.landsButAnswers(unknown(doubt));

        readsTwoUsersToTheEnd();

        assertThat(sync.deployment.imports()).hasSize(1);
        assertTwoUsersOnceAndAcknowledged();
    }

    @ParameterizedTest
    @EnumSource(Doubt.class)
    void a_request_that_was_lost_on_its_way_is_sent_again(final Doubt doubt) {
        sync.deployment.answersWithout(unknown(doubt));

        readsTwoUsersToTheEnd();

        assertThat(sync.deployment.imports()).hasSizeGreaterThan(1);
        assertTwoUsersOnceAndAcknowledged();
    }

    @Test
    void a_table_that_held_documents_before_the_sync_does_not_mislead() {
        sync.deployment.holds("users", JsonNodeFactory.instance.objectNode().put("id", 0));
        sync.deployment.answersWithout(unknown(Doubt.ANSWER_LOST));
        sync.deployment.landsButAnswers(unknown(Doubt.ANSWER_LOST));

        readsTwoUsersToTheEnd();

        assertThat(sync.deployment.documents("users")).containsExactly("{\"id\":0}", "{\"id\":1}", "{\"id\":2}");
        assertThat(sync.conclusion()).isEmpty();
    }

    @Test
    void after_a_lost_answer_the_table_is_looked_at_three_times_for_the_deployment_may_still_be_at_work() {
        sync.deployment.answersWithout(unknown(Doubt.ANSWER_LOST));

        readsTwoUsersToTheEnd();

        // one before the first request, three after the lost answer
        assertThat(sync.deployment.sizeQueries()).isEqualTo(4);
    }

    @Test
    void a_request_that_lands_only_after_its_answer_was_lost_is_not_sent_again() {
        final Runnable late = sync.deployment.landsLate(unknown(Doubt.ANSWER_LOST));
        sync.reads(record("users", "{\"id\":1}"), record("users", "{\"id\":2}"), state("users", 1))
                .waits(Duration.ofSeconds(13));
        late.run();
        sync.reachesEndOfInput().waits(LONG);

        assertTwoUsersOnceAndAcknowledged();
    }

    @Test
    void a_request_that_timed_out_is_sent_again_in_halves() {
        sync.deployment.answersWithout(unknown(Doubt.TIMED_OUT));

        readsTwoUsersToTheEnd();

        assertThat(sync.deployment.imports())
                .extracting(request -> request.messages().size())
                .containsExactly(2, 1, 1);
        assertTwoUsersOnceAndAcknowledged();
    }

    @Test
    void a_look_that_keeps_failing_ends_the_stream_rather_than_doubling_records() {
        sync.reads(record("users", "{\"id\":1}"), record("users", "{\"id\":2}"));
        sync.deployment.landsButAnswers(unknown(Doubt.ANSWER_LOST));
        sync.deployment.answersSizeWith(new Outcome.Done<>(0L));
        IntStream.range(0, 9)
                .forEach(i -> sync.deployment.answersSizeWith(
                        new Outcome.Unknown<>(Doubt.SERVER_ERROR, "HTTP status 500", Optional.empty())));
        sync.reachesEndOfInput().waits(LONG);

        assertThat(sync.deployment.documents("users")).containsExactly("{\"id\":1}", "{\"id\":2}");
        assertThat(sync.deployment.imports()).hasSize(1);
        assertThat(sync.conclusion()).isPresent();
    }

    @Test
    void a_first_look_that_keeps_failing_does_not_keep_records_from_being_written() {
        IntStream.range(0, 4)
                .forEach(i -> sync.deployment.answersSizeWith(
                        new Outcome.Unknown<>(Doubt.SERVER_ERROR, "HTTP status 500", Optional.empty())));

        readsTwoUsersToTheEnd();

        assertThat(sync.deployment.imports()).hasSize(1);
        assertTwoUsersOnceAndAcknowledged();
    }

    @Test
    void one_failed_look_does_not_make_the_right_to_read_seem_missing() {
        sync.deployment.answersSizeWith(new Outcome.Refused<>(200, "QueryFailed", "it failed"));
        sync.reads(record("users", "{\"id\":1}")).waits(Duration.ofSeconds(11));
        sync.deployment.landsButAnswers(unknown(Doubt.ANSWER_LOST));
        sync.reads(record("orders", "{\"id\":1}")).reachesEndOfInput().waits(LONG);

        assertThat(sync.deployment.documents("orders")).hasSize(1);
    }

    @Test
    void what_something_else_wrote_in_a_quiet_time_is_not_taken_for_a_record_that_landed() {
        sync.reads(record("users", "{\"id\":1}")).waits(Duration.ofSeconds(15));
        sync.deployment.holds("users", JsonNodeFactory.instance.objectNode().put("id", 99));
        sync.deployment.answersWithout(unknown(Doubt.ANSWER_LOST));
        sync.reads(record("users", "{\"id\":2}"), state("users", 2))
                .reachesEndOfInput()
                .waits(LONG);

        assertThat(sync.deployment.documents("users")).contains("{\"id\":2}");
        assertThat(sync.states()).containsExactly(2);
    }

    @Test
    void a_tables_size_is_asked_once_for_large_batches_and_before_each_small_one_after_a_while() {
        for (int batch = 0; batch < 3; batch++) {
            IntStream.range(0, 100).forEach(i -> sync.reads(record("users", "{\"id\":1}")));
            sync.waits(Duration.ofSeconds(15));
        }
        assertThat(sync.deployment.imports()).hasSize(3);
        assertThat(sync.deployment.sizeQueries()).isEqualTo(1);

        sync.reads(record("users", "{\"id\":1}")).waits(Duration.ofSeconds(15));

        assertThat(sync.deployment.sizeQueries()).isEqualTo(2);
    }

    @Test
    void one_streams_refusal_is_no_reason_for_others_to_give_up_early() {
        sync.deployment.answersWithout(new Outcome.Refused<>(400, "ImportSchemaChanged", "schema changed"));
        sync.deployment.answersWithout(busy());
        sync.reads(record("users", "{\"id\":1}"), record("orders", "{\"id\":1}"), state("orders", 2))
                .reachesEndOfInput()
                .waits(LONG);

        assertThat(sync.deployment.documents("orders")).hasSize(1);
        assertThat(sync.states()).containsExactly(2);
    }

    @Test
    void without_the_right_to_read_a_request_of_unknown_outcome_is_sent_again_and_the_log_says_so_once() {
        sync.deployment.mayNotBeRead();
        sync.deployment.landsButAnswers(unknown(Doubt.ANSWER_LOST));
        sync.deployment.landsButAnswers(unknown(Doubt.ANSWER_LOST));

        try (LoggedLines log = LoggedLines.of(ReadRight.class)) {
            readsTwoUsersToTheEnd();

            assertThat(log.at(Level.WARNING))
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains("deployment:data:view", "twice"));
        }
        assertThat(sync.deployment.documents("users")).hasSize(6);
        assertThat(sync.states()).containsExactly(1);
    }

    @Test
    void where_something_else_writes_to_the_table_nothing_is_lost_and_the_log_warns() {
        sync.deployment.answersWithout(unknown(Doubt.ANSWER_LOST));
        try (LoggedLines log = LoggedLines.of(AppendWriter.class)) {
            sync.reads(record("users", "{\"id\":1}"), state("users", 1)).waits(Duration.ofSeconds(10));
            sync.deployment.holds("users", JsonNodeFactory.instance.objectNode().put("id", 98));
            sync.deployment.holds("users", JsonNodeFactory.instance.objectNode().put("id", 99));
            sync.reachesEndOfInput().waits(LONG);

            assertThat(log.at(Level.WARNING))
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains("users", "something else writes"));
        }
        assertThat(sync.deployment.documents("users")).contains("{\"id\":1}");
        assertThat(sync.states()).containsExactly(1);
    }

    @Test
    void a_deployment_that_stays_busy_ends_the_stream_after_ten_attempts_as_transient() {
        IntStream.range(0, 10).forEach(i -> sync.deployment.answersWithout(busy()));

        readsTwoUsersToTheEnd();

        assertThat(sync.deployment.imports()).hasSize(10);
        assertThat(sync.states()).isEmpty();
        assertThat(sync.conclusion()).hasValueSatisfying(failure -> {
            assertThat(failure.kind()).isEqualTo(Failure.Kind.TRANSIENT_ERROR);
            assertThat(failure.message()).contains("writing to table users, 10 times in a row");
        });
    }

    @Test
    void a_stream_that_meets_an_outage_late_gives_up_with_the_one_that_has_tried_for_long() {
        IntStream.range(0, 100).forEach(i -> sync.deployment.answersWithout(busy()));
        sync.reads(record("users", "{\"id\":1}"))
                .waits(Duration.ofMinutes(1))
                .reads(record("orders", "{\"id\":1}"))
                .reachesEndOfInput()
                .waits(LONG);

        assertThat(sync.conclusion())
                .hasValueSatisfying(failure -> assertThat(failure.stream()).hasToString("Optional[users]"));
        assertThat(requestsTo("users")).isEqualTo(10);
        assertThat(requestsTo("orders")).isBetween(1L, 9L);
    }

    private long requestsTo(final String table) {
        return sync.deployment.imports().stream()
                .filter(request -> request.table().equals(table))
                .count();
    }

    @Test
    void once_a_stream_has_given_up_on_the_deployment_the_others_do_not_try_for_as_long() {
        IntStream.range(0, 30).forEach(i -> sync.deployment.answersWithout(busy()));

        sync.reads(record("users", "{\"id\":1}"), record("orders", "{\"id\":1}"))
                .reachesEndOfInput()
                .waits(LONG);

        assertThat(sync.isFinished()).isTrue();
        assertThat(sync.deployment.imports()).hasSizeLessThanOrEqualTo(20);
    }

    @Test
    void a_refused_record_is_found_and_named_by_its_position_and_what_is_before_it_is_written_and_acknowledged() {
        sync.deployment.refusesDocumentsUnless(document -> document.get("id").asInt() != 700);

        sync.reads(IntStream.rangeClosed(1, 1_000).mapToObj(i -> record("users", "{\"id\":%d}".formatted(i))))
                .reachesEndOfInput()
                .waits(LONG);

        assertThat(sync.deployment.documents("users")).hasSize(699);
        assertThat(sync.conclusion()).hasValueSatisfying(failure -> {
            assertThat(failure.kind()).isEqualTo(Failure.Kind.CONFIG_ERROR);
            assertThat(failure.message()).contains("record 700 of stream users", "SchemaEnforcementError");
        });
    }

    @Test
    void a_server_error_that_stays_is_narrowed_down_to_its_record_without_doubling_any() {
        final Outcome<Void> error = unknown(Doubt.SERVER_ERROR);
        sync.deployment.failsOnDocuments(document -> document.get("id").asInt() == 5, error);

        sync.reads(IntStream.rangeClosed(1, 8).mapToObj(i -> record("users", "{\"id\":%d}".formatted(i))))
                .reachesEndOfInput()
                .waits(LONG);

        assertThat(sync.deployment.documents("users"))
                .containsExactly("{\"id\":1}", "{\"id\":2}", "{\"id\":3}", "{\"id\":4}");
        // Four attempts at all, then halves: each has one, for only the record that stands alone proves anything.
        assertThat(sync.deployment.imports())
                .extracting(request -> request.messages().size())
                .containsExactly(8, 8, 8, 8, 4, 4, 2, 1, 1, 1, 1);
        assertThat(sync.conclusion())
                .hasValueSatisfying(failure -> assertThat(failure.message()).contains("record 5 of stream users"));
    }

    @Test
    void a_tables_size_is_trusted_for_a_second() {
        sync.deployment.holdsImports();
        sync.reads(record("users", "{\"id\":1}")).waits(Duration.ofSeconds(10));
        sync.reads(record("users", "{\"id\":2}")).waits(Duration.ofSeconds(9));
        sync.deployment.answersHeldImports();
        sync.settle();
        sync.waits(Duration.ofSeconds(1));

        assertThat(sync.deployment.imports()).hasSize(2);
        assertThat(sync.deployment.sizeQueries()).isEqualTo(1);
    }

    @Test
    void a_batch_gets_all_its_attempts_after_a_look_that_needed_many() {
        IntStream.range(0, 6)
                .forEach(i -> sync.deployment.answersSizeWith(new Outcome.Busy<>("HTTP status 503", Optional.empty())));
        IntStream.range(0, 6).forEach(i -> sync.deployment.answersWithout(busy()));

        readsTwoUsersToTheEnd();

        assertTwoUsersOnceAndAcknowledged();
    }

    @Test
    void a_record_gets_all_its_attempts_after_a_look_that_met_server_errors_only() {
        IntStream.range(0, 4)
                .forEach(i -> sync.deployment.answersSizeWith(
                        new Outcome.Unknown<>(Doubt.SERVER_ERROR, "HTTP status 500", Optional.empty())));
        sync.deployment.answersWithout(unknown(Doubt.SERVER_ERROR));

        sync.reads(record("users", "{\"id\":1}")).reachesEndOfInput().waits(LONG);

        assertThat(sync.deployment.documents("users")).containsExactly("{\"id\":1}");
        assertThat(sync.conclusion()).isEmpty();
    }

    @Test
    void each_batch_gets_all_its_attempts() {
        IntStream.range(0, 6).forEach(i -> sync.deployment.answersWithout(busy()));
        sync.deployment.behavesNormally();
        IntStream.range(0, 6).forEach(i -> sync.deployment.answersWithout(busy()));

        sync.reads(record("users", "{\"id\":1}")).waits(LONG);
        sync.reads(record("users", "{\"id\":2}"), state("users", 1)).waits(LONG);

        sync.reachesEndOfInput();
        assertTwoUsersOnceAndAcknowledged();
    }

    @Test
    void a_deployment_that_is_too_busy_even_for_a_look_ends_the_stream_as_transient() {
        IntStream.range(0, 10)
                .forEach(i -> sync.deployment.answersSizeWith(new Outcome.Busy<>("HTTP status 503", Optional.empty())));

        sync.reads(record("users", "{\"id\":1}")).reachesEndOfInput().waits(LONG);

        assertThat(sync.deployment.imports()).isEmpty();
        assertThat(sync.conclusion())
                .hasValueSatisfying(failure -> assertThat(failure.kind()).isEqualTo(Failure.Kind.TRANSIENT_ERROR));
    }

    @Test
    void a_key_that_may_not_read_is_not_asked_for_the_size_of_every_batch() {
        sync.deployment.mayNotBeRead();
        sync.reads(record("users", "{\"id\":1}")).waits(Duration.ofSeconds(15));
        sync.reads(record("users", "{\"id\":2}"), record("orders", "{\"id\":1}"))
                .waits(Duration.ofSeconds(15));

        assertThat(sync.deployment.imports()).hasSize(3);
        assertThat(sync.deployment.sizeQueries()).isEqualTo(1);
    }

    @Test
    void without_the_right_to_read_an_answer_that_is_lost_every_time_is_given_up() {
        sync.deployment.mayNotBeRead();
        IntStream.range(0, 50).forEach(i -> sync.deployment.answersWithout(unknown(Doubt.ANSWER_LOST)));

        sync.reads(record("users", "{\"id\":1}"), state("users", 1))
                .reachesEndOfInput()
                .waits(LONG);

        assertThat(sync.deployment.imports()).hasSize(10);
        assertThat(sync.states()).isEmpty();
        assertThat(sync.conclusion())
                .hasValueSatisfying(failure -> assertThat(failure.kind()).isEqualTo(Failure.Kind.TRANSIENT_ERROR));
    }

    @Test
    void a_right_to_read_that_is_lost_before_a_look_sends_the_records_again_and_is_not_used_any_more() {
        sync.deployment.answersSizeWith(new Outcome.Done<>(0L));
        sync.deployment.landsButAnswers(unknown(Doubt.ANSWER_LOST));
        sync.deployment.answersSizeWith(
                new Outcome.Refused<>(200, "OperationNotPermitted", "Operation query not permitted"));

        try (LoggedLines log = LoggedLines.of(ReadRight.class)) {
            sync.reads(record("users", "{\"id\":1}"), state("users", 1)).waits(Duration.ofMinutes(1));
            assertThat(log.at(Level.WARNING)).hasSize(1);
        }
        sync.reads(record("users", "{\"id\":2}"), state("users", 2))
                .reachesEndOfInput()
                .waits(LONG);

        assertThat(sync.deployment.documents("users")).containsExactly("{\"id\":1}", "{\"id\":1}", "{\"id\":2}");
        assertThat(sync.deployment.sizeQueries()).isEqualTo(2);
        assertThat(sync.states()).containsExactly(1, 2);
    }

    @Test
    void a_request_that_lands_after_something_else_wrote_to_the_table_is_not_sent_a_third_time() {
        sync.deployment.answersWithout(unknown(Doubt.ANSWER_LOST));
        sync.deployment.landsButAnswers(unknown(Doubt.ANSWER_LOST));
        sync.reads(record("users", "{\"id\":1}"), state("users", 1)).waits(Duration.ofSeconds(10));
        sync.deployment.holds("users", JsonNodeFactory.instance.objectNode().put("id", 98));
        sync.deployment.holds("users", JsonNodeFactory.instance.objectNode().put("id", 99));
        sync.reachesEndOfInput().waits(LONG);

        assertThat(sync.deployment.documents("users")).containsExactly("{\"id\":98}", "{\"id\":99}", "{\"id\":1}");
        assertThat(sync.states()).containsExactly(1);
    }

    @Test
    void the_log_tells_why_and_when_a_request_is_sent_again() {
        sync.deployment.answersWithout(new Outcome.Busy<>("HTTP status 503", Optional.of(Duration.ofSeconds(7))));
        try (LoggedLines log = LoggedLines.of(StreamDelivery.class)) {
            readsTwoUsersToTheEnd();

            assertThat(log.at(Level.INFO))
                    .containsExactly("Stream users: HTTP status 503. Trying again in 7.0 s (attempt 2).");
        }
        assertTwoUsersOnceAndAcknowledged();
    }

    @Nested
    class Batches_of_one_stream {

        @Test
        void never_overtake_each_other_whatever_has_to_be_sent_again() {
            sync.deployment.answersWithout(busy());
            sync.deployment.landsButAnswers(unknown(Doubt.ANSWER_LOST));
            sync.deployment.answersWithout(unknown(Doubt.TIMED_OUT));

            sync.reads(IntStream.range(0, 20_000).mapToObj(i -> record("users", "{\"id\":%d}".formatted(i))))
                    .reachesEndOfInput()
                    .waits(LONG);

            assertThat(sync.deployment.documents("users"))
                    .containsExactlyElementsOf(IntStream.range(0, 20_000)
                            .mapToObj("{\"id\":%d}"::formatted)
                            .toList());
        }
    }
}
