# Crumbgate as a container: `docker build -t crumbgate .`, then packaging/compose.

FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends binutils libbrotli-dev libmaxminddb-dev libnghttp2-dev libpsl-dev libsqlite3-dev \
        libssl-dev pkg-config zlib1g-dev
WORKDIR /src
COPY Package.swift ./
COPY Sources Sources
# What is known of services, browsers and bots goes into the binary.
COPY rules rules
# The package names the folders of its tests.
COPY Tests/Unit Tests/Unit
RUN swift build --configuration release --product crumbgate --static-swift-stdlib --scratch-path .build-static
RUN strip --strip-unneeded -o /usr/bin/crumbgate .build-static/release/crumbgate

FROM debian:bookworm-slim
# Libraries, authorities for shops behind TLS, and time zones: what packaging/debian/control says, too.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libbrotli1 libmaxminddb0 libnghttp2-14 libpsl5 libsqlite3-0 libssl3 \
        libstdc++6 tzdata zlib1g \
    && rm -rf /var/lib/apt/lists/*
# A number of its own, so that volumes keep their owner.
RUN groupadd --gid 10001 crumbgate \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin crumbgate \
    && install -d -m 700 -o crumbgate -g crumbgate /var/lib/crumbgate
COPY --from=build /usr/bin/crumbgate /usr/bin/crumbgate
USER 10001:10001
VOLUME /var/lib/crumbgate
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=6s --start-period=10s CMD ["/usr/bin/crumbgate", "health", "--rules", "/etc/crumbgate/shop.yaml"]
ENTRYPOINT ["/usr/bin/crumbgate"]
CMD ["serve", "--rules", "/etc/crumbgate/shop.yaml"]
