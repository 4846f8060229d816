package io.airbyte.integrations.destination.convex.campaign;

/**
 * How an attempt ends.
 *
 * @param at after so many requests, states or thousandths of the input
 */
record Ending(Kind kind, int at) {

    enum Kind {
        BY_ITSELF,
        SIGTERM_AT_REQUEST,
        SIGKILL_AT_REQUEST,
        SIGTERM_AT_STATE,
        SIGKILL_AT_STATE,
        /** The source fails in the middle of its input. */
        SOURCE_FAILS;

        boolean kills() {
            return isSigterm() || isSigkill();
        }

        boolean isSigterm() {
            return this == SIGTERM_AT_REQUEST || this == SIGTERM_AT_STATE;
        }

        private boolean isSigkill() {
            return this == SIGKILL_AT_REQUEST || this == SIGKILL_AT_STATE;
        }

        boolean isAtState() {
            return this == SIGTERM_AT_STATE || this == SIGKILL_AT_STATE;
        }
    }

    static Ending byItself() {
        return new Ending(Kind.BY_ITSELF, 0);
    }
}
