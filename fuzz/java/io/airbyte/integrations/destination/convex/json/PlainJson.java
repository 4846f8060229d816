package io.airbyte.integrations.destination.convex.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Optional;

/** JSON as Jackson reads it, for fuzz targets to compare with: one value in strict UTF-8, of any depth. */
public final class PlainJson {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final char STAND_IN = '\ue000';

    static {
        JSON.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(Integer.MAX_VALUE)
                        .maxNameLength(Integer.MAX_VALUE)
                        .maxNumberLength(Integer.MAX_VALUE)
                        .build());
    }

    private PlainJson() {}

    /** The value that {@code json} is, {@linkplain #withStandIns with stand-ins}; nothing if it is not exactly one. */
    public static Optional<JsonNode> tree(final ByteSlice json) {
        try {
            final ByteBuffer bytes = ByteBuffer.wrap(json.array(), json.offset(), json.length());
            final String text = UTF_8.newDecoder().decode(bytes).toString();
            return Optional.of(JSON.readTree(withEscapedStandIns(text)));
        } catch (final CharacterCodingException | JsonProcessingException invalid) {
            return Optional.empty();
        }
    }

    public static boolean isObject(final ByteSlice json) {
        return tree(json).filter(JsonNode::isObject).isPresent();
    }

    /** A parser that tells, by character, where in {@code json} something stands. */
    public static JsonParser parser(final String json) throws IOException {
        return JSON.createParser(withEscapedStandIns(json));
    }

    /** Jackson takes no half of a surrogate pair in a key: another character stands for it. */
    public static String withStandIns(final String text) {
        final StringBuilder result = new StringBuilder(text);
        for (int i = 0; i < result.length(); i++) {
            if (Character.isSurrogate(result.charAt(i))) {
                if (i + 1 < result.length() && Character.isSurrogatePair(result.charAt(i), result.charAt(i + 1))) {
                    i++;
                } else {
                    result.setCharAt(i, STAND_IN);
                }
            }
        }
        return result.toString();
    }

    /** As {@link #withStandIns}, for what is written with escapes; changes no length. */
    private static String withEscapedStandIns(final String json) {
        final StringBuilder result = new StringBuilder(json);
        for (int i = json.indexOf('\\'); i >= 0; i = json.indexOf('\\', i)) {
            final int unit = escapedUnit(json, i);
            if (Character.isSurrogate((char) unit)
                    && Character.isSurrogatePair((char) unit, (char) escapedUnit(json, i + 6))) {
                i += 12;
            } else if (Character.isSurrogate((char) unit)) {
                result.replace(i + 2, i + 6, Integer.toHexString(STAND_IN));
                i += 6;
            } else {
                i += 2;
            }
        }
        return result.toString();
    }

    /** The unit that is written as an escape at {@code at}; 0 if there is none. */
    private static int escapedUnit(final String json, final int at) {
        final boolean escape = json.startsWith("\\u", at) && at + 6 <= json.length();
        return escape && json.substring(at + 2, at + 6).chars().allMatch(digit -> Character.digit(digit, 16) >= 0)
                ? Integer.parseInt(json, at + 2, at + 6, 16)
                : 0;
    }
}
