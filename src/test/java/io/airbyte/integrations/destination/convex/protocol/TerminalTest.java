package io.airbyte.integrations.destination.convex.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.junit.jupiter.api.Test;

class TerminalTest {

    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();

    @Test
    void a_line_takes_the_place_of_the_last_one_and_leaves_the_cursor_at_its_start() {
        final Terminal terminal = Terminal.of(stderr, 80, false);
        terminal.show("one");
        terminal.show("two");
        assertThat(written()).isEqualTo("\r\u001b[2Kone\r\r\u001b[2Ktwo\r");
    }

    @Test
    void a_line_is_cut_so_that_it_never_wraps() {
        Terminal.of(stderr, 5, false).show("12345678");
        assertThat(written()).isEqualTo("\r\u001b[2K1234\r");
    }

    @Test
    void what_came_of_it_stays() {
        final Terminal terminal = Terminal.of(stderr, 5, false);
        terminal.say("the end");
        terminal.succeeded("all well");
        terminal.failed("not well");
        assertThat(written()).isEqualTo("\r\u001b[2Kthe end\n\r\u001b[2Kdone: all well\n\r\u001b[2Kfailed: not well\n");
    }

    @Test
    void colours_are_shown_where_they_are_wanted() {
        final Terminal terminal = Terminal.of(stderr, 80, true);
        terminal.succeeded("well");
        terminal.failed("not well");
        terminal.show("now");
        assertThat(written())
                .contains("\u001b[32mdone: \u001b[0mwell\n", "\u001b[31mfailed: \u001b[0mnot well\n")
                .contains("\u001b[36mnow\u001b[0m");
    }

    @Test
    void nobody_is_told_where_nobody_looks() {
        final Terminal none = Terminal.none();
        assertThat(none.isPresent()).isFalse();
        assertThatCode(() -> none.say("x")).doesNotThrowAnyException();
    }

    @Test
    void a_terminal_that_went_away_is_not_missed() {
        final Terminal terminal = Terminal.of(
                new OutputStream() {
                    @Override
                    public void write(final int next) throws IOException {
                        throw new IOException("gone");
                    }
                },
                80,
                true);
        assertThatCode(() -> terminal.say("x")).doesNotThrowAnyException();
    }

    private String written() {
        return stderr.toString(UTF_8);
    }
}
