package io.airbyte.integrations.destination.convex.document;

import java.util.Map;

/**
 * One step of the primary key's paths, as a tree: where a key column is nested, the names on the way to it must be
 * identifiers, for they become index fields (convex-api §10).
 *
 * @param stored the name of this step in the document
 * @param children the steps below, by the name that they have in the source
 */
record KeyPath(String stored, Map<String, KeyPath> children) {}
