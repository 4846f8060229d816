package io.airbyte.integrations.destination.convex.typescript;

import io.airbyte.integrations.destination.convex.validator.Validator;
import io.airbyte.integrations.destination.convex.validator.ValidatorText;
import java.util.List;
import java.util.stream.Collectors;

/** {@code schema.ts}: a table definition for each stream, which takes every document that the connector writes. */
final class SchemaFile {

    private static final String HEAD = """
            %s
            //
            // What a field may hold follows from the stream's JSON schema and from the connector's configuration:
            // - Most fields are optional, since few sources say which columns are always there.
            // - v.string() besides v.number(): integers beyond ±(2^53-1) are stored as text, unless large_integers is "number".
            //   Those of a primary key always are.
            // - v.null(): a value that Convex cannot store becomes null, unless unstorable_values is "fail".
            // A record with a column that is not here is refused; then fetch the catalog and generate this file again.
            import { defineSchema, defineTable } from "convex/server";
            import { v } from "convex/values";

            /** The tables that syncs write. Functions may read them; nothing else should write to them. */
            export const mirrorTables = {
            %s};

            /** For an application without tables of its own. Others spread mirrorTables into the schema that they have. */
            export default defineSchema(mirrorTables);
            """;

    private SchemaFile() {}

    static String text(final List<MirrorTable> tables) {
        return HEAD.formatted(
                GeneratedFolder.MARK, tables.stream().map(SchemaFile::table).collect(Collectors.joining("\n")));
    }

    private static String table(final MirrorTable table) {
        final StringBuilder text = new StringBuilder("  // " + table.origin() + "\n");
        table.cursor()
                .filter(cursor -> !table.primaryKey().equals(List.of(cursor)))
                .ifPresent(cursor -> text.append("  // An index in the order of the source's cursor: ")
                        .append(table.name())
                        .append(": mirrorTables.")
                        .append(table.name())
                        .append(index(indexName(cursor), List.of(cursor)))
                        .append(".\n"));
        if (table.documents() instanceof Validator.ObjectOf object) {
            text.append("  ").append(table.name()).append(": defineTable({\n");
            text.append(ValidatorText.fields(object.fields(), "    "));
            text.append("  })");
        } else {
            text.append(
                    "  // v.any(): a validator knows only identifiers of at most 64 characters, and at most 1,022.\n");
            text.append("  ").append(table.name()).append(": defineTable(v.any())");
        }
        if (!table.primaryKey().isEmpty()) {
            text.append(index(MirrorTable.PRIMARY_KEY_INDEX, table.primaryKey()));
        }
        return text.append(",\n").toString();
    }

    private static String index(final String name, final List<List<String>> fields) {
        return fields.stream()
                .map(path -> ValidatorText.quoted(String.join(".", path)))
                .collect(Collectors.joining(", ", ".index(\"" + name + "\", [", "])"));
    }

    private static String indexName(final List<String> path) {
        final String name = "by_" + String.join("_", path);
        return name.length() <= 64 ? name : "by_cursor";
    }
}
