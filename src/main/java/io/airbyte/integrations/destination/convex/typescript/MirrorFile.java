package io.airbyte.integrations.destination.convex.typescript;

import io.airbyte.integrations.destination.convex.validator.Validator;
import io.airbyte.integrations.destination.convex.validator.Validator.Kind;
import io.airbyte.integrations.destination.convex.validator.ValidatorText;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * {@code mirror.ts}: a reader by primary key for each table that has one, and mutations whose database refuses to write to
 * the tables that syncs write, when the application is compiled and when it runs.
 */
final class MirrorFile {

    private static final String TEXT = """
            %1$s
            //
            // In the application's mutations, import mutation and internalMutation from here instead of from
            // "_generated/server": their ctx.db reads every table and writes to all but the mirrored ones.
            import {
              internalMutation as anyInternalMutation,
              mutation as anyMutation,
            } from "%2$s/server";
            import type { DataModel } from "%2$s/dataModel";
            import type {
              FunctionVisibility,
              GenericDatabaseReader,
              GenericDatabaseWriter,
              GenericMutationCtx,
              RegisteredMutation,
            } from "convex/server";
            import type { Infer, ObjectType, PropertyValidators, Validator } from "convex/values";

            /** The tables that syncs write, and nothing else should. */
            export const mirrorTableNames = [%3$s] as const;

            export type MirrorTable = (typeof mirrorTableNames)[number];

            type Reader = GenericDatabaseReader<DataModel>;
            type Writer = GenericDatabaseWriter<DataModel>;

            /**
             * Reads one document by the primary key of its stream; null if there is none. An integer beyond ±(2^53-1) is
             * stored as text, and so is looked up as text.
             */
            export const getByPrimaryKey = {
            %4$s};

            type WriterOfOwnTables = GenericDatabaseWriter<Omit<DataModel, MirrorTable>>;

            /** Reads every table, writes to all but the mirrored ones. */
            export type GuardedWriter = Omit<Writer, "insert" | "patch" | "replace" | "delete"> &
              Pick<WriterOfOwnTables, "insert" | "patch" | "replace" | "delete">;

            export type GuardedMutationCtx = Omit<GenericMutationCtx<DataModel>, "db"> & {
              db: GuardedWriter;
            };

            const mirrors: ReadonlySet<string> = new Set(mirrorTableNames);

            function refuse(table: string): never {
              throw new Error(
                `Table ${table} mirrors a source and is written by syncs only: the next one would undo this change. ` +
                  "Keep what the application adds in a table of its own.",
              );
            }

            /** The same database, but for writes to mirrored tables, which throw. For use with builders of one's own. */
            export function withReadOnlyMirrors(db: Writer): GuardedWriter {
              const refuseTable = (table: unknown) => {
                if (typeof table === "string" && mirrors.has(table)) refuse(table);
              };
              const refuseId = (id: unknown) => {
                for (const table of mirrorTableNames) {
                  if (typeof id === "string" && db.normalizeId(table, id) !== null) refuse(table);
                }
              };
              // Called with an id, or with a table and an id.
              const refuseDocument = (...tableAndId: unknown[]) =>
                tableAndId.forEach((arg) => (refuseTable(arg), refuseId(arg)));
              const refuseChange = (...args: unknown[]) => refuseDocument(...args.slice(0, -1));
              const guards: Record<string, (...args: unknown[]) => void> = {
                insert: refuseTable,
                patch: refuseChange,
                replace: refuseChange,
                delete: refuseDocument,
              };
              return new Proxy(db, {
                get(target, name) {
                  const member: unknown = Reflect.get(target, name, target);
                  if (typeof member !== "function") return member;
                  const guard = typeof name === "string" ? guards[name] : undefined;
                  if (guard === undefined) return member.bind(target);
                  return async (...args: unknown[]): Promise<unknown> => {
                    guard(...args);
                    return member.apply(target, args);
                  };
                },
              }) as unknown as GuardedWriter;
            }

            /** A mutation's definition. The validator of its arguments is not optional here. */
            type Definition<
              Args extends PropertyValidators,
              Returns extends Validator<any, "required", any>,
              Result extends Infer<Returns> | Promise<Infer<Returns>>,
            > = {
              args: Args;
              returns?: Returns;
              handler: (ctx: GuardedMutationCtx, args: ObjectType<Args>) => Result;
            };

            function guarded<Definition extends { handler: (ctx: GuardedMutationCtx, args: any) => unknown }>(
              definition: Definition,
            ): any {
              return {
                ...definition,
                handler: (ctx: GenericMutationCtx<DataModel>, args: any) =>
                  definition.handler({ ...ctx, db: withReadOnlyMirrors(ctx.db) }, args),
              };
            }

            type GuardedMutationBuilder<Visibility extends FunctionVisibility> = <
              Args extends PropertyValidators,
              Result extends Infer<Returns> | Promise<Infer<Returns>>,
              Returns extends Validator<any, "required", any> = Validator<any, "required", any>,
            >(
              definition: Definition<Args, Returns, Result>,
            ) => RegisteredMutation<Visibility, ObjectType<Args>, Result>;

            /** A public mutation that cannot write to mirrored tables. */
            export const mutation: GuardedMutationBuilder<"public"> = (definition) =>
              anyMutation(guarded(definition)) as RegisteredMutation<"public", any, any>;

            /** An internal mutation that cannot write to mirrored tables. */
            export const internalMutation: GuardedMutationBuilder<"internal"> = (definition) =>
              anyInternalMutation(guarded(definition)) as RegisteredMutation<"internal", any, any>;
            """;

    private MirrorFile() {}

    /** @param generated the folder of Convex's own generated files, as this one imports it */
    static String text(final List<MirrorTable> tables, final String generated) {
        return TEXT.formatted(
                GeneratedFolder.MARK,
                generated,
                tables.stream().map(table -> ValidatorText.quoted(table.name())).collect(Collectors.joining(", ")),
                tables.stream()
                        .filter(table -> !table.primaryKey().isEmpty())
                        .map(MirrorFile::reader)
                        .collect(Collectors.joining()));
    }

    private static String reader(final MirrorTable table) {
        final String key = table.primaryKey().stream()
                .map(path -> parameter(path) + ": " + type(table.documents(), path))
                .collect(Collectors.joining("; ", "{ ", " }"));
        final String equalities = table.primaryKey().stream()
                .map(path -> ".eq(" + ValidatorText.quoted(String.join(".", path)) + ", key." + parameter(path) + ")")
                .collect(Collectors.joining());
        return """
                  %1$s: (db: Reader, key: %2$s) =>
                    db
                      .query("%1$s")
                      .withIndex("%3$s", (q) => q%4$s)
                      .unique(),
                """.formatted(table.name(), key, MirrorTable.PRIMARY_KEY_INDEX, equalities);
    }

    private static String parameter(final List<String> path) {
        return String.join("_", path);
    }

    /** The type of the field at the end of a path, as far as objects tell it. */
    private static String type(final Validator documents, final List<String> path) {
        Validator value = documents;
        for (final String step : path) {
            value = value instanceof Validator.ObjectOf object
                    ? Optional.ofNullable(object.fields().get(step))
                            .map(Validator.Field::value)
                            .orElse(Validator.any())
                    : Validator.any();
        }
        return type(value);
    }

    private static String type(final Validator value) {
        if (value instanceof Validator.Of of) {
            return type(of.kind());
        }
        return value instanceof Validator.Union union
                        && union.choices().stream().allMatch(choice -> choice instanceof Validator.Of)
                ? union.choices().stream().map(MirrorFile::type).collect(Collectors.joining(" | "))
                : "any";
    }

    private static String type(final Kind kind) {
        return switch (kind) {
            case NULL -> "null";
            case BOOLEAN -> "boolean";
            case NUMBER -> "number";
            case INT64 -> "bigint";
            case STRING -> "string";
            case BYTES -> "ArrayBuffer";
        };
    }
}
