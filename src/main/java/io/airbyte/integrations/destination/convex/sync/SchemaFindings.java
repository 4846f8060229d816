package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.document.DocumentShape;
import io.airbyte.integrations.destination.convex.validator.Fit;
import io.airbyte.integrations.destination.convex.validator.Validator;
import io.airbyte.integrations.destination.convex.validator.Validator.Field;
import io.airbyte.integrations.destination.convex.validator.Validator.ObjectOf;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What keeps a stream's documents out of a table, a sentence for each field.
 *
 * @param certain why the table refuses every document
 * @param possible why it may refuse some
 */
record SchemaFindings(List<String> certain, List<String> possible) {

    static final SchemaFindings NONE = new SchemaFindings(List.of(), List.of());

    /** So many fields are told of. */
    private static final int MOST_TOLD = 20;

    /** Longer validators are cut short. */
    private static final int LONGEST_VALIDATOR = 200;

    /** What is wrong with documents of this shape in a table that wants its documents to be {@code wanted}. */
    static SchemaFindings of(final DocumentShape shape, final Validator wanted) {
        if (wanted instanceof ObjectOf object) {
            return ofFields(shape, object.fields());
        }
        if (wanted instanceof Validator.Union union) {
            return union.choices().stream()
                    .map(choice -> of(shape, choice))
                    .min(Comparator.<SchemaFindings>comparingInt(
                                    findings -> findings.certain().size())
                            .thenComparingInt(findings -> findings.possible().size()))
                    .orElse(NONE);
        }
        return NONE;
    }

    private static SchemaFindings ofFields(final DocumentShape shape, final Map<String, Field> wanted) {
        final Map<String, Field> sent = shape.usual().fields();
        final Set<String> names = new LinkedHashSet<>(sent.keySet());
        names.addAll(wanted.keySet());
        final SchemaFindings findings = new SchemaFindings(new ArrayList<>(), new ArrayList<>());
        for (final String name : names) {
            findings.look(name, Optional.ofNullable(sent.get(name)), Optional.ofNullable(wanted.get(name)), shape);
        }
        return findings;
    }

    private void look(
            final String name, final Optional<Field> sent, final Optional<Field> wanted, final DocumentShape shape) {
        final Fit fit = sent.map(
                        field -> wanted.map(other -> Fit.of(field, other)).orElseGet(() -> Fit.unwanted(field)))
                .orElseGet(() -> Fit.missing(wanted.orElseThrow()));
        if (fit != Fit.ALWAYS) {
            // A column that the JSON schema does not name may be there all the same, unless it says that there is none.
            final boolean unnamed = sent.isEmpty() && shape.open();
            (fit == Fit.NEVER && !unnamed ? certain : possible).add(sentence(name, sent, wanted, shape.complete()));
        }
    }

    private static String sentence(
            final String name, final Optional<Field> sent, final Optional<Field> wanted, final Validator complete) {
        final String is =
                wanted.map(field -> "the schema has " + shortened(field.text())).orElse("the schema does not have it");
        final String comes = sent.map(field -> "the connector sends " + shortened(field.text()))
                .orElse("the stream's JSON schema has no such column");
        return "Field %s: %s, %s. %s".formatted(name, is, comes, cure(name, sent, wanted, complete));
    }

    private static String cure(
            final String name, final Optional<Field> sent, final Optional<Field> wanted, final Validator complete) {
        if (complete instanceof ObjectOf object) {
            final String what = wanted.isPresent() ? "Change the line to" : "Add the line";
            final Field line = sent.isPresent()
                    ? object.fields().getOrDefault(name, sent.get())
                    : new Field(wanted.orElseThrow().value(), true);
            return "%s  %s: %s,".formatted(what, name, line.text());
        }
        return "No validator describes all of this table's columns: use defineTable(v.any()) for it.";
    }

    private static String shortened(final String validator) {
        return validator.length() <= LONGEST_VALIDATOR ? validator : validator.substring(0, LONGEST_VALIDATOR) + "…";
    }

    /** The sentences as lines of a list. */
    static String list(final List<String> sentences) {
        final String more =
                sentences.size() > MOST_TOLD ? "\n- and %d more fields".formatted(sentences.size() - MOST_TOLD) : "";
        return sentences.stream()
                        .limit(MOST_TOLD)
                        .map(sentence -> "\n- " + sentence)
                        .collect(Collectors.joining())
                + more;
    }
}
