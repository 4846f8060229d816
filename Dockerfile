# The connector on Airbyte's base image for Java connectors, which brings the Java and the scripts that the platform calls.
#
#   ./mvnw -q -DskipTests package && docker build --tag airbyte/destination-convex:dev .
#
# integration_tests/image/prove-image builds it without a registry, on a stand-in for the base.

ARG BASE=docker.io/airbyte/java-connector-base:2.0.3@sha256:119b8506bca069bbc8357a275936c7e2b0994e6947b81f1bf8d6ce9e16db7d47

# The archive of classes belongs to one Java, one folder and the times of the libraries: it is made here by the Java and in
# the folder that it is for. What making it leaves behind stays in this stage.
FROM ${BASE} AS program
USER 1000:1000
COPY --chown=1000:0 target/destination-convex /airbyte
RUN --mount=type=bind,source=src/main/scripts/archive-classes,target=/build/archive-classes \
    --mount=type=bind,source=benchmarks/Sink.java,target=/build/Sink.java \
    sh /build/archive-classes /airbyte /build/Sink.java \
    && test -s /airbyte/lib/classes.jsa \
    && chmod -R u=rwX,g=u,o=rX /airbyte/bin /airbyte/lib /airbyte/sbom.json

FROM ${BASE}
LABEL io.airbyte.name=airbyte/destination-convex \
    io.airbyte.version=1.0.0 \
    org.opencontainers.image.title=destination-convex \
    org.opencontainers.image.licenses=MIT
ENV APPLICATION=destination-convex \
    AIRBYTE_ENTRYPOINT=/airbyte/base.sh

# OpenShift runs an image as a user that nobody knows, in group 0: that group may do what the owner may. The base's scripts
# came from the network, and are not executable there. Its agent for Datadog is as little readable, if there is one.
USER 0:0
RUN mkdir /airbyte/bin /airbyte/lib \
    && chown 1000:0 /airbyte /airbyte/bin /airbyte/lib /airbyte/base.sh /airbyte/javabase.sh \
    && chmod 775 /airbyte /airbyte/bin /airbyte/lib /airbyte/base.sh /airbyte/javabase.sh \
    && find /airbyte -name dd-java-agent.jar ! -perm -o=r -exec chown 1000:0 {} + -exec chmod 664 {} +
COPY --from=program --chown=1000:0 /airbyte/bin /airbyte/bin
COPY --from=program --chown=1000:0 /airbyte/lib /airbyte/lib
COPY --from=program --chown=1000:0 /airbyte/sbom.json /airbyte/sbom.json

# The base's user airbyte, as a number: by a name Kubernetes could not tell that it is not root.
USER 1000:1000
ENTRYPOINT ["/airbyte/base.sh"]
