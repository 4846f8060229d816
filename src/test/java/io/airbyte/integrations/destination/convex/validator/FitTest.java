package io.airbyte.integrations.destination.convex.validator;

import static io.airbyte.integrations.destination.convex.validator.Fit.ALWAYS;
import static io.airbyte.integrations.destination.convex.validator.Fit.NEVER;
import static io.airbyte.integrations.destination.convex.validator.Fit.SOMETIMES;
import static org.assertj.core.api.Assertions.assertThat;

import io.airbyte.integrations.destination.convex.validator.Validator.ArrayOf;
import io.airbyte.integrations.destination.convex.validator.Validator.Field;
import io.airbyte.integrations.destination.convex.validator.Validator.Kind;
import io.airbyte.integrations.destination.convex.validator.Validator.Literal;
import io.airbyte.integrations.destination.convex.validator.Validator.ObjectOf;
import io.airbyte.integrations.destination.convex.validator.Validator.RecordOf;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FitTest {

    private static final Validator NUMBER = Validator.of(Kind.NUMBER);
    private static final Validator STRING = Validator.of(Kind.STRING);
    private static final Validator NULL = Validator.of(Kind.NULL);
    private static final Validator INT64 = Validator.of(Kind.INT64);

    static Stream<Arguments> values() {
        return Stream.of(
                Arguments.of(NUMBER, NUMBER, ALWAYS),
                Arguments.of(NUMBER, STRING, NEVER),
                Arguments.of(NUMBER, INT64, NEVER),
                Arguments.of(NUMBER, Validator.any(), ALWAYS),
                Arguments.of(Validator.any(), NUMBER, ALWAYS),
                Arguments.of(NUMBER, new Literal(Kind.NUMBER, "1"), SOMETIMES),
                Arguments.of(STRING, new Literal(Kind.NUMBER, "1"), NEVER),
                Arguments.of(STRING, new Validator.Id("users"), SOMETIMES),
                Arguments.of(NUMBER, new Validator.Id("users"), NEVER),
                Arguments.of(STRING.orNull(), STRING, SOMETIMES),
                Arguments.of(STRING.orNull(), STRING.orNull(), ALWAYS),
                Arguments.of(STRING.orNull(), INT64, NEVER),
                Arguments.of(STRING, STRING.orNull(), ALWAYS),
                Arguments.of(STRING, NUMBER.orNull(), NEVER),
                Arguments.of(Validator.union(List.of(NUMBER, STRING, NULL)), STRING.orNull(), SOMETIMES),
                Arguments.of(new ArrayOf(STRING), new ArrayOf(STRING), ALWAYS),
                Arguments.of(new ArrayOf(STRING), new ArrayOf(NUMBER), SOMETIMES),
                Arguments.of(new ArrayOf(STRING), STRING, NEVER),
                Arguments.of(new RecordOf(STRING), new RecordOf(STRING), ALWAYS),
                Arguments.of(new RecordOf(STRING), new RecordOf(NUMBER), SOMETIMES),
                Arguments.of(new RecordOf(Validator.any()), object("a", NUMBER, true), SOMETIMES),
                Arguments.of(new RecordOf(STRING), STRING, NEVER),
                Arguments.of(object("a", NUMBER, false), new RecordOf(NUMBER), ALWAYS),
                Arguments.of(object("a", NUMBER, false), new RecordOf(STRING), NEVER),
                Arguments.of(object("a", NUMBER, true), new RecordOf(STRING), SOMETIMES),
                Arguments.of(object("a", NUMBER, false), NUMBER, NEVER),
                Arguments.of(object("a", NUMBER, false), object("a", NUMBER, true), ALWAYS),
                Arguments.of(object("a", NUMBER, true), object("a", NUMBER, false), SOMETIMES),
                Arguments.of(object("a", STRING, true), object("a", NUMBER, true), SOMETIMES),
                Arguments.of(object("a", STRING, true), object("a", NUMBER, false), NEVER),
                Arguments.of(object("a", STRING, false), object("a", NUMBER, true), NEVER),
                Arguments.of(object("a", NUMBER, false), object("b", NUMBER, true), NEVER),
                Arguments.of(object("a", NUMBER, true), object("b", NUMBER, true), SOMETIMES),
                Arguments.of(object("a", NUMBER, true), object("b", NUMBER, false), NEVER),
                Arguments.of(new ObjectOf(Map.of()), object("b", NUMBER, true), ALWAYS),
                Arguments.of(new ObjectOf(Map.of()), object("b", NUMBER, false), NEVER));
    }

    @ParameterizedTest
    @MethodSource("values")
    void a_validator_takes_all_some_or_none_of_what_another_describes(
            final Validator sent, final Validator wanted, final Fit fit) {
        assertThat(Fit.of(sent, wanted)).isEqualTo(fit);
    }

    @Test
    void a_union_has_each_choice_once_and_null_last() {
        final Validator union = Validator.union(List.of(NULL, STRING.orNull(), NUMBER));
        assertThat(union.text()).isEqualTo("v.union(v.string(), v.number(), v.null())");
        assertThat(Validator.union(List.of(STRING, STRING))).isEqualTo(STRING);
        assertThat(Validator.union(List.of(STRING, Validator.any())).text()).isEqualTo("v.any()");
    }

    @Test
    void a_validator_is_written_as_an_author_writes_it() {
        final Validator validator = new ObjectOf(Map.of(
                "order id",
                new Field(
                        Validator.union(List.of(
                                new ArrayOf(new Validator.Id("users")),
                                new RecordOf(new Literal(Kind.STRING, "\"x\"")),
                                new ObjectOf(Map.of()),
                                Validator.of(Kind.BYTES))),
                        true)));
        assertThat(validator.text())
                .isEqualTo("v.object({ \"order id\": v.optional(v.union(v.array(v.id(\"users\")),"
                        + " v.record(v.string(), v.literal(\"x\")), v.object({}), v.bytes())) })");
    }

    private static Validator object(final String name, final Validator value, final boolean optional) {
        return new ObjectOf(Map.of(name, new Field(value, optional)));
    }
}
