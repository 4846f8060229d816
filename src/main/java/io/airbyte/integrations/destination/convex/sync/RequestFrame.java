package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.json.ByteBuilder;
import io.airbyte.integrations.destination.convex.json.ByteSlice;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What stands around the documents of one table in a request to {@code import_airbyte_records} (convex-api §2.2).
 *
 * @param start what a request begins with
 * @param messageStart what stands before each document
 * @param messageEnd what stands after each document
 * @param end what a request ends with
 */
record RequestFrame(ByteSlice start, ByteSlice messageStart, ByteSlice messageEnd, ByteSlice end) {

    /** Records are inserted, whatever the table holds. */
    static RequestFrame append(final String table) {
        return of(table, "null");
    }

    /** Records replace the document with the same primary key. */
    static RequestFrame dedup(final String table, final List<List<String>> primaryKey) {
        final ByteBuilder paths = new ByteBuilder(64);
        char separator = '[';
        for (final List<String> path : primaryKey) {
            paths.append(separator).append("[\"" + String.join("\",\"", path) + "\"]");
            separator = ',';
        }
        return of(table, paths.append(']').slice().text());
    }

    /** Table names and key paths are identifiers (convex-api §3.1), so nothing in them needs an escape. */
    private static RequestFrame of(final String table, final String primaryKey) {
        return new RequestFrame(
                slice("{\"tables\":{\"%s\":{\"primaryKey\":%s,\"jsonSchema\":null}},\"messages\":["
                        .formatted(table, primaryKey)),
                slice("{\"tableName\":\"%s\",\"data\":".formatted(table)),
                slice("}"),
                slice("]}"));
    }

    private static ByteSlice slice(final String ascii) {
        return ByteSlice.of(ascii.getBytes(StandardCharsets.US_ASCII));
    }

    /** Bytes that a request needs besides its messages. */
    int overhead() {
        return start.length() + end.length();
    }

    /** Bytes that a message needs besides its document, the comma included. */
    int messageOverhead() {
        return messageStart.length() + messageEnd.length() + 1;
    }
}
