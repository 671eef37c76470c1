# The program alone, as a user who is not root. From the repository:
#   docker build -t zonelint --build-arg VERSION=v1.2.3 .
#   docker run --rm -v "$PWD:/src:ro" zonelint check .
# A volume at /state keeps the journals of changes at a DNS provider.
FROM --platform=$BUILDPLATFORM golang:1.26-bookworm AS build
WORKDIR /build
COPY go.mod go.sum ./
RUN go mod download
COPY cmd ./cmd
COPY providers ./providers
COPY rules ./rules
COPY zone ./zone
ARG TARGETOS
ARG TARGETARCH
ARG VERSION
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -buildvcs=false \
    -ldflags "-s -w -buildid= -X github.com/zonelint/zonelint/cmd/internal/cli.released=$VERSION" \
    -o /out/usr/bin/zonelint ./cmd/zonelint
# What a program expects of a system: the authorities for TLS, its user, a
# folder for temporary files.
RUN mkdir -p /out/etc/ssl/certs /out/state /out/tmp /out/src \
    && cp /etc/ssl/certs/ca-certificates.crt /out/etc/ssl/certs/ \
    && echo 'zonelint:x:65532:65532:zonelint:/state:/sbin/nologin' >/out/etc/passwd \
    && echo 'zonelint:x:65532:' >/out/etc/group \
    && chown 65532:65532 /out/state && chmod 0700 /out/state && chmod 1777 /out/tmp

FROM scratch
ARG VERSION
ARG REVISION
LABEL org.opencontainers.image.title="zonelint" \
      org.opencontainers.image.description="Lints and fixes DNS zones for hosted mail" \
      org.opencontainers.image.source="https://github.com/zonelint/zonelint" \
      org.opencontainers.image.documentation="https://github.com/zonelint/zonelint#readme" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
COPY --from=build /out/ /
COPY LICENSE /usr/share/doc/zonelint/LICENSE
ENV XDG_STATE_HOME=/state
USER 65532:65532
WORKDIR /src
ENTRYPOINT ["/usr/bin/zonelint"]
CMD ["--help"]
