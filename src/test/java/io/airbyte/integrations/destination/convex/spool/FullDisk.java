package io.airbyte.integrations.destination.convex.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Set;

/** A disk that takes a number of bytes and is full then, in the middle of a write if it comes to that. */
final class FullDisk implements SpoolFile.Opener {

    private long room;
    private boolean takesNothingBack;

    FullDisk(final long room) {
        this.room = room;
    }

    void makeRoom(final long bytes) {
        room = bytes;
    }

    /** Files cannot be cut any more. */
    void takeNothingBack() {
        takesNothingBack = true;
    }

    @Override
    public FileChannel open(final Path path, final Set<? extends OpenOption> options) throws IOException {
        return new Channel(FileChannel.open(path, options));
    }

    private final class Channel extends FileChannel {

        private final FileChannel file;

        Channel(final FileChannel file) {
            this.file = file;
        }

        @Override
        public long write(final ByteBuffer[] sources, final int offset, final int length) throws IOException {
            long written = 0;
            for (int i = offset; i < offset + length; i++) {
                if (sources[i].hasRemaining()) {
                    written += writeSome(sources[i]);
                }
            }
            return written;
        }

        private int writeSome(final ByteBuffer source) throws IOException {
            if (room == 0) {
                throw new IOException("No space left on device");
            }
            final ByteBuffer some = source.slice();
            some.limit((int) Math.min(room, some.remaining()));
            final int written = file.write(some);
            source.position(source.position() + written);
            room -= written;
            return written;
        }

        @Override
        public FileChannel truncate(final long size) throws IOException {
            if (takesNothingBack) {
                throw new IOException("Input/output error");
            }
            return file.truncate(size);
        }

        @Override
        public long position() throws IOException {
            return file.position();
        }

        @Override
        public FileChannel position(final long newPosition) throws IOException {
            return file.position(newPosition);
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        protected void implCloseChannel() throws IOException {
            file.close();
        }

        @Override
        public int write(final ByteBuffer source) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int write(final ByteBuffer source, final long position) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(final ByteBuffer target) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long read(final ByteBuffer[] targets, final int offset, final int length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(final ByteBuffer target, final long position) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void force(final boolean metaData) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long transferTo(final long position, final long count, final WritableByteChannel target) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long transferFrom(final ReadableByteChannel source, final long position, final long count) {
            throw new UnsupportedOperationException();
        }

        @Override
        public MappedByteBuffer map(final MapMode mode, final long position, final long size) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileLock lock(final long position, final long size, final boolean shared) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileLock tryLock(final long position, final long size, final boolean shared) {
            throw new UnsupportedOperationException();
        }
    }
}
