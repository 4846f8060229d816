package io.airbyte.integrations.destination.convex.local;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** As the local disk does it: parts are appended as they arrive, whatever their number, twice if sent twice. */
final class UploadOnDisk implements Upload {

    private final Path file;

    UploadOnDisk(final Path file) {
        this.file = file;
    }

    @Override
    public synchronized String add(final int number, final Path part) throws IOException {
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.APPEND)) {
            Files.copy(part, out);
        }
        return "";
    }

    @Override
    public synchronized Path finish(final List<String> partTokens) {
        return file;
    }
}
