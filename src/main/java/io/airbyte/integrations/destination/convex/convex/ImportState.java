package io.airbyte.integrations.destination.convex.convex;

/** How far a snapshot import has come (convex-api §5.4). */
public sealed interface ImportState {

    /** The file waits to be read: one worker serves the whole deployment. */
    record Uploaded() implements ImportState {}

    /**
     * The file was read; nothing of the table is touched before the import is performed.
     *
     * @param documents how many the file has
     */
    record WaitingForConfirmation(long documents) implements ImportState {}

    /**
     * The import is under way, or waits for its turn; readers see the old table.
     *
     * @param progress what the deployment says about it, without data
     */
    record InProgress(String progress) implements ImportState {}

    /**
     * The table holds the file's documents, and nothing else.
     *
     * @param documents how many were written
     */
    record Completed(long documents) implements ImportState {}

    /**
     * The table is what it was; the import will never go on.
     *
     * @param refusal the deployment's own text, with the code that it would have as an answer (convex-api §2.6)
     */
    record Failed(Outcome.Refused<Void> refusal) implements ImportState {}

    /** The deployment knows no such import (any more). */
    record Unknown() implements ImportState {}
}
