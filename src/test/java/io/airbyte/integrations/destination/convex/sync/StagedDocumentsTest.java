package io.airbyte.integrations.destination.convex.sync;

import static io.airbyte.integrations.destination.convex.sync.SyncRig.append;
import static io.airbyte.integrations.destination.convex.sync.SyncRig.dedup;
import static org.assertj.core.api.Assertions.assertThat;

import io.airbyte.integrations.destination.convex.document.EncodedDocument;
import io.airbyte.integrations.destination.convex.json.ByteSlice;
import io.airbyte.integrations.destination.convex.protocol.ConfiguredStream;
import io.airbyte.integrations.destination.convex.protocol.Failure;
import io.airbyte.integrations.destination.convex.spool.SpoolFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The documents of a stream on their way over the disk, and the parts that they are uploaded in. */
class StagedDocumentsTest {

    @TempDir
    private Path folder;

    private SpoolFolder spool;
    private final List<Failure> failures = new ArrayList<>();
    private int ready;

    @BeforeEach
    void open() throws IOException {
        spool = SpoolFolder.open(folder);
    }

    @AfterEach
    void close() {
        spool.close();
    }

    private static SharedParts sharedBy(final ConfiguredStream stream) {
        return new SharedParts(stream);
    }

    private StagedDocuments documents(final SharedParts parts) {
        return new StagedDocuments(parts.stream(), staging(OptionalLong.empty()), parts.pool, false);
    }

    private Staging staging(final OptionalLong diskBytes) {
        return SharedParts.staging(spool, diskBytes);
    }

    private static EncodedDocument document(final int id, final int bytes) {
        final String json = "{\"id\":%d,\"name\":\"%s\"}".formatted(id, "x".repeat(bytes));
        return new EncodedDocument(ByteSlice.of(json), bytes, false);
    }

    private static void add(final StagedDocuments documents, final int from, final int to) {
        for (int id = from; id < to; id++) {
            documents.add(document(id, 100_000));
        }
    }

    private void finish(final StagedDocuments documents) {
        documents.finish(() -> ready++, failures::add);
        assertThat(failures).isEmpty();
        assertThat(ready).isEqualTo(1);
    }

    @Test
    void every_ten_megabytes_of_a_deduplicated_stream_are_a_part() {
        final StagedDocuments documents = documents(sharedBy(dedup("users")));
        add(documents, 0, 250);
        finish(documents);

        assertThat(documents.parts()).extracting(part -> part.segments().size()).containsExactly(1, 1, 1);
        assertThat(documents.documents()).isEqualTo(250);
    }

    @Test
    void what_little_survives_of_several_segments_is_one_part() {
        final StagedDocuments documents = documents(sharedBy(dedup("users")));
        for (int i = 0; i < 16; i++) {
            add(documents, 0, 20);
        }
        finish(documents);

        assertThat(documents.documents()).isEqualTo(20);
        assertThat(documents.parts())
                .singleElement()
                .satisfies(part -> assertThat(part.bytes()).isBetween(2_000_000L, 2_010_000L));
    }

    @Test
    void the_keys_are_off_the_disk_once_the_last_document_of_each_is_known() {
        final StagedDocuments documents = documents(sharedBy(dedup("users")));
        for (int id = 0; id < 2_000; id++) {
            documents.add(document(id, 10));
        }
        finish(documents);

        assertThat(spool.used())
                .isEqualTo(documents.parts().stream()
                        .mapToLong(StagedPart::bytesOnDisk)
                        .sum());
    }

    @Test
    void documents_that_are_deleted_before_they_were_complete_leave_neither_disk_nor_memory_taken() {
        final SharedParts parts = sharedBy(dedup("users"));
        final int before = parts.blocksLeft();
        final StagedDocuments documents = documents(parts);
        add(documents, 0, 3);
        for (int id = 0; id < 2_000; id++) {
            documents.add(document(id, 10));
        }
        assertThat(documents.bytesInMemory()).isPositive();
        assertThat(spool.used()).isPositive();

        documents.delete();

        assertThat(spool.used()).isZero();
        assertThat(parts.blocksLeft()).isEqualTo(before);
    }

    @Test
    void a_part_that_was_let_go_takes_no_disk_any_more() {
        final StagedDocuments documents = documents(sharedBy(append("users")));
        add(documents, 0, 110);
        finish(documents);
        final StagedPart first = documents.parts().get(0);
        assertThat(first.bytesOnDisk()).isPositive();
        assertThat(documents.areAllOnDisk()).isTrue();

        first.delete();

        assertThat(first.bytesOnDisk()).isZero();
        assertThat(documents.areAllOnDisk()).isFalse();
    }

    @Test
    void a_part_that_has_arrived_is_let_go_when_what_is_written_next_would_not_fit_beside_it() {
        final SharedParts parts = sharedBy(append("users"));
        // Three quarters of it are used at most.
        final Staging staging = staging(OptionalLong.of(24L << 20));
        final StagedDocuments documents = new StagedDocuments(parts.stream(), staging, parts.pool, false);
        final PartUpload upload =
                new PartUpload(parts.stream(), parts.sending, documents, (token, tokens) -> ready++, failures::add);
        staging.register(upload);
        add(documents, 0, 110);
        upload.advance();
        parts.settle();
        final long used = spool.used();

        staging.requireRoomFor((18L << 20) - used, parts.stream().descriptor());
        assertThat(spool.used()).isEqualTo(used);
        assertThat(documents.areAllOnDisk()).isTrue();

        staging.requireRoomFor((18L << 20) - used + 1, parts.stream().descriptor());
        assertThat(spool.used()).isLessThan(1 << 20);
        assertThat(documents.areAllOnDisk()).isFalse();
    }

    @Test
    void a_stream_of_more_parts_than_convex_takes_is_an_error_that_says_what_to_do() {
        final SharedParts parts = sharedBy(append("users"));
        final StagedDocuments documents = documents(parts);
        for (int i = 0; i < 10_000; i++) {
            documents.parts().add(new StagedPart(List.of(), Optional.empty()));
        }
        final PartUpload upload =
                new PartUpload(parts.stream(), parts.sending, documents, (token, tokens) -> ready++, failures::add);

        upload.advance();
        parts.settle();
        parts.waits(Duration.ofMinutes(1));

        assertThat(ready).isZero();
        assertThat(failures).singleElement().satisfies(failure -> {
            assertThat(failure.kind()).isEqualTo(Failure.Kind.CONFIG_ERROR);
            assertThat(failure.message()).contains("users", "9,999 parts", "incrementally");
        });
        assertThat(upload.hasMoreToSend()).isFalse();
    }
}
