package io.airbyte.integrations.destination.convex.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbyte.integrations.destination.convex.json.ByteBuilder;
import io.airbyte.integrations.destination.convex.json.ByteSlice;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StateSpliceTest {

    private static final String STATS = "\"destinationStats\":{\"recordCount\":7.0}";

    private final StateSplice splice = new StateSplice();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"STATE\",\"state\":{\"type\":\"STREAM\",\"stream\":{\"stream_descriptor\":{\"name\":\"users\"},"
                        + "\"stream_state\":{\"cursor\":123456789012345678901234567890.10,\"n\":null,\"e\":1E+400}},"
                        + "\"sourceStats\":{\"recordCount\":3.0},\"id\":5#}}",
                " { \"state\" : { \"unknown\" : [ 1.0 , { \"destinationStats\" : 1 } ] #} , \"type\" : \"STATE\" , \"x\":{}} \t",
                "{\"type\":\"STATE\",\"state\":{\"type\":\"GLOBAL\",\"global_\":{\"shared_state\":\"é€😀\\u00e9\\/\"},\"global\":null,"
                        + "\"data\":null#},\"destinationStats\":null,\"log\":null}",
                "{\"type\":\"STATE\",\"state\":{\"a\":1,\"a\":2,\"id\":\"1.0\",\"nested\":{\"id\":1.0}#},\"id\":1.0}"
            })
    void everyByteStaysAndTheStatisticsComeLast(final String template) {
        assertThat(spliced(template.replace("#", ""))).isEqualTo(template.replace("#", "," + STATS));
    }

    @Test
    void anEmptyStateNeedsNoComma() {
        assertThat(spliced("{\"type\":\"STATE\",\"state\":{ }}"))
                .isEqualTo("{\"type\":\"STATE\",\"state\":{ " + STATS + "}}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "{\"recordCount\":1.0}", "{ }", "5", "[]", "\"x\""})
    void statisticsThatAreThereAreReplacedInPlace(final String present) {
        assertThat(spliced("{\"state\":{\"destinationStats\" : " + present + " ,\"id\":1},\"type\":\"STATE\"}"))
                .isEqualTo("{\"state\":{\"destinationStats\" : {\"recordCount\":7.0} ,\"id\":1},\"type\":\"STATE\"}");
    }

    @Test
    void statisticsUnderAnEscapedKeyAreReplacedToo() {
        assertThat(spliced("{\"st\\u0061te\":{\"destination\\u0053tats\":null,\"id\":1}}"))
                .isEqualTo("{\"st\\u0061te\":{\"destination\\u0053tats\":{\"recordCount\":7.0},\"id\":1}}");
    }

    @Test
    void ofTwoStatesTheLastCounts() {
        assertThat(spliced("{\"state\":{\"id\":1.0},\"state\":{\"id\":2.0}}"))
                .isEqualTo("{\"state\":{\"id\":1.0},\"state\":{\"id\":2," + STATS + "}}");
    }

    @ParameterizedTest
    @CsvSource({
        "5,5",
        "5.0,5",
        "5.000,5",
        "1e2,100",
        "1.5E1,15",
        "-3.0,-3",
        "0.0,0",
        "-0,-0",
        "2147483647.0,2147483647",
        "12345678901234567890,12345678901234567890",
        "5.5,5.5",
        "5.00000000000000000000000001,5.00000000000000000000000001",
        "1e400,1e400",
        "1e-400,1e-400",
        "0e99999999999,0e99999999999",
        "1e-99999999999,1e-99999999999",
        "1e17,1e17",
        "null,null",
        "true,true"
    })
    void anIdThatBecameAFractionIsAnIntegerAgain(final String received, final String returned) {
        assertThat(spliced("{\"state\":{\"id\":" + received + "}}"))
                .isEqualTo("{\"state\":{\"id\":" + returned + "," + STATS + "}}");
    }

    @Test
    void onlyTheSliceIsReturned() {
        final byte[] surrounded = "xx{\"state\":{\"a\":1}}yy".getBytes(StandardCharsets.UTF_8);
        final ByteBuilder output = new ByteBuilder(1);
        splice.append(new ByteSlice(surrounded, 2, surrounded.length - 4), 7, output);
        assertThat(output.slice().text()).isEqualTo("{\"state\":{\"a\":1," + STATS + "}}");
    }

    @Test
    void countsAreWrittenWithADecimalPoint() {
        final ByteBuilder output = new ByteBuilder(1);
        splice.append(ByteSlice.of("{\"state\":{}}"), 12_345_678_901L, output);
        assertThat(output.slice().text())
                .isEqualTo("{\"state\":{\"destinationStats\":{\"recordCount\":12345678901.0}}}");
    }

    @Test
    void whatWasNeverReadAsAMessageIsNotTaken() {
        assertThatThrownBy(() -> spliced("{\"state\":")).isInstanceOf(IllegalArgumentException.class);
    }

    private String spliced(final String line) {
        final ByteBuilder output = new ByteBuilder(16);
        splice.append(ByteSlice.of(line), 7, output);
        return output.slice().text();
    }
}
