package io.airbyte.integrations.destination.convex.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What the recordings do not show of a deployment, and what a test may do to one. */
class LocalDeploymentIT {

    private static final String RECORDS = "/api/streaming_import/import_airbyte_records";
    private static final String INDEXES = "/api/streaming_import/add_primary_key_indexes";
    private static final String READY = "/api/streaming_import/primary_key_indexes_ready";
    private static final String CLEAR = "/api/streaming_import/clear_tables";

    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper mapper = new ObjectMapper();
    private LocalDeployment deployment = LocalDeployment.start();
    private String key = deployment.adminKey();

    @AfterEach
    void close() {
        deployment.close();
    }

    @Nested
    class Records {

        @Test
        void are_appended_in_their_order_with_growing_creation_times() {
            append("t", numbers(0, 300));

            assertThat(deployment.records("t"))
                    .extracting(record -> record.path("n").asInt())
                    .containsExactlyElementsOf(IntStream.range(0, 300).boxed().toList());
            assertThat(deployment.documents("t"))
                    .extracting(document -> document.path("_creationTime").asDouble())
                    .isSorted()
                    .doesNotHaveDuplicates();
        }

        @Test
        void replace_the_whole_document_and_keep_its_id_and_creation_time() {
            index("d", "id");
            upsert("d", "{\"id\":1,\"a\":1}");
            final ObjectNode before = deployment.documents("d").get(0);
            upsert("d", "{\"id\":1,\"b\":2}");

            assertThat(deployment.documents("d")).singleElement().satisfies(after -> {
                assertThat(after.path("_id")).isEqualTo(before.path("_id"));
                assertThat(after.path("_creationTime")).isEqualTo(before.path("_creationTime"));
                assertThat(after.has("a")).isFalse();
                assertThat(after.path("b").asInt()).isEqualTo(2);
            });
        }

        @Test
        void that_equal_the_stored_document_write_nothing() {
            index("d", "id");
            upsert("d", "{\"id\":1}");
            final long snapshot = get("/api/list_snapshot?tableName=d")
                    .json()
                    .path("snapshot")
                    .asLong();
            upsert("d", "{\"id\":1.0}");

            assertThat(get("/api/document_deltas?cursor=" + snapshot).json().path("values"))
                    .isEmpty();
        }

        @Test
        void that_delete_a_row_which_is_not_there_insert_it() {
            index("d", "id");
            upsert("d", "{\"id\":7,\"_ab_cdc_deleted_at\":\"2026-01-01\",\"_ab_cdc_lsn\":5}");

            assertThat(deployment.records("d")).singleElement().hasToString("{\"id\":7.0}");
        }

        @Test
        void that_delete_a_row_written_just_before_in_the_same_request_remove_it() {
            index("d", "id");
            upsert("d", "{\"id\":7,\"v\":1}", "{\"id\":7,\"_ab_cdc_deleted_at\":\"2026-01-01\"}");

            assertThat(deployment.records("d")).isEmpty();
        }

        @Test
        void with_two_columns_renamed_alike_keep_the_later_one_silently() {
            append("t", "{\"_id\":1,\"$id\":2}");

            assertThat(deployment.records("t")).singleElement().hasToString("{\"source_id\":2.0}");
        }

        @Test
        void with_a_renamed_column_that_meets_an_original_one_prefix_it_again() {
            append("t", "{\"_id\":1,\"source_id\":2}");

            assertThat(deployment.records("t"))
                    .singleElement()
                    .hasToString("{\"source_id\":2.0,\"source_source_id\":1.0}");
        }

        @Test
        void of_two_streams_whose_names_end_alike_share_one_table() {
            send("POST", RECORDS, """
                    {"tables":{"my table":{"jsonSchema":{}},"my-table":{"jsonSchema":{}}},"messages":[
                    {"tableName":"my table","data":{"n":1}},{"tableName":"my-table","data":{"n":2}}]}""");

            assertThat(deployment.tables()).containsExactly("source_my_table");
            assertThat(deployment.size("source_my_table")).isEqualTo(2);
        }

        @Test
        void are_all_taken_back_when_one_of_their_transaction_fails() {
            final Answered answer = append("t", "{\"n\":1}", nested(17));

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.code()).isEqualTo("InvalidDocumentError");
            assertThat(deployment.tables()).isEmpty();
        }

        @Test
        void of_earlier_pages_stay_when_a_later_page_fails() {
            deployment.setTransactionLimits(TransactionLimits.DEFAULT.withWrites(2));
            final Answered answer = append("t", numbers(0, 4), "{\"n\":4}", nested(17));

            assertThat(answer.code()).isEqualTo("InvalidDocumentError");
            assertThat(deployment.records("t"))
                    .extracting(record -> record.path("n").asInt())
                    .containsExactly(0, 1, 2, 3);
        }

        @Test
        void of_upserts_fill_a_page_by_index_ranges() {
            index("d", "id");
            deployment.setTransactionLimits(TransactionLimits.DEFAULT.withIntervals(3));
            deployment.onNextRequest(request -> request.path().equals(RECORDS), new Fault.ConflictAtPage(1));
            upsert("d", "{\"id\":1}", "{\"id\":2}", "{\"id\":3}", "{\"id\":4}");

            assertThat(deployment.size("d")).isEqualTo(3);
        }

        @Test
        void that_one_transaction_cannot_hold_alone_are_refused() {
            deployment.setTransactionLimits(TransactionLimits.DEFAULT.withWrites(0));

            assertThat(append("t", "{}").code()).isEqualTo("TooManyWrites");
        }

        @Test
        void with_a_key_that_two_documents_have_fail_as_the_server_fails() {
            append("d", "{\"id\":1}", "{\"id\":1}");
            index("d", "id");

            assertThat(upsert("d", "{\"id\":1}").status()).isEqualTo(500);
        }

        @Test
        void of_a_megabyte_are_stored_and_of_a_byte_more_refused() {
            final int user = 1_048_515 - "s".length() - 1 - 2 - 2;

            assertThat(append("t", "{\"s\":\"%s\"}".formatted("é".repeat(user / 2) + "x".repeat(user % 2)))
                            .status())
                    .isEqualTo(200);
            assertThat(append("t", "{\"s\":\"%s\"}".formatted("x".repeat(user + 1)))
                            .code())
                    .isEqualTo("ValueTooLargeError");
        }

        @Test
        void deeper_than_the_parser_goes_are_no_json() {
            assertThat(append("t", nested(130)).code()).isEqualTo("BadJsonBody");
        }
    }

    @Nested
    class Indexes {

        @Test
        void that_are_held_refuse_upserts_until_they_are_finished() {
            deployment.holdIndexBackfills();
            send("PUT", INDEXES, "{\"indexes\":{\"d\":[[\"id\"]]}}");

            assertThat(upsert("d", "{\"id\":1}").code()).isEqualTo("IndexBackfillingError");
            assertThat(send("PUT", CLEAR, "{\"tableNames\":[\"d\"]}").code()).isEqualTo("InvalidImport");
            deployment.finishIndexBackfills();
            assertThat(upsert("d", "{\"id\":1}").status()).isEqualTo(200);
        }

        @Test
        void are_built_anew_over_what_is_there_when_their_fields_change() {
            index("d", "id");
            upsert("d", "{\"id\":1,\"k\":\"a\"}");
            index("d", "k");
            send("POST", RECORDS, """
                    {"tables":{"d":{"primaryKey":[["k"]],"jsonSchema":{}}},"messages":[
                    {"tableName":"d","data":{"id":2,"k":"a"}}]}""");

            assertThat(deployment.records("d")).singleElement().hasToString("{\"id\":2.0,\"k\":\"a\"}");
        }

        @Test
        void stay_when_their_table_is_cleared() {
            index("d", "id");
            upsert("d", "{\"id\":1}");
            send("PUT", CLEAR, "{\"tableNames\":[\"d\"]}");

            assertThat(upsert("d", "{\"id\":1}", "{\"id\":1,\"v\":2}").status()).isEqualTo(200);
            assertThat(deployment.records("d")).singleElement().hasToString("{\"id\":1.0,\"v\":2.0}");
        }

        @Test
        void have_fifteen_fields_at_most() {
            final String sixteen =
                    IntStream.range(0, 16).mapToObj("[\"f%d\"]"::formatted).collect(Collectors.joining(","));

            assertThat(send("PUT", INDEXES, "{\"indexes\":{\"d\":[%s]}}".formatted(sixteen))
                            .code())
                    .isEqualTo("IndexTooManyFields");
        }
    }

    @Nested
    class Permissions {

        @Test
        void to_import_are_not_to_read() {
            key = deployment.importOnlyKey();

            assertThat(append("t", "{\"n\":1}").status()).isEqualTo(200);
            assertThat(get("/api/streaming_import/get_schema").status()).isEqualTo(200);
            assertThat(get("/api/list_snapshot").code()).isEqualTo("OperationNotPermitted");
            assertThat(query("tableSize", "{\"tableName\":\"t\"}")
                            .path("status")
                            .asText())
                    .isEqualTo("error");
            assertThat(query("queryImport:list", "{}").path("status").asText()).isEqualTo("error");
        }

        @Test
        void to_read_are_not_to_import() {
            key = deployment.readOnlyKey();

            assertThat(append("t", "{}").code()).isEqualTo("OperationNotPermitted");
            assertThat(query("tableSize", "{\"tableName\":\"t\"}").path("value").asDouble())
                    .isZero();
        }

        @Test
        void are_those_that_a_key_was_given() {
            restart(LocalDeployment.builder().key("prod:local|only-backups", Permission.VIEW_BACKUPS));
            key = "prod:local|only-backups";

            assertThat(query("queryImport:list", "{}").path("status").asText()).isEqualTo("success");
            assertThat(query("tableSize", "{\"tableName\":\"t\"}")
                            .path("status")
                            .asText())
                    .isEqualTo("error");
            assertThat(append("t", "{}").code()).isEqualTo("OperationNotPermitted");
        }

        @Test
        void are_looked_at_after_the_body() {
            key = deployment.readOnlyKey();
            assertThat(send("POST", RECORDS, "{").code()).isEqualTo("BadJsonBody");

            key = "local|wrong";
            assertThat(send("POST", RECORDS, "{").code()).isEqualTo("BadAdminKey");
        }
    }

    @Nested
    class Faults {

        @Test
        void before_the_commit_leave_nothing() {
            deployment.failNext(RECORDS, Fault.conflict());

            assertThat(append("t", "{}").code()).isEqualTo("OptimisticConcurrencyControlFailure");
            assertThat(deployment.size("t")).isZero();
            assertThat(append("t", "{}").status()).isEqualTo(200);
        }

        @Test
        void after_the_commit_leave_everything() {
            deployment.failNext(RECORDS, Fault.emptyAnswer(Fault.When.AFTER_COMMIT, 408));

            assertThat(append("t", "{}").status()).isEqualTo(408);
            assertThat(deployment.size("t")).isEqualTo(1);
        }

        @Test
        void in_a_later_page_leave_the_pages_before() {
            deployment.setTransactionLimits(TransactionLimits.DEFAULT.withWrites(2));
            deployment.failNext(RECORDS, new Fault.ConflictAtPage(1));

            assertThat(append("t", numbers(0, 5)).status()).isEqualTo(503);
            assertThat(deployment.size("t")).isEqualTo(2);
        }

        @Test
        void may_bring_headers() {
            deployment.failNext(RECORDS, Fault.error(429, "TooManyRequests").with("Retry-After", "7"));

            assertThat(append("t", "{}").retryAfter()).isEqualTo("7");
        }

        @Test
        void that_lose_the_answer_close_the_connection() {
            deployment.failNext(RECORDS, Fault.lostBeforeCommit());
            assertThatThrownBy(() -> append("t", "{}")).hasCauseInstanceOf(IOException.class);
            assertThat(deployment.size("t")).isZero();

            deployment.failNext(RECORDS, Fault.lostAfterCommit());
            assertThatThrownBy(() -> append("t", "{}")).hasCauseInstanceOf(IOException.class);
            assertThat(deployment.size("t")).isEqualTo(1);
        }

        @Test
        void may_break_an_answer_off_in_the_middle() {
            deployment.failNext("/version", new Fault.HalfAnswer());
            assertThatThrownBy(() -> get("/version")).hasCauseInstanceOf(IOException.class);
            assertThat(get("/version").body()).isEqualTo("unknown");
        }

        @Test
        void may_make_an_answer_drip() {
            deployment.failNext("/version", new Fault.SlowAnswer(Duration.ofMillis(1)));

            assertThat(get("/version").body()).isEqualTo("unknown");
        }

        @Test
        void that_stall_end_when_the_deployment_closes() {
            deployment.failNext(RECORDS, Fault.stallAfterCommit());
            final CompletableFuture<Answered> waiting = CompletableFuture.supplyAsync(() -> append("t", "{}"));
            await().until(() -> deployment.size("t") == 1);
            assertThat(waiting).isNotDone();
            deployment.close();

            assertThat(waiting).failsWithin(Duration.ofSeconds(20));
        }

        @Test
        void that_stall_end_when_a_test_breaks_them_and_later_ones_stall_again() {
            deployment.failNext(RECORDS, 2, Fault.stallAfterCommit());
            final CompletableFuture<Answered> one = CompletableFuture.supplyAsync(() -> append("t", "{}"));
            await().until(() -> deployment.size("t") == 1);
            deployment.breakStalled();
            assertThat(one).failsWithin(Duration.ofSeconds(20));

            final CompletableFuture<Answered> two = CompletableFuture.supplyAsync(() -> append("t", "{}"));
            await().until(() -> deployment.size("t") == 2);
            assertThat(two).isNotDone();
        }

        @Test
        void may_choose_requests_by_what_they_are_about() {
            deployment.onRequest(
                    request -> request.systemQuery().equals("tableSize"), Fault.error(500, "InternalServerError"));
            deployment.onRequest(
                    request -> request.concerns().contains("bad"), Fault.error(500, "InternalServerError"));

            assertThat(query("queryImport:list", "{}").path("status").asText()).isEqualTo("success");
            assertThat(query("tableSize", "{\"tableName\":\"t\"}").has("status"))
                    .isFalse();
            assertThat(send("PUT", CLEAR, "{\"tableNames\":[\"good\"]}").status())
                    .isEqualTo(200);
            assertThat(send("PUT", CLEAR, "{\"tableNames\":[\"bad\"]}").status())
                    .isEqualTo(500);
            assertThat(send("PUT", INDEXES, "{\"indexes\":{\"bad\":[[\"id\"]]}}")
                            .status())
                    .isEqualTo(500);
        }

        @Test
        void may_choose_requests_by_their_tables() {
            deployment.onRequest(request -> request.tables().contains("bad"), Fault.error(500, "InternalServerError"));

            assertThat(append("good", "{}").status()).isEqualTo(200);
            assertThat(append("bad", "{}").status()).isEqualTo(500);
            assertThat(append("bad", "{}").status()).isEqualTo(500);
            deployment.clearFaults();
            assertThat(append("bad", "{}").status()).isEqualTo(200);
        }

        @Test
        void may_take_the_whole_deployment_down_for_a_while() {
            append("t", "{}");
            deployment.goDown();
            assertThatThrownBy(() -> append("t", "{}")).hasCauseInstanceOf(IOException.class);
            assertThatThrownBy(() -> append("t", "{}")).hasCauseInstanceOf(ConnectException.class);
            deployment.comeUp();

            assertThat(append("t", "{}").status()).isEqualTo(200);
            assertThat(deployment.size("t")).isEqualTo(2);
        }
    }

    @Nested
    class Requests {

        @Test
        void are_logged_with_their_messages_but_without_their_bodies() {
            send("POST", RECORDS, """
                    {"tables":{"a":{"jsonSchema":{}},"b":{"jsonSchema":{}}},"messages":[
                    {"tableName":"a","data":{}},{"tableName":"a","data":{}},{"tableName":"b","data":{}},
                    {"tableName":"a","data":{}}]}""");

            assertThat(deployment.requests(RECORDS)).singleElement().satisfies(request -> {
                assertThat(request.runs())
                        .containsExactly(
                                new LoggedRequest.Run("a", 2),
                                new LoggedRequest.Run("b", 1),
                                new LoggedRequest.Run("a", 1));
                assertThat(request.records()).isEqualTo(4);
                assertThat(request.status()).hasValue(200);
                assertThat(request.body()).isEmpty();
            });
        }

        @Test
        void at_the_same_time_are_counted_for_each_table() {
            deployment.failNext(RECORDS, 2, Fault.stallBeforeCommit());
            final CompletableFuture<Answered> one = CompletableFuture.supplyAsync(() -> append("a", "{}"));
            final CompletableFuture<Answered> two = CompletableFuture.supplyAsync(() -> append("b", "{}"));
            await().until(() -> deployment.mostRequestsAtOnce() == 2);

            assertThat(deployment.mostRequestsAtOnce("a")).isEqualTo(1);
            deployment.close();
            assertThat(one).failsWithin(Duration.ofSeconds(20));
            assertThat(two).failsWithin(Duration.ofSeconds(20));
        }
    }

    @Nested
    class Without_documents {

        @BeforeEach
        void count_only() {
            restart(LocalDeployment.builder().keepDocuments(false));
        }

        @Test
        void tables_still_count_and_find_by_primary_key() {
            index("d", "id");
            upsert("d", "{\"id\":1,\"v\":1}", "{\"id\":2,\"v\":1}");
            upsert("d", "{\"id\":1,\"v\":2}", "{\"id\":2,\"_ab_cdc_deleted_at\":1}");
            append("t", numbers(0, 10));

            assertThat(deployment.size("d")).isEqualTo(1);
            assertThat(deployment.size("t")).isEqualTo(10);
            assertThatThrownBy(() -> deployment.documents("t")).isInstanceOf(IllegalStateException.class);
        }
    }

    @Nested
    class Snapshot_imports {

        @Test
        void ignore_a_confirmation_that_comes_before_they_wait_for_it() {
            deployment.holdImports();
            final String id = stage("t", "{\"n\":1}");
            perform(id);
            deployment.finishImports();

            assertThat(state(id)).isEqualTo("waiting_for_confirmation");
            assertThat(deployment.tables()).isEmpty();
        }

        @Test
        void show_readers_the_old_table_until_the_new_one_is_whole() {
            append("t", "{\"n\":0}");
            deployment.holdImports();
            final String id = stage("t", "{\"n\":1}\n{\"n\":2}\n");
            deployment.stepBackgroundWork();
            perform(id);
            while (!state(id).equals("completed")) {
                assertThat(deployment.records("t")).singleElement().hasToString("{\"n\":0.0}");
                deployment.stepBackgroundWork();
            }

            assertThat(deployment.records("t")).hasSize(2);
        }

        @Test
        void that_fail_leave_the_old_table() {
            append("t", "{\"n\":0}");
            final String id = stage("t", "{\"n\":1}\n{\"_n\":2}\n");
            await().until(() -> state(id).equals("waiting_for_confirmation"));
            perform(id);
            await().until(() -> state(id).equals("failed"));

            assertThat(deployment.records("t")).singleElement().hasToString("{\"n\":0.0}");
        }

        @Test
        void keep_the_index_and_the_number_of_the_table() {
            index("d", "id");
            upsert("d", "{\"id\":1}");
            final String before = deployment.documents("d").get(0).path("_id").asText();
            importAtOnce("d", "replace", "{\"id\":1,\"v\":\"new\"}\n");
            upsert("d", "{\"id\":1,\"v\":\"newer\"}");

            assertThat(deployment.records("d")).singleElement().hasToString("{\"id\":1.0,\"v\":\"newer\"}");
            assertThat(deployment.documents("d").get(0).path("_id").asText().substring(0, 2))
                    .isEqualTo(before.substring(0, 2));
        }

        @Test
        void wait_for_each_other() {
            deployment.holdImports();
            final String one = stage("a", "{}");
            final String two = stage("b", "{}");
            deployment.stepBackgroundWork();
            deployment.stepBackgroundWork();
            perform(one);
            perform(two);
            while (!state(one).equals("completed")) {
                assertThat(deployment.size("b")).isZero();
                deployment.stepBackgroundWork();
            }
            deployment.finishImports();

            assertThat(state(two)).isEqualTo("completed");
        }

        @Test
        void fail_when_the_schema_changes_meanwhile() {
            deployment.holdImports();
            final String id = stage("t", "{\"n\":1}");
            deployment.stepBackgroundWork();
            perform(id);
            deployment.stepBackgroundWork();
            deployment.setSchema("{\"schemaValidation\":true,\"tables\":[]}");
            deployment.finishImports();

            assertThat(state(id)).isEqualTo("failed");
            assertThat(deployment.tables()).isEmpty();
        }

        @Test
        void fail_as_a_test_says_and_leave_the_old_table() {
            append("t", "{\"n\":0}");
            deployment.failNextImport("Made up.");
            final String id = stage("t", "{\"n\":1}\n");
            await().until(() -> state(id).equals("waiting_for_confirmation"));
            perform(id);
            await().until(() -> state(id).equals("failed"));

            assertThat(deployment.records("t")).singleElement().hasToString("{\"n\":0.0}");
            assertThat(deployment.imports().get(0).at("/state/error_message").asText())
                    .isEqualTo("Made up.");
        }

        @Test
        void have_a_part_twice_that_was_sent_twice() {
            final String token = startUpload();
            part(token, 1, "{\"n\":1}\n");
            part(token, 1, "{\"n\":1}\n");
            final String id = finish(token, "t", "", "");
            await().until(() -> state(id).equals("waiting_for_confirmation"));
            perform(id);
            await().until(() -> state(id).equals("completed"));

            assertThat(deployment.size("t")).isEqualTo(2);
        }
    }

    @Nested
    class Uploads_to_an_object_store {

        private final String whole = "{\"n\":1}\n".repeat((5 << 20) / 8 + 1);

        @BeforeEach
        void keep_parts_by_number() {
            restart(LocalDeployment.builder().objectStoreUploads(true));
        }

        @Test
        void have_a_part_once_that_was_sent_twice() {
            final String token = startUpload();
            part(token, 1, whole);
            final String first = part(token, 1, whole);
            final String second = part(token, 2, "{\"n\":2}\n");
            final String id = finish(token, "t", first, second);
            await().until(() -> state(id).equals("waiting_for_confirmation"));

            assertThat(first).isNotEmpty();
            assertThat(deployment.imports().get(0).at("/checkpoints/0/total_num_rows_to_write"))
                    .hasToString("\"%d\"".formatted(whole.length() / 8 + 1));
        }

        @Test
        void have_the_last_of_two_parts_with_the_same_number_and_none_that_is_not_listed() {
            final String token = startUpload();
            final String replaced = part(token, 1, "{\"n\":1}\n");
            final String last = part(token, 1, "{\"n\":2}\n{\"n\":3}\n");
            part(token, 2, "{\"n\":4}\n");

            assertThat(finishing(token, "t", replaced).status()).isEqualTo(500);
            final String id = finish(token, "t", last);
            await().until(() -> state(id).equals("waiting_for_confirmation"));
            perform(id);
            await().until(() -> state(id).equals("completed"));
            assertThat(deployment.size("t")).isEqualTo(2);
        }

        @Test
        void refuse_a_part_that_is_too_small_without_being_the_last_one() {
            final String token = startUpload();
            final String first = part(token, 1, "{\"n\":1}\n");
            final String second = part(token, 2, "{\"n\":2}\n");

            assertThat(finishing(token, "t", first, second).status()).isEqualTo(500);
        }
    }

    @Nested
    class On_its_own {

        @Test
        void says_its_url_and_key_and_answers_until_it_is_killed() throws IOException {
            final String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            final String classes =
                    System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
            final Process process = new ProcessBuilder(
                            java, "-cp", classes, LocalDeploymentMain.class.getName(), "--key", "prod:local|mine")
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
                final String url = out.readLine().replaceFirst("^CONVEX_URL=", "");
                assertThat(out.readLine()).isEqualTo("CONVEX_DEPLOY_KEY=prod:local|mine");
                final HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/api/streaming_import/get_schema"))
                        .header("Authorization", "Convex prod:local|mine")
                        .build();
                assertThat(exchange(request).status()).isEqualTo(200);
            } finally {
                process.destroy();
            }
        }
    }

    /** An answer as a client sees it. */
    private record Answered(int status, String body, String retryAfter) {

        JsonNode json() {
            try {
                return new ObjectMapper().readTree(body);
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        String code() {
            return json().path("code").asText();
        }
    }

    private void restart(final LocalDeployment.Builder builder) {
        deployment.close();
        deployment = builder.start();
        key = deployment.adminKey();
    }

    private Answered append(final String table, final String... records) {
        return importInto(table, "null", records);
    }

    private Answered append(final String table, final String[] first, final String... more) {
        final List<String> all = new java.util.ArrayList<>(List.of(first));
        all.addAll(List.of(more));
        return append(table, all.toArray(String[]::new));
    }

    private Answered upsert(final String table, final String... records) {
        return importInto(table, "[[\"id\"]]", records);
    }

    private Answered importInto(final String table, final String primaryKey, final String... records) {
        final String messages = List.of(records).stream()
                .map(record -> "{\"tableName\":\"%s\",\"data\":%s}".formatted(table, record))
                .collect(Collectors.joining(","));
        return send(
                "POST",
                RECORDS,
                "{\"tables\":{\"%s\":{\"primaryKey\":%s,\"jsonSchema\":{}}},\"messages\":[%s]}"
                        .formatted(table, primaryKey, messages));
    }

    private void index(final String table, final String field) {
        assertThat(send("PUT", INDEXES, "{\"indexes\":{\"%s\":[[\"%s\"]]}}".formatted(table, field))
                        .status())
                .isEqualTo(200);
        await().until(() -> send("GET", READY, "{\"tables\":[\"%s\"]}".formatted(table))
                .json()
                .path("indexesReady")
                .asBoolean());
    }

    private static String[] numbers(final int from, final int to) {
        return IntStream.range(from, to).mapToObj("{\"n\":%d}"::formatted).toArray(String[]::new);
    }

    private static String nested(final int levels) {
        return "{\"k\":".repeat(levels - 1) + "{}" + "}".repeat(levels - 1);
    }

    private String stage(final String table, final String lines) {
        final String token = startUpload();
        return finish(token, table, part(token, 1, lines));
    }

    private String startUpload() {
        return send("POST", "/api/import/start_upload", "")
                .json()
                .path("uploadToken")
                .asText();
    }

    private String part(final String token, final int number, final String lines) {
        final String encoded = java.net.URLEncoder.encode(token, StandardCharsets.UTF_8);
        final Answered answer =
                send("POST", "/api/import/upload_part?partNumber=%d&uploadToken=%s".formatted(number, encoded), lines);
        assertThat(answer.status()).isEqualTo(200);
        return answer.json().asText();
    }

    private String finish(final String token, final String table, final String... parts) {
        return finishing(token, table, parts).json().path("importId").asText();
    }

    private Answered finishing(final String token, final String table, final String... parts) {
        final ObjectNode body = mapper.createObjectNode().put("uploadToken", token);
        body.putObject("import")
                .put("tableName", table)
                .put("format", "jsonLines")
                .put("mode", "replace");
        List.of(parts).forEach(body.putArray("partTokens")::add);
        return send("POST", "/api/import/finish_upload", body.toString());
    }

    private void perform(final String id) {
        assertThat(send("POST", "/api/perform_import", "{\"importId\":\"%s\"}".formatted(id))
                        .status())
                .isEqualTo(200);
    }

    private void importAtOnce(final String table, final String mode, final String lines) {
        final String path = "/api/import?format=jsonLines&tableName=%s&mode=%s".formatted(table, mode);
        assertThat(send("POST", path, lines).status()).isEqualTo(200);
    }

    private String state(final String id) {
        return query("queryImport", "{\"importId\":\"%s\"}".formatted(id))
                .path("value")
                .path("state")
                .path("state")
                .asText();
    }

    private JsonNode query(final String name, final String arguments) {
        return send(
                        "POST",
                        "/api/query",
                        "{\"path\":\"_system/cli/%s\",\"args\":%s,\"format\":\"json\"}".formatted(name, arguments))
                .json();
    }

    private Answered get(final String path) {
        return send("GET", path, "");
    }

    private Answered send(final String method, final String path, final String body) {
        final HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(deployment.url() + path))
                .header("Authorization", "Convex " + key)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        return exchange(request.build());
    }

    private Answered exchange(final HttpRequest request) {
        try {
            final HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
            return new Answered(
                    answer.statusCode(),
                    answer.body(),
                    answer.headers().firstValue("Retry-After").orElse(""));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
