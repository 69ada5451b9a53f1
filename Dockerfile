# syntax=docker/dockerfile:1
# The newest patch of the Go version of go.mod; make release-check compares.
FROM --platform=$BUILDPLATFORM golang:1.26 AS build
WORKDIR /src

# Modules first: they change less often than our code.
COPY go.mod go.sum ./
RUN go mod download

# The same build as everywhere, for another platform.
COPY . .
ARG TARGETOS=linux
ARG TARGETARCH
ARG VERSION=dev
ARG COMMIT=
RUN GOOS="$TARGETOS" GOARCH="$TARGETARCH" make build VERSION="$VERSION" COMMIT="$COMMIT"

# MeshAgent in memory, for tests in a cluster: docker build --target simulator
FROM gcr.io/distroless/static:nonroot AS simulator
COPY --from=build /src/bin/simulator /simulator
USER 65532:65532
ENTRYPOINT ["/simulator"]

# No shell and no package manager, and a user that is not root.
FROM gcr.io/distroless/static:nonroot
ARG VERSION=dev
ARG COMMIT=
LABEL org.opencontainers.image.title="meshagent-operator" \
      org.opencontainers.image.description="Keeps MeshAgent projects in line with custom resources" \
      org.opencontainers.image.source="https://github.com/meshagent/meshagent-operator" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$COMMIT"
COPY --from=build /src/bin/manager /manager
USER 65532:65532
ENTRYPOINT ["/manager"]
