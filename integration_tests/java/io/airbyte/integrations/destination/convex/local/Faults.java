package io.airbyte.integrations.destination.convex.local;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Which requests go wrong, and how. The first rule that fits a request decides. */
final class Faults {

    private record Rule(Predicate<LoggedRequest> which, Fault fault, boolean once) {}

    private final List<Rule> rules = new ArrayList<>();

    synchronized void next(final Predicate<LoggedRequest> which, final Fault fault) {
        rules.add(new Rule(which, fault, true));
    }

    synchronized void always(final Predicate<LoggedRequest> which, final Fault fault) {
        rules.add(new Rule(which, fault, false));
    }

    synchronized void none() {
        rules.clear();
    }

    synchronized Optional<Fault> of(final LoggedRequest request) {
        for (final Iterator<Rule> it = rules.iterator(); it.hasNext(); ) {
            final Rule rule = it.next();
            if (rule.which().test(request)) {
                if (rule.once()) {
                    it.remove();
                }
                return Optional.of(rule.fault());
            }
        }
        return Optional.empty();
    }
}
