import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Writes to stdout what a source would emit, as fast as a pipe takes it, the same for the same options. What a
 * destination must make of it goes to stderr in the end, a line for each figure.
 *
 * <pre>
 * java benchmarks/Messages.java --shape small|wide|large --bytes N [--streams N] [--again PERCENT]
 * java benchmarks/Messages.java --shape keyed --keys N
 * java benchmarks/Messages.java --repeat FILE --bytes N
 *     [--seed N] [--states-every RECORDS]
 * </pre>
 *
 * <ul>
 *   <li>{@code small}, {@code wide}, {@code large}: lines of about 280 bytes, 1 KiB, 20 KiB (half of it an array of objects,
 *       half of it text), up to so many bytes; each becomes a document. With several streams, each record belongs to any
 *       of them. Of the records, so many percent have the id of an earlier one.
 *   <li>{@code keyed}: so many distinct keys in records of about 200 bytes. For every five of them there is about one
 *       later record of an earlier key, with the next {@code version} of it; one in twenty of those is a CDC delete.
 * </ul>
 *
 * <p>{@code --repeat} writes a file of messages until there are so many bytes.
 *
 * <p>A state follows every so many records; 0 means none but the last ones, of which each stream has one.
 */
final class Messages {

    private static final String RECORD = "{\"type\":\"RECORD\",\"record\":{\"stream\":\"";
    private static final String[] CITIES = {
        "Springfield", "Zürich", "São Paulo", "Kingsville", "Ōsaka", "Newburg", "Tromsø", "Marrakesh"
    };

    private final SplittableRandom random;
    private final OutputStream out = new FileOutputStream(FileDescriptor.out);
    private final byte[] buffer = new byte[1 << 20];
    private int filled;
    private long written;
    private long records;
    private long states;
    /** Those that are neither records nor states. */
    private long lines;

    private final Prose prose;

    private Messages(final long seed) {
        random = new SplittableRandom(seed);
        prose = new Prose(random);
    }

    public static void main(final String[] arguments) throws IOException {
        String shape = "";
        long bytes = 0;
        int keys = 0;
        long seed = 1;
        long every = 10_000;
        int streams = 1;
        int again = 0;
        String repeated = "";
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            final String value = arguments[i + 1];
            switch (arguments[i]) {
                case "--shape" -> shape = value;
                case "--bytes" -> bytes = Long.parseLong(value);
                case "--keys" -> keys = Integer.parseInt(value);
                case "--seed" -> seed = Long.parseLong(value);
                case "--states-every" -> every = Long.parseLong(value);
                case "--streams" -> streams = Integer.parseInt(value);
                case "--again" -> again = Integer.parseInt(value);
                case "--repeat" -> repeated = value;
                default -> throw new IllegalArgumentException(arguments[i]);
            }
        }
        final var messages = new Messages(seed);
        if (!repeated.isEmpty()) {
            messages.repeat(Path.of(repeated), bytes);
            return;
        }
        switch (shape) {
            case "small" -> messages.documents(messages.streams(shape, streams), bytes, every, again, messages::small);
            case "wide" -> messages.documents(messages.streams(shape, streams), bytes, every, again, messages::wide);
            case "large" -> messages.documents(messages.streams(shape, streams), bytes, every, again, messages::large);
            case "keyed" -> messages.keyed(keys, every);
            default -> throw new IllegalArgumentException("--shape " + shape);
        }
    }

    // The shapes.

    /** Writes the fields that follow a record's id. */
    private interface Fields {
        void write() throws IOException;
    }

    private void documents(
            final List<String> streams, final long bytes, final long every, final int again, final Fields fields)
            throws IOException {
        final long[] documents = new long[streams.size()];
        final long[] sums = new long[streams.size()];
        long ids = 0;
        while (written + filled < bytes) {
            final int stream = streams.size() == 1 ? 0 : random.nextInt(streams.size());
            final boolean repeats = again > 0 && ids > 0 && random.nextInt(100) < again;
            final long id = repeats ? 1 + random.nextLong(ids) : ++ids;
            begin(streams.get(stream));
            text("{\"id\":").number(id).text(",");
            fields.write();
            text("}");
            endOfRecord();
            documents[stream]++;
            sums[stream] += id;
            if (every > 0 && records % every == 0) {
                state(streams.get(stream));
            }
        }
        for (final String stream : streams) {
            endOfStream(stream);
        }
        end(records);
        for (int i = 0; i < documents.length; i++) {
            System.err.printf("documents of %s %d%n", streams.get(i), documents[i]);
            System.err.printf("sum of %s.id %d%n", streams.get(i), sums[i]);
        }
    }

    /** What a source has emitted, again and again. */
    private void repeat(final Path file, final long bytes) throws IOException {
        final byte[] all = Files.readAllBytes(file);
        final Map<String, Long> documents = new TreeMap<>();
        long times = 0;
        while (written + filled < bytes) {
            flush();
            out.write(all);
            written += all.length;
            times++;
        }
        for (final String line : Files.readAllLines(file)) {
            if (line.startsWith(RECORD)) {
                documents.merge(line.substring(RECORD.length(), line.indexOf('"', RECORD.length())), times, Long::sum);
                records += times;
            } else if (line.startsWith("{\"type\":\"STATE\"")) {
                states += times;
            } else {
                lines += times;
            }
        }
        end(records);
        documents.forEach((stream, number) -> System.err.printf("documents of %s %d%n", stream, number));
    }

    private List<String> streams(final String shape, final int number) {
        return number == 1
                ? List.of(shape)
                : IntStream.range(0, number).mapToObj(i -> shape + "_" + i).toList();
    }

    private void small() throws IOException {
        text("\"name\":\"").words(2).text("\",\"email\":\"").hex(4).text("@example.com\",\"amount\":");
        number(random.nextInt(100_000)).text(".5,\"active\":").text(random.nextInt(3) == 0 ? "false" : "true");
        text(",\"country\":\"CH\",\"plan\":\"")
                .words(1)
                .text("\",\"created_at\":\"")
                .time();
        text("\",\"updated_at\":\"").time().text("\"");
    }

    private void wide() throws IOException {
        text("\"uuid\":\"").hex(16).text("\",\"name\":\"").words(2);
        text("\",\"email\":\"").hex(4).text("@example.com\",\"amount\":").number(random.nextInt(1_000_000));
        text(".25,\"quantity\":").number(random.nextInt(500)).text(",\"active\":");
        text(random.nextInt(3) == 0 ? "false" : "true")
                .text(",\"discount\":null,\"created_at\":\"")
                .time();
        text("\",\"updated_at\":\"")
                .time()
                .text("\",\"address\":{\"street\":\"")
                .words(2)
                .text("\",\"number\":\"");
        number(random.nextInt(200)).text("\",\"city\":\"").text(CITIES[random.nextInt(CITIES.length)]);
        text("\",\"postal_code\":\"")
                .number(10_000 + random.nextInt(90_000))
                .text("\",\"country\":\"CH\"},\"tags\":[\"");
        words(1).text("\",\"")
                .words(1)
                .text("\",\"")
                .words(1)
                .text("\"],\"notes\":\"")
                .words(67 + random.nextInt(40));
        text("\"");
    }

    private void large() throws IOException {
        wide();
        text(",\"items\":[");
        for (int i = 0; i < 75; i++) {
            text(i == 0 ? "{\"sku\":\"" : ",{\"sku\":\"")
                    .hex(6)
                    .text("\",\"quantity\":")
                    .number(random.nextInt(50));
            text(",\"price\":")
                    .number(random.nextInt(9_000))
                    .text(".99,\"gift\":false,\"title\":\"")
                    .words(5);
            text("\"}");
        }
        text("],\"body\":\"").words(1_720).text("\"");
    }

    private void keyed(final int keys, final long every) throws IOException {
        final byte[] versions = new byte[keys];
        final var deleted = new BitSet(keys);
        for (int key = 0; key < keys; key++) {
            keyedRecord(key, ++versions[key], false);
            if (random.nextInt(5) == 0) {
                final int again = random.nextInt(key + 1);
                final boolean delete = random.nextInt(20) == 0;
                keyedRecord(again, ++versions[again], delete);
                deleted.set(again, delete);
            }
            if (key % every == every - 1) {
                state("keyed");
            }
        }
        long sum = 0;
        for (int key = 0; key < keys; key++) {
            sum += deleted.get(key) ? 0 : versions[key];
        }
        endOfStream("keyed");
        end(keys - deleted.cardinality());
        System.err.printf("sum of versions %d%n", sum);
    }

    private void keyedRecord(final int id, final int version, final boolean delete) throws IOException {
        begin("keyed");
        text("{\"id\":")
                .number(id)
                .text(",\"version\":")
                .number(version)
                .text(",\"name\":\"")
                .words(2);
        text("\",\"amount\":")
                .number(random.nextInt(100_000))
                .text(".5,\"_ab_cdc_updated_at\":\"")
                .time();
        text("\",\"_ab_cdc_deleted_at\":");
        if (delete) {
            text("\"").time().text("\"}");
        } else {
            text("null}");
        }
        endOfRecord();
    }

    // The messages.

    private void begin(final String stream) throws IOException {
        text(RECORD).text(stream).text("\",\"data\":");
        records++;
    }

    private void endOfRecord() throws IOException {
        text(",\"emitted_at\":1795350026396}}\n");
    }

    private void state(final String stream) throws IOException {
        states++;
        text("{\"type\":\"STATE\",\"state\":{\"type\":\"STREAM\",\"stream\":{\"stream_descriptor\":{\"name\":\"")
                .text(stream);
        text("\"},\"stream_state\":{\"at\":")
                .number(records)
                .text("}},\"id\":")
                .number(states)
                .text("}}\n");
    }

    private void endOfStream(final String stream) throws IOException {
        state(stream);
        text(
                "{\"type\":\"TRACE\",\"trace\":{\"type\":\"STREAM_STATUS\",\"emitted_at\":1795350026396,\"stream_status\":");
        text("{\"stream_descriptor\":{\"name\":\"").text(stream).text("\"},\"status\":\"COMPLETE\"}}}\n");
        lines++;
    }

    private void end(final long documents) throws IOException {
        flush();
        System.err.printf(
                "records %d%nbytes %d%nlines %d%nstates %d%ndocuments %d%n",
                records, written, lines + records + states, states, documents);
    }

    // The values.

    private Messages words(final int number) throws IOException {
        final int first = random.nextInt(Prose.WORDS - number);
        // Without the blank after the last one.
        return bytes(prose.bytes(), prose.start(first), prose.start(first + number) - 1);
    }

    private Messages time() throws IOException {
        text("2026-")
                .twoDigits(1 + random.nextInt(12))
                .text("-")
                .twoDigits(1 + random.nextInt(28))
                .text("T");
        return twoDigits(random.nextInt(24))
                .text(":")
                .twoDigits(random.nextInt(60))
                .text(":17Z");
    }

    private Messages twoDigits(final int number) throws IOException {
        return (number < 10 ? text("0") : this).number(number);
    }

    private Messages hex(final int bytes) throws IOException {
        reserve(2 * bytes);
        for (int i = 0; i < 2 * bytes; i++) {
            buffer[filled++] = (byte) "0123456789abcdef".charAt(random.nextInt(16));
        }
        return this;
    }

    private Messages number(final long number) throws IOException {
        reserve(20);
        final int from = filled;
        long rest = number;
        do {
            buffer[filled++] = (byte) ('0' + rest % 10);
            rest /= 10;
        } while (rest > 0);
        for (int low = from, high = filled - 1; low < high; low++, high--) {
            final byte digit = buffer[low];
            buffer[low] = buffer[high];
            buffer[high] = digit;
        }
        return this;
    }

    private Messages text(final String text) throws IOException {
        final byte[] bytes = text.getBytes(UTF_8);
        return bytes(bytes, 0, bytes.length);
    }

    private Messages bytes(final byte[] from, final int start, final int end) throws IOException {
        reserve(end - start);
        System.arraycopy(from, start, buffer, filled, end - start);
        filled += end - start;
        return this;
    }

    private void reserve(final int length) throws IOException {
        if (filled + length > buffer.length) {
            flush();
        }
    }

    private void flush() throws IOException {
        out.write(buffer, 0, filled);
        written += filled;
        filled = 0;
    }
}

/** Words of a made-up vocabulary, common ones short and often, with punctuation as JSON strings have it. */
final class Prose {

    static final int WORDS = 1 << 20;

    private final SplittableRandom random;
    private final int[] starts = new int[WORDS];
    private final byte[] bytes;

    Prose(final SplittableRandom random) {
        this.random = random;
        bytes = text();
    }

    /** All words, one after another, each with what follows it. */
    byte[] bytes() {
        return bytes;
    }

    /** Where the n-th word begins. */
    int start(final int word) {
        return starts[word];
    }

    private byte[] text() {
        final byte[][] vocabulary = new byte[8_192][];
        for (int i = 0; i < vocabulary.length; i++) {
            vocabulary[i] = word(1 + i / 2_048 + random.nextInt(2)).getBytes(UTF_8);
        }
        final var text = new ByteArrayOutputStream();
        for (int i = 0; i < WORDS; i++) {
            starts[i] = text.size();
            // The product of two prefers the first ones, as languages do.
            text.writeBytes(vocabulary[(int) (random.nextDouble() * random.nextDouble() * vocabulary.length)]);
            final String mark = switch (random.nextInt(40)) {
                case 0, 1, 2 -> ", ";
                case 3, 4 -> ". ";
                case 5 -> "\\n ";
                case 6 -> "\\\" ";
                default -> " ";
            };
            text.writeBytes(mark.getBytes(UTF_8));
        }
        return text.toByteArray();
    }

    private String word(final int syllables) {
        final var word = new StringBuilder();
        for (int i = 0; i < syllables; i++) {
            word.append("bcdfghjklmnprstvwz".charAt(random.nextInt(18)));
            word.append("aaeeeiioouéö".charAt(random.nextInt(12)));
            if (random.nextInt(3) == 0) {
                word.append("lnrst".charAt(random.nextInt(5)));
            }
        }
        return random.nextInt(8) == 0
                ? word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1)
                : word.toString();
    }
}
