package io.airbyte.integrations.destination.convex;

import io.airbyte.integrations.destination.convex.config.Specification;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.MessageWriter;
import io.airbyte.integrations.destination.convex.protocol.MessageWriter.Level;
import io.airbyte.integrations.destination.convex.protocol.Terminal;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The connector as a program: arguments in, exit code out. */
public final class DestinationConvex {

    /** The connector's version, as requests and logs tell it. */
    static final String VERSION = Optional.ofNullable(
                    DestinationConvex.class.getPackage().getImplementationVersion())
            .orElse("0.0.0-development");

    private static final int SUCCEEDED = 0;
    private static final int FAILED = 1;
    private static final int MISUSED = 2;

    private DestinationConvex() {}

    public static void main(final String[] args) {
        // Stdout as it is: a PrintStream would hide that it broke.
        final MessageWriter output = new MessageWriter(new FileOutputStream(FileDescriptor.out));
        endWellOnceChecked(output);
        // Exits whatever threads are left, for a lingering one would hang the platform's sync.
        System.exit(run(
                List.of(args),
                new FileInputStream(FileDescriptor.in),
                output,
                terminal(System.getenv()),
                System.getenv()));
    }

    /** The start script tells how wide the terminal is, if stderr is one: Java cannot find out. */
    private static Terminal terminal(final Map<String, String> environment) {
        final int columns = Integer.getInteger("terminal.columns", 0);
        final boolean colours = environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "dumb").equals("dumb");
        return columns > 0 ? Terminal.of(new FileOutputStream(FileDescriptor.err), columns, colours) : Terminal.none();
    }

    /** PyAirbyte sends SIGTERM as soon as it has read the answer to a check, and takes exit code 143 for a failure. */
    private static void endWellOnceChecked(final MessageWriter output) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            if (output.isCheckAnswered()) {
                Runtime.getRuntime().halt(SUCCEEDED);
            }
        }));
    }

    /**
     * Does all that the program does but to end its process, so that one process can do it many times.
     *
     * @param terminal where somebody may be looking on
     * @param environment the process's variables
     * @return the exit code
     */
    static int run(
            final List<String> words,
            final InputStream input,
            final MessageWriter output,
            final Terminal terminal,
            final Map<String, String> environment) {
        final Arguments arguments;
        try {
            arguments = Arguments.parse(words);
        } catch (final Arguments.Misuse misuse) {
            output.log(Level.ERROR, misuse.sentence() + "\n" + Arguments.USAGE);
            terminal.failed(misuse.sentence() + " Try --help.");
            return MISUSED;
        }
        try {
            run(arguments, input, output, terminal, environment);
            return SUCCEEDED;
        } catch (final Failure failure) {
            if (arguments.command().isForPeople()) {
                output.text(failure.message());
            } else {
                output.trace(failure);
                terminal.failed(output.withoutSecrets(failure.message()));
            }
            return FAILED;
        } catch (final RuntimeException | Error unexpected) {
            output.trace(Failure.system("An unexpected error ended the connector; please report it.", unexpected));
            return FAILED;
        }
    }

    private static void run(
            final Arguments arguments,
            final InputStream input,
            final MessageWriter output,
            final Terminal terminal,
            final Map<String, String> environment) {
        switch (arguments.command()) {
            case SPEC -> output.spec(Specification.asOneLine());
            case CHECK -> new CheckCommand(output, terminal).run(arguments);
            case WRITE -> new WriteCommand(input, output, terminal, environment).run(arguments);
            case SCHEMA -> new SchemaCommand(output, environment).run(arguments);
            case HELP -> output.text(Arguments.USAGE.strip());
            case VERSION -> output.text("destination-convex " + VERSION);
        }
    }
}
