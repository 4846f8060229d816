package io.airbyte.integrations.destination.convex.document;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.fail;

import com.code_intelligence.jazzer.junit.DictionaryFile;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.airbyte.integrations.destination.convex.config.ConnectorConfig.LargeIntegers;
import io.airbyte.integrations.destination.convex.config.ConnectorConfig.UnstorableValues;
import io.airbyte.integrations.destination.convex.json.ByteSlice;
import io.airbyte.integrations.destination.convex.json.InvalidJson;
import io.airbyte.integrations.destination.convex.json.PlainJson;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.StreamDescriptor;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The records of a stream become the documents, the recorded changes, the sizes and the failures that
 * {@link ReferenceEncoder} tells, as {@link EncoderComparison} compares them. Bytes that are no JSON object end in
 * {@link InvalidJson} or a {@link Failure}; a JSON object that the reference cannot read, in a document or a failure.
 *
 * <p>The first byte of an input tells the stream's options; every line behind it is a record. So that a short input
 * reaches the limits of Convex, a few words stand for something {@linkplain #enlarged large}.
 */
class DocumentEncoderFuzz {

    private static final StreamDescriptor STREAM = StreamDescriptor.of("orders");
    private static final Set<String> DECLARED = Set.of("_id", "source_id", "declared one", "_declared", "airbyte_meta");

    private static final int MOST_LARGE_WORDS = 3;
    private static final String MANY_MEMBERS = IntStream.range(0, 1020)
            .mapToObj(number -> "\"k" + number + "\":" + number)
            .collect(Collectors.joining(",", "{", ","));

    /** A number that Jackson, or a decimal number of Java, takes too much time or memory for. */
    private static final Pattern HUGE_NUMBER = Pattern.compile("[eE][+-]?\\d{6,}|\\d{900,}");

    private static final Pattern SURROGATES = Pattern.compile("(?:\\\\u[dD][89a-fA-F][0-9a-fA-F]{2})+");
    private static final Pattern PAIRS =
            Pattern.compile("(?:\\\\u[dD][89abAB][0-9a-fA-F]{2}\\\\u[dD][c-fC-F][0-9a-fA-F]{2})+");

    /** What {@link ReferenceEncoder} has stand-ins for. */
    private static final List<String> KNOWN_HALVES = List.of("\\ude00\\ud83d", "\\ud800", "\\udc00");

    @FuzzTest
    @DictionaryFile(resourcePath = "/io/airbyte/integrations/destination/convex/document/records.dict")
    void records_become_the_documents_that_the_rules_give(final byte[] input) throws InvalidJson {
        if (input.length == 0) {
            return;
        }
        final int options = input[0];
        final boolean dedup = (options & 1) != 0;
        final EncoderComparison comparison = new EncoderComparison(
                dedup, (options & 2) != 0, (options & 4) != 0, (options & 8) != 0 ? DECLARED : Set.of());
        final String incoming = (options & 16) != 0 ? EncoderComparison.INCOMING : "[]";
        int start = 1;
        for (int at = 1; at <= input.length; at++) {
            if (at == input.length || input[at] == '\n') {
                compare(Arrays.copyOfRange(input, start, at), dedup, incoming, comparison);
                start = at + 1;
            }
        }
    }

    private static void compare(
            final byte[] bytes, final boolean dedup, final String incoming, final EncoderComparison comparison)
            throws InvalidJson {
        final Optional<String> text = decoded(bytes).map(DocumentEncoderFuzz::enlarged);
        final ByteSlice data = text.map(ByteSlice::of).orElse(ByteSlice.of(bytes));
        final boolean valid = PlainJson.isObject(data);
        if (valid && isReadByTheReference(text.orElseThrow())) {
            comparison.compare(text.orElseThrow(), incoming);
        } else {
            encodeAlone(data, dedup, valid);
        }
    }

    /** In a stream of its own: what an unreadable record leaves behind there is nobody's business. */
    private static void encodeAlone(final ByteSlice data, final boolean dedup, final boolean valid) {
        final DocumentEncoder encoder = new DocumentEncoder(
                STREAM,
                FieldNames.of(STREAM, Set.of(), List.of(List.of("id")), dedup),
                new DocumentOptions(
                        LargeIntegers.STRING,
                        UnstorableValues.NULL_AND_RECORD,
                        false,
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        dedup),
                new ChangedFields(changed -> {}));
        try {
            final EncodedDocument document = encoder.encode(data, 1, Optional.empty());
            if (!valid || !PlainJson.isObject(document.json())) {
                fail("A document of what is no JSON object: %s", data.text());
            }
        } catch (final InvalidJson refusal) {
            if (valid) {
                fail("Refused as invalid, though it is a JSON object: " + data.text(), refusal);
            }
        } catch (final Failure theKeyOrAValueCannotBeStored) {
            // As promised.
        }
    }

    private static Optional<String> decoded(final byte[] bytes) {
        try {
            return Optional.of(UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (final CharacterCodingException notUtf8) {
            return Optional.empty();
        }
    }

    private static String enlarged(final String record) {
        final long words = record.chars().filter(character -> character == '~').count();
        if (words == 0 || words > MOST_LARGE_WORDS) {
            return record;
        }
        return record.replace("~x", "x".repeat(400_000))
                .replace("~n", "n".repeat(1016))
                .replace("~,", "1,".repeat(8191))
                .replace("{~", MANY_MEMBERS)
                .replace("~[", "[".repeat(13))
                .replace("]~", "]".repeat(13));
    }

    private static boolean isReadByTheReference(final String record) {
        return !record.contains("\\\\u")
                && record.chars().noneMatch(character -> character >= 0xd7fd && character <= 0xd7ff)
                && !record.contains("\\ud7f")
                && !record.contains("\\uD7")
                && !record.contains("\\uD7f")
                && !HUGE_NUMBER.matcher(record).find()
                && SURROGATES.matcher(record).results().allMatch(run -> hasStandIns(run.group()));
    }

    private static boolean hasStandIns(final String surrogates) {
        return KNOWN_HALVES.contains(surrogates)
                || (PAIRS.matcher(surrogates).matches() && KNOWN_HALVES.stream().noneMatch(surrogates::contains));
    }
}
