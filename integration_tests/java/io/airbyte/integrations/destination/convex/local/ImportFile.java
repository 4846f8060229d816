package io.airbyte.integrations.destination.convex.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** Reads the rows of an uploaded file, whatever its form (convex-api §5.3). */
final class ImportFile {

    private static final Pattern DOCUMENTS = Pattern.compile("(?:[^/]+/)?([^/]+)/documents\\.jsonl");

    private ImportFile() {}

    /** What is found in a file, in its order. */
    interface Visitor {

        /** The file has this table, with or without rows. */
        void table(String name) throws Failure;

        /**
         * One row of a table.
         *
         * @param number of the row in its table, counted from 1
         */
        void row(String table, int number, JsonNode row) throws Failure;
    }

    /** Why an import fails, in the server's words. */
    static final class Failure extends Exception {
        private final String text;

        Failure(final String text) {
            super(text);
            this.text = text;
        }

        /** Puts a sentence before an error that has a code of its own. */
        static Failure of(final ApiError error) {
            return new Failure("Hit an error while importing:\n" + error.text());
        }

        String text() {
            return text;
        }
    }

    static void read(final ImportRequest request, final Path file, final Visitor visitor) throws Failure, IOException {
        if (request.format() == ImportRequest.Format.ZIP) {
            readZip(file, visitor);
            return;
        }
        final String table = request.table().orElseThrow();
        if (table.startsWith("_")) {
            throw new Failure("Hit an error while importing:\nInvalid table name %s starts with metadata prefix '_'"
                    .formatted(table));
        }
        visitor.table(table);
        try (InputStream in = Files.newInputStream(file)) {
            switch (request.format()) {
                case CSV -> readCsv(in, table, visitor);
                case JSON_ARRAY -> readArray(in.readAllBytes(), table, visitor);
                default -> readLines(in, table, visitor);
            }
        }
    }

    private static void readZip(final Path file, final Visitor visitor) throws Failure, IOException {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (final Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements(); ) {
                final ZipEntry entry = entries.nextElement();
                final Matcher documents = DOCUMENTS.matcher(entry.getName());
                if (documents.matches() && !documents.group(1).startsWith("_")) {
                    visitor.table(documents.group(1));
                    try (InputStream in = zip.getInputStream(entry)) {
                        readLines(in, documents.group(1), visitor);
                    }
                }
            }
        } catch (final ZipException e) {
            throw new Failure("Hit an error while importing:\ninvalid zip file");
        }
    }

    private static void readLines(final InputStream in, final String table, final Visitor visitor)
            throws Failure, IOException {
        final var line = new ByteArrayOutputStream();
        final byte[] chunk = new byte[1 << 16];
        int number = 0;
        for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
            int start = 0;
            for (int i = 0; i < length; i++) {
                if (chunk[i] == '\n') {
                    line.write(chunk, start, i - start);
                    start = i + 1;
                    visitor.row(table, ++number, parsed(line.toByteArray(), number));
                    line.reset();
                }
            }
            line.write(chunk, start, length - start);
        }
        if (line.size() > 0) {
            visitor.row(table, ++number, parsed(line.toByteArray(), number));
        }
    }

    private static JsonNode parsed(final byte[] line, final int number) throws Failure {
        try {
            return Json.read(line);
        } catch (final Json.Unreadable e) {
            throw new Failure("Row %d wasn't valid JSON: %s".formatted(number, e.getMessage()));
        }
    }

    private static void readArray(final byte[] text, final String table, final Visitor visitor) throws Failure {
        int number = 0;
        for (final JsonNode row : parsed(text, 1)) {
            visitor.row(table, ++number, row);
        }
    }

    private static void readCsv(final InputStream in, final String table, final Visitor visitor)
            throws Failure, IOException {
        final InputStream buffered = new BufferedInputStream(in);
        final List<String> header = csvRow(buffered).stream().map(String::strip).toList();
        int number = 0;
        for (List<String> cells = csvRow(buffered); !cells.isEmpty(); cells = csvRow(buffered)) {
            final ObjectNode row = Json.object();
            for (int i = 0; i < Math.min(cells.size(), header.size()); i++) {
                row.set(header.get(i), cell(cells.get(i)));
            }
            visitor.row(table, ++number, row);
        }
    }

    private static JsonNode cell(final String text) {
        try {
            final double number = Double.parseDouble(text);
            return Double.isFinite(number)
                    ? Json.object().numberNode(number)
                    : Json.object().nullNode();
        } catch (final NumberFormatException e) {
            return Json.object().textNode(text);
        }
    }

    /** Empty at the end of the file. */
    private static List<String> csvRow(final InputStream in) throws IOException {
        final List<String> cells = new ArrayList<>();
        final var cell = new ByteArrayOutputStream();
        boolean quoted = false;
        boolean anything = false;
        for (int c = in.read(); c >= 0; c = in.read()) {
            anything = true;
            if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && c == '\n') {
                break;
            } else if (!quoted && c == ',') {
                cells.add(cell.toString(StandardCharsets.UTF_8));
                cell.reset();
            } else if (quoted || c != '\r') {
                cell.write(c);
            }
        }
        if (anything) {
            cells.add(cell.toString(StandardCharsets.UTF_8));
        }
        return cells;
    }
}
