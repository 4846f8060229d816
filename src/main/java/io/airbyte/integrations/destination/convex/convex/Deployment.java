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

    /**
     * Empties a table in one transaction, keeping its indexes; creates a missing one (convex-api §2.1, §5.5). May always
     * be sent again.
     */
    CompletableFuture<Outcome<Void>> clearTable(String table);

    /** Whether the key may watch snapshot imports ({@code deployment:backups:view}). Changes nothing. */
    CompletableFuture<Outcome<Boolean>> mayWatchImports();

    /** Begins the upload of a snapshot import's file (convex-api §5.2); the answer is its token. An upload that is never
     * finished changes nothing, so it may always be begun anew.
     */
    CompletableFuture<Outcome<String>> startUpload();

    /**
     * Adds a part to an upload; the answer is the part's token. A deployment that stores uploads on its own disk appends
     * parts in the order of arrival, twice if sent twice, and answers with an empty token; one that stores them in an
     * object store goes by the number (convex-api §5.2).
     *
     * @param number from 1, without gaps
     * @param part 5 to 16 MiB of JSON lines; the last one may be shorter
     */
    CompletableFuture<Outcome<String>> uploadPart(String uploadToken, int number, RequestBody part);

    /**
     * Makes an import of an upload's lines that is to replace a table (convex-api §5.2); the answer is the import's id.
     * Nothing of the table is touched before {@link #performImport}.
     */
    CompletableFuture<Outcome<String>> finishUpload(String table, String uploadToken, List<String> partTokens);

    /** How far a snapshot import has come (convex-api §5.4). Needs {@code deployment:backups:view}. Changes nothing. */
    CompletableFuture<Outcome<ImportState>> importState(String importId);

    /**
     * Lets an import begin that waits for confirmation. In any other state it does nothing, so it may always be sent
     * again (convex-api §5.4). The deployment goes on with the import whatever becomes of the caller.
     */
    CompletableFuture<Outcome<Void>> performImport(String importId);

    /**
     * Replaces a table by these JSON lines in a single request, which is answered when the import is completed, with the
     * number of documents written (convex-api §5.2). After any outcome but {@code Done} and {@code Refused} the import may
     * still be going on; sent again, it is a second import.
     */
    CompletableFuture<Outcome<Long>> importAtOnce(String table, RequestBody lines);

    /** The markers of the generations that tables hold. Needs {@code deployment:data:view}. Changes nothing. */
    CompletableFuture<Outcome<List<GenerationMarker>>> generationMarkers();

    /**
     * Writes markers, replacing those of the same tables, in one transaction; needs the primary-key index of
     * {@link GenerationMarker#TABLE}. May always be sent again.
     */
    CompletableFuture<Outcome<Void>> writeGenerationMarkers(List<GenerationMarker> markers);
}
