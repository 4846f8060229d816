package io.airbyte.integrations.destination.convex.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogHandlerTest {

    private static final Logger ROOT = Logger.getLogger("");
    private static final Logger LOGGER = Logger.getLogger(LogHandlerTest.class.getName());

    private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    private final List<Handler> handlersBefore = List.of(ROOT.getHandlers());
    private final MessageWriter writer = new MessageWriter(stdout);

    @BeforeEach
    void install() {
        LogHandler.install(writer, List.of("s3cret"));
        LOGGER.setLevel(Level.ALL);
    }

    @AfterEach
    void restoreTheHandlers() {
        for (final Handler handler : ROOT.getHandlers()) {
            ROOT.removeHandler(handler);
        }
        handlersBefore.forEach(ROOT::addHandler);
        LOGGER.setLevel(null);
    }

    @Test
    void isTheOnlyPlaceWhereTheLogGoes() {
        assertThat(ROOT.getHandlers()).hasSize(1).allMatch(LogHandler.class::isInstance);
        LogHandler.install(writer);
        assertThat(ROOT.getHandlers()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"SEVERE,ERROR", "WARNING,WARN", "INFO,INFO", "CONFIG,DEBUG", "FINE,DEBUG", "FINER,TRACE", "FINEST,TRACE"
    })
    void levelsBecomeThoseOfAirbyte(final String level, final String airbyteLevel) {
        LOGGER.log(Level.parse(level), "Hello");
        assertThat(written())
                .isEqualTo("{\"type\":\"LOG\",\"log\":{\"level\":\"" + airbyteLevel + "\",\"message\":\"Hello\"}}\n");
    }

    @Test
    void parametersAreFilledIn() {
        LOGGER.log(Level.INFO, "{0} of {1}", new Object[] {"one", "two"});
        assertThat(written()).contains("\"one of two\"");
    }

    @Test
    void aMessageMayBeMissing() {
        LOGGER.log(new LogRecord(Level.INFO, null));
        assertThat(written()).contains("\"message\":\"\"");
    }

    @Test
    void secretsNeverAppear() {
        LOGGER.log(Level.INFO, "key {0}", "s3cret");
        assertThat(written()).contains("key ***").doesNotContain("s3cret");
    }

    @Test
    void anErrorIsToldByItsStackWithoutItsMessage() {
        LOGGER.log(Level.WARNING, "It broke.", new IllegalStateException("a record's content"));
        assertThat(written())
                .contains("\"stack_trace\":\"java.lang.IllegalStateException\\n\\tat ")
                .doesNotContain("a record's content");
    }

    @Test
    void whatIsBelowTheLevelIsNotLogged() {
        LOGGER.setLevel(Level.INFO);
        LOGGER.fine("Hello");
        assertThat(written()).isEmpty();
    }

    private String written() {
        return stdout.toString(UTF_8);
    }
}
