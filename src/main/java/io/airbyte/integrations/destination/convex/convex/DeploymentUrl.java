package io.airbyte.integrations.destination.convex.convex;

import io.airbyte.integrations.destination.convex.protocol.Failure;
import java.net.IDN;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a deployment answers: scheme, host and port, in the one spelling that requests are built on. People paste URLs
 * in many forms (convex-api §1.3); those that can only mean one thing are accepted, and each of the others is refused
 * with a sentence that says what to enter instead. A sentence repeats of the pasted text at most a host of Convex's
 * own, because the deploy key may have been pasted into the wrong field.
 */
public final class DeploymentUrl {

    private static final String WHERE =
            "Copy the deployment URL from the Convex dashboard, in your deployment's settings; it looks like"
                    + " https://happy-otter-123.convex.cloud.";

    private static final Pattern ASSIGNMENT = Pattern.compile("(?:export\\s+)?[A-Z0-9_]*CONVEX_[A-Z0-9_]+\\s*=\\s*");
    private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://");
    private static final Pattern HALF_A_SCHEME = Pattern.compile("(?i)https?(:|//).*", Pattern.DOTALL);
    private static final Pattern DEPLOYMENT_NAME = Pattern.compile("(?:(?:prod|dev|local):)?[a-z]+-[a-z]+-[0-9]+");
    private static final Pattern CLOUD_HOST = Pattern.compile("([a-z0-9-]+)(?:\\.[a-z0-9-]+)?\\.convex\\.cloud");
    private static final Set<String> CONVEX_WEB_PAGES =
            Set.of("dashboard.convex.dev", "www.convex.dev", "docs.convex.dev", "convex.dev");
    private static final String SITE = ".convex.site";

    /** Ports of a self-hosted deployment: its API, its HTTP actions, its dashboard (convex-api §1.3). */
    private static final int SELF_HOSTED_API = 3210;

    private static final int SELF_HOSTED_ACTIONS = 3211;
    private static final int SELF_HOSTED_DASHBOARD = 6791;

    private static final int HIGHEST_PORT = 65_535;

    private final URI base;

    private DeploymentUrl(final URI base) {
        this.base = base;
    }

    /**
     * Reads what the user entered. Surrounding whitespace and quotes, upper case, a path, a query, a fragment and a
     * port that the scheme implies are dropped.
     *
     * @throws Failure a configuration error that says what to enter instead
     */
    public static DeploymentUrl parse(final String text) {
        final String entered = PastedText.withoutWrapping(text, ASSIGNMENT);
        refuseWhatIsNoUrlAtAll(entered);
        final Matcher scheme = SCHEME.matcher(entered);
        final boolean hasScheme = scheme.lookingAt();
        final String authority = authorityOf(hasScheme ? entered.substring(scheme.end()) : entered);
        if (authority.contains("@")) {
            throw Failure.config("The deployment URL contains a user name or password (the part before the @)."
                    + " Remove that part and enter the deploy key in its own field.");
        }
        if (CONVEX_WEB_PAGES.contains(authority.toLowerCase(Locale.ROOT))) {
            throw Failure.config(
                    "The deployment URL is the address of a Convex web page such as the dashboard, not of a deployment. "
                            + WHERE);
        }
        if (!hasScheme) {
            throw Failure.config(
                    "The deployment URL has no scheme. Put https:// in front of it; for a deployment on your"
                            + " own machine or network, http works too.");
        }
        return new DeploymentUrl(base(schemeOf(scheme.group(1)), authority)).refuseTheWrongSurface();
    }

    private static void refuseWhatIsNoUrlAtAll(final String entered) {
        if (entered.isEmpty()) {
            throw Failure.config("The deployment URL is empty. " + WHERE);
        }
        if (authorityOf(entered).contains("|")) {
            throw Failure.config(
                    "The deployment URL looks like a deploy key. Enter the deploy key in its own field. " + WHERE);
        }
        if (DEPLOYMENT_NAME.matcher(entered).matches()) {
            throw Failure.config("The deployment URL is only a deployment's name. " + WHERE);
        }
        final boolean halfAScheme = HALF_A_SCHEME.matcher(entered).matches();
        if (!SCHEME.matcher(entered).lookingAt() && (halfAScheme || !looksLikeAHost(entered))) {
            throw notAUrl();
        }
    }

    /** Whether only the scheme keeps the text from being a URL. */
    private static boolean looksLikeAHost(final String entered) {
        final String authority = authorityOf(entered);
        return authority.chars().noneMatch(Character::isWhitespace)
                && (authority.contains(".") || authority.contains(":") || authority.equalsIgnoreCase("localhost"));
    }

    private static String authorityOf(final String afterScheme) {
        final String text = afterScheme.startsWith("//") ? afterScheme.substring(2) : afterScheme;
        int end = 0;
        while (end < text.length() && "/\\?#".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        return text.substring(0, end).strip();
    }

    private static String schemeOf(final String text) {
        final String scheme = text.toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !scheme.equals("http")) {
            throw Failure.config("The deployment URL has a scheme that the connector cannot use. It must begin with"
                    + " https://; for a deployment on your own machine or network, http works too.");
        }
        return scheme;
    }

    private static URI base(final String scheme, final String authority) {
        final int colon = authority.indexOf(':', authority.lastIndexOf(']') + 1);
        final String host = hostOf(colon < 0 ? authority : authority.substring(0, colon));
        final int port = colon < 0 ? -1 : portOf(authority.substring(colon + 1));
        final int implied = scheme.equals("https") ? 443 : 80;
        try {
            return new URI(scheme, null, host, port == implied ? -1 : port, null, null, null);
        } catch (final URISyntaxException e) {
            throw notAUrl();
        }
    }

    private static String hostOf(final String text) {
        if (text.contains("_")) {
            throw Failure.config("The host name in the deployment URL contains an underscore, which is not valid in a"
                    + " host name. Use another name of that host, or its IP address.");
        }
        final String withoutRootDot = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        if (withoutRootDot.isEmpty() || (withoutRootDot.startsWith("[") && !withoutRootDot.endsWith("]"))) {
            throw notAUrl();
        }
        try {
            final String ascii = withoutRootDot.startsWith("[") ? withoutRootDot : IDN.toASCII(withoutRootDot);
            return ascii.toLowerCase(Locale.ROOT);
        } catch (final IllegalArgumentException e) {
            throw notAUrl();
        }
    }

    /** The port, or -1 where there is none after the colon. */
    private static int portOf(final String text) {
        if (text.isEmpty()) {
            return -1;
        }
        if (text.length() <= 5 && text.chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
            final int port = Integer.parseInt(text);
            if (port > 0 && port <= HIGHEST_PORT) {
                return port;
            }
        }
        throw Failure.config("The port in the deployment URL is not a number from 1 to 65535. Correct it, or leave it"
                + " out together with the colon.");
    }

    private static Failure notAUrl() {
        return Failure.config("The deployment URL is not a URL. " + WHERE);
    }

    private DeploymentUrl refuseTheWrongSurface() {
        final String host = host();
        if (host.endsWith(SITE)) {
            throw Failure.config("The deployment URL ends in .convex.site, where a deployment serves HTTP actions, not"
                    + " imports. Enter https://" + host.substring(0, host.length() - SITE.length())
                    + ".convex.cloud instead.");
        }
        if (base.getPort() == SELF_HOSTED_ACTIONS && isPrivate()) {
            throw Failure.config("The deployment URL has port " + SELF_HOSTED_ACTIONS + ", where a self-hosted"
                    + " deployment serves HTTP actions, not imports. Use the port of its API instead, usually "
                    + SELF_HOSTED_API + ".");
        }
        if (base.getPort() == SELF_HOSTED_DASHBOARD && isPrivate()) {
            throw Failure.config("The deployment URL has port " + SELF_HOSTED_DASHBOARD + ", where a self-hosted"
                    + " deployment serves its dashboard. Use the port of its API instead, usually " + SELF_HOSTED_API
                    + ".");
        }
        return this;
    }

    /** {@code scheme://host} or {@code scheme://host:port}: no path, no trailing slash. */
    public URI base() {
        return base;
    }

    /** Whether requests travel over TLS. */
    boolean isEncrypted() {
        return base.getScheme().equals("https");
    }

    /** Whether the deploy key and the data would cross the internet unencrypted. */
    public boolean insecure() {
        return !isEncrypted() && !isPrivate();
    }

    /** What the log should tell the user about this URL, if anything. */
    public Optional<String> warning() {
        return insecure()
                ? Optional.of("The deployment URL uses plain http although its host is not on a private network: the"
                        + " deploy key and all data travel unencrypted. Use https if the deployment offers it.")
                : Optional.empty();
    }

    /** The deployment's name where the host tells it, that is on Convex's cloud without a custom domain. */
    Optional<String> deploymentName() {
        final Matcher cloud = CLOUD_HOST.matcher(host());
        return cloud.matches() ? Optional.of(cloud.group(1)) : Optional.empty();
    }

    private boolean isPrivate() {
        return PrivateHost.isPrivate(host());
    }

    private String host() {
        return base.getHost();
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof DeploymentUrl that && base.equals(that.base);
    }

    @Override
    public int hashCode() {
        return base.hashCode();
    }

    /** The URL: it holds no secret. */
    @Override
    public String toString() {
        return base.toString();
    }
}
