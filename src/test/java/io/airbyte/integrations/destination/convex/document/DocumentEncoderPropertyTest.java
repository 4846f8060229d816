package io.airbyte.integrations.destination.convex.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbyte.integrations.destination.convex.config.ConnectorConfig.LargeIntegers;
import io.airbyte.integrations.destination.convex.config.ConnectorConfig.UnstorableValues;
import io.airbyte.integrations.destination.convex.json.ByteSlice;
import io.airbyte.integrations.destination.convex.json.InvalidJson;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.protocol.StreamDescriptor;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Thousands of generated records become the same documents, sizes and failures as by {@link ReferenceEncoder}. */
class DocumentEncoderPropertyTest {

    private static final StreamDescriptor STREAM = StreamDescriptor.of("orders");
    private static final int RECORDS_OF_A_STREAM = 50;
    private static final int STREAMS = 25;
    private static final String INCOMING =
            "[{\"field\":\"x\",\"change\":\"TRUNCATED\",\"reason\":\"SOURCE_FIELD_SIZE_LIMITATION\"}]";

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void any_record_becomes_the_document_that_the_rules_give(final long seed) throws InvalidJson {
        final Random random = new Random(seed);
        for (int stream = 0; stream < STREAMS; stream++) {
            compareStream(random);
        }
    }

    private static void compareStream(final Random random) throws InvalidJson {
        final boolean dedup = random.nextBoolean();
        final boolean text = random.nextBoolean();
        final boolean metadata = random.nextBoolean();
        final Set<String> declared = random.nextBoolean()
                ? Set.of()
                : Set.of("_id", "source_id", "declared one", "_declared", "airbyte_meta");
        final DocumentEncoder encoder = new DocumentEncoder(
                STREAM,
                FieldNames.of(STREAM, declared, List.of(List.of("id")), dedup),
                new DocumentOptions(
                        text ? LargeIntegers.STRING : LargeIntegers.NUMBER,
                        UnstorableValues.NULL_AND_RECORD,
                        metadata,
                        OptionalLong.of(7),
                        OptionalLong.empty(),
                        dedup),
                new ChangedFields(changed -> {}));
        final ReferenceEncoder reference = new ReferenceEncoder(dedup, text, metadata, declared);
        final RandomRecords records = new RandomRecords(random.nextLong());
        for (int i = 0; i < RECORDS_OF_A_STREAM; i++) {
            final String record = records.next();
            compare(record, random.nextInt(5) == 0 ? INCOMING : "[]", encoder, reference);
        }
    }

    private static void compare(
            final String record, final String incoming, final DocumentEncoder encoder, final ReferenceEncoder reference)
            throws InvalidJson {
        final ReferenceEncoder.Result expected = reference.encode(record, 12345, incoming);
        final ByteSlice data = ByteSlice.of(record);
        final Optional<ByteSlice> changes = Optional.of(ByteSlice.of(incoming));
        if (expected.refused()) {
            assertThatThrownBy(() -> encoder.encode(data, 12345, changes))
                    .as(() -> record.substring(0, Math.min(record.length(), 2000)))
                    .isInstanceOf(Failure.class);
            return;
        }
        final EncodedDocument document = encoder.encode(data, 12345, changes);
        assertThat(ReferenceEncoder.read(document.json().text()))
                .as(() -> record.substring(0, Math.min(record.length(), 2000)))
                .isEqualTo(expected.document());
        assertThat((long) document.size())
                .as(() -> record.substring(0, Math.min(record.length(), 2000)))
                .isEqualTo(expected.size());
        assertThat(document.delete())
                .as(() -> record.substring(0, Math.min(record.length(), 2000)))
                .isEqualTo(expected.delete());
    }
}
