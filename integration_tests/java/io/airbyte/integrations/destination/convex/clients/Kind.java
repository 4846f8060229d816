package io.airbyte.integrations.destination.convex.clients;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbyte.integrations.destination.convex.acceptance.Numbers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** A kind of values: the fields of a record, and those of the document that it has to become, written by hand. */
record Kind(String sent, String stored) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Exact in a float, at its ends, and in each notation. */
    private static final String NUMBERS = """
            "zero":0,"minus zero":-0,"minus zero again":-0.0,"one":1,"minus one":-1,"tenth":0.1,"third":0.3333333333333333,
            "largest":1.7976931348623157e308,"lowest":-1.7976931348623157e308,"large":1e308,"smallest":5e-324,
            "smallest below zero":-5e-324,"small":2.2250738585072014e-308,"exact":[9007199254740991,-9007199254740991],
            "no integer":12345678901234567890.5,"exponent":1E+22,"pi":3.141592653589793\
            """;

    private static final String LARGE_INTEGERS = """
            "a":9007199254740992,"b":-9007199254740993,"c":[18446744073709551615],"d":{"e":123456789012345678901234567890}\
            """;

    private static final String LARGE_INTEGERS_AS_TEXT = """
            "a":"9007199254740992","b":"-9007199254740993","c":["18446744073709551615"],
            "d":{"e":"123456789012345678901234567890"}\
            """;

    private static final String TEXTS = """
            "empty":"","blank":" ","latin":"é ß ñ","kanji":"日本","arabic":"مرحبا","emoji":"😀 👩‍👩‍👧 🇨🇭","combined":"e\\u0301",
            "escaped":"\\" \\\\ \\/ \\b \\f \\n \\r \\t","control":"\\u0000\\u0001\\u001f\\u007f\\u0085","separators":"\\u2028\\u2029",
            "noncharacters":"\\ufeff \\uffff \\ufffd","pair":"\\ud83d\\ude00","like others":["null","true","1","{}","$float"]\
            """;

    private static final String DATES = """
            "date":"2026-11-26","time":"12:34:56.789","with zone":"2026-11-26T12:34:56.123456Z","offset":"12:00:00+02:00",
            "before Christ":"0044-03-15T12:00:00Z BC","no date":"2026-02-31"\
            """;

    private static final String CONTAINERS = """
            "o":{},"a":[],"nested":[[],[{}],{"a":[]}],"mixed":[null,true,1,"x",{"y":[-0.0,null]}],"o2":{"z":1,"a":{"b":{"c":null}}}\
            """;

    private static final String NAMES = """
            "_id":1,"_creationTime":2,"_ts":3,"_deleted":4,"_table":5,"$x":6,"日本":7,"größe":8,"order id":9,"a.b":10,"A-B":11,
            "":12,"o":{"_id":1,"$oid":"x","日本":2,"a b":3,"_x":4}\
            """;

    private static final String NAMES_AS_STORED = """
            "source_id":1,"source_creationtime":2,"source_ts":3,"source_deleted":4,"source_table":5,"source_x":6,
            "source_ri_ben":7,"source_grosse":8,"order id":9,"a.b":10,"A-B":11,"":12,
            "o":{"source_id":1,"source_oid":"x","source_ri_ben":2,"a b":3,"source_x":4}\
            """;

    /** Objects that mean something else in Convex's own encodings of values. */
    private static final String TAGS = """
            "a":{"$integer":"AQAAAAAAAAA="},"b":{"$float":"AAAAAAAAAIA="},"c":[{"$bytes":"AA=="}]\
            """;

    private static final String TAGS_AS_STORED = """
            "a":{"source_integer":"AQAAAAAAAAA="},"b":{"source_float":"AAAAAAAAAIA="},"c":[{"source_bytes":"AA=="}]\
            """;

    private static final String UNSTORABLE_AS_STORED = """
            "a":null,"b":1,"airbyte_meta":{"changes":[
            {"field":"a","change":"NULLED","reason":"DESTINATION_FIELD_SIZE_LIMITATION"}]}\
            """;

    private static Kind unchanged(final String fields) {
        return new Kind(fields, fields);
    }

    /** All kinds, as they are stored where {@code large_integers} is so. */
    static List<Kind> all(final String largeIntegers) {
        final boolean text = largeIntegers.equals("string");
        return List.of(
                unchanged("\"none\":null,\"yes\":true,\"no\":false"),
                // In JSON as it is read here, the integer -0 has no sign; in Convex it has.
                new Kind(NUMBERS, NUMBERS.replace("-0,", "-0.0,")),
                new Kind(LARGE_INTEGERS, text ? LARGE_INTEGERS_AS_TEXT : LARGE_INTEGERS),
                unchanged(TEXTS),
                unchanged("\"long\":\"" + "x".repeat(1_000_000) + "\""),
                unchanged("\"long\":\"" + "😀".repeat(200_000) + "\""),
                unchanged(DATES),
                unchanged(CONTAINERS),
                unchanged("\"deep\":" + "[".repeat(15) + "]".repeat(15)),
                unchanged("\"deep\":" + "{\"o\":".repeat(15) + "-0.0" + "}".repeat(15)),
                unchanged("\"many\":[" + "0,".repeat(8_191) + "0]"),
                new Kind(NAMES, NAMES_AS_STORED),
                new Kind(TAGS, TAGS_AS_STORED),
                new Kind("\"a\":1e400,\"b\":1", UNSTORABLE_AS_STORED));
    }

    /** A record or a document of these fields. */
    static String document(final int id, final String fields) {
        return "{\"id\":%d,%s}".formatted(id, fields.replace("\n", ""));
    }

    /** A document as it is in Convex: every number a float. */
    static ObjectNode stored(final String json) {
        try {
            return Numbers.asStored((ObjectNode) JSON.readTree(json));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
