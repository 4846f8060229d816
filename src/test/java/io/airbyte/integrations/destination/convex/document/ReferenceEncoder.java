package io.airbyte.integrations.destination.convex.document;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The encoder's rules told a second time, over Jackson trees and without regard to speed, for tests to compare with. The
 * key, if there is one, is the top-level column {@code id}.
 */
final class ReferenceEncoder {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();
    private static final JsonMapper STRICT = MAPPER.rebuild()
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build();
    private static final BigInteger LARGEST = BigInteger.TWO.pow(53).subtract(BigInteger.ONE);
    private static final Set<String> OWN =
            Set.of("airbyte_meta", "airbyte_extracted_at", "airbyte_generation_id", "airbyte_sync_id");

    static {
        MAPPER.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(100_000)
                        .maxNameLength(Integer.MAX_VALUE)
                        .build());
    }

    /** What came of a record; a message instead of a document where the key made it impossible. */
    record Result(ObjectNode document, long size, boolean delete, boolean refused) {}

    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;
        private final Unstorable reason;

        Refused(final Unstorable reason) {
            super(reason.name());
            this.reason = reason;
        }
    }

    /** A column on its way into the document. */
    private static final class Field {
        private String name = "";
        private JsonNode value = JsonNodeFactory.instance.nullNode();
        private boolean isKey;
        private boolean isDeclared;
        private boolean leftOut;
        private boolean recorded;
    }

    private final boolean dedup;
    private final boolean text;
    private final boolean metadata;
    private final Set<String> declared;
    private final Map<String, String> names = new HashMap<>();
    private final Set<String> taken = new HashSet<>(OWN);

    ReferenceEncoder(final boolean dedup, final boolean text, final boolean metadata, final Set<String> declared) {
        this.dedup = dedup;
        this.text = text;
        this.metadata = metadata;
        this.declared = new TreeSet<>(declared);
        this.declared.add("id");
        final List<String> known = new ArrayList<>(this.declared);
        known.sort(Comparator.comparing((String name) -> !candidate(name).equals(name) || OWN.contains(name))
                .thenComparing(name -> !name.equals("id"))
                .thenComparing(Comparator.naturalOrder()));
        for (final String name : known) {
            if (!steers(name)) {
                names.put(name, claimed(name, taken));
            }
        }
    }

    static JsonNode read(final String json) {
        try {
            return STRICT.readTree(json);
        } catch (final IOException invalid) {
            throw new UncheckedIOException(invalid);
        }
    }

    Result encode(final String record, final int emittedAt, final String incoming) {
        final ObjectNode tree;
        final ArrayNode changes;
        try {
            tree = (ObjectNode) MAPPER.readTree(withStandIns(record));
            changes = (ArrayNode) MAPPER.readTree(incoming);
        } catch (final IOException invalid) {
            throw new UncheckedIOException(invalid);
        }
        final boolean delete = dedup && !tree.path("_ab_cdc_deleted_at").isNull() && tree.has("_ab_cdc_deleted_at");
        final List<Field> fields = fields(tree);
        try {
            for (final Field field : fields) {
                store(field, changes);
            }
            if (dedup && !tree.has("id")) {
                throw new Refused(Unstorable.COLUMN_COUNT);
            }
            leaveOutExcess(fields, changes);
            shrink(fields, changes, emittedAt);
        } catch (final Refused refused) {
            return new Result(tree, 0, false, true);
        }
        final ObjectNode document = document(fields, changes, emittedAt);
        return new Result(document, sizeOf(document) + 61, delete, false);
    }

    private List<Field> fields(final ObjectNode tree) {
        final Map<String, String> inDocument = new HashMap<>();
        final Set<String> takenHere = new HashSet<>(taken);
        final List<Field> fields = new ArrayList<>();
        for (final Map.Entry<String, JsonNode> property : tree.properties()) {
            final String name = property.getKey();
            if (steers(name)) {
                continue;
            }
            if (!names.containsKey(name)) {
                final String stored = claimed(name, takenHere);
                final byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
                final boolean forStream = !hasLoneSurrogate(name) && utf8.length <= 1024;
                (forStream ? names : inDocument).put(name, stored);
                if (forStream) {
                    taken.add(stored);
                }
            }
            final Field field = new Field();
            field.name = names.getOrDefault(name, inDocument.getOrDefault(name, ""));
            field.value = property.getValue();
            field.isKey = name.equals("id");
            field.isDeclared = declared.contains(name);
            fields.add(field);
        }
        return fields;
    }

    private boolean steers(final String name) {
        return dedup && name.startsWith("_ab_cdc_");
    }

    private static String candidate(final String name) {
        final String wanted = name.startsWith("_ab_cdc_") ? name.substring(1) : name;
        return NameRule.keepsField(wanted) ? wanted : renamed(name);
    }

    private static String claimed(final String name, final Set<String> taken) {
        String stored = candidate(name);
        while (stored.startsWith("source_ab_cdc") || taken.contains(stored)) {
            stored = "source_" + stored;
        }
        taken.add(stored);
        return stored;
    }

    private void store(final Field field, final ArrayNode changes) throws Refused {
        if (field.name.length() > 1024) {
            leaveOut(field, Unstorable.NAME_LENGTH, changes);
            return;
        }
        try {
            field.value = stored(field.value, 1, text || field.isKey);
        } catch (final Refused refused) {
            makeNull(field, refused.reason, changes);
        }
    }

    private void makeNull(final Field field, final Unstorable reason, final ArrayNode changes) throws Refused {
        if (dedup && field.isKey) {
            throw new Refused(reason);
        }
        add(changes, field.name, reason);
        field.recorded = true;
        field.value = JsonNodeFactory.instance.nullNode();
    }

    private void leaveOut(final Field field, final Unstorable reason, final ArrayNode changes) throws Refused {
        if (dedup && field.isKey) {
            throw new Refused(reason);
        }
        if (!field.recorded) {
            add(changes, field.name, reason);
        }
        field.leftOut = true;
    }

    private static void add(final ArrayNode changes, final String field, final Unstorable reason) {
        changes.addObject()
                .put("field", field.length() > 128 ? field.substring(0, 125) + "..." : field)
                .put("change", "NULLED")
                .put("reason", reason.reasonCode());
    }

    private JsonNode stored(final JsonNode value, final int depth, final boolean asText) throws Refused {
        if (value.isContainerNode() && depth == 16) {
            throw new Refused(Unstorable.NESTING);
        }
        if (value.isArray()) {
            return array(value, depth, asText);
        }
        if (value.isObject()) {
            return object(value, depth, asText);
        }
        if (value.isTextual() && hasLoneSurrogate(value.textValue())) {
            throw new Refused(Unstorable.LONE_SURROGATE);
        }
        if (value.isIntegralNumber() && asText && value.bigIntegerValue().abs().compareTo(LARGEST) > 0) {
            return JsonNodeFactory.instance.textNode(value.bigIntegerValue().toString());
        }
        if (value.isNumber() && Double.isInfinite(value.decimalValue().doubleValue())) {
            throw new Refused(Unstorable.NUMBER_RANGE);
        }
        return value;
    }

    private JsonNode array(final JsonNode value, final int depth, final boolean asText) throws Refused {
        if (value.size() > 8192) {
            throw new Refused(Unstorable.ARRAY_LENGTH);
        }
        final ArrayNode array = MAPPER.createArrayNode();
        for (final JsonNode element : value) {
            array.add(stored(element, depth + 1, asText));
        }
        return array;
    }

    private JsonNode object(final JsonNode value, final int depth, final boolean asText) throws Refused {
        if (value.size() > 1024) {
            throw new Refused(Unstorable.OBJECT_FIELDS);
        }
        final Set<String> takenHere = new HashSet<>();
        final Set<String> renamed = new TreeSet<>();
        value.fieldNames().forEachRemaining(name -> (NameRule.keepsField(name) ? takenHere : renamed).add(name));
        final Map<String, String> storedNames = new HashMap<>();
        for (final String name : renamed) {
            String stored = renamed(name);
            while (!takenHere.add(stored)) {
                stored = "source_" + stored;
            }
            storedNames.put(name, stored);
        }
        final ObjectNode object = MAPPER.createObjectNode();
        for (final Map.Entry<String, JsonNode> property : value.properties()) {
            final String stored = storedNames.getOrDefault(property.getKey(), property.getKey());
            if (stored.length() > 1024) {
                throw new Refused(Unstorable.NAME_LENGTH);
            }
            object.set(stored, stored(property.getValue(), depth + 1, asText));
        }
        return object;
    }

    private void leaveOutExcess(final List<Field> fields, final ArrayNode changes) throws Refused {
        final List<Field> kept = byRank(fields);
        final int own = metadata ? 2 : 0;
        if (kept.size() + own + (changes.isEmpty() ? 0 : 1) > 1022) {
            for (final Field field : kept.subList(1021 - own, kept.size())) {
                leaveOut(field, Unstorable.COLUMN_COUNT, changes);
            }
        }
    }

    private List<Field> byRank(final List<Field> fields) {
        final List<Field> kept =
                new ArrayList<>(fields.stream().filter(field -> !field.leftOut).toList());
        kept.sort(Comparator.comparing((Field field) -> !field.isKey)
                .thenComparing(field -> !field.isDeclared)
                .thenComparing(field -> field.isDeclared ? sourceRank(field) : 0));
        return kept;
    }

    private int sourceRank(final Field field) {
        int rank = 0;
        for (final String name : declared) {
            if (field.name.equals(names.get(name))) {
                return rank;
            }
            rank++;
        }
        return rank;
    }

    private void shrink(final List<Field> fields, final ArrayNode changes, final int emittedAt) throws Refused {
        final List<Field> bySize = new ArrayList<>(fields);
        bySize.sort(
                Comparator.comparingLong((Field field) -> sizeOf(field.value)).reversed());
        for (final Field field : bySize) {
            final ArrayNode alone = MAPPER.createArrayNode();
            add(alone, field.name, Unstorable.DOCUMENT_SIZE);
            final boolean tooLarge = sizeOf(document(fields, changes, emittedAt)) + 61 > 1 << 20;
            if (!tooLarge) {
                return;
            }
            if (!field.leftOut && !(dedup && field.isKey) && sizeOf(field.value) - 1 > sizeOf(alone.get(0))) {
                makeNull(field, Unstorable.DOCUMENT_SIZE, changes);
            }
        }
        final List<Field> kept = byRank(fields);
        for (int i = kept.size() - 1; sizeOf(document(fields, changes, emittedAt)) + 61 > 1 << 20; i--) {
            leaveOut(kept.get(i), Unstorable.DOCUMENT_SIZE, changes);
        }
    }

    private ObjectNode document(final List<Field> fields, final ArrayNode changes, final int emittedAt) {
        final ObjectNode document = MAPPER.createObjectNode();
        for (final Field field : fields) {
            if (!field.leftOut && document.putIfAbsent(field.name, field.value) != null) {
                throw new IllegalStateException("two columns of one name: " + field.name);
            }
        }
        if (metadata) {
            document.put("airbyte_extracted_at", emittedAt).put("airbyte_generation_id", 7);
        }
        if (!changes.isEmpty()) {
            document.putObject("airbyte_meta").set("changes", changes);
        }
        return document;
    }

    /** Jackson does not read halves of surrogate pairs everywhere: characters that nothing else uses stand for them. */
    private static String withStandIns(final String record) {
        return record.replace("\\ude00\\ud83d", "\\ud7ff")
                .replace("\\ud800", "\\ud7fd")
                .replace("\\udc00", "\\ud7fe");
    }

    private static boolean hasLoneSurrogate(final String text) {
        return text.codePoints().anyMatch(character -> character >= 0xd7fd && character <= 0xd7ff);
    }

    private static String renamed(final String name) {
        return "source_" + Slug.of(name.replaceAll("[\ud7fd-\ud7ff]", ""));
    }

    /** convex-api §4.3. */
    static long sizeOf(final JsonNode value) {
        if (value.isTextual()) {
            return 2L + value.textValue().getBytes(StandardCharsets.UTF_8).length;
        }
        if (value.isNumber()) {
            return 9;
        }
        if (value.isObject()) {
            long size = 2;
            for (final Map.Entry<String, JsonNode> property : value.properties()) {
                size += property.getKey().length() + 1L + sizeOf(property.getValue());
            }
            return size;
        }
        if (value.isArray()) {
            long size = 2;
            for (final JsonNode element : value) {
                size += sizeOf(element);
            }
            return size;
        }
        return 1;
    }
}
