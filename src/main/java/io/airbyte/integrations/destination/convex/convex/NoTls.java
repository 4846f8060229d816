package io.airbyte.integrations.destination.convex.convex;

import java.security.KeyManagementException;
import java.security.Provider;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * What a deployment's HTTP client knows of TLS if the deployment is spoken to without: nothing. Java's HTTP client loads
 * certificates and ciphers when it is made, which takes a third of the time of a {@code check}, whether they will be
 * needed or not. With this, whatever asks for TLS all the same fails.
 */
final class NoTls extends SSLContext {

    NoTls() {
        super(new None(), new Nobody(), "none");
    }

    private static final class Nobody extends Provider {
        Nobody() {
            super("NoTls", "1", "no TLS");
        }
    }

    private static final class None extends SSLContextSpi {

        @Override
        protected void engineInit(
                final KeyManager @Nullable [] keys,
                final TrustManager @Nullable [] trusted,
                final @Nullable SecureRandom random)
                throws KeyManagementException {
            throw new KeyManagementException("no TLS here");
        }

        @Override
        protected SSLSocketFactory engineGetSocketFactory() {
            throw none();
        }

        @Override
        protected SSLServerSocketFactory engineGetServerSocketFactory() {
            throw none();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine() {
            throw none();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine(final String host, final int port) {
            throw none();
        }

        @Override
        protected SSLSessionContext engineGetServerSessionContext() {
            throw none();
        }

        @Override
        protected SSLSessionContext engineGetClientSessionContext() {
            throw none();
        }

        @Override
        protected SSLParameters engineGetDefaultSSLParameters() {
            return new SSLParameters();
        }

        private static IllegalStateException none() {
            return new IllegalStateException("The deployment is spoken to without TLS.");
        }
    }
}
