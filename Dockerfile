# The server as a container image. compose.yaml puts Caddy in front of it; docs/install.md explains both.
#   docker build -t parley .
FROM node:20-bookworm-slim AS build
RUN apt-get update \
  && apt-get install -y --no-install-recommends g++ make python3 \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /build
# Installs the packages and compiles the SQLite addon, anew only if one of these files changes.
COPY package.json package-lock.json .npmrc ./
COPY scripts/*.mjs scripts/
RUN node scripts/build.mjs
COPY . .
RUN npm run package:server -- --folder /parley

# The package brings its own Node.
FROM debian:bookworm-slim
RUN groupadd --gid 10001 parley \
  && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/parley --shell /usr/sbin/nologin parley \
  && install -d -o parley -g parley -m 0700 /var/lib/parley /var/lib/parley-backups \
  && ln -s /opt/parley/parley /usr/local/bin/parley
COPY --from=build /parley /opt/parley
ENV PARLEY_HOST=0.0.0.0 PARLEY_PORT=8080 PARLEY_DATA_DIR=/var/lib/parley
VOLUME ["/var/lib/parley", "/var/lib/parley-backups"]
EXPOSE 8080
# By its number, so that an orchestrator can see that it is not root.
USER 10001:10001
# Whether the process answers. /readyz also says whether its database and disk do, and a restart would not help with those.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["/opt/parley/lib/node", "-e", "fetch(`http://127.0.0.1:${process.env.PARLEY_PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/opt/parley/parley-server"]
