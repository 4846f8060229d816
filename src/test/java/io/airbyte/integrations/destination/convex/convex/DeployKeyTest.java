package io.airbyte.integrations.destination.convex.convex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.airbyte.integrations.destination.convex.protocol.Failure;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeployKeyTest {

    private static final String SECRET = "0123canary4567==";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "prod:happy-otter-123|" + SECRET,
                "  prod:happy-otter-123|" + SECRET + "\r\n",
                "\u00a0\ufeffprod:happy-otter-123|" + SECRET + "\u200b",
                "\"prod:happy-otter-123|" + SECRET + "\"",
                "'prod:happy-otter-123|" + SECRET + "'",
                "\u201cprod:happy-otter-123|" + SECRET + "\u201d",
                "Convex prod:happy-otter-123|" + SECRET,
                "convex  prod:happy-otter-123|" + SECRET,
                "Bearer prod:happy-otter-123|" + SECRET,
                "Authorization: Convex prod:happy-otter-123|" + SECRET,
                "CONVEX_DEPLOY_KEY=prod:happy-otter-123|" + SECRET,
                "CONVEX_DEPLOY_KEY=\"prod:happy-otter-123|" + SECRET + "\"",
                "export CONVEX_DEPLOY_KEY = 'prod:happy-otter-123|" + SECRET + "'",
                "\"CONVEX_SELF_HOSTED_ADMIN_KEY=prod:happy-otter-123|" + SECRET + "\""
            })
    void a_key_is_freed_from_what_it_was_pasted_with(final String text) {
        assertThat(DeployKey.parse(text).authorization()).isEqualTo("Convex prod:happy-otter-123|" + SECRET);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dev:happy-otter-123|" + SECRET,
                "self-hosted-name|" + SECRET,
                "convex-self-hosted|" + SECRET,
                "prod:happy-otter-123|a|b",
                "prod:a:b|" + SECRET,
                SECRET
            })
    void every_form_of_key_that_can_write_is_kept_as_it_is(final String text) {
        assertThat(DeployKey.parse(text).authorization()).isEqualTo("Convex " + text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\"\"", "\n", "CONVEX_DEPLOY_KEY=", "Convex \t"})
    void an_empty_key_is_refused(final String text) {
        assertThat(refusal(text))
                .isEqualTo("The deploy key is empty. Generate a deploy key on the Convex dashboard, in your"
                        + " deployment's settings (it begins with prod: or dev:), or an admin key for a self-hosted"
                        + " deployment.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"preview:team:project|" + SECRET, "project:team:project|" + SECRET, "Preview:" + SECRET})
    void preview_and_project_keys_are_answered_with_the_right_kind(final String text) {
        assertThat(refusal(text))
                .startsWith("The deploy key is a preview or project key (it begins with preview: or project:), which"
                        + " cannot write into a deployment. Generate a deploy key on the Convex dashboard")
                .contains("prod:", "dev:", "admin key for a self-hosted deployment");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "prod:happy-otter-123|0123\ncanary",
                "prod:happy-otter-123|0123 canary",
                "prod:happy-otter-123|0123\u0000canary",
                "prod:happy-otter-123|0123\u007fcanary",
                "prod:happy-otter-123|0123\u200bcanary",
                "prod:happy-otter-123|0123canary\u2026",
                "prod:häppy|0123canary"
            })
    void characters_that_no_key_has_are_refused(final String text) {
        assertThat(refusal(text))
                .isEqualTo("The deploy key contains a space, a line break or another character that no key has. Copy it"
                        + " again, as a single line.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"**********", "\u2022\u2022\u2022\u2022"})
    void a_masked_key_is_refused(final String text) {
        assertThat(refusal(text))
                .isEqualTo("The deploy key was replaced by asterisks or dots that hide it. Enter the key itself.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://happy-otter-123.convex.cloud", "HTTP://localhost:3210"})
    void a_url_in_the_wrong_field_is_recognised(final String text) {
        assertThat(refusal(text))
                .startsWith("The deploy key looks like a URL. Enter the deployment URL in its own field.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"prod:happy-otter-123", "prod:happy-otter-123|", "self-hosted-name|", "|"})
    void a_key_cut_off_at_the_pipe_is_refused(final String text) {
        assertThat(refusal(text))
                .isEqualTo("The deploy key is incomplete: the secret after the | is missing. Copy the whole key, and"
                        + " put it in quotes where a shell reads it.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"prod:happy-otter-123|" + SECRET + ":e30=", "name|" + SECRET + ":", "name|:" + SECRET})
    void a_colon_after_the_pipe_is_refused(final String text) {
        assertThat(refusal(text))
                .isEqualTo("The deploy key contains a colon after the |, which no deploy key has. Copy the key again,"
                        + " without anything after it.");
    }

    @ParameterizedTest
    @CsvSource({
        "prod:happy-otter-123|s, happy-otter-123",
        "dev:Happy-Otter-123|s, happy-otter-123",
        "happy-otter-123|s,",
        "prod:a:b|s,",
        "prod:|s,",
        "s,"
    })
    void only_prod_and_dev_keys_tell_their_deployment(final String text, final String name) {
        assertThat(DeployKey.parse(text).deploymentName()).isEqualTo(Optional.ofNullable(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://brave-cat-7.convex.cloud", "https://brave-cat-7.eu-west-1.convex.cloud"})
    void a_key_of_another_deployment_is_told_with_both_names(final String url) {
        assertThat(DeployKey.parse("prod:happy-otter-123|" + SECRET).mismatch(DeploymentUrl.parse(url)))
                .contains("The deploy key belongs to the deployment happy-otter-123, but the deployment URL is that of"
                        + " brave-cat-7. Enter the URL and the key of the same deployment.");
    }

    @ParameterizedTest
    @CsvSource({
        "prod:happy-otter-123|s, https://happy-otter-123.convex.cloud",
        "prod:Happy-Otter-123|s, https://happy-otter-123.eu-west-1.convex.cloud",
        "prod:happy-otter-123|s, https://api.example.com",
        "prod:happy-otter-123|s, https://a.b.c.convex.cloud",
        "prod:happy-otter-123|s, http://127.0.0.1:3210",
        "happy-otter-123|s, https://brave-cat-7.convex.cloud",
        "s, https://brave-cat-7.convex.cloud"
    })
    void nothing_is_said_where_key_and_host_agree_or_do_not_tell(final String key, final String url) {
        assertThat(DeployKey.parse(key).mismatch(DeploymentUrl.parse(url))).isEmpty();
    }

    @Test
    void the_secret_is_in_no_text_but_the_header() {
        final DeployKey key = DeployKey.parse("prod:happy-otter-123|" + SECRET);

        assertThat(key).hasToString("DeployKey[happy-otter-123]");
        assertThat(DeployKey.parse(SECRET)).hasToString("DeployKey[of an unnamed deployment]");
        assertThat(key.mismatch(DeploymentUrl.parse("https://brave-cat-7.convex.cloud")))
                .hasValueSatisfying(sentence -> assertThat(sentence).doesNotContain("canary"));
    }

    private static String refusal(final String text) {
        final Failure failure = catchThrowableOfType(Failure.class, () -> DeployKey.parse(text));
        assertThat(failure).as("the refusal of <%s>", text).isNotNull();
        assertThat(failure.kind()).isEqualTo(Failure.Kind.CONFIG_ERROR);
        assertThat(failure.getCause()).isNull();
        assertThat(failure.message()).doesNotContain("0123", "canary");
        return failure.message();
    }
}
