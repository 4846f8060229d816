package io.airbyte.integrations.destination.convex.convex;

import io.airbyte.integrations.destination.convex.convex.Outcome.Busy;
import io.airbyte.integrations.destination.convex.convex.Outcome.Refused;
import io.airbyte.integrations.destination.convex.convex.Outcome.Unknown;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the user is told when a request did not succeed: what happened, what to do next, and Convex's own code and text
 * (convex-api §2.6; DESIGN rule 10).
 *
 * <p>{@code doing} completes "Convex refused …", for instance {@code writing to table "users"}.
 */
public final class Refusals {

    /** What to enter where the address is wrong. */
    static final String RIGHT_ADDRESS = "Enter the deployment URL as the Convex dashboard shows it"
            + " (https://happy-otter-123.convex.cloud), or the API address of a self-hosted deployment (usually port"
            + " 3210). HTTP actions have another address (.convex.site, or port 3211), which cannot be used here.";

    private static final String NEW_KEY = "Generate a deploy key for exactly this deployment in the dashboard's"
            + " deployment settings (or an admin key on a self-hosted deployment) and enter it in the connector's"
            + " settings.";
    private static final String RUN_AGAIN = "Run the sync again.";
    private static final String STILL_BUILDING =
            "Convex is still building an index of the table. Run the sync again later.";
    private static final String FORGOTTEN =
            "The deployment no longer knows the import. The table still holds what it held. " + RUN_AGAIN;
    private static final Pattern ROW = Pattern.compile("^(?:Hit an error while importing: )?Row \\d");
    private static final Pattern ACTION = Pattern.compile("\\((deployment:[a-zA-Z:]{1,60})\\)");

    /** Refusals with status 400 that concern a request as a whole, its key, its tables or its indexes (convex-api §2.6). */
    private static final Set<String> ABOUT_THE_REQUEST = Set.of(
            "InvalidAdminKey",
            "HeaderParseFailure",
            "InvalidHeaderFailure",
            "ClientVersionUnsupported",
            "InvalidClientVersion",
            "EmptyPrimaryKey",
            "IndexTooManyFields",
            "FieldsNotUniqueWithinIndex",
            "IndexFieldsContainId",
            "IndexNotFoundError",
            "IndexBackfillingError",
            "FieldNotInIndex",
            "InvalidIndexRange",
            "MissingStream",
            "TooManyTables");

    /** Refusals of an import that a later upload of the same file may be spared: something else changed meanwhile. */
    private static final Set<String> PASSING = Set.of(
            "ImportSchemaChanged",
            "TableConflict",
            "ImportConflict",
            "TableNumberConflict",
            "InvalidImport",
            "OptimisticConcurrencyControlFailure");

    private static final String UNKNOWN_IMPORT = "invalid import id";

    private Refusals() {}

    /** The deploy key may not do this; other requests it may. */
    public static boolean isAboutPermission(final Refused<?> refused) {
        return refused.status() == 401
                || refused.status() == 403
                || refused.code().equals(HttpDeployment.NOT_PERMITTED);
    }

    /** A request with fewer records might not be refused. */
    public static boolean mayBeAboutOneRecord(final Refused<?> refused) {
        return refused.status() == 400 && !refused.code().isEmpty() && !ABOUT_THE_REQUEST.contains(refused.code());
    }

    /**
     * Whether an import that was refused, or failed, may succeed when it is begun anew: the schema, the tables or an
     * index were changing at the same time.
     */
    public static boolean maySucceedLater(final Refused<?> refused) {
        return PASSING.contains(refused.code()) && !refused.message().contains(UNKNOWN_IMPORT);
    }

    /** What a refusal means to the user. */
    public static Failure failure(final Refused<?> refused, final String doing) {
        final Advice advice = advice(refused);
        // Without Convex's code it may not have been Convex that refused.
        final String what = refused.code().isEmpty() ? "The request for %s was refused." : "Convex refused %s.";
        return advice.kind.apply(what.formatted(doing) + " " + advice.sentence + " " + said(refused));
    }

    /**
     * What it means to the user that a request was given up after {@code attempts} attempts, the last of which ended in
     * {@code outcome}. Transient, as a later sync may well succeed, but for plain server errors: those repeat themselves
     * until somebody finds out why, so they are system errors.
     */
    public static Failure exhausted(final Outcome<?> outcome, final int attempts, final String doing) {
        if (outcome instanceof Refused<?> refused) {
            return failure(refused, doing);
        }
        final String last = reason(outcome);
        if (outcome.isServerError()) {
            return Failure.system(
                    ("Convex failed at %s, %d times in a row. What was written before is kept. The deployment's log may tell"
                                    + " why; for a stream in append_dedup mode, several documents with the same primary"
                                    + " key in the table are a usual cause. Last answer: %s.")
                            .formatted(doing, attempts, last));
        }
        return Failure.transientError(
                "Convex could not be reached, or was too busy, for %s, %d times in a row. What was written before is kept; %s Last time: %s."
                        .formatted(doing, attempts, "run the sync again later.", last));
    }

    private static Advice advice(final Refused<?> refused) {
        if (refused.status() == 401 || refused.status() == 403) {
            return aboutTheKey(refused);
        }
        return refused.code().isEmpty() ? notConvex(refused.status()) : byCode(refused);
    }

    private static Advice aboutTheKey(final Refused<?> refused) {
        final Matcher action = ACTION.matcher(refused.message());
        return switch (refused.code()) {
            case "OperationNotPermitted", "ReadOnlyAdminKey" ->
                Advice.config("The deploy key lacks the permission %s. Generate a key that has it and enter it in the"
                                .formatted(action.find() ? action.group(1) : "deployment:backups:import")
                        + " connector's settings.");
            case "" ->
                Advice.config(
                        "Something in front of the deployment, or the deployment itself, denied access. Where a login page or a"
                                + " firewall stands in front, let the connector through. Otherwise the key is wrong. "
                                + NEW_KEY);
            default -> Advice.config("The deploy key is not valid for this deployment. " + NEW_KEY);
        };
    }

    /** An answer without Convex's code comes from a proxy, an edge or another server altogether. */
    private static Advice notConvex(final int status) {
        return switch (status) {
            case 404, 405 ->
                Advice.config("The deployment URL is not the address of a Convex deployment's API. " + RIGHT_ADDRESS);
            case 407 ->
                Advice.config("A proxy asks for a user name and password, which the connector cannot give."
                        + " Let it reach the deployment without that proxy.");
            case 413 ->
                Advice.config("Something in front of the deployment limits the size of requests. Let it pass requests"
                        + " of 20 MiB.");
            default ->
                status < 400
                        ? Advice.config("The address answers with a redirect, which the connector does not follow,"
                                + " because the deploy key must not go elsewhere. " + RIGHT_ADDRESS)
                        : Advice.bug("The answer did not come from Convex.");
        };
    }

    private static Advice byCode(final Refused<?> refused) {
        return switch (refused.code()) {
            case "InvalidAdminKey", "HeaderParseFailure", "InvalidHeaderFailure" ->
                Advice.config("The deploy key does not have the form of a key. " + NEW_KEY);
            case "ClientVersionUnsupported", "InvalidClientVersion" ->
                Advice.config("The deployment does not accept this version of the connector. Update the connector.");
            case "SchemaEnforcementError" -> Advice.config(SchemaRefusal.sentence(refused.message()));
            case "TooManyTables" ->
                Advice.config("The deployment has as many tables as Convex allows (10,000). Delete tables that are no"
                        + " longer needed, or sync fewer streams.");
            case "TooManyIndexes" ->
                Advice.config("The table has as many indexes as Convex allows. Remove one from convex/schema.ts.");
            case "InvalidPrimaryKey",
                    "EmptyPrimaryKey",
                    "IndexTooManyFields",
                    "FieldsNotUniqueWithinIndex",
                    "IndexFieldsContainId",
                    "IndexFieldsContainCreationTime",
                    "IndexFieldNameReserved" ->
                Advice.config("Convex cannot index the stream's primary key: it needs 1 to 15 different fields whose"
                        + " names consist of letters, digits and underscores and begin with a letter. Choose another"
                        + " primary key, or sync the stream in append mode.");
            case "MissingPrimaryKeyValue" ->
                Advice.config(
                        "A record lacks a field of the stream's primary key. Choose a primary key that every record"
                                + " has, or sync the stream in append mode.");
            case "FieldNotInIndex", "InvalidIndexRange" ->
                Advice.config("The table's index is for another primary key than the stream's, most likely because"
                        + " another connection writes to the same table. Let each connection write to tables of its"
                        + " own (set a stream prefix or a namespace).");
            case "IndexNotFoundError", "MissingIndex" ->
                Advice.later(
                        "The table, or the index of its primary key, was removed while the sync ran. " + RUN_AGAIN);
            case "IndexBackfillingError" -> Advice.later(STILL_BUILDING);
            case "InvalidImport",
                    "ImportNotFound",
                    "ImportSchemaChanged",
                    "TableConflict",
                    "ImportConflict",
                    "TableNumberConflict",
                    "ImportForeignKey",
                    "OptimisticConcurrencyControlFailure",
                    ImportFailure.CANCELED,
                    ImportFailure.OTHER -> aboutAnImport(refused);
            case "TooManyFieldsError", "ArrayTooLong", "TooNestedError", "InvalidDocumentError", "ValueTooLargeError" ->
                Advice.bug(
                        "A record is beyond Convex's limits for documents in a way that the connector did not foresee."
                                + " Please report it.");
            default -> Advice.bug("The connector did not foresee this answer. Please report it.");
        };
    }

    /** A snapshot import that failed, or the emptying of a table; either leaves the table as it was (convex-api §5.5). */
    private static Advice aboutAnImport(final Refused<?> refused) {
        return switch (refused.code()) {
            case "InvalidImport" -> Advice.later(maySucceedLater(refused) ? STILL_BUILDING : FORGOTTEN);
            case "ImportNotFound" -> Advice.later(FORGOTTEN);
            case "ImportForeignKey" ->
                Advice.config(
                        "The schema of another table that holds documents refers to the table with v.id(…), and the"
                                + " table cannot be replaced while it does. Empty the other table, or take v.id(…) out of its"
                                + " schema (convex/schema.ts), and run the sync again.");
            case "OptimisticConcurrencyControlFailure" ->
                Advice.later("Other writes to the deployment kept interfering. The table still holds what it held. "
                        + "Run the sync again later.");
            case ImportFailure.CANCELED ->
                Advice.later(
                        "Somebody cancelled the import in the dashboard or on the command line. The table still holds"
                                + " what it held. Run the sync again to replace it.");
            case ImportFailure.OTHER ->
                ROW.matcher(refused.message()).find()
                        ? Advice.bug(
                                "Convex could not use a document in the form that the connector wrote it in. The table"
                                        + " still holds what it held. Please report it.")
                        : Advice.later("Convex could not complete the import. The table still holds what it held. "
                                + RUN_AGAIN);
            default -> Advice.later("The deployment's schema or tables changed at the same time. " + RUN_AGAIN);
        };
    }

    /** Convex's own words, which its documentation and its support know. */
    private static String said(final Refused<?> refused) {
        if (refused.code().isEmpty()) {
            return "The answer was " + refused.message() + ".";
        }
        return refused.message().isEmpty()
                ? "Convex's code: " + refused.code()
                : "Convex said: " + refused.code() + ": " + refused.message();
    }

    /** Why a request was neither done nor refused, for a log line; without a full stop. */
    public static String reason(final Outcome<?> outcome) {
        final String reason = outcome instanceof Busy<?> busy
                ? busy.reason()
                : outcome instanceof Unknown<?> unknown ? unknown.reason() : "";
        return reason.endsWith(".") ? reason.substring(0, reason.length() - 1) : reason;
    }

    /** A sentence with the next step, and the kind of failure it makes. */
    private record Advice(Function<String, Failure> kind, String sentence) {

        static Advice config(final String sentence) {
            return new Advice(Failure::config, sentence);
        }

        static Advice later(final String sentence) {
            return new Advice(Failure::transientError, sentence);
        }

        static Advice bug(final String sentence) {
            return new Advice(Failure::system, sentence);
        }
    }
}
