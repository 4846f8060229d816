import java.util.ArrayList;
import java.util.List;

/** What a benchmark runs: rounds, each of which runs its trials in turn (A B C A B C …) as often as it repeats. */
record Plan(List<Round> rounds) {

    /** A file of messages. {@code statesEvery} of 0: none but at the end; {@code again}: percent of ids that were there. */
    record Input(String shape, long megabytes, int streams, int statesEvery, int again) {

        static final Input NONE = new Input("none", 0, 0, 0, 0);

        static Input of(final String shape, final long megabytes) {
            return new Input(shape, megabytes, 1, 10_000, 0);
        }

        Input streams(final int number) {
            return new Input(shape, megabytes, number, statesEvery, again);
        }

        Input statesEvery(final int records) {
            return new Input(shape, megabytes, streams, records, again);
        }

        Input again(final int percent) {
            return new Input(shape, megabytes, streams, statesEvery, percent);
        }

        /** Also the name of its file. */
        @Override
        public String toString() {
            return "%s-%d-%d-%d-%d".formatted(shape, megabytes, streams, statesEvery, again);
        }
    }

    /** Who is run. */
    enum Contender {
        CONNECTOR,
        /** Another build of the connector. */
        OTHER,
        NAIVE,
        RAW
    }

    /** One process, as often as {@code repeats} says, but at most as often as its round. */
    record Trial(Contender contender, String mode, Input input, int latency, int repeats) {}

    record Round(String name, List<Trial> trials, int repeats) {}

    static final String APPEND = "append";
    static final String DEDUP = "append_dedup";
    static final String OVERWRITE = "overwrite";

    /**
     * Is enough for what no target is measured by, and for the naive connector: it takes most of the time, and is far from
     * every bound.
     */
    private static final int FEW = 3;

    /** Puts rounds together. */
    private static final class Builder {
        private final List<Round> rounds = new ArrayList<>();
        private final int repeats;
        private final boolean other;
        private List<Trial> trials = new ArrayList<>();

        Builder(final int repeats, final boolean other) {
            this.repeats = repeats;
            this.other = other;
        }

        Builder connector(final String mode, final Input input, final int latency) {
            return connector(mode, input, latency, repeats);
        }

        Builder connector(final String mode, final Input input, final int latency, final int atMost) {
            trials.add(new Trial(Contender.CONNECTOR, mode, input, latency, Math.min(repeats, atMost)));
            if (other) {
                trials.add(new Trial(Contender.OTHER, mode, input, latency, Math.min(repeats, atMost)));
            }
            return this;
        }

        Builder naive(final String mode, final Input input, final int latency, final int atMost) {
            trials.add(new Trial(Contender.NAIVE, mode, input, latency, Math.min(repeats, atMost)));
            return this;
        }

        Builder raw(final Input input, final int latency, final int atMost) {
            trials.add(new Trial(Contender.RAW, APPEND, input, latency, Math.min(repeats, atMost)));
            return this;
        }

        void round(final String name) {
            rounds.add(new Round(name, trials, repeats));
            trials = new ArrayList<>();
        }
    }

    /** One shape, in one mode, at one latency, beside the baselines. */
    static Plan of(final Input input, final String mode, final int latency, final int repeats, final boolean other) {
        final var plan = new Builder(repeats, other);
        plan.connector(mode, input, latency);
        plan.naive(mode.equals(DEDUP) ? DEDUP : APPEND, input, latency, repeats);
        plan.raw(input, latency, repeats).round("chosen");
        return new Plan(plan.rounds);
    }

    /** Everything that the targets and the plots need. */
    static Plan whole(final int repeats, final boolean other) {
        final var plan = new Builder(repeats, other);
        start(plan);
        final Input wide = Input.of("wide", 512);
        plan.connector(APPEND, wide, 0).naive(APPEND, wide, 0, FEW).raw(wide, 0, repeats);
        plan.connector(OVERWRITE, wide, 0).round("wide");
        final Input longer = Input.of("wide", 2_048);
        plan.connector(APPEND, longer, 0, FEW).raw(longer, 0, FEW).round("longer");
        for (final Input input : List.of(Input.of("small", 512), Input.of("large", 1_024))) {
            plan.connector(APPEND, input, 0).raw(input, 0, FEW).round(input.shape());
        }
        final Input faker = Input.of("faker", 128);
        plan.connector(APPEND, faker, 0).raw(faker, 0, FEW).round("faker");
        final Input again = Input.of("wide", 128).again(20);
        plan.connector(DEDUP, again, 0).raw(again, 0, FEW).round("dedup");
        latencies(plan, Input.of("wide", 128), repeats);
        final Input shared = Input.of("wide", 256);
        plan.connector(APPEND, shared, 50).connector(DEDUP, shared, 50).round("distant");
        for (final int streams : List.of(1, 10, 100)) {
            final boolean target = streams == 1 || streams == 100;
            plan.connector(APPEND, shared.streams(streams), 0, target ? repeats : FEW);
        }
        plan.round("streams");
        for (final int megabytes : List.of(50, 150)) {
            final Input input = Input.of("wide", megabytes);
            plan.connector(APPEND, input, 0, FEW).raw(input, 0, FEW);
        }
        plan.round("records");
        return new Plan(plan.rounds);
    }

    /** The same questions with little input and few repeats: shows what went wrong, not by how much. */
    static Plan quick(final int repeats, final boolean other) {
        final var plan = new Builder(repeats, other);
        start(plan);
        final Input wide = Input.of("wide", 64);
        plan.connector(APPEND, wide, 0).naive(APPEND, wide, 0, 1).raw(wide, 0, 2);
        plan.connector(OVERWRITE, wide, 0).round("wide");
        plan.connector(APPEND, Input.of("small", 48), 0).round("small");
        plan.connector(APPEND, Input.of("large", 64), 0).round("large");
        final Input half = Input.of("wide", 32);
        plan.connector(DEDUP, half.again(20), 0).round("dedup");
        plan.connector(APPEND, half, 50).connector(DEDUP, half, 50).round("distant");
        plan.connector(APPEND, half.statesEvery(100), 50).connector(APPEND, half.statesEvery(0), 50);
        plan.round("latency 50");
        plan.connector(APPEND, half.streams(4), 100);
        plan.round("latency 100");
        plan.connector(APPEND, half, 0).connector(APPEND, half.streams(100), 0).round("streams");
        return new Plan(plan.rounds);
    }

    /** Whether memory is flat: from 50 MB to 5 GB. */
    static Plan flat(final int repeats, final boolean other) {
        final var plan = new Builder(repeats, other);
        for (final int megabytes : List.of(50, 500, 5_000)) {
            plan.connector(APPEND, Input.of("wide", megabytes), 0);
        }
        plan.round("flat");
        return new Plan(plan.rounds);
    }

    private static void start(final Builder plan) {
        plan.connector("spec", Input.NONE, 0).connector("check", Input.NONE, 0).round("start");
    }

    /** Some of 50 and 100 ms have targets; the others are for the plot. */
    private static void latencies(final Builder plan, final Input input, final int repeats) {
        for (final int latency : new int[] {0, 20, 50, 100}) {
            plan.connector(APPEND, input, latency, FEW).connector(DEDUP, input, latency, FEW);
            final boolean target = latency == 100;
            plan.connector(APPEND, input.streams(4), latency, target ? repeats : FEW);
            if (target || latency == 0) {
                plan.naive(APPEND, input.streams(4), latency, target ? 2 : 1);
            }
            plan.raw(input, latency, FEW);
            if (latency == 50) {
                plan.connector(APPEND, input.statesEvery(100), latency);
                plan.connector(APPEND, input.statesEvery(0), latency);
            }
            plan.round("latency " + latency);
        }
    }

    /** Whether an input is needed after the given round. */
    boolean needs(final Input input, final int after) {
        return rounds.stream()
                .skip(after + 1L)
                .flatMap(round -> round.trials().stream())
                .anyMatch(trial -> trial.input().equals(input));
    }
}
