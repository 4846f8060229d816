package io.airbyte.integrations.destination.convex.convex;

import com.fasterxml.jackson.databind.JsonNode;
import io.airbyte.integrations.destination.convex.convex.Outcome.Done;
import io.airbyte.integrations.destination.convex.convex.Outcome.Refused;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Proves that a sync could write: the URL leads to a deployment, and the key is its own and may import. The one request
 * that decides is {@code get_schema}, which needs the right to import and changes nothing (convex-api §1.2). What the key
 * lacks beyond that is told, not required.
 */
public final class ConnectionCheck {

    /** Two exchanges follow each other, so that a check ends within 30 s whatever happens. */
    public static final Timeouts TIMEOUTS =
            new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(14), Duration.ofSeconds(14));

    private static final String DOING = "the connection check";

    private final DeploymentUrl url;
    private final DeployKey key;
    private final HttpDeployment deployment;

    /** @param deployment the one at {@code url} with {@code key}, made with {@link #TIMEOUTS} */
    public ConnectionCheck(final DeploymentUrl url, final DeployKey key, final HttpDeployment deployment) {
        this.url = url;
        this.key = key;
        this.deployment = deployment;
    }

    /** Never throws, and returns within the deployment's time-outs. */
    public CheckResult run() {
        final Reply reply = deployment.schemaReply().join();
        if (reply instanceof Reply.Fault fault) {
            return failed(sentence(fault));
        }
        final Outcome<JsonNode> outcome = deployment.outcomes().read(reply, HttpDeployment::schema);
        final boolean proven = outcome instanceof Done<?>
                || (outcome instanceof Refused<?> refused && refused.code().equals(HttpDeployment.ANSWER_TOO_LONG));
        return proven
                ? new CheckResult(
                        true, "Connected to " + url + "; the deploy key may import.", notes(), schema(outcome))
                : failed(sentence((Reply.Answer) reply, outcome));
    }

    /**
     * Says at once what every request of a sync would be refused for: a wrong key or address, or a missing permission. A
     * deployment that is out of reach or busy may be there again when the first request leaves.
     *
     * @return the application's schema; where it could not be read, one that refuses nothing
     */
    public static ApplicationSchema requireAccess(final HttpDeployment deployment) {
        final Outcome<JsonNode> outcome = deployment.getSchema().join();
        if (outcome instanceof Refused<?> refused && !refused.code().equals(HttpDeployment.ANSWER_TOO_LONG)) {
            throw Refusals.failure(refused, "the connection");
        }
        return schema(outcome);
    }

    private static ApplicationSchema schema(final Outcome<JsonNode> outcome) {
        return outcome instanceof Done<JsonNode> done ? ApplicationSchema.of(done.value()) : ApplicationSchema.NONE;
    }

    private static CheckResult failed(final String message) {
        return new CheckResult(false, message, List.of(), ApplicationSchema.NONE);
    }

    private String sentence(final Reply.Fault fault) {
        final String detail = fault.detail().isEmpty() ? "" : " (" + fault.detail() + ")";
        return switch (fault.cause()) {
            case UNKNOWN_HOST ->
                "The host of %s is unknown. Check the deployment URL for typing errors, and that this machine can look up"
                                .formatted(url)
                        + " host names.";
            case CANNOT_CONNECT ->
                "Nothing accepts connections at %s%s. Check host and port of the deployment URL, and that the deployment"
                                .formatted(url, detail)
                        + " is running. From inside a container, localhost is the container itself: use"
                        + " host.docker.internal or the host's address there.";
            case CONNECT_TIMED_OUT ->
                "No connection to %s could be made in time. Check host and port of the deployment URL, and that no"
                                .formatted(url)
                        + " firewall is in the way."
                        + withoutTls();
            case TLS_FAILED ->
                "No secure connection to %s could be made%s. If the deployment is served without TLS, begin its URL with"
                                .formatted(url, detail)
                        + " http://; otherwise its certificate must be valid for this host and signed by an authority that"
                        + " Java trusts.";
            case TIMED_OUT ->
                "%s did not answer in time. Check that the deployment URL is right and the deployment not overloaded, then"
                                .formatted(url)
                        + " try again.";
            case BROKEN ->
                "The connection to %s broke before a complete answer came%s. Check that the deployment URL, with its scheme"
                                .formatted(url, detail)
                        + " and port, is that of a Convex deployment, then try again.";
        };
    }

    /** A server without TLS may wait for the rest of what it takes for a request; Java counts that as connecting. */
    private String withoutTls() {
        return url.base().getScheme().equals("https")
                ? " If the deployment is served without TLS, begin its URL with http://."
                : "";
    }

    private String sentence(final Reply.Answer answer, final Outcome<?> outcome) {
        if (outcome instanceof Refused<?> refused) {
            final boolean aboutKey = refused.status() == 401 || refused.code().equals("BadDeployKey");
            final String sentence = answer.status() == 404 && mentionsHttpActions(answer)
                    ? "%s is where a deployment serves HTTP actions, not imports. %s"
                            .formatted(url, Refusals.RIGHT_ADDRESS)
                    : Refusals.failure(refused, DOING).message();
            return aboutKey
                    ? key.mismatch(url).map(hint -> hint + " " + sentence).orElse(sentence)
                    : sentence;
        }
        final String what = deployment.outcomes().summary(answer);
        if (answer.status() == 200) {
            return "%s answers, but not as a Convex deployment does (%s). %s"
                    .formatted(url, what, Refusals.RIGHT_ADDRESS);
        }
        return "%s cannot serve the connector at the moment (%s). Try again later.".formatted(url, what);
    }

    /** The wrong surface tells what it is (convex-api §1.3). */
    private static boolean mentionsHttpActions(final Reply.Answer answer) {
        final String body = answer.body();
        return body.contains("HTTP actions") || body.contains("No matching routes found");
    }

    private List<String> notes() {
        final CompletableFuture<Outcome<Boolean>> data = deployment.mayViewData();
        final CompletableFuture<Outcome<Boolean>> backups = deployment.mayWatchImports();
        final List<String> notes = new ArrayList<>();
        if (lacks(data.join())) {
            notes.add(
                    "The deploy key lacks deployment:data:view. With it, append streams are never written twice after a"
                            + " lost answer, and incremental streams can be refreshed: the connector could look up what the"
                            + " deployment already holds.");
        }
        if (lacks(backups.join())) {
            notes.add("The deploy key lacks deployment:backups:view. With it, overwrite streams may be of any size: the"
                    + " connector could watch a staged import, where it now has to wait for each import in a single"
                    + " request of at most 300 seconds.");
        }
        return notes;
    }

    /** A probe that fails for another reason says nothing about the key. */
    private static boolean lacks(final Outcome<Boolean> probe) {
        return probe instanceof Done<Boolean> done && !done.value();
    }
}
