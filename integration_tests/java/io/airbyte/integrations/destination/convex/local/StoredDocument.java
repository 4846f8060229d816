package io.airbyte.integrations.destination.convex.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A document as it is stored. It changes only by getting its commit's time; a replacement is another one. */
final class StoredDocument {

    private final String id;
    private final double creationTime;
    private final ObjectNode fields;
    private final boolean whole;
    private final int contents;
    private final long size;
    private long committed;

    /** @param size of the whole document, system fields included */
    StoredDocument(final String id, final double creationTime, final ObjectNode fields, final long size) {
        this(id, creationTime, fields, true, fields.hashCode(), size);
    }

    private StoredDocument(
            final String id,
            final double creationTime,
            final ObjectNode fields,
            final boolean whole,
            final int contents,
            final long size) {
        this.id = id;
        this.creationTime = creationTime;
        this.fields = fields;
        this.whole = whole;
        this.contents = contents;
        this.size = size;
    }

    /** What the two system fields add to the size of a document. */
    static int systemFieldsSize(final String id) {
        return "_id".length() + 1 + id.length() + 2 + "_creationTime".length() + 1 + 9;
    }

    /** The same document with these of its fields only; of the others is known whether another document's equal them. */
    StoredDocument reducedTo(final Set<String> kept) {
        final ObjectNode rest = Json.object();
        kept.stream().filter(fields::has).forEach(name -> rest.set(name, fields.path(name)));
        return new StoredDocument(id, creationTime, rest, false, contents, size);
    }

    boolean hasContents(final ObjectNode others) {
        return contents == others.hashCode() && (!whole || fields.equals(others));
    }

    void committedAt(final long time) {
        committed = time;
    }

    String id() {
        return id;
    }

    double creationTime() {
        return creationTime;
    }

    /** The user's fields. */
    ObjectNode fields() {
        return fields;
    }

    long size() {
        return size;
    }

    /** When it was written, in nanoseconds. */
    long committed() {
        return committed;
    }

    /** The document with its system fields, in stored order. */
    ObjectNode whole() {
        return whole(id, creationTime, fields);
    }

    static ObjectNode whole(final String id, final double creationTime, final ObjectNode fields) {
        final ObjectNode whole = Json.object();
        final Map<String, JsonNode> sorted = new TreeMap<>();
        fields.properties().forEach(field -> sorted.put(field.getKey(), field.getValue()));
        sorted.put("_id", fields.textNode(id));
        sorted.put("_creationTime", fields.numberNode(creationTime));
        whole.setAll(sorted);
        return whole;
    }
}
