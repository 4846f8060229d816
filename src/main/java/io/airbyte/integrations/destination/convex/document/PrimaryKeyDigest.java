package io.airbyte.integrations.destination.convex.document;

import io.airbyte.integrations.destination.convex.json.ByteBuilder;
import io.airbyte.integrations.destination.convex.json.ByteSlice;
import io.airbyte.integrations.destination.convex.json.InvalidJson;
import io.airbyte.integrations.destination.convex.json.JsonScanner;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * 128 bits that stand for a document's primary key: the same of two documents exactly if Convex takes their keys for
 * equal (convex-api §4.1, §10), as certainly as SHA-256 has no collisions in so many bits. Not for use by several threads.
 */
public final class PrimaryKeyDigest {

    /** A larger buffer, which one large key needed, is not kept: every stream has one. */
    private static final int KEPT_BUFFER = 1 << 12;

    private static final int SHA256_BYTES = 32;

    private final MessageDigest sha256;
    private final byte[] digest = new byte[SHA256_BYTES];
    private final ByteBuffer digestWords = ByteBuffer.wrap(digest);
    private final JsonScanner scanner = new JsonScanner();
    private final ByteBuilder canonical = new ByteBuilder(256);
    private final CanonicalValue values = new CanonicalValue(scanner, canonical);

    /** The distinct first steps of the paths, and where their values are in the document that is being read. */
    private final byte[][] columns;

    private final int[] valueStarts;
    private final int[] valueEnds;
    private final List<Part> parts = new ArrayList<>();

    /** @param primaryKeyPaths the key's paths by the names that documents have */
    public PrimaryKeyDigest(final List<List<String>> primaryKeyPaths) {
        final List<String> names =
                primaryKeyPaths.stream().map(path -> path.get(0)).distinct().toList();
        columns = names.stream().map(PrimaryKeyDigest::utf8).toArray(byte[][]::new);
        valueStarts = new int[columns.length];
        valueEnds = new int[columns.length];
        for (final List<String> path : primaryKeyPaths) {
            final List<byte[]> below =
                    path.stream().skip(1).map(PrimaryKeyDigest::utf8).toList();
            parts.add(new Part(names.indexOf(path.get(0)), below));
        }
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    }

    /**
     * One field of the key.
     *
     * @param column which of the columns it is, or is in
     * @param below the steps from there
     */
    private record Part(int column, List<byte[]> below) {}

    private static byte[] utf8(final String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads the key of a document.
     *
     * @param document as {@link DocumentEncoder} made it, so that every part of the key is there
     * @throws InvalidJson if it is not one JSON object
     */
    public void read(final ByteSlice document) throws InvalidJson {
        locateColumns(document);
        canonical.reset(KEPT_BUFFER);
        for (int i = 0; i < parts.size(); i++) {
            final Part part = parts.get(i);
            values.append(document.array(), valueStarts[part.column()], valueEnds[part.column()], part.below());
        }
        final ByteSlice key = canonical.slice();
        sha256.update(key.array(), key.offset(), key.length());
        try {
            sha256.digest(digest, 0, SHA256_BYTES);
        } catch (final DigestException e) {
            throw new IllegalStateException("A SHA-256 digest has 32 bytes.", e);
        }
    }

    private void locateColumns(final ByteSlice document) throws InvalidJson {
        Arrays.fill(valueStarts, 0);
        Arrays.fill(valueEnds, 0);
        scanner.reset(document).enterObject();
        while (scanner.nextKey()) {
            final int column = currentColumn();
            scanner.peek();
            final int valueStart = scanner.position();
            scanner.skipValue();
            if (column >= 0) {
                valueStarts[column] = valueStart;
                valueEnds[column] = scanner.position();
            }
        }
        scanner.expectEnd();
    }

    private int currentColumn() {
        for (int i = 0; i < columns.length; i++) {
            if (CanonicalValue.keyIs(scanner, columns[i])) {
                return i;
            }
        }
        return -1;
    }

    /** The first half of the last document's digest. */
    public long high() {
        return digestWords.getLong(0);
    }

    /** The second half of the last document's digest. */
    public long low() {
        return digestWords.getLong(Long.BYTES);
    }
}
