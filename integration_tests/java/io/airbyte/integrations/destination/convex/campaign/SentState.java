package io.airbyte.integrations.destination.convex.campaign;

import java.util.Map;

/**
 * A state as the source has sent it.
 *
 * @param line as it was sent
 * @param positions how many records of each stream it stands for
 * @param records how many records were sent since the state before it, of its stream or, if it is global, of all
 */
record SentState(String line, Map<String, Integer> positions, int records) {}
