package io.airbyte.integrations.destination.convex.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.airbyte.integrations.destination.convex.json.JsonTree;
import io.airbyte.integrations.destination.convex.protocol.DeclaredType.Bool;
import io.airbyte.integrations.destination.convex.protocol.DeclaredType.ListOf;
import io.airbyte.integrations.destination.convex.protocol.DeclaredType.Null;
import io.airbyte.integrations.destination.convex.protocol.DeclaredType.Numeric;
import io.airbyte.integrations.destination.convex.protocol.DeclaredType.OneOf;
import io.airbyte.integrations.destination.convex.protocol.DeclaredType.Property;
import io.airbyte.integrations.destination.convex.protocol.DeclaredType.Struct;
import io.airbyte.integrations.destination.convex.protocol.DeclaredType.Text;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonSchemaReaderTest {

    private static final Struct ANY_OBJECT = new Struct(Map.of(), true);

    static Stream<Arguments> types() {
        return Stream.of(
                Arguments.of("{'type':'string','format':'date-time'}", new Text()),
                Arguments.of("{'type':'string','contentEncoding':'base64'}", new Text()),
                Arguments.of("{'type':['null','boolean']}", new OneOf(List.of(new Null(), new Bool()))),
                Arguments.of("{'type':['string']}", new Text()),
                Arguments.of("{'type':'integer'}", new Numeric(false)),
                Arguments.of("{'type':'number','airbyte_type':'integer'}", new Numeric(false)),
                Arguments.of("{'type':'integer','minimum':0,'maximum':9007199254740991}", new Numeric(true)),
                Arguments.of("{'type':'integer','minimum':0,'maximum':9007199254740992}", new Numeric(false)),
                Arguments.of("{'type':'integer','minimum':0}", new Numeric(false)),
                Arguments.of("{'type':'integer','maximum':10}", new Numeric(false)),
                Arguments.of("{'type':'integer','exclusiveMinimum':-1,'exclusiveMaximum':10}", new Numeric(true)),
                Arguments.of("{'type':'array'}", new ListOf(DeclaredType.unknown())),
                Arguments.of("{'type':'array','items':{'type':'string'}}", new ListOf(new Text())),
                Arguments.of("{'type':'object'}", ANY_OBJECT),
                Arguments.of("{'type':'object','additionalProperties':false}", new Struct(Map.of(), false)),
                Arguments.of(
                        "{'type':'object','properties':{'a':{'type':'string'}},'required':['a']}",
                        new Struct(Map.of("a", new Property(new Text(), true)), false)),
                Arguments.of(
                        "{'type':'object','properties':{'a':{}},'additionalProperties':true}",
                        new Struct(Map.of("a", new Property(DeclaredType.unknown(), false)), true)),
                Arguments.of(
                        "{'type':'object','properties':{'a':{}},'additionalProperties':{'type':'string'}}",
                        new Struct(Map.of("a", new Property(DeclaredType.unknown(), false)), true)),
                Arguments.of(
                        "{'type':'object','properties':{'a':{}},'patternProperties':{}}",
                        new Struct(Map.of("a", new Property(DeclaredType.unknown(), false)), true)),
                Arguments.of(
                        "{'oneOf':[{'type':'string'},{'type':'null'}]}", new OneOf(List.of(new Text(), new Null()))),
                Arguments.of("{'anyOf':[{'type':'string'}]}", new OneOf(List.of(new Text()))));
    }

    @ParameterizedTest
    @MethodSource("types")
    void a_type_is_read_as_airbyte_means_it(final String schema, final DeclaredType type)
            throws JsonProcessingException {
        assertThat(typeOf(schema)).isEqualTo(type);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "true",
                "null",
                "[]",
                "1",
                "{'type':'potato'}",
                "{'type':[]}",
                "{'type':5}",
                "{'$ref':'#/definitions/a'}",
                "{'oneOf':[]}"
            })
    void what_says_nothing_may_be_anything(final String schema) throws JsonProcessingException {
        assertThat(typeOf(schema)).isEqualTo(DeclaredType.unknown());
    }

    @Test
    void what_is_too_deep_to_be_stored_is_not_looked_at() throws JsonProcessingException {
        final String deep = "{'type':'array','items':".repeat(300) + "{}" + "}".repeat(300);
        assertThat(typeOf(deep)).isInstanceOf(ListOf.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "null", "{'properties':null,'required':null}", "{'properties':[],'required':{}}"})
    void a_schema_without_properties_has_no_columns_and_excludes_none(final String schema)
            throws JsonProcessingException {
        assertThat(JsonSchemaReader.records(JsonTree.read(schema.replace('\'', '"'))))
                .isEqualTo(ANY_OBJECT);
    }

    @Test
    void records_have_other_columns_unless_the_schema_excludes_them() throws JsonProcessingException {
        assertThat(JsonSchemaReader.records(JsonTree.read("{\"properties\":{\"a\":{}}}"))
                        .open())
                .isTrue();
        assertThat(JsonSchemaReader.records(JsonTree.read("{\"properties\":{\"a\":{}},\"additionalProperties\":false}"))
                        .open())
                .isFalse();
    }

    private static DeclaredType typeOf(final String schema) throws JsonProcessingException {
        final String records = "{'properties':{'column':%s}}".formatted(schema).replace('\'', '"');
        return Objects.requireNonNull(JsonSchemaReader.records(JsonTree.read(records))
                        .properties()
                        .get("column"))
                .type();
    }
}
