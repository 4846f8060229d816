package io.airbyte.integrations.destination.convex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbyte.integrations.destination.convex.json.ByteSlice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The one place where threads meet; each test that has two of them goes on only when the other one waits. */
@Timeout(20)
class MailboxTest {

    private static final OptionalLong NEVER = OptionalLong.empty();

    private final AtomicLong clock = new AtomicLong(1_000_000);
    private final Mailbox mailbox = new Mailbox(clock::get);

    /** Something that another thread does, which so far waits for somebody else. */
    private static <T> FutureTask<T> waiting(final Callable<T> work, final Thread.State how)
            throws InterruptedException {
        final FutureTask<T> task = new FutureTask<>(work);
        final Thread thread = new Thread(task, "other");
        thread.setDaemon(true);
        thread.start();
        while (thread.getState() != how) {
            if (Thread.interrupted() || !thread.isAlive()) {
                throw new AssertionError("The other thread does not wait.");
            }
            Thread.onSpinWait();
        }
        return task;
    }

    private FutureTask<Optional<Event>> waitingForAnEvent() throws InterruptedException {
        return waiting(() -> mailbox.next(true, NEVER), Thread.State.WAITING);
    }

    private static <T> T result(final FutureTask<T> task) throws Exception {
        return task.get(10, TimeUnit.SECONDS);
    }

    private static Event chunk() {
        return new Event.InputArrived(ByteSlice.of("x\n"), () -> {});
    }

    @Test
    void answers_come_before_input_and_input_in_its_order() throws Exception {
        final Event first = chunk();
        final Event second = new Event.InputEnded();
        mailbox.putInput(first);
        mailbox.putInput(second);
        final List<String> done = new ArrayList<>();
        mailbox.execute(() -> done.add("answered"));

        assertThat(mailbox.next(true, NEVER))
                .hasValueSatisfying(event -> assertThat(event)
                        .isInstanceOfSatisfying(
                                Event.Answered.class,
                                answered -> answered.action().run()));
        assertThat(done).containsExactly("answered");
        assertThat(mailbox.next(true, NEVER)).containsSame(first);
        assertThat(mailbox.next(true, NEVER)).containsSame(second);
    }

    @Test
    void input_that_is_not_wanted_stays_where_it_is() throws Exception {
        final Event input = chunk();
        mailbox.putInput(input);

        assertThat(mailbox.next(false, OptionalLong.of(clock.get()))).isEmpty();
        assertThat(mailbox.next(true, NEVER)).containsSame(input);
    }

    @Test
    void a_deadline_that_has_come_is_not_waited_for() throws Exception {
        assertThat(mailbox.next(true, OptionalLong.of(clock.get()))).isEmpty();
        assertThat(mailbox.next(true, OptionalLong.of(clock.get() - 1))).isEmpty();
    }

    @Test
    void an_event_that_is_there_comes_before_a_deadline_that_has_come() throws Exception {
        mailbox.askForTermination();

        assertThat(mailbox.next(false, OptionalLong.of(clock.get() - 1)))
                .hasValueSatisfying(event -> assertThat(event).isInstanceOf(Event.TerminationAsked.class));
    }

    @Test
    void a_deadline_is_waited_for_by_the_clock() throws Exception {
        final long deadline = clock.get() + 20;
        final FutureTask<Optional<Event>> next = waiting(
                () -> {
                    mailbox.next(true, OptionalLong.of(deadline + 1_000_000));
                    return mailbox.next(true, OptionalLong.of(deadline));
                },
                Thread.State.TIMED_WAITING);

        clock.set(deadline);
        mailbox.execute(() -> {});

        assertThat(result(next)).isEmpty();
    }

    @Test
    void an_answer_wakes_who_waits_for_an_event() throws Exception {
        final FutureTask<Optional<Event>> next = waitingForAnEvent();

        mailbox.execute(() -> {});

        assertThat(result(next)).hasValueSatisfying(event -> assertThat(event).isInstanceOf(Event.Answered.class));
    }

    @Test
    void a_request_to_end_wakes_who_waits_for_an_event() throws Exception {
        final FutureTask<Optional<Event>> next = waitingForAnEvent();

        mailbox.askForTermination();

        assertThat(result(next))
                .hasValueSatisfying(event -> assertThat(event).isInstanceOf(Event.TerminationAsked.class));
    }

    @Test
    void input_wakes_who_waits_for_an_event() throws Exception {
        final FutureTask<Optional<Event>> next = waitingForAnEvent();
        final Event input = chunk();

        mailbox.putInput(input);

        assertThat(result(next)).containsSame(input);
    }

    @Test
    void a_third_chunk_waits_until_one_of_two_is_taken() throws Exception {
        final Event third = chunk();
        mailbox.putInput(chunk());
        mailbox.putInput(chunk());
        final FutureTask<Boolean> writer = waiting(
                () -> {
                    mailbox.putInput(third);
                    return true;
                },
                Thread.State.WAITING);

        assertThat(mailbox.next(true, NEVER)).isPresent();
        assertThat(result(writer)).isTrue();
        assertThat(mailbox.next(true, NEVER)).isPresent();
        assertThat(mailbox.next(true, NEVER)).containsSame(third);
    }
}
