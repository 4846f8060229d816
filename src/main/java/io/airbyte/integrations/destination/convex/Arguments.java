package io.airbyte.integrations.destination.convex;

import io.airbyte.integrations.destination.convex.protocol.Failure;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The command line, in every form that callers use: {@code check} or {@code --check}, options in any order, {@code --option value}
 * or {@code --option=value}, and the {@code --catalog} without a value that Airbyte's base image adds (airbyte-semantics §5.1).
 *
 * @param command what to do
 * @param files the names of files, as options give them
 */
record Arguments(Command command, Map<Option, String> files) {

    enum Command {
        SPEC,
        CHECK,
        WRITE,
        SCHEMA,
        HELP,
        VERSION;

        /** No platform runs it: what it says is text, not Airbyte's messages. */
        boolean isForPeople() {
            return this == SCHEMA || this == HELP || this == VERSION;
        }
    }

    /** An option that names a file, or a folder. */
    enum Option {
        CONFIG,
        CATALOG,
        OUT,
        /** Accepted, for every source and destination gets it from some callers; a destination has no use for it. */
        STATE;

        @Override
        public String toString() {
            return "--" + name().toLowerCase(Locale.ROOT);
        }
    }

    static final String USAGE = """
            Usage: destination-convex COMMAND [OPTIONS]

            Commands:
              spec                                 prints what can be configured
              check --config FILE                  tests the connection to the Convex deployment
              write --config FILE --catalog FILE   writes the Airbyte messages on stdin to Convex
              schema --config FILE --catalog FILE [--out FOLDER]
                                                   generates schema.ts and mirror.ts for the tables that write fills
              help, version

            FILE is JSON: the connector's configuration, and Airbyte's configured catalog.
            FOLDER is convex/mirror if it is not given.

            Exit codes: 0 done, 1 failed (the last message says why), 2 no such command or option, 3 out of memory,
            143 ended by SIGTERM.
            """;

    /** The only words that are repeated to the user: a deploy key that strayed here is not one of them. */
    private static final Pattern REPEATABLE = Pattern.compile("-{0,2}[A-Za-z]{1,20}(?:[-_][A-Za-z]{1,20}){0,3}");

    /** There is no telling from the words what is wanted. */
    static final class Misuse extends Exception {

        private static final long serialVersionUID = 1L;

        private final String sentence;

        Misuse(final String sentence) {
            super(sentence);
            this.sentence = sentence;
        }

        /** What is wrong, for the user. */
        String sentence() {
            return sentence;
        }
    }

    static Arguments parse(final List<String> words) throws Misuse {
        Optional<Command> command = Optional.empty();
        final Map<Option, String> files = new EnumMap<>(Option.class);
        for (int i = 0; i < words.size(); i++) {
            final String[] parts = words.get(i).split("=", 2);
            final Optional<Option> option = option(parts[0]);
            if (option.isEmpty()) {
                final Command found = command(words.get(i));
                if (command.isPresent() && command.get() != found) {
                    throw new Misuse("More than one command was given.");
                }
                command = Optional.of(found);
                continue;
            }
            String value = parts.length > 1 ? parts[1] : "";
            if (parts.length == 1 && i + 1 < words.size() && !words.get(i + 1).startsWith("--")) {
                value = words.get(++i);
            }
            if (!value.isEmpty()) {
                files.put(option.get(), value);
            }
        }
        return new Arguments(command.orElseThrow(() -> new Misuse("No command was given.")), Map.copyOf(files));
    }

    private static Optional<Option> option(final String word) {
        for (final Option option : Option.values()) {
            if (option.toString().equals(word)) {
                return Optional.of(option);
            }
        }
        return Optional.empty();
    }

    private static Command command(final String word) throws Misuse {
        return switch (word) {
            case "spec", "--spec" -> Command.SPEC;
            case "check", "--check" -> Command.CHECK;
            case "write", "--write" -> Command.WRITE;
            case "schema", "--schema" -> Command.SCHEMA;
            case "help", "--help", "-h" -> Command.HELP;
            case "version", "--version" -> Command.VERSION;
            default -> throw new Misuse(unknown(word.split("=", 2)[0]));
        };
    }

    private static String unknown(final String word) {
        return REPEATABLE.matcher(word).matches()
                ? "Unknown command or option: " + word
                : "A word of the command line is neither a command nor an option.";
    }

    /** The file that an option names. */
    Optional<Path> file(final Option option) {
        return Optional.ofNullable(files.get(option)).map(name -> path(name, option));
    }

    private static Path path(final String name, final Option option) {
        try {
            return Path.of(name);
        } catch (final InvalidPathException e) {
            throw Failure.config(("The file name given with %s has characters that cannot be expressed in this"
                            + " system's locale. Use a name in plain ASCII letters, or set LC_ALL=C.UTF-8.")
                    .formatted(option));
        }
    }

    /** @throws Failure if the option is missing */
    Path requiredFile(final Option option) {
        return file(option)
                .orElseThrow(() ->
                        Failure.config("The option %1$s is missing. Name a file with %1$s FILE.".formatted(option)));
    }
}
