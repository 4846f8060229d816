import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Stands where a Convex deployment would, for benchmarks: it reads every body, checks that it is JSON, counts, and
 * forgets. It speaks the routes that the connector uses, keeps no document, and has no keys; what the connector gets
 * wrong (a body that is too long, a line that is not JSON, a part out of its turn) it refuses as a deployment does.
 * That text is UTF-8 it believes.
 *
 * <pre>java benchmarks/Sink.java [--port N] [--latency-millis N] [--body-limit BYTES] [--sum FIELD]...</pre>
 *
 * <p>{@code --sum} adds up a top-level numeric field of all documents of each table, so that a benchmark can tell that
 * the right ones arrived. What was counted is the answer to {@code GET /sink/figures}, and the last thing that it prints
 * when it is ended by SIGTERM; {@code POST /sink/reset?latency-millis=N} begins anew. {@code POST /lines?table=NAME} is
 * no route of Convex: it takes JSON lines, which are checked and counted, too.
 */
final class Sink {

    private Sink() {}

    public static void main(final String[] arguments) throws IOException {
        int port = 0;
        long latency = 0;
        int limit = 20 << 20;
        final List<String> summed = new ArrayList<>();
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            final String value = arguments[i + 1];
            switch (arguments[i]) {
                case "--port" -> port = Integer.parseInt(value);
                case "--latency-millis" -> latency = Long.parseLong(value);
                case "--body-limit" -> limit = Integer.parseInt(value);
                case "--sum" -> summed.add(value);
                default -> throw new IllegalArgumentException(arguments[i]);
            }
        }
        final var figures = new Figures(summed);
        final var deployment = new SinkDeployment(figures, limit, latency);
        final var server = new ServerSocket();
        server.setReceiveBufferSize(1 << 20);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_024);
        final PrintStream out = System.out;
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            out.print(figures.text());
            out.flush();
        }));
        out.println("CONVEX_URL=http://127.0.0.1:" + server.getLocalPort());
        out.println("CONVEX_DEPLOY_KEY=sink|0123456789");
        out.flush();
        while (true) {
            final Socket socket = server.accept();
            socket.setTcpNoDelay(true);
            new Thread(new Connection(socket, deployment)).start();
        }
    }
}

/** What was counted. */
final class Figures {

    /** What a table holds, as far as it is remembered. */
    static final class Contents {
        private long documents;
        private final double[] sums;

        Contents(final int fields) {
            sums = new double[fields];
        }

        void add(final Contents other) {
            documents += other.documents;
            Arrays.setAll(sums, i -> sums[i] + other.sums[i]);
        }

        void addDocument() {
            documents++;
        }

        void addToSum(final int field, final double value) {
            sums[field] += value;
        }

        long documents() {
            return documents;
        }
    }

    private final List<String> summed;
    private final Map<String, Contents> tables = new TreeMap<>();
    private long requests;
    private long bytes;
    private long largest;
    private long refused;
    private long imports;

    Figures(final List<String> summed) {
        this.summed = summed;
    }

    List<String> summed() {
        return summed;
    }

    Contents nothing() {
        return new Contents(summed.size());
    }

    synchronized void request(final long body, final boolean accepted) {
        requests++;
        bytes += body;
        largest = Math.max(largest, body);
        refused += accepted ? 0 : 1;
    }

    synchronized void add(final String table, final Contents added) {
        tables.computeIfAbsent(table, name -> nothing()).add(added);
    }

    synchronized void replace(final String table, final Contents whole) {
        tables.put(table, whole);
        imports++;
    }

    synchronized void clear(final String table) {
        tables.put(table, nothing());
    }

    synchronized long documents(final String table) {
        return tables.getOrDefault(table, nothing()).documents();
    }

    synchronized void reset() {
        tables.clear();
        requests = bytes = largest = refused = imports = 0;
    }

    /** A line for each figure: its name, and its value as the last word. */
    synchronized String text() {
        final var text = new StringBuilder();
        text.append("requests %d%nbody bytes %d%nlargest body %d%nrefused %d%nimports completed %d%n"
                .formatted(requests, bytes, largest, refused, imports));
        tables.forEach((name, contents) -> {
            text.append("documents of %s %d%n".formatted(name, contents.documents));
            for (int i = 0; i < summed.size(); i++) {
                text.append(String.format(Locale.ROOT, "sum of %s.%s %.0f%n", name, summed.get(i), contents.sums[i]));
            }
        });
        return text.toString();
    }
}

/** The routes (convex-api §2, §5, §6.2), but for what only a deployment that keeps its documents could answer. */
final class SinkDeployment {

    /** @param body JSON, or nothing */
    record Answer(int status, String body) {

        static Answer ok(final String body) {
            return new Answer(200, body);
        }

        static Answer refusal(final String code, final String message) {
            return new Answer(400, "{\"code\":\"%s\",\"message\":%s}".formatted(code, Json.quoted(message)));
        }
    }

    /** An upload, and the import that it becomes. */
    private static final class Upload {
        private final Lines lines;
        private int parts;
        private long lastPart;
        private String table = "";
        private String state = "uploaded";
        private String failure = "";

        Upload(final Figures figures) {
            lines = new Lines(figures);
        }
    }

    private static final int JSON_LIMIT = 2 << 20;

    /** What an object store wants of every part but the last (convex-api §5.2). */
    private static final long SMALLEST_PART = 5 << 20;

    private final Figures figures;
    private final int recordsLimit;
    private final Map<String, Upload> uploads = new HashMap<>();
    private volatile long latency;

    SinkDeployment(final Figures figures, final int recordsLimit, final long latency) {
        this.figures = figures;
        this.recordsLimit = recordsLimit;
        this.latency = latency;
    }

    Figures figures() {
        return figures;
    }

    /** How long an answer waits when the body has been read, in milliseconds. */
    long latency() {
        return latency;
    }

    /** Reads a request's body and does what it asks for. */
    Answer answer(final Connection.Request request) throws IOException {
        final String path = request.path();
        try {
            return switch (path) {
                case "/api/streaming_import/import_airbyte_records" -> importRecords(request.body(recordsLimit));
                case "/api/import/upload_part" -> uploadPart(request);
                case "/api/import" -> importAtOnce(request);
                case "/lines" -> countLines(request);
                case "/sink/reset" -> reset(request);
                default -> json(path, request.body(JSON_LIMIT));
            };
        } catch (final Json.Invalid e) {
            return Answer.refusal("BadJsonBody", e.getMessage());
        }
    }

    private synchronized Answer json(final String path, final Json body) {
        return switch (path) {
            case "/api/streaming_import/get_schema" -> Answer.ok("null");
            case "/api/streaming_import/primary_key_indexes_ready" -> Answer.ok("{\"indexesReady\":true}");
            case "/api/streaming_import/add_primary_key_indexes", "/api/cancel_import" -> {
                body.whole();
                yield Answer.ok("");
            }
            case "/api/streaming_import/clear_tables" -> {
                body.members(field -> body.elements(() -> figures.clear(body.string())));
                yield Answer.ok("");
            }
            case "/api/query" -> query(body.texts());
            case "/api/import/start_upload" -> {
                final String token = "{\"objectKey\":\"upload-%d\"}".formatted(uploads.size());
                uploads.put(token, new Upload(figures));
                yield Answer.ok("{\"uploadToken\":%s}".formatted(Json.quoted(token)));
            }
            case "/api/import/finish_upload" -> finishUpload(body.texts());
            case "/api/perform_import" -> perform(upload(body.texts().get("importId")));
            case "/sink/figures" -> Answer.ok(figures.text());
            default -> new Answer(404, "");
        };
    }

    private Answer importRecords(final Json body) {
        final Map<String, Figures.Contents> added = new HashMap<>();
        body.members(field -> {
            if (field.equals("messages")) {
                body.elements(() -> message(body, added));
            } else {
                body.skip();
            }
        });
        body.end();
        added.forEach(figures::add);
        return Answer.ok("");
    }

    private void message(final Json body, final Map<String, Figures.Contents> added) {
        final String[] table = {""};
        final Figures.Contents document = figures.nothing();
        body.members(field -> {
            switch (field) {
                case "tableName" -> table[0] = body.string();
                case "data" -> body.document(figures.summed(), document);
                default -> body.skip();
            }
        });
        added.computeIfAbsent(table[0], name -> figures.nothing()).add(document);
    }

    private Answer uploadPart(final Connection.Request request) throws IOException {
        final Upload upload = upload(request.query("uploadToken"));
        synchronized (upload) {
            final int number = Integer.parseInt(request.query("partNumber"));
            if (number != upload.parts + 1) {
                return Answer.refusal("ImportFailed", "Part %d after %d parts.".formatted(number, upload.parts));
            }
            if (upload.parts > 0 && upload.lastPart < SMALLEST_PART) {
                return Answer.refusal(
                        "ImportFailed", "A part of %d bytes was not the last.".formatted(upload.lastPart));
            }
            upload.parts = number;
            upload.lastPart = request.length();
            request.into(upload.lines);
            return Answer.ok("\"\"");
        }
    }

    private Answer finishUpload(final Map<String, String> texts) {
        final String token = texts.get("uploadToken");
        final Upload upload = upload(token);
        synchronized (upload) {
            upload.table = texts.get("tableName");
            try {
                upload.lines.end();
                upload.state = "waiting_for_confirmation";
            } catch (final Json.Invalid e) {
                upload.state = "failed";
                upload.failure = e.getMessage();
            }
            return Answer.ok("{\"importId\":%s}".formatted(Json.quoted(token)));
        }
    }

    private Answer perform(final Upload upload) {
        synchronized (upload) {
            if (upload.state.equals("waiting_for_confirmation")) {
                upload.state = "completed";
                figures.replace(upload.table, upload.lines.contents());
            }
            return Answer.ok("");
        }
    }

    private Answer importAtOnce(final Connection.Request request) throws IOException {
        final var lines = new Lines(figures);
        request.into(lines);
        lines.end();
        figures.replace(request.query("tableName"), lines.contents());
        return Answer.ok("{\"numWritten\":%d}".formatted(lines.contents().documents()));
    }

    private Answer countLines(final Connection.Request request) throws IOException {
        if (request.length() > recordsLimit) {
            throw new Json.Invalid("The body has %,d bytes.".formatted(request.length()));
        }
        final var lines = new Lines(figures);
        request.into(lines);
        lines.end();
        figures.add(request.query("table"), lines.contents());
        return Answer.ok("");
    }

    private synchronized Answer reset(final Connection.Request request) {
        latency = Long.parseLong(request.query("latency-millis"));
        figures.reset();
        uploads.clear();
        return Answer.ok("");
    }

    private synchronized Upload upload(final String token) {
        final Upload upload = uploads.get(token);
        if (upload == null) {
            throw new Json.Invalid("There is no upload " + token);
        }
        return upload;
    }

    private Answer query(final Map<String, String> texts) {
        final String value = switch (texts.getOrDefault("path", "")) {
            case "_system/cli/tableSize" -> figures.documents(texts.get("tableName")) + ".0";
            case "_system/cli/queryImport:list" -> "[]";
            case "_system/cli/queryImport" -> importRow(texts.get("importId"));
            default -> "{\"page\":[],\"isDone\":true,\"continueCursor\":\"end\"}";
        };
        return Answer.ok("{\"status\":\"success\",\"value\":%s}".formatted(value));
    }

    private String importRow(final String id) {
        final Upload upload = upload(id);
        synchronized (upload) {
            final long rows = upload.lines.contents().documents();
            final String written = upload.state.equals("completed") ? Long.toString(rows) : "0";
            final String checkpoint = """
                    {"component_path":null,"display_table_name":%s,"existing_rows_in_table":"0",\
                    "existing_rows_to_delete":"0","is_missing_id_field":true,"num_rows_written":"%s",\
                    "tablet_id":null,"total_num_rows_to_write":"%d"}\
                    """.formatted(Json.quoted(upload.table), written, rows);
            final String state = switch (upload.state) {
                case "completed" -> ",\"num_rows_written\":\"%d\",\"timestamp\":\"1\"".formatted(rows);
                case "failed" -> ",\"error_message\":" + Json.quoted(upload.failure);
                default -> ",\"message_to_confirm\":\"\",\"require_manual_confirmation\":false";
            };
            return """
                    {"_creationTime":1,"_id":%s,"checkpoints":[%s],"component_path":null,\
                    "format":{"format":"jsonl","table":%s},"mode":"Replace","state":{"state":"%s"%s}}\
                    """.formatted(Json.quoted(id), checkpoint, Json.quoted(upload.table), upload.state, state);
        }
    }
}

/** JSON lines that come in pieces: each is checked and counted as a document. Keeps at most the line that is unfinished. */
final class Lines {

    private final Figures figures;
    private final Figures.Contents contents;
    private byte[] bytes = new byte[1 << 20];
    private int filled;

    Lines(final Figures figures) {
        this.figures = figures;
        contents = figures.nothing();
    }

    Figures.Contents contents() {
        return contents;
    }

    /** Takes all that there is. */
    void readFrom(final InputStream in) throws IOException {
        for (int read = fill(in); read >= 0; read = fill(in)) {
            int start = 0;
            for (int end = Json.find((byte) '\n', bytes, filled - read, filled);
                    end < filled;
                    end = Json.find((byte) '\n', bytes, start, filled)) {
                line(start, end);
                start = end + 1;
            }
            System.arraycopy(bytes, start, bytes, 0, filled - start);
            filled -= start;
        }
    }

    private int fill(final InputStream in) throws IOException {
        if (filled == bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * bytes.length);
        }
        final int read = in.read(bytes, filled, bytes.length - filled);
        filled += Math.max(0, read);
        return read;
    }

    /** There is no more: what is left over is a line. */
    void end() {
        if (filled > 0) {
            line(0, filled);
        }
        filled = 0;
        bytes = new byte[0];
    }

    private void line(final int start, final int end) {
        try {
            final var json = new Json(bytes, start, end);
            json.document(figures.summed(), contents);
            json.end();
        } catch (final Json.Invalid e) {
            throw new Json.Invalid("Row %d wasn't valid JSON: %s".formatted(contents.documents() + 1, e.getMessage()));
        }
    }
}

/** Reads JSON at a position that moves on; everything that it passes is checked. Strings are looked at eight bytes at a time. */
final class Json {

    /** Says what is wrong and where, and quotes nothing. */
    static final class Invalid extends RuntimeException {
        Invalid(final String message) {
            super(message, null, false, false);
        }
    }

    /** Is told a member's name, and reads its value. */
    interface Member {
        void read(String name);
    }

    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final int DEEPEST = 128;

    private final byte[] bytes;
    private final int start;
    private final int end;
    private int at;
    private int depth;

    Json(final byte[] bytes, final int start, final int end) {
        this.bytes = bytes;
        this.start = start;
        this.end = end;
        at = start;
    }

    // What is read.

    void members(final Member member) {
        open('{');
        if (!closes('}')) {
            do {
                final String name = string();
                expect(':');
                member.read(name);
            } while (continues('}'));
        }
    }

    void elements(final Runnable element) {
        open('[');
        if (!closes(']')) {
            do {
                element.run();
            } while (continues(']'));
        }
    }

    /** An object, counted, with the fields that are to be added up. */
    void document(final List<String> summed, final Figures.Contents contents) {
        open('{');
        if (!closes('}')) {
            do {
                final int name = token();
                skipString();
                final int field = indexOf(summed, name + 1, at - 1);
                expect(':');
                final int value = token();
                skip();
                if (field >= 0) {
                    contents.addToSum(field, number(value, at));
                }
            } while (continues('}'));
        }
        contents.addDocument();
    }

    private int indexOf(final List<String> names, final int from, final int to) {
        for (int i = 0; i < names.size(); i++) {
            if (isText(names.get(i), from, to)) {
                return i;
            }
        }
        return -1;
    }

    private boolean isText(final String text, final int from, final int to) {
        if (text.length() != to - from) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (bytes[from + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private double number(final int from, final int to) {
        if (to - from > 15) {
            return Double.parseDouble(text(from, to));
        }
        long number = 0;
        for (int i = from; i < to; i++) {
            if (bytes[i] < '0' || bytes[i] > '9') {
                return Double.parseDouble(text(from, to));
            }
            number = 10 * number + bytes[i] - '0';
        }
        return number;
    }

    /** A string as text; of escapes only quotes and backslashes, which is all that names and tokens have. */
    String string() {
        final int from = token();
        skipString();
        final String text = text(from + 1, at - 1);
        return text.indexOf('\\') < 0 ? text : text.replaceAll("\\\\(.)", "$1");
    }

    /** The last text of each name, at whatever depth. */
    Map<String, String> texts() {
        final Map<String, String> texts = new HashMap<>();
        collect("", texts);
        end();
        return texts;
    }

    private void collect(final String name, final Map<String, String> texts) {
        switch (peek()) {
            case '{' -> members(member -> collect(member, texts));
            case '"' -> texts.put(name, string());
            default -> skip();
        }
    }

    /** All of it, whatever it says. */
    void whole() {
        skip();
        end();
    }

    void end() {
        if (token() != end) {
            throw invalid("something follows");
        }
    }

    // How it is passed.

    void skip() {
        switch (peek()) {
            case '{' -> {
                open('{');
                if (!closes('}')) {
                    do {
                        token();
                        skipString();
                        expect(':');
                        skip();
                    } while (continues('}'));
                }
            }
            case '[' -> {
                open('[');
                if (!closes(']')) {
                    do {
                        skip();
                    } while (continues(']'));
                }
            }
            case '"' -> skipString();
            case 't' -> word("true");
            case 'f' -> word("false");
            case 'n' -> word("null");
            default -> skipNumber();
        }
    }

    private void skipString() {
        if (next() != '"') {
            throw invalid("a string was expected");
        }
        while (true) {
            skipPlain();
            final byte found = next();
            if (found == '"') {
                return;
            }
            if (found != '\\') {
                throw invalid("a control character in a string");
            }
            final byte escaped = next();
            if (escaped == 'u') {
                for (int i = 0; i < 4; i++) {
                    if (Character.digit(next(), 16) < 0) {
                        throw invalid("not an escape");
                    }
                }
            } else if ("\"\\/bfnrt".indexOf(escaped) < 0) {
                throw invalid("not an escape");
            }
        }
    }

    /** Up to the next quote, backslash or control character. */
    private void skipPlain() {
        while (at + 8 <= end) {
            final long eight = (long) EIGHT.get(bytes, at);
            final long special = equal(eight, '"') | equal(eight, '\\') | ((eight - ONES * 0x20) & ~eight & HIGH_BITS);
            if (special != 0) {
                at += Long.numberOfTrailingZeros(special) >>> 3;
                return;
            }
            at += 8;
        }
        while (at < end && bytes[at] != '"' && bytes[at] != '\\' && (bytes[at] & 0xff) >= 0x20) {
            at++;
        }
    }

    /** Where a byte is; {@code to} if nowhere. */
    static int find(final byte wanted, final byte[] in, final int from, final int to) {
        int i = from;
        for (; i + 8 <= to; i += 8) {
            final long equal = equal((long) EIGHT.get(in, i), wanted);
            if (equal != 0) {
                return i + (Long.numberOfTrailingZeros(equal) >>> 3);
            }
        }
        while (i < to && in[i] != wanted) {
            i++;
        }
        return i;
    }

    /** The lowest bit that is set belongs to the first byte that is equal. */
    private static long equal(final long eight, final int wanted) {
        final long difference = eight ^ (ONES * wanted);
        return (difference - ONES) & ~difference & HIGH_BITS;
    }

    private void skipNumber() {
        if (peek() == '-') {
            at++;
        }
        if (at < end && bytes[at] == '0') {
            at++;
        } else {
            digits();
        }
        if (at < end && bytes[at] == '.') {
            at++;
            digits();
        }
        if (at < end && (bytes[at] | 0x20) == 'e') {
            at++;
            if (at < end && (bytes[at] == '+' || bytes[at] == '-')) {
                at++;
            }
            digits();
        }
    }

    private void digits() {
        final int first = at;
        while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
            at++;
        }
        if (at == first) {
            throw invalid("a value was expected");
        }
    }

    private void word(final String word) {
        for (int i = 0; i < word.length(); i++) {
            if (next() != word.charAt(i)) {
                throw invalid("a value was expected");
            }
        }
    }

    private void open(final char bracket) {
        expect(bracket);
        if (++depth > DEEPEST) {
            throw invalid("nested too deeply");
        }
    }

    private boolean closes(final char bracket) {
        if (peek() != bracket) {
            return false;
        }
        at++;
        depth--;
        return true;
    }

    private boolean continues(final char bracket) {
        if (closes(bracket)) {
            return false;
        }
        expect(',');
        return true;
    }

    private void expect(final char wanted) {
        if (peek() != wanted) {
            throw invalid("'" + wanted + "' was expected");
        }
        at++;
    }

    /** Passes white space. */
    private int token() {
        while (at < end && (bytes[at] == ' ' || bytes[at] == '\n' || bytes[at] == '\r' || bytes[at] == '\t')) {
            at++;
        }
        return at;
    }

    private byte peek() {
        return token() < end ? bytes[at] : 0;
    }

    private byte next() {
        if (at == end) {
            throw invalid("it ends early");
        }
        return bytes[at++];
    }

    private String text(final int from, final int to) {
        return new String(bytes, from, to - from, UTF_8);
    }

    private Invalid invalid(final String what) {
        return new Invalid("%s at byte %,d".formatted(what, at - start));
    }

    static String quoted(final String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}

/** A client's connection: one HTTP/1.1 request after another. Bodies must have a {@code Content-Length}. */
final class Connection implements Runnable {

    private static final int LONGEST_HEAD = 64 << 10;

    private final Socket socket;
    private final SinkDeployment deployment;
    private final byte[] head = new byte[LONGEST_HEAD];
    private int headAt;
    private int headFilled;
    private byte[] body = new byte[1 << 16];

    Connection(final Socket socket, final SinkDeployment deployment) {
        this.socket = socket;
        this.deployment = deployment;
    }

    /** What is asked for; the body has not been read. */
    final class Request {
        private final String target;
        private final long length;
        private long unread;

        Request(final String target, final long length) {
            this.target = target;
            this.length = length;
            unread = length;
        }

        String path() {
            return target.split("\\?", 2)[0];
        }

        String query(final String name) {
            for (final String pair : target.substring(path().length()).split("[?&]")) {
                if (pair.startsWith(name + "=")) {
                    return URLDecoder.decode(pair.substring(name.length() + 1), UTF_8);
                }
            }
            throw new Json.Invalid("The query has no " + name);
        }

        long length() {
            return length;
        }

        /** The whole body, which is gone when the next one is read. */
        Json body(final int limit) throws IOException {
            if (length > limit) {
                throw new Json.Invalid("The body has %,d bytes, of %,d allowed.".formatted(length, limit));
            }
            if (body.length < length) {
                body = new byte[(int) Math.max(length, 2L * body.length)];
            }
            final int size = stream().readNBytes(body, 0, (int) length);
            return new Json(body, 0, size);
        }

        void into(final Lines lines) throws IOException {
            lines.readFrom(stream());
        }

        private InputStream stream() {
            return new InputStream() {
                @Override
                public int read() {
                    throw new UnsupportedOperationException();
                }

                @Override
                public int read(final byte[] into, final int offset, final int most) throws IOException {
                    if (unread == 0) {
                        return -1;
                    }
                    final int read = Connection.this.read(into, offset, (int) Math.min(most, unread));
                    if (read < 0) {
                        throw new IOException("The connection broke.");
                    }
                    unread -= read;
                    return read;
                }
            };
        }
    }

    @Override
    public void run() {
        try (socket) {
            boolean more = true;
            while (more) {
                more = answered();
            }
        } catch (final IOException e) {
            // The client has gone.
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean answered() throws IOException, InterruptedException {
        final String headers = headers();
        if (headers.isEmpty()) {
            return false;
        }
        final String lower = headers.toLowerCase(Locale.ROOT);
        if (lower.contains("\r\nexpect: 100-continue")) {
            socket.getOutputStream().write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(ISO_8859_1));
        }
        final var request = new Request(headers.split(" ", 3)[1], length(lower));
        final boolean counted = !request.path().startsWith("/sink/");
        final SinkDeployment.Answer answer = lower.contains("\r\ntransfer-encoding:")
                ? new SinkDeployment.Answer(411, "")
                : deployment.answer(request);
        if (counted) {
            deployment.figures().request(request.length(), answer.status() == 200);
            Thread.sleep(deployment.latency());
        }
        final boolean usable = request.unread == 0 && answer.status() != 411;
        send(answer, usable);
        return usable;
    }

    private static long length(final String headers) {
        final String name = "\r\ncontent-length:";
        final int found = headers.indexOf(name);
        if (found < 0) {
            return 0;
        }
        final int from = found + name.length();
        return Long.parseLong(
                headers.substring(from, headers.indexOf("\r\n", from)).strip());
    }

    private void send(final SinkDeployment.Answer answer, final boolean usable) throws IOException {
        final byte[] text = answer.body().getBytes(UTF_8);
        final String status = answer.status() == 200 ? "200 OK" : answer.status() + " Refused";
        final String answerHead = "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n"
                .formatted(status, text.length, usable ? "" : "Connection: close\r\n");
        final byte[] whole = Arrays.copyOf(answerHead.getBytes(ISO_8859_1), answerHead.length() + text.length);
        System.arraycopy(text, 0, whole, answerHead.length(), text.length);
        final OutputStream out = socket.getOutputStream();
        out.write(whole);
        out.flush();
    }

    /** The request line and the headers; empty if there is no further request. */
    private String headers() throws IOException {
        System.arraycopy(head, headAt, head, 0, headFilled - headAt);
        headFilled -= headAt;
        headAt = 0;
        int looked = 0;
        while (true) {
            for (; looked + 4 <= headFilled; looked++) {
                if (head[looked] == '\r' && head[looked + 2] == '\r' && head[looked + 3] == '\n') {
                    headAt = looked + 4;
                    return new String(head, 0, looked + 2, ISO_8859_1);
                }
            }
            final int read = socket.getInputStream().read(head, headFilled, head.length - headFilled);
            if (read <= 0) {
                return "";
            }
            headFilled += read;
        }
    }

    private int read(final byte[] into, final int offset, final int most) throws IOException {
        if (headAt == headFilled) {
            return socket.getInputStream().read(into, offset, most);
        }
        final int length = Math.min(most, headFilled - headAt);
        System.arraycopy(head, headAt, into, offset, length);
        headAt += length;
        return length;
    }
}
