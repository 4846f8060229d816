package io.airbyte.integrations.destination.convex.document;

import io.airbyte.integrations.destination.convex.json.InvalidJson;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Thousands of generated records become the same documents, sizes and failures as by {@link ReferenceEncoder}. */
class DocumentEncoderPropertyTest {

    private static final int RECORDS_OF_A_STREAM = 50;

    /** Fewer where each of hundreds of mutants runs them (the profile "mutation"). */
    private static final int STREAMS = Integer.getInteger("property.streams", 25);

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
        final EncoderComparison comparison = new EncoderComparison(dedup, text, metadata, declared);
        final RandomRecords records = new RandomRecords(random.nextLong());
        for (int i = 0; i < RECORDS_OF_A_STREAM; i++) {
            final String record = records.next();
            comparison.compare(record, random.nextInt(5) == 0 ? EncoderComparison.INCOMING : "[]");
        }
    }
}
