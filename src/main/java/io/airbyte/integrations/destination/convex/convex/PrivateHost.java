package io.airbyte.integrations.destination.convex.convex;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Which hosts are on this machine or a private network, as far as the name tells; no name is ever looked up. Traffic to
 * them does not cross the internet, so plain {@code http} is what people use there.
 */
final class PrivateHost {

    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(?:\\.\\d{1,3}){3}");
    private static final Pattern SINGLE_LABEL = Pattern.compile("[0-9-]*[a-z][a-z0-9-]*");

    /** Top-level names that no public resolver answers: mDNS, RFC 6761, containers and Kubernetes, home routers. */
    private static final List<String> PRIVATE_SUFFIXES =
            List.of(".local", ".localhost", ".internal", ".lan", ".home.arpa", ".svc");

    private PrivateHost() {}

    /** @param host lower case; an IPv6 address in brackets */
    static boolean isPrivate(final String host) {
        if (host.startsWith("[") || IPV4.matcher(host).matches()) {
            return isPrivateAddress(host);
        }
        return SINGLE_LABEL.matcher(host).matches() || PRIVATE_SUFFIXES.stream().anyMatch(host::endsWith);
    }

    private static boolean isPrivateAddress(final String literal) {
        final int zone = literal.indexOf('%');
        try {
            // An address, not a name, so this asks no resolver.
            final InetAddress address = InetAddress.getByName(zone < 0 ? literal : literal.substring(0, zone) + "]");
            return address.isLoopbackAddress()
                    || address.isAnyLocalAddress()
                    || address.isLinkLocalAddress()
                    || address.isSiteLocalAddress()
                    || isUniqueLocal(address);
        } catch (final UnknownHostException e) {
            return false;
        }
    }

    /** fc00::/7, the private range of IPv6, which {@link InetAddress} has no word for. */
    private static boolean isUniqueLocal(final InetAddress address) {
        return address instanceof Inet6Address && (address.getAddress()[0] & 0xfe) == 0xfc;
    }
}
