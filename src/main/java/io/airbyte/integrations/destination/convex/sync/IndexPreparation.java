package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.convex.Outcome;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.logging.Logger;

/**
 * Sees to it that every deduplicated table has its primary-key index before records are sent to it (convex-api §10): one
 * request asks for all, polls tell when they are built. An index that is there already is ready at the first poll. Input
 * is read meanwhile.
 */
final class IndexPreparation {

    private static final Logger LOG = Logger.getLogger(IndexPreparation.class.getName());

    /** Polls are older than any record. */
    private static final long MOST_URGENT = Long.MIN_VALUE;

    private static final long FIRST_POLL_MILLIS = 250;
    private static final long SLOWEST_POLL_MILLIS = 5_000;
    private static final long TOLD_EVERY_MILLIS = 30_000;
    /** Time for tens of millions of documents; after it the platform's next attempt goes on waiting. */
    private static final long LONGEST_WAIT_MILLIS = 2 * 60 * 60_000L;

    private record Waiter(String table, Runnable ready, Consumer<Failure> failed) {}

    private final Sending sending;
    private final RepeatableRequests requests;

    private final Set<String> ready = new LinkedHashSet<>();
    /** Tables that are asked about. */
    private final Set<String> building = new TreeSet<>();

    private final Set<String> preparedAgain = new LinkedHashSet<>();
    private final List<Waiter> waiters = new ArrayList<>();
    private Optional<Failure> failure = Optional.empty();
    /** Requests for indexes that are not answered yet. */
    private int asking;

    private boolean polling;
    private long pollInterval = FIRST_POLL_MILLIS;
    private long waitingSince;
    private long toldAt;
    private long readyAt;

    IndexPreparation(final Sending sending) {
        this.sending = sending;
        this.requests = new RepeatableRequests(sending, "Primary-key indexes");
    }

    /** Asks for the indexes of all these tables; missing tables are created. */
    void begin(final Map<String, List<List<String>>> primaryKeys) {
        if (!primaryKeys.isEmpty()) {
            asking++;
            ask(primaryKeys);
        }
    }

    private void ask(final Map<String, List<List<String>>> primaryKeys) {
        request(sending.deployment()::addPrimaryKeyIndexes, primaryKeys, answer -> {
            asking--;
            building.addAll(primaryKeys.keySet());
            poll();
        });
    }

    /** Every request for an index has been answered, so that tables and indexes exist, if unfinished. */
    boolean isAsked() {
        return asking == 0 || failure.isPresent();
    }

    boolean isReady(final String table) {
        return ready.contains(table);
    }

    /** Calls {@code ready} as soon as the table has its index, or {@code failed} if it will not get one. */
    void whenReady(final String table, final Runnable ready, final Consumer<Failure> failed) {
        if (isReady(table)) {
            ready.run();
        } else if (failure.isPresent()) {
            failed.accept(failure.get());
        } else {
            waiters.add(new Waiter(table, ready, failed));
        }
    }

    /** The index of a table turned out to be under construction: somebody has asked for another one meanwhile. */
    void awaitAgain(final String table) {
        ready.remove(table);
        building.add(table);
        if (!polling) {
            polling = true;
            if (sending.timers().now() - readyAt > TOLD_EVERY_MILLIS) {
                beginWaiting();
            }
            pollLater();
        }
    }

    /** The index of a table is gone, or another one: asks for it again, but only once in a sync. */
    boolean prepareAgain(final String table, final List<List<String>> primaryKey) {
        if (!preparedAgain.add(table)) {
            return false;
        }
        ready.remove(table);
        begin(Map.of(table, primaryKey));
        return true;
    }

    private void poll() {
        if (polling || failure.isPresent()) {
            return;
        }
        polling = true;
        beginWaiting();
        pollAll();
    }

    private void beginWaiting() {
        pollInterval = FIRST_POLL_MILLIS;
        waitingSince = sending.timers().now();
        toldAt = waitingSince;
    }

    private void pollAll() {
        final List<String> asked = List.copyOf(building);
        askReadiness(asked, allReady -> {
            if (allReady) {
                areReady(asked);
                waitForTheRest();
            } else if (asked.size() == 1) {
                waitForTheRest();
            } else {
                pollEach(asked, 0);
            }
        });
    }

    /** Tables whose index is built need not wait for the others'. */
    private void pollEach(final List<String> tables, final int index) {
        if (index == tables.size()) {
            waitForTheRest();
            return;
        }
        final List<String> asked = List.of(tables.get(index));
        askReadiness(asked, isReady -> {
            if (isReady) {
                areReady(asked);
            }
            pollEach(tables, index + 1);
        });
    }

    private void askReadiness(final List<String> tables, final Consumer<Boolean> answered) {
        request(sending.deployment()::primaryKeyIndexesReady, tables, answered);
    }

    private void areReady(final List<String> tables) {
        readyAt = sending.timers().now();
        tables.forEach(building::remove);
        ready.addAll(tables);
        final List<Waiter> served = waiters.stream()
                .filter(waiter -> tables.contains(waiter.table()))
                .toList();
        waiters.removeAll(served);
        served.forEach(waiter -> waiter.ready().run());
    }

    private void waitForTheRest() {
        if (building.isEmpty() || failure.isPresent()) {
            polling = false;
            return;
        }
        final long now = sending.timers().now();
        if (now - waitingSince >= LONGEST_WAIT_MILLIS) {
            fail(Failure.transientError(
                    "The primary-key index of %s is still being built after two hours. The next".formatted(tablesText())
                            + " attempt will go on waiting for it; nothing has to be changed."));
            return;
        }
        if (now - toldAt >= TOLD_EVERY_MILLIS) {
            toldAt = now;
            LOG.info("Waiting for the deployment to build the primary-key index of %s (%d s so far)."
                    .formatted(tablesText(), (now - waitingSince) / 1000));
        }
        pollLater();
    }

    private void pollLater() {
        sending.timers().after(pollInterval, this::pollAll);
        pollInterval = Math.min(SLOWEST_POLL_MILLIS, pollInterval * 3 / 2);
    }

    private String doing() {
        return "indexing the primary key of " + tablesText();
    }

    private String tablesText() {
        if (building.isEmpty()) {
            return "the deduplicated tables";
        }
        return (building.size() == 1 ? "table " : "tables ") + String.join(", ", building);
    }

    private <A, T> void request(
            final Function<A, CompletableFuture<Outcome<T>>> method, final A argument, final Consumer<T> done) {
        requests.send(
                MOST_URGENT, () -> method.apply(argument), done, outcome -> fail(requests.giveUp(outcome, doing())));
    }

    private void fail(final Failure cause) {
        giveUpWaiting(cause);
        sending.failures().report(cause);
    }

    /** Streams whose index is not ready yet fail: nobody can say how long they would still have to wait. */
    void giveUpWaiting(final Failure cause) {
        failure = Optional.of(cause);
        final List<Waiter> failing = List.copyOf(waiters);
        waiters.clear();
        failing.forEach(waiter -> waiter.failed().accept(cause));
    }
}
