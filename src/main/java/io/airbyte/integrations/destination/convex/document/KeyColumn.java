package io.airbyte.integrations.destination.convex.document;

import java.util.List;

/**
 * One column of the primary key.
 *
 * @param column the top-level field that the column is, or is in
 * @param below the stored names of the steps from there, none if the top-level field is the column
 * @param inSource the path as the source spells it, for messages
 */
record KeyColumn(FieldName column, List<byte[]> below, String inSource) {}
