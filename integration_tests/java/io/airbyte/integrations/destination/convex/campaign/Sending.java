package io.airbyte.integrations.destination.convex.campaign;

/**
 * What one attempt sends of a stream.
 *
 * @param begin the first record that it sends; those before it were acknowledged
 * @param copies how often each may be stored by it: once, and once more for each answer that was lost where nobody can look
 */
record Sending(int begin, int copies) {}
