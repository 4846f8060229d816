package io.airbyte.integrations.destination.convex.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The judge of the campaign sees what it is there to see. */
class ModelIT {

    private static final int RECORDS = 6;
    private static final List<Sending> ONCE = List.of(new Sending(0, 1));

    /** Records of the keys 0, 1, 2, 0, 1, 2, the last of which is a delete. */
    private static Model model(final Mode mode) {
        final List<SourceRecord> records = IntStream.range(0, RECORDS)
                .mapToObj(n -> new SourceRecord(n % 3, n == RECORDS - 1, "{}", document(n)))
                .toList();
        return new Model(new SourceStream("", "users", "users", mode, 2, records));
    }

    private static ObjectNode document(final int n) {
        return JsonNodeFactory.instance.objectNode().put("n", n);
    }

    private static List<ObjectNode> documents(final int... numbers) {
        return new ArrayList<>(IntStream.of(numbers).mapToObj(ModelIT::document).toList());
    }

    @Test
    void what_was_promised_is_right() {
        assertThat(model(Mode.APPEND).faults(ONCE, documents(-2, -1, 0, 1, 2, 3, 4, 5)))
                .isEmpty();
        assertThat(model(Mode.DEDUP).faults(ONCE, documents(-2, -1, 4, 3))).isEmpty();
        assertThat(model(Mode.OVERWRITE).faults(ONCE, documents(0, 1, 2, 3, 4, 5)))
                .isEmpty();
        assertThat(model(Mode.OVERWRITE_DEDUP).faults(ONCE, documents(3, 4))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void a_lost_record_is_seen(final Mode mode) {
        final int[] held = mode.deduplicates() ? new int[] {4} : new int[] {0, 1, 2, 4, 5};
        final List<ObjectNode> documents = documents(held);
        if (!mode.replaces()) {
            documents.addAll(documents(-2, -1));
        }
        assertThat(model(mode).faults(ONCE, documents)).containsExactly("record 3 of users is lost");
    }

    @Test
    void a_record_that_is_there_twice_is_seen_unless_it_was_sent_twice() {
        final List<ObjectNode> documents = documents(-2, -1, 0, 1, 2, 3, 4, 4, 5);

        assertThat(model(Mode.APPEND).faults(ONCE, documents)).contains("record 4 of users is there 2 times");
        assertThat(model(Mode.APPEND).faults(List.of(new Sending(0, 1), new Sending(5, 1)), documents))
                .contains("record 4 of users is there 2 times");
        assertThat(model(Mode.APPEND).faults(List.of(new Sending(0, 1), new Sending(4, 1)), documents))
                .isEmpty();
        assertThat(model(Mode.APPEND).faults(List.of(new Sending(0, 2)), documents))
                .isEmpty();
        assertThat(model(Mode.OVERWRITE)
                        .faults(List.of(new Sending(0, 1), new Sending(0, 1)), documents(0, 1, 2, 3, 4, 4, 5)))
                .containsExactly("record 4 of users is there 2 times");
    }

    @Test
    void a_row_that_was_deleted_and_an_older_version_of_a_row_are_seen() {
        assertThat(model(Mode.DEDUP).faults(ONCE, documents(-2, -1, 3, 4, 5)))
                .containsExactly("record 5 of users is there 1 times");
        assertThat(model(Mode.DEDUP).faults(ONCE, documents(-2, -1, 0, 4)))
                .containsExactly("record 0 of users is there 1 times", "record 3 of users is lost");
    }

    @Test
    void old_documents_that_stay_or_go_against_the_mode_are_seen() {
        assertThat(model(Mode.OVERWRITE).faults(ONCE, documents(-1, 0, 1, 2, 3, 4, 5)))
                .containsExactly("record -1 of users is there 1 times");
        assertThat(model(Mode.APPEND).faults(ONCE, documents(-1, 0, 1, 2, 3, 4, 5)))
                .containsExactly("record -2 of users is lost");
    }

    @Test
    void a_changed_document_and_a_changed_order_are_seen() {
        final List<ObjectNode> changed = documents(-2, -1, 0, 1, 2, 3, 4, 5);
        changed.get(4).put("more", true);

        assertThat(model(Mode.APPEND).faults(ONCE, changed)).containsExactly("a changed document of record 2 in users");
        assertThat(model(Mode.APPEND).faults(ONCE, documents(-2, -1, 0, 2, 1, 3, 4, 5)))
                .containsExactly("documents of users out of order");
    }

    @Test
    void a_state_that_leaves_too_early_is_seen() {
        assertThat(model(Mode.APPEND).untruths(3, documents(-2, -1, 0, 2)))
                .containsExactly("a state left before record 1 of users");
        assertThat(model(Mode.DEDUP).untruths(4, documents(-2, -1, 0, 1, 2)))
                .containsExactly("a state left before record 3 of users");
        assertThat(model(Mode.DEDUP).untruths(3, documents(-2, -1, 3, 4))).isEmpty();
        assertThat(model(Mode.OVERWRITE).untruths(2, documents(-2, 0, 1)))
                .containsExactly("a state left before the old documents of users");
    }
}
