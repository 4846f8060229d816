package io.airbyte.integrations.destination.convex.local;

import java.util.Map;

/** An answer other than 200, in Convex's envelope of code and message (convex-api §1.5). */
public class ApiError extends RuntimeException {

    private final int status;
    private final String code;
    private final Map<String, String> headers;

    public ApiError(final int status, final String code, final String message) {
        this(status, code, message, Map.of());
    }

    ApiError(final int status, final String code, final String message, final Map<String, String> headers) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
        this.headers = headers;
    }

    /** A mistake of the caller. */
    static ApiError badRequest(final String code, final String message) {
        return new ApiError(400, code, message);
    }

    /** JSON that cannot be read, or that does not have the expected form. */
    static ApiError badJsonBody(final String message) {
        return badRequest("BadJsonBody", message);
    }

    /** Whatever the server has no code for, its callers' mistakes included (convex-api §2.6). */
    static ApiError internal() {
        return new ApiError(500, "InternalServerError", "Your request couldn't be completed. Try again later.");
    }

    /** A write conflict with another transaction on this table. */
    static ApiError conflict(final String table) {
        return new ApiError(
                503,
                "OptimisticConcurrencyControlFailure",
                "Documents read from or written to the \"%s\" table changed while this mutation was being run."
                        .formatted(table));
    }

    /** No key, or one of an application's user. */
    static ApiError badDeployKey() {
        return new ApiError(
                403,
                "BadDeployKey",
                "The provided deploy key was invalid for this deployment. Double check that the environment this key"
                        + " was generated for matches the desired deployment.");
    }

    static ApiError notPermitted(final Permission permission) {
        return new ApiError(
                403,
                "OperationNotPermitted",
                "You do not have permission to perform this operation (%s).".formatted(permission.action()));
    }

    public int status() {
        return status;
    }

    public String code() {
        return code;
    }

    /** What the error says; never absent. */
    public String text() {
        return String.valueOf(getMessage());
    }

    Answer answer() {
        return Answer.error(status, code, text()).withHeaders(headers);
    }
}
