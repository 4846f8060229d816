package io.airbyte.integrations.destination.convex.acceptance;

import static io.airbyte.integrations.destination.convex.acceptance.LocalSync.assertSucceeded;
import static org.assertj.core.api.Assertions.assertThat;

import io.airbyte.integrations.destination.convex.acceptance.PackagedConnector.Result;
import io.airbyte.integrations.destination.convex.local.LocalDeployment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command {@code schema} generates, in the hands of TypeScript, of Convex's own package and of a deployment. */
class TypedTablesIT {

    private static final Path FAKER = Path.of("integration_tests/resources/faker");
    private static final Path ODD = Path.of("integration_tests/resources/typed");

    @TempDir
    private Path folder;

    private Result schema(final Path catalog, final Path out) {
        final Path config = new Workspace(folder).config("http://127.0.0.1:3210", "dev|0123456789abcdef", Map.of());
        try (PackagedConnector connector = PackagedConnector.start(
                Map.of(),
                "schema",
                "--config",
                config.toString(),
                "--catalog",
                catalog.toString(),
                "--out",
                out.toString())) {
            return connector.reads(Stream.empty()).result();
        }
    }

    private TypeScriptProject projectFor(final Path catalog) throws IOException, InterruptedException {
        final TypeScriptProject project = TypeScriptProject.in(folder.resolve("app"));
        final Result result = schema(catalog, project.folder().resolve("convex/mirror"));
        assertThat(result.exitCode()).as(LocalSync.said(result)).isZero();
        return project;
    }

    @Test
    void right_uses_compile_and_wrong_ones_do_not() throws IOException, InterruptedException {
        assertThat(projectFor(FAKER.resolve("catalog.append_dedup.json")).compilersObjections())
                .isEmpty();
    }

    @Test
    void mutations_write_to_the_applications_own_tables_and_never_to_mirrored_ones()
            throws IOException, InterruptedException {
        assertThat(projectFor(FAKER.resolve("catalog.append_dedup.json"))
                        .output("behaviour.ts")
                        .lines())
                .containsExactly(
                        "a note on a user that is there: \"hello!!\"",
                        "a note on a user that is not: null",
                        "a note that was rewritten: \"bye\"",
                        "notes after one was removed: 0",
                        "a user by primary key: \"Ada\"",
                        "a user that is not there: null",
                        "the latest user: \"Ada\"",
                        "behindTheCompiler: Error Table users mirrors",
                        "insert: Error Table users mirrors",
                        "patch: Error Table users mirrors",
                        "patchWithTable: Error Table users mirrors",
                        "remove: Error Table users mirrors",
                        "removeWithTable: Error Table users mirrors",
                        "replace: Error Table users mirrors",
                        "replaceWithTable: Error Table users mirrors",
                        "the user at the end: \"Ada\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"append", "append_dedup", "overwrite"})
    void a_deployment_with_the_generated_schema_takes_what_source_faker_sends(final String mode)
            throws IOException, InterruptedException {
        final Path catalog = FAKER.resolve("catalog." + mode + ".json");
        assertTaken(
                catalog, Files.readAllLines(FAKER.resolve("messages.jsonl")), Map.of("users", 1000, "products", 100));
    }

    @Test
    void a_deployment_with_the_generated_schema_takes_odd_names_and_values_beyond_its_limits()
            throws IOException, InterruptedException {
        final Path catalog = ODD.resolve("catalog.json");
        assertTaken(
                catalog,
                Files.readAllLines(ODD.resolve("messages.jsonl")),
                Map.of("shop_orders", 3, "events", 2, "source_ri_ben", 1, "untyped", 2));
    }

    private void assertTaken(final Path catalog, final List<String> messages, final Map<String, Integer> counts)
            throws IOException, InterruptedException {
        final String pushed = projectFor(catalog).output("export-schema.ts");
        try (LocalDeployment deployment = LocalDeployment.start()) {
            deployment.setSchema(pushed);
            final LocalSync sync = new LocalSync(deployment, folder);
            try (PackagedConnector connector = sync.start(catalog)) {
                final Result result = connector.reads(messages.stream()).result();
                assertSucceeded(result);
                assertThat(result.logged("WARN")).noneMatch(line -> line.contains("the application's schema"));
            }
            counts.forEach((table, count) ->
                    assertThat(sync.documents(table)).as(table).hasSize(count));
        }
    }

    @Test
    void odd_names_and_types_compile() throws IOException, InterruptedException {
        final TypeScriptProject project = projectFor(ODD.resolve("catalog.json"));
        withoutOwnFiles(project);
        Files.writeString(
                project.folder().resolve("convex/schema.ts"), "export { default } from \"./mirror/schema\";\n");
        Files.writeString(project.folder().resolve("convex/orders.ts"), """
                import { query } from "./_generated/server";
                import { getByPrimaryKey } from "./mirror/mirror";

                export const order = query({
                  args: {},
                  handler: async (ctx) => {
                    const found = await getByPrimaryKey.shop_orders(ctx.db, { source_id: "a", customer_number: 5 });
                    const number: number | string | undefined = found?.customer.number;
                    return number;
                  },
                });
                """);
        assertThat(project.compilersObjections()).isEmpty();
    }

    @Test
    void the_typescript_of_the_first_guide_compiles() throws IOException, InterruptedException {
        final TypeScriptProject project = projectFor(FAKER.resolve("catalog.append_dedup.json"));
        withoutOwnFiles(project);
        final String guide = Files.readString(Path.of("docs/guides/prototype.md"));
        final List<MatchResult> files = Pattern.compile("(?ms)^```ts\\n// (convex/\\w+\\.ts)$(.*?)^```$")
                .matcher(guide)
                .results()
                .toList();
        assertThat(files).extracting(file -> file.group(1)).contains("convex/schema.ts", "convex/notes.ts");
        for (final MatchResult file : files) {
            Files.writeString(project.folder().resolve(file.group(1)), file.group(2));
        }
        assertThat(project.compilersObjections()).isEmpty();
    }

    /** The other files are an application of source-faker's tables with a schema of its own. */
    private static void withoutOwnFiles(final TypeScriptProject project) throws IOException {
        for (final String name : List.of("convex/notes.ts", "convex/wrong.ts", "behaviour.ts")) {
            Files.delete(project.folder().resolve(name));
        }
    }

    @Test
    void what_happens_is_said_in_plain_text_and_again_when_something_changes() throws IOException {
        final Path out = folder.resolve("convex");
        assertThat(schema(FAKER.resolve("catalog.append.json"), out).stdout())
                .containsExactly(out.resolve("schema.ts") + " is new.", out.resolve("mirror.ts") + " is new.");
        final Result changed = schema(FAKER.resolve("catalog.append_dedup.json"), out);
        assertThat(changed.exitCode()).isZero();
        assertThat(changed.stdout())
                .contains(out.resolve("schema.ts") + " has changed:", "+   // Stream users, append_dedup.");

        Files.writeString(out.resolve("schema.ts"), "export default {};");
        final Result refused = schema(FAKER.resolve("catalog.append.json"), out);
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.stdout()).singleElement().asString().contains("was not generated by this command");
    }
}
