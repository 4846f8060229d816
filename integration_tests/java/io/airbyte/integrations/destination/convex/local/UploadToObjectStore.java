package io.airbyte.integrations.destination.convex.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * As an object store does it: parts are stored by number, a part that is sent again takes the place of the first one, and
 * the file consists of the parts whose tokens are listed in the end. A list that does not fit what is stored, or a part
 * that is too small without being the last one, is an error without a code.
 */
final class UploadToObjectStore implements Upload {

    private static final int MOST_PARTS = 10_000;

    private record Part(Path file, String token) {}

    private final TemporaryFolder folder;
    private final Map<Integer, Part> parts = new TreeMap<>();

    UploadToObjectStore(final TemporaryFolder folder) {
        this.folder = folder;
    }

    @Override
    public synchronized String add(final int number, final Path part) throws IOException {
        if (number < 1 || number > MOST_PARTS) {
            throw ApiError.internal();
        }
        final Path stored = folder.newFile("part");
        Files.copy(part, stored, StandardCopyOption.REPLACE_EXISTING);
        final String token = Json.object()
                .put("partNumber", number)
                .put("etag", digest(stored))
                .toString();
        final Part before = parts.put(number, new Part(stored, token));
        if (before != null) {
            Files.delete(before.file());
        }
        return token;
    }

    /** The same bytes have the same digest, however often they are sent. */
    private static String digest(final Path file) throws IOException {
        try (DigestInputStream in =
                new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("MD5"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public synchronized Path finish(final List<String> partTokens) throws IOException {
        final Path whole = folder.newFile("upload");
        int previous = 0;
        try (OutputStream out = Files.newOutputStream(whole)) {
            for (int i = 0; i < partTokens.size(); i++) {
                final Map.Entry<Integer, Part> part = partOf(partTokens.get(i));
                final boolean last = i == partTokens.size() - 1;
                if (part.getKey() <= previous
                        || (!last && Files.size(part.getValue().file()) < SMALLEST_PART)) {
                    throw ApiError.internal();
                }
                previous = part.getKey();
                try (InputStream in = Files.newInputStream(part.getValue().file())) {
                    in.transferTo(out);
                }
            }
        }
        for (final Part part : parts.values()) {
            Files.delete(part.file());
        }
        return whole;
    }

    private Map.Entry<Integer, Part> partOf(final String token) {
        return parts.entrySet().stream()
                .filter(entry -> entry.getValue().token().equals(token))
                .findAny()
                .orElseThrow(ApiError::internal);
    }
}
