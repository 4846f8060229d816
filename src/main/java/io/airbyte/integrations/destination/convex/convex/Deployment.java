package io.airbyte.integrations.destination.convex.convex;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A Convex deployment: one method for each request that the connector makes. No method throws and no future fails:
 * whatever happens is an {@link Outcome}. Futures complete on threads of the implementation's own.
 */
public interface Deployment {

    /**
     * Writes records ({@code POST /api/streaming_import/import_airbyte_records}, convex-api §2.2). The deployment commits
     * page by page: after any outcome but {@code Done} the pages before the failing one may be durable, unless the
     * request fits a single transaction (§2.3).
     */
    CompletableFuture<Outcome<Void>> importRecords(RequestBody body);

    /**
     * Asks for a primary-key index on each table, in one transaction (convex-api §10). Creates missing tables; an index
     * that already has these fields is left alone, so it may always be sent again.
     *
     * @param primaryKeys for each table its key, each path a list of field names as they are stored
     */
    CompletableFuture<Outcome<Void>> addPrimaryKeyIndexes(Map<String, List<List<String>>> primaryKeys);

    /** Whether no primary-key index of these tables is still being built (convex-api §7). Changes nothing. */
    CompletableFuture<Outcome<Boolean>> primaryKeyIndexesReady(Collection<String> tables);

    /**
     * How many documents a table holds; 0 for a table that does not exist (convex-api §6.2). Needs
     * {@code deployment:data:view}: without it the outcome is {@code Refused}. Changes nothing.
     */
    CompletableFuture<Outcome<Long>> tableSize(String table);
}
