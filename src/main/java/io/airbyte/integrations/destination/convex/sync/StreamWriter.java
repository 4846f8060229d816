package io.airbyte.integrations.destination.convex.sync;

import io.airbyte.integrations.destination.convex.document.EncodedDocument;

/** How the documents of one stream become durable. Records of a stream become durable in arrival order. */
sealed interface StreamWriter permits AppendWriter, DedupWriter, ReplaceWriter {

    /** Takes the stream's next document, which is copied; it leaves when there is enough to send. */
    void write(EncodedDocument document);

    /** Everything that was written leaves as soon as it may. */
    void flush();

    /** How many bytes {@link #flush()} would send at once; 0 while the stream cannot send. */
    long bytesToFlush();

    /** Everything that was written is durable, or the stream has failed. */
    boolean isDone();
}
