package io.airbyte.integrations.destination.convex.campaign;

import io.airbyte.integrations.destination.convex.local.Permission;

/** What the deploy key may do besides importing. */
enum Access {
    EVERYTHING,
    DATA,
    IMPORTS,
    NOTHING_ELSE;

    static final String KEY = "prod:local|c0ffee4711";

    boolean readsData() {
        return this == EVERYTHING || this == DATA;
    }

    boolean watchesImports() {
        return this == EVERYTHING || this == IMPORTS;
    }

    Permission[] permissions() {
        return switch (this) {
            case EVERYTHING -> Permission.values();
            case DATA -> new Permission[] {Permission.IMPORT_BACKUPS, Permission.VIEW_DATA};
            case IMPORTS -> new Permission[] {Permission.IMPORT_BACKUPS, Permission.VIEW_BACKUPS};
            case NOTHING_ELSE -> new Permission[] {Permission.IMPORT_BACKUPS};
        };
    }
}
