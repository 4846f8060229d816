package io.airbyte.integrations.destination.convex.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The parts of a file on their way, until an import is made of them (convex-api §5.2). */
interface Upload {

    /** In S3's words, the least that a part may have that is not the last one. */
    long SMALLEST_PART = 5L << 20;

    /** Takes a part; the answer is its token. */
    String add(int number, Path part) throws IOException;

    /** The whole file. */
    Path finish(List<String> partTokens) throws IOException;
}
