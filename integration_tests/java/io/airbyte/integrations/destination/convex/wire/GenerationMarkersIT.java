package io.airbyte.integrations.destination.convex.wire;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.matchingJsonPath;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.airbyte.integrations.destination.convex.convex.GenerationMarker;
import io.airbyte.integrations.destination.convex.convex.HttpDeployment;
import io.airbyte.integrations.destination.convex.convex.Outcome;
import io.airbyte.integrations.destination.convex.convex.Outcome.Done;
import io.airbyte.integrations.destination.convex.convex.Outcome.Doubt;
import io.airbyte.integrations.destination.convex.convex.Outcome.Refused;
import io.airbyte.integrations.destination.convex.convex.Outcome.Unknown;
import io.airbyte.integrations.destination.convex.protocol.StreamDescriptor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GenerationMarkersIT {

    private static final GenerationMarker USERS =
            new GenerationMarker("users", StreamDescriptor.of("users"), 3, 12_345);
    private static final GenerationMarker ORDERS =
            new GenerationMarker("crm_orders", StreamDescriptor.of("crm", "or\"ders"), 0, 9_007_199_254_740_991L);
    private static final String STORED_USERS =
            "{\"_id\":\"j9\",\"_creationTime\":1795425458752.847,\"table\":\"users\",\"stream\":\"users\","
                    + "\"generation\":3.0,\"sync_id\":12345.0}";
    private static final String STORED_ORDERS =
            "{\"_id\":\"k9\",\"_creationTime\":1795425458752.848,\"table\":\"crm_orders\",\"stream\":\"or\\\"ders\","
                    + "\"namespace\":\"crm\",\"generation\":0.0,\"sync_id\":9007199254740991.0}";

    @RegisterExtension
    static final WireMockExtension CONVEX = WireMockExtension.newInstance()
            .options(WireMockConfiguration.wireMockConfig().dynamicPort())
            .build();

    @RegisterExtension
    final OpenDeployments open = new OpenDeployments();

    @Test
    void markers_are_read_page_by_page() {
        page("null", "\"c1\"", false, STORED_USERS);
        page("\"c1\"", "\"c2\"", false, "");
        page("\"c2\"", "\"c3\"", true, STORED_ORDERS);

        assertThat(read()).isEqualTo(new Done<>(List.of(USERS, ORDERS)));

        CONVEX.verify(3, postRequestedFor(anyUrl()));
        CONVEX.verify(
                1,
                postRequestedFor(urlEqualTo("/api/query"))
                        .withHeader("Authorization", equalTo("Convex " + OpenDeployments.KEY))
                        .withRequestBody(equalToJson("{\"path\":\"_system/cli/tableData\",\"args\":{\"table\":"
                                + "\"airbyte_generations\",\"order\":\"asc\",\"paginationOpts\":{\"numItems\":1000,"
                                + "\"cursor\":\"c1\"}},\"format\":\"json\"}")));
    }

    @Test
    void a_missing_table_has_no_markers() {
        page("null", "\"c1\"", true, "");

        assertThat(read()).isEqualTo(new Done<>(List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5.0",
                "null",
                "[]",
                "{}",
                "{\"stream\":\"a\",\"generation\":1.0,\"sync_id\":1.0}",
                "{\"table\":\"a\",\"generation\":1.0,\"sync_id\":1.0}",
                "{\"table\":1.0,\"stream\":\"a\",\"generation\":1.0,\"sync_id\":1.0}",
                "{\"table\":\"a\",\"stream\":null,\"generation\":1.0,\"sync_id\":1.0}",
                "{\"table\":\"a\",\"stream\":\"a\",\"sync_id\":1.0}",
                "{\"table\":\"a\",\"stream\":\"a\",\"generation\":1.5,\"sync_id\":1.0}",
                "{\"table\":\"a\",\"stream\":\"a\",\"generation\":-1.0,\"sync_id\":1.0}",
                "{\"table\":\"a\",\"stream\":\"a\",\"generation\":\"1\",\"sync_id\":1.0}",
                "{\"table\":\"a\",\"stream\":\"a\",\"generation\":1.0}",
                "{\"table\":\"a\",\"stream\":\"a\",\"namespace\":{},\"generation\":1.0,\"sync_id\":1.0}"
            })
    void what_is_not_a_marker_is_passed_over(final String document) {
        page("null", "\"c1\"", true, document + "," + STORED_USERS);

        assertThat(read()).isEqualTo(new Done<>(List.of(USERS)));
    }

    @Test
    void a_key_that_may_not_read_is_refused() {
        CONVEX.stubFor(
                any(anyUrl())
                        .willReturn(
                                okJson(
                                        "{\"status\":\"error\",\"errorMessage\":\"Server Error\\nOperation query not permitted\\n\"}")));

        assertThat(read())
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(HttpDeployment.NOT_PERMITTED));
    }

    @Test
    void pages_after_which_one_is_lost_are_no_markers() {
        page("null", "\"c1\"", false, STORED_USERS);
        CONVEX.stubFor(post("/api/query")
                .withRequestBody(matchingJsonPath("$.args.paginationOpts.cursor", equalTo("c1")))
                .willReturn(aResponse().withStatus(500)));

        assertThat(doubt(read())).isEqualTo(Doubt.SERVER_ERROR);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"page\":[],\"isDone\":false,\"continueCursor\":null}",
                "{\"page\":[],\"isDone\":false}",
                "{\"page\":[],\"continueCursor\":\"c1\"}",
                "{\"page\":{},\"isDone\":true,\"continueCursor\":\"c1\"}",
                "{\"isDone\":true,\"continueCursor\":\"c1\"}"
            })
    void a_page_that_is_none_is_a_lost_answer(final String page) {
        CONVEX.stubFor(any(anyUrl()).willReturn(okJson("{\"status\":\"success\",\"value\":" + page + "}")));

        assertThat(doubt(read())).isEqualTo(Doubt.ANSWER_LOST);
    }

    @Test
    void a_page_that_leads_back_to_itself_does_not_go_on_for_ever() {
        page("null", "\"c1\"", false, "");
        page("\"c1\"", "\"c1\"", false, "");

        assertThat(doubt(read())).isEqualTo(Doubt.ANSWER_LOST);
    }

    @Test
    void a_page_may_be_as_long_as_the_deployment_lets_it_be() {
        page("null", "\"c1\"", true, "{\"text\":\"" + "\\u0001".repeat(5_000_000) + "\"}," + STORED_USERS);

        assertThat(read()).isEqualTo(new Done<>(List.of(USERS)));
    }

    @Test
    void markers_are_written_by_the_key_of_their_table() {
        CONVEX.stubFor(any(anyUrl()).willReturn(aResponse()));

        assertThat(open.at(CONVEX.baseUrl())
                        .writeGenerationMarkers(List.of(USERS, ORDERS))
                        .join())
                .isEqualTo(Outcome.done());

        CONVEX.verify(
                1,
                postRequestedFor(urlEqualTo("/api/streaming_import/import_airbyte_records"))
                        .withHeader("Content-Type", equalTo("application/json"))
                        .withRequestBody(
                                equalToJson("{\"tables\":{\"airbyte_generations\":{\"primaryKey\":[[\"table\"]],"
                                        + "\"jsonSchema\":null}},\"messages\":[{\"tableName\":\"airbyte_generations\",\"data\":"
                                        + "{\"table\":\"users\",\"stream\":\"users\",\"generation\":3,\"sync_id\":12345}},"
                                        + "{\"tableName\":\"airbyte_generations\",\"data\":{\"table\":\"crm_orders\","
                                        + "\"stream\":\"or\\\"ders\",\"namespace\":\"crm\",\"generation\":0,"
                                        + "\"sync_id\":9007199254740991}}]}")));
    }

    /** The page that is answered to a cursor; both cursors as JSON. */
    private static void page(final String asked, final String next, final boolean last, final String documents) {
        CONVEX.stubFor(post("/api/query")
                .withRequestBody(
                        equalToJson("{\"args\":{\"paginationOpts\":{\"cursor\":%s}}}".formatted(asked), true, true))
                .willReturn(
                        okJson("{\"status\":\"success\",\"value\":{\"continueCursor\":%s,\"isDone\":%s,\"page\":[%s],"
                                        .formatted(next, last, documents)
                                + "\"pageStatus\":null,\"splitCursor\":null}}")));
    }

    private Outcome<List<GenerationMarker>> read() {
        return open.at(CONVEX.baseUrl()).generationMarkers().join();
    }

    private static Doubt doubt(final Outcome<?> outcome) {
        assertThat(outcome).isInstanceOf(Unknown.class);
        return ((Unknown<?>) outcome).doubt();
    }
}
