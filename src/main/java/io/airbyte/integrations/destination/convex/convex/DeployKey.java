package io.airbyte.integrations.destination.convex.convex;

import io.airbyte.integrations.destination.convex.protocol.Failure;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The secret that lets the connector write into a deployment (convex-api §1.1). Only {@link #authorization()} gives it
 * away; no message and no {@link #toString()} holds any part of it but the deployment's name.
 */
public final class DeployKey {

    private static final String WHERE =
            "Generate a deploy key on the Convex dashboard, in your deployment's settings (it begins with prod: or"
                    + " dev:), or an admin key for a self-hosted deployment.";

    private static final Pattern PREFIX = Pattern.compile(
            "(?:export\\s+)?CONVEX_[A-Z0-9_]*KEY\\s*=\\s*|(?i:authorization\\s*:\\s*)|(?i:(?:convex|bearer)(?:\\s+|$))");
    private static final Pattern URL = Pattern.compile("(?i)https?://.*");
    private static final Pattern WRONG_KIND = Pattern.compile("(?i)(?:preview|project):.*");
    private static final Pattern MASKED = Pattern.compile("[*\u2022\u25cf]+");
    private static final Pattern NAMED = Pattern.compile("(?:prod|dev):([A-Za-z0-9-]+)\\|.*");

    private final String key;

    private DeployKey(final String key) {
        this.key = key;
    }

    /**
     * Reads what the user entered. Surrounding whitespace and quotes, and what stands in front of a key in an
     * environment file or a request header, are dropped.
     *
     * @throws Failure a configuration error that says what to enter instead
     */
    public static DeployKey parse(final String text) {
        final String entered = PastedText.withoutWrapping(text, PREFIX);
        if (entered.isEmpty()) {
            throw Failure.config("The deploy key is empty. " + WHERE);
        }
        if (MASKED.matcher(entered).matches()) {
            throw Failure.config(
                    "The deploy key was replaced by asterisks or dots that hide it. Enter the key itself.");
        }
        if (entered.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw Failure.config("The deploy key contains a space, a line break or another character that no key has."
                    + " Copy it again, as a single line.");
        }
        if (URL.matcher(entered).matches()) {
            throw Failure.config(
                    "The deploy key looks like a URL. Enter the deployment URL in its own field. " + WHERE);
        }
        if (WRONG_KIND.matcher(entered).matches()) {
            throw Failure.config("The deploy key is a preview or project key (it begins with preview: or project:),"
                    + " which cannot write into a deployment. " + WHERE);
        }
        refuseMisplacedParts(entered);
        return new DeployKey(entered);
    }

    private static void refuseMisplacedParts(final String entered) {
        final int pipe = entered.indexOf('|');
        final boolean secretMissing = pipe == entered.length() - 1 || (pipe < 0 && entered.contains(":"));
        if (secretMissing) {
            throw Failure.config("The deploy key is incomplete: the secret after the | is missing. Copy the whole key,"
                    + " and put it in quotes where a shell reads it.");
        }
        // The server would take what follows the colon for a user to act as.
        if (entered.indexOf(':', pipe + 1) >= 0) {
            throw Failure.config("The deploy key contains a colon after the |, which no deploy key has. Copy the key"
                    + " again, without anything after it.");
        }
    }

    /** The value of the {@code Authorization} header. */
    public String authorization() {
        return "Convex " + key;
    }

    /** The deployment that the key is for, where the key tells it. */
    public Optional<String> deploymentName() {
        final Matcher named = NAMED.matcher(key);
        return named.matches() ? Optional.of(named.group(1).toLowerCase(Locale.ROOT)) : Optional.empty();
    }

    /**
     * A sentence for the user where this key is certainly another deployment's than the one at {@code url}; nothing
     * where the key or the host does not name its deployment.
     */
    public Optional<String> mismatch(final DeploymentUrl url) {
        final Optional<String> keyName = deploymentName();
        final Optional<String> urlName = url.deploymentName();
        if (keyName.isEmpty() || urlName.isEmpty() || keyName.equals(urlName)) {
            return Optional.empty();
        }
        return Optional.of(
                ("The deploy key belongs to the deployment %s, but the deployment URL is that of %s. Enter the"
                                + " URL and the key of the same deployment.")
                        .formatted(keyName.get(), urlName.get()));
    }

    /** Everything but the secret. */
    @Override
    public String toString() {
        return "DeployKey[" + deploymentName().orElse("of an unnamed deployment") + "]";
    }
}
