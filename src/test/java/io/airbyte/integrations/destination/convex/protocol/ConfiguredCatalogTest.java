package io.airbyte.integrations.destination.convex.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfiguredCatalogTest {

    @TempDir
    private Path folder = Path.of("");

    @Test
    void aStreamIsReadWithEverythingThatIsConfigured() throws IOException {
        final ConfiguredStream stream = onlyStream("""
                {"stream": {"name": "users", "namespace": "shop", "json_schema": {"type": "object", "properties":
                    {"id": {"type": "integer"}, "address": {"type": "object", "properties": {"city": {}}}}},
                    "supported_sync_modes": ["incremental"], "source_defined_primary_key": [["other"]], "unknown": 1},
                 "sync_mode": "incremental", "cursor_field": ["id"], "destination_sync_mode": "append_dedup",
                 "primary_key": [["id"], ["address", "city"]],
                 "generation_id": 3, "minimum_generation_id": 0, "sync_id": 42}
                """);
        assertThat(stream.descriptor()).isEqualTo(StreamDescriptor.of("shop", "users"));
        assertThat(stream.sourceSyncMode()).isEqualTo(SyncMode.INCREMENTAL);
        assertThat(stream.destinationSyncMode()).isEqualTo(DestinationSyncMode.APPEND_DEDUP);
        assertThat(stream.primaryKey()).isEqualTo(List.of(List.of("id"), List.of("address", "city")));
        assertThat(stream.declaredColumns()).containsExactly("id", "address");
        assertThat(stream.generationId()).hasValue(3);
        assertThat(stream.minimumGenerationId()).hasValue(0);
        assertThat(stream.syncId()).hasValue(42);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'stream':{'name':'users'},'sync_mode':'full_refresh','destination_sync_mode':'append'}",
                "{'stream':{'name':'users','namespace':null,'json_schema':null,'source_defined_primary_key':null},"
                        + "'sync_mode':'full_refresh','destination_sync_mode':'append','primary_key':null,"
                        + "'generation_id':null,'minimum_generation_id':null,'sync_id':null}",
                "{'stream':{'name':'users','namespace':'','json_schema':{}},'sync_mode':'FULL_REFRESH',"
                        + "'destination_sync_mode':'APPEND','primary_key':[]}"
            })
    void whatIsNullOrEmptyIsAbsent(final String json) throws IOException {
        final ConfiguredStream stream = onlyStream(json.replace('\'', '"'));
        assertThat(stream.descriptor()).isEqualTo(StreamDescriptor.of("users"));
        assertThat(stream.sourceSyncMode()).isEqualTo(SyncMode.FULL_REFRESH);
        assertThat(stream.destinationSyncMode()).isEqualTo(DestinationSyncMode.APPEND);
        assertThat(stream.primaryKey()).isEmpty();
        assertThat(stream.declaredColumns()).isEqualTo(Set.of());
        assertThat(stream.generationId()).isEmpty();
        assertThat(stream.minimumGenerationId()).isEmpty();
        assertThat(stream.syncId()).isEmpty();
    }

    @Test
    void idsMayBeWrittenAsFractions() throws IOException {
        final ConfiguredStream stream =
                onlyStream(entry("\"generation_id\": 1.0, \"minimum_generation_id\": 0.0, \"sync_id\": 1e3"));
        assertThat(stream.generationId()).hasValue(1);
        assertThat(stream.minimumGenerationId()).hasValue(0);
        assertThat(stream.syncId()).hasValue(1000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"1\"", "1.5", "1e400", "99999999999999999999", "true", "{}"})
    void anIdThatIsNoIntegerIsAMistake(final String id) throws IOException {
        assertThat(read("{\"streams\":[" + entry("\"generation_id\": " + id) + "]}")
                        .mistakes())
                .containsExactly("Stream users has a generation_id that is not an integer.");
    }

    @ParameterizedTest
    @CsvSource({"append,APPEND", "append_dedup,APPEND_DEDUP", "overwrite,OVERWRITE"})
    void everyDestinationModeIsKnown(final String mode, final DestinationSyncMode expected) throws IOException {
        assertThat(onlyStream(
                                "{\"stream\":{\"name\":\"users\"},\"sync_mode\":\"incremental\",\"destination_sync_mode\":\""
                                        + mode + "\"}")
                        .destinationSyncMode())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"overwrite_dedup", "update", "soft_delete", ""})
    void anUnknownDestinationModeIsAMistakeThatNamesIt(final String mode) throws IOException {
        final ConfiguredCatalog catalog = read("{\"streams\":[{\"stream\":{\"name\":\"users\",\"namespace\":\"shop\"},"
                + "\"sync_mode\":\"incremental\",\"destination_sync_mode\":\"" + mode + "\"}]}");
        assertThat(catalog.streams()).isEmpty();
        assertThat(catalog.mistakes())
                .containsExactly("Stream shop.users has the unknown destination sync mode \"" + mode
                        + "\". This connector" + " knows append, append_dedup and overwrite: choose one of them.");
    }

    @Test
    void missingModesAreMistakes() throws IOException {
        assertThat(read("{\"streams\":[{\"stream\":{\"name\":\"users\"}}]}").mistakes())
                .containsExactly(
                        "Stream users has no sync mode. It must be full_refresh or incremental.",
                        "Stream users has no destination sync mode. This connector knows append, append_dedup and"
                                + " overwrite: choose one of them.");
    }

    @Test
    void withoutAConfiguredKeyTheSourcesOwnServes() throws IOException {
        assertThat(onlyStream(
                                "{\"stream\":{\"name\":\"users\",\"source_defined_primary_key\":[[\"id\"]]},"
                                        + "\"sync_mode\":\"incremental\",\"destination_sync_mode\":\"append_dedup\",\"primary_key\":[]}")
                        .primaryKey())
                .isEqualTo(List.of(List.of("id")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"id\"", "[\"id\"]", "[[]]", "[[1]]", "[[null]]", "[{}]", "{}", "7"})
    void aMalformedPrimaryKeyIsAMistake(final String key) throws IOException {
        assertThat(read("{\"streams\":[" + entry("\"primary_key\": " + key) + "]}")
                        .mistakes())
                .singleElement()
                .asString()
                .startsWith("Stream users has a malformed primary key.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "null",
                "7",
                "{\"stream\":{}}",
                "{\"stream\":{\"name\":null}}",
                "{\"stream\":{\"name\":\"\"}}"
            })
    void aStreamWithoutANameIsAMistakeThatTellsItsPlace(final String nameless) throws IOException {
        final ConfiguredCatalog catalog = read("{\"streams\":[" + entry("\"sync_id\": 1") + "," + nameless + "]}");
        assertThat(catalog.streams()).hasSize(1);
        assertThat(catalog.mistakes()).containsExactly("Stream number 2 of the configured catalog has no name.");
    }

    @Test
    void aNamespaceThatIsNoStringIsAMistake() throws IOException {
        assertThat(read("{\"streams\":[{\"stream\":{\"name\":\"users\",\"namespace\":5}}]}")
                        .mistakes())
                .containsExactly("Stream users has a namespace that is not a string.");
    }

    @Test
    void theMistakesOfAllStreamsAreGathered() throws IOException {
        assertThat(read("{\"streams\":[{},{\"stream\":{\"name\":\"a\"}}," + entry("\"sync_id\": \"x\"") + "]}")
                        .mistakes())
                .hasSize(4);
    }

    @Test
    void aCatalogWithoutStreamsIsAMistake() throws IOException {
        assertThat(read("{\"streams\":[]}").mistakes())
                .singleElement()
                .asString()
                .contains("has no streams");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        ``                          | is not an Airbyte catalog
        []                          | is not an Airbyte catalog
        null                        | is not an Airbyte catalog
        {}                          | is not an Airbyte catalog
        {"streams":null}            | is not an Airbyte catalog
        {"streams":{}}              | is not an Airbyte catalog
        {"streams":[topsecret]}     | is not valid JSON at line 1, column
        {"streams":[                | is not valid JSON at line 1, column
        {"streams":[]} {}           | is not valid JSON at line 1, column
        """)
    void whatIsNoCatalogIsAConfigError(final String json, final String complaint) {
        assertThatThrownBy(() -> read(json)).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.kind()).isEqualTo(Failure.Kind.CONFIG_ERROR);
            assertThat(failure.message())
                    .contains("catalog.json")
                    .contains(complaint)
                    .doesNotContain("topsecret");
        });
    }

    @Test
    void aMissingFileAndAFolderAreConfigErrors() {
        final Path missing = folder.resolve("missing.json");
        assertThatThrownBy(() -> ConfiguredCatalog.read(missing))
                .isInstanceOf(Failure.class)
                .hasMessage("The configured catalog " + missing
                        + " does not exist. Pass the path of an existing file with --catalog.");
        assertThatThrownBy(() -> ConfiguredCatalog.read(folder))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("cannot be read");
    }

    @Test
    void bytesThatAreNotUtf8AreAConfigError() throws IOException {
        final Path file = folder.resolve("catalog.json");
        Files.write(file, new byte[] {'{', '"', (byte) 0xE9, '"', ':', '1', '}'});
        assertThatThrownBy(() -> ConfiguredCatalog.read(file))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("is not valid JSON");
    }

    private static String entry(final String member) {
        return "{\"stream\":{\"name\":\"users\"},\"sync_mode\":\"incremental\",\"destination_sync_mode\":\"append\","
                + member + "}";
    }

    private ConfiguredStream onlyStream(final String json) throws IOException {
        final ConfiguredCatalog catalog = read("{\"streams\":[" + json + "]}");
        assertThat(catalog.mistakes()).isEmpty();
        assertThat(catalog.streams()).hasSize(1);
        return catalog.streams().get(0);
    }

    private ConfiguredCatalog read(final String json) throws IOException {
        final Path file = folder.resolve("catalog.json");
        Files.write(file, json.getBytes(UTF_8));
        return ConfiguredCatalog.read(file);
    }
}
