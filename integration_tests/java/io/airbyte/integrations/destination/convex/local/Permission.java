package io.airbyte.integrations.destination.convex.local;

/** What a deploy key may be allowed to do, as far as a destination is concerned (convex-api §1.2). */
public enum Permission {
    /** Every streaming import and snapshot import route. */
    IMPORT_BACKUPS("deployment:backups:import"),
    /** Polling a snapshot import. */
    VIEW_BACKUPS("deployment:backups:view"),
    /** Reading documents: streaming export and the table queries. */
    VIEW_DATA("deployment:data:view");

    private final String action;

    Permission(final String action) {
        this.action = action;
    }

    /** The public name that a refusal ends with. */
    public String action() {
        return action;
    }
}
