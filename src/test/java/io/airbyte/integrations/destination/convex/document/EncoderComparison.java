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
import java.util.Set;

/** One stream's records, encoded by {@link DocumentEncoder} and by {@link ReferenceEncoder} side by side. */
final class EncoderComparison {

    /** Changes that a record comes with. */
    static final String INCOMING =
            "[{\"field\":\"x\",\"change\":\"TRUNCATED\",\"reason\":\"SOURCE_FIELD_SIZE_LIMITATION\"}]";

    private static final StreamDescriptor STREAM = StreamDescriptor.of("orders");
    private static final int EMITTED_AT = 12345;

    private final DocumentEncoder encoder;
    private final ReferenceEncoder reference;

    /** The arguments are those of {@link ReferenceEncoder}. */
    EncoderComparison(final boolean dedup, final boolean text, final boolean metadata, final Set<String> declared) {
        encoder = new DocumentEncoder(
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
        reference = new ReferenceEncoder(dedup, text, metadata, declared);
    }

    /**
     * Encodes the stream's next record with both: the documents, recorded changes included, are equal but for how they are
     * written, and so are their sizes, whether they are deletes, and whether there is a document at all.
     *
     * @param record a JSON object that the reference can read
     * @param incoming the changes that it comes with, a JSON array
     */
    void compare(final String record, final String incoming) throws InvalidJson {
        final ReferenceEncoder.Result expected = reference.encode(record, EMITTED_AT, incoming);
        final ByteSlice data = ByteSlice.of(record);
        final Optional<ByteSlice> changes = Optional.of(ByteSlice.of(incoming));
        if (expected.refused()) {
            assertThatThrownBy(() -> encoder.encode(data, EMITTED_AT, changes))
                    .as(() -> shortened(record))
                    .isInstanceOf(Failure.class);
            return;
        }
        final EncodedDocument document = encoder.encode(data, EMITTED_AT, changes);
        assertThat(ReferenceEncoder.read(document.json().text()))
                .as(() -> shortened(record))
                .isEqualTo(expected.document());
        assertThat((long) document.size()).as(() -> shortened(record)).isEqualTo(expected.size());
        assertThat(document.delete()).as(() -> shortened(record)).isEqualTo(expected.delete());
    }

    private static String shortened(final String record) {
        return record.substring(0, Math.min(record.length(), 2000));
    }
}
