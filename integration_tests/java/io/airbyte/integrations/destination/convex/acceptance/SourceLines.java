package io.airbyte.integrations.destination.convex.acceptance;

/** Lines as a source writes them, by hand where a test cares for every character. */
public final class SourceLines {

    static final long EMITTED_AT = 1_795_350_026_394L;

    private SourceLines() {}

    /**
     * A record.
     *
     * @param data its data, a JSON object
     */
    public static String record(final String stream, final String data) {
        return "{\"type\":\"RECORD\",\"record\":{\"stream\":\"%s\",\"data\":%s,\"emitted_at\":%d}}"
                .formatted(stream, data, EMITTED_AT);
    }

    /** The same in a namespace. */
    public static String record(final String namespace, final String stream, final String data) {
        return "{\"type\":\"RECORD\",\"record\":{\"namespace\":\"%s\",\"stream\":\"%s\",\"data\":%s,\"emitted_at\":%d}}"
                .formatted(namespace, stream, data, EMITTED_AT);
    }

    /** A state of a stream, whose cursor is the number. */
    public static String state(final String stream, final long cursor) {
        return ("{\"type\":\"STATE\",\"state\":{\"type\":\"STREAM\",\"stream\":{\"stream_descriptor\":{\"name\":\"%s\"},"
                        + "\"stream_state\":{\"cursor\":%d}},\"id\":%d,\"sourceStats\":{\"recordCount\":1.0}}}")
                .formatted(stream, cursor, cursor);
    }

    static String globalState(final long cursor) {
        return ("{\"type\":\"STATE\",\"state\":{\"type\":\"GLOBAL\",\"global\":{\"shared_state\":{\"lsn\":%d},"
                        + "\"stream_states\":[]},\"id\":%d}}")
                .formatted(cursor, cursor);
    }

    /** A status of a stream without a namespace. */
    public static String status(final String stream, final String status) {
        return statusOf("\"name\":\"%s\"".formatted(stream), status);
    }

    /**
     * A status of any stream.
     *
     * @param descriptor the members of the stream's descriptor
     */
    public static String statusOf(final String descriptor, final String status) {
        return ("{\"type\":\"TRACE\",\"trace\":{\"type\":\"STREAM_STATUS\",\"emitted_at\":1795350026394.87,"
                        + "\"stream_status\":{\"stream_descriptor\":{%s},\"status\":\"%s\"}}}")
                .formatted(descriptor, status);
    }

    /** A state as it was before the connector added what it has counted; everything else stays, byte by byte. */
    static String withoutDestinationStats(final String stateLine) {
        return stateLine.replaceFirst(",?\"destinationStats\":\\{\"recordCount\":\\d+\\.0\\}", "");
    }
}
