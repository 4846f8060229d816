package io.airbyte.integrations.destination.convex.convex;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.airbyte.integrations.destination.convex.json.JsonTree;
import io.airbyte.integrations.destination.convex.validator.Validator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValidatorReaderTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"type":"null"}|v.null()
            {"type":"boolean"}|v.boolean()
            {"type":"number"}|v.number()
            {"type":"bigint"}|v.int64()
            {"type":"string"}|v.string()
            {"type":"bytes"}|v.bytes()
            {"type":"any"}|v.any()
            {"type":"commitTs"}|v.any()
            {}|v.any()
            {"type":"literal","value":"a"}|v.literal("a")
            {"type":"literal","value":1.5}|v.literal(1.5)
            {"type":"literal","value":true}|v.literal(true)
            {"type":"literal","value":null}|v.any()
            {"type":"id","tableName":"users"}|v.id("users")
            {"type":"array","value":{"type":"string"}}|v.array(v.string())
            {"type":"record","keys":{"type":"string"},"values":{"type":"number"}}|v.record(v.string(), v.number())
            {"type":"record","keys":{"type":"string"},"values":{"fieldType":{"type":"number"},"optional":false}}|v.record(v.string(), v.number())
            {"type":"union","value":[{"type":"null"},{"type":"string"}]}|v.union(v.string(), v.null())
            {"type":"object","value":{"a":{"fieldType":{"type":"string"},"optional":true}}}|v.object({ a: v.optional(v.string()) })
            {"type":"object","value":{"a":{"fieldType":{"type":"string"},"optional":false,"new":1}}}|v.object({ a: v.string() })
            """)
    void a_validator_is_read_as_a_deployment_describes_it(final String json, final String text)
            throws JsonProcessingException {
        assertThat(ValidatorReader.read(JsonTree.read(json)).text()).isEqualTo(text);
    }

    @Test
    void a_schema_names_the_tables_that_refuse_something() throws JsonProcessingException {
        final String tables = """
                "tables":[
                    {"tableName":"users","documentType":{"type":"object","value":{}}},
                    {"tableName":"open","documentType":{"type":"any"}},
                    {"tableName":"untyped","documentType":null}]""";
        assertThat(schema("{\"schemaValidation\":true," + tables + "}").tables())
                .containsOnlyKeys("users");
        assertThat(schema("{\"schemaValidation\":true," + tables + "}").tables().get("users"))
                .isInstanceOf(Validator.ObjectOf.class);
        assertThat(schema("{\"schemaValidation\":false," + tables + "}").tables())
                .isEmpty();
        assertThat(schema("null").tables()).isEmpty();
    }

    private static ApplicationSchema schema(final String json) throws JsonProcessingException {
        return ApplicationSchema.of(JsonTree.read(json));
    }
}
