package io.airbyte.integrations.destination.convex.document;

import java.util.List;
import java.util.Random;

/** Records as sources send them and as they had better not, from a seed. */
final class RandomRecords {

    private static final List<String> KEYS = List.of(
            "id",
            "id",
            "_id",
            "$id",
            "source_id",
            "a",
            "b",
            "c",
            "\\u0061",
            "é",
            "è",
            "source_e",
            "\\u00e9",
            "airbyte_meta",
            "_airbyte_meta",
            "airbyte_extracted_at",
            "_ab_cdc_deleted_at",
            "_ab_cdc_lsn",
            "ab_cdc_lsn",
            "source_ab_cdc_x",
            "_AB_CDC_x",
            "order id",
            "a\\/b",
            "a/b",
            "q\\\"uote",
            "back\\\\slash",
            "",
            "\\ud800",
            "x\\udc00",
            "😀",
            "\\ud83d\\ude00",
            "日本",
            "declared one",
            "_declared",
            "tab\\tbed",
            "\u007f");

    private static final List<String> SCALARS = List.of(
            "null",
            "true",
            "false",
            "0",
            "-0",
            "1",
            "-1.5",
            "1e3",
            "1.0E10",
            "1e-7",
            "9007199254740991",
            "9007199254740992",
            "-9007199254740991",
            "-9007199254740993",
            "123456789012345678901234567890",
            "0.1000",
            "1e22",
            "\"\"",
            "\"plain\"",
            "\"é€😀\"",
            "\"\\u00e9\\n\\\"\"",
            "\"\\ud83d\\ude00\"",
            "1.7976931348623157e308");

    private static final List<String> HOSTILE_SCALARS = List.of(
            "1e400",
            "-1E+999",
            "1" + "0".repeat(400),
            "0.00001e999",
            "\"\\ud800\"",
            "\"x\\udc00y\"",
            "\"\\ude00\\ud83d\"",
            "0e9999",
            "1" + "0".repeat(250) + ".5");

    private final Random random;

    RandomRecords(final long seed) {
        random = new Random(seed);
    }

    /** One record; every seventh or so with something that Convex cannot store. */
    String next() {
        final StringBuilder record = new StringBuilder();
        final boolean hostile = random.nextInt(7) == 0;
        final int columns = random.nextInt(400) == 0 ? 1000 + random.nextInt(100) : random.nextInt(14);
        object(record, columns, hostile, 1);
        return record.toString();
    }

    private void object(final StringBuilder out, final int count, final boolean hostile, final int depth) {
        out.append('{');
        for (int i = 0; i < count; i++) {
            out.append(i == 0 ? "" : ",").append(space()).append('"');
            out.append(nextKey(count, i, hostile, depth)).append('"');
            out.append(space()).append(':').append(space());
            value(out, hostile, depth);
            out.append(space());
        }
        out.append('}');
    }

    private String nextKey(final int count, final int index, final boolean hostile, final int depth) {
        if (depth == 1 && index == 0 && random.nextInt(10) > 0) {
            return "id";
        }
        return count > 50 && random.nextInt(10) > 0 ? "k" + index : key(hostile);
    }

    private String key(final boolean hostile) {
        if (hostile && random.nextInt(60) == 0) {
            return "n".repeat(1015 + random.nextInt(20)) + (random.nextBoolean() ? "é" : "");
        }
        return random.nextInt(4) == 0 ? "f" + random.nextInt(30) : KEYS.get(random.nextInt(KEYS.size()));
    }

    private void value(final StringBuilder out, final boolean hostile, final int depth) {
        final int kind = random.nextInt(20);
        if (kind < 3 && depth < 8) {
            object(out, random.nextInt(6), hostile, depth + 1);
        } else if (kind < 6 && depth < 8) {
            out.append('[');
            final int count = random.nextInt(5);
            for (int i = 0; i < count; i++) {
                out.append(i == 0 ? "" : ",").append(space());
                value(out, hostile, depth + 1);
            }
            out.append(space()).append(']');
        } else if (hostile && kind == 6) {
            hostileValue(out);
        } else {
            out.append(SCALARS.get(random.nextInt(SCALARS.size())));
        }
    }

    private void hostileValue(final StringBuilder out) {
        switch (random.nextInt(16)) {
            case 0 -> {
                final int depth = 10 + random.nextInt(8);
                out.append("[".repeat(depth)).append("]".repeat(depth));
            }
            case 1 -> {
                final int depth = 10 + random.nextInt(8);
                out.append("{\"a\":".repeat(depth)).append('1').append("}".repeat(depth));
            }
            case 2 ->
                out.append('[').append("1,".repeat(8190 + random.nextInt(4))).append("1]");
            case 3 -> {
                out.append("{\"z\":0");
                final int count = 1020 + random.nextInt(8);
                for (int i = 0; i < count; i++) {
                    out.append(",\"k").append(i).append("\":1");
                }
                out.append(",\"k0\":2}");
            }
            case 4, 5 ->
                out.append('"')
                        .append("x".repeat(200_000 + random.nextInt(900_000)))
                        .append('"');
            default -> out.append(HOSTILE_SCALARS.get(random.nextInt(HOSTILE_SCALARS.size())));
        }
    }

    private String space() {
        return random.nextInt(12) == 0 ? " \t" : "";
    }
}
