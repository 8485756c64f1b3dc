# Builds with BuildKit and with the classic builder. Npm's packages are fetched, and git from the base's own distribution;
# `--build-arg GIT=no` leaves that out, where nothing is read from git or built from it.
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No package needs its install script here: what they would compile is optional.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY esbuild.config.js esbuild.fuse.config.js ./
COPY src ./src
RUN npm run build

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM ${NODE_IMAGE}
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="Fairlead" \
      org.opencontainers.image.description="Keeps the containers of a plain Docker host equal to a Compose file" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}"
WORKDIR /app
ARG GIT=yes
RUN if [ "$GIT" = yes ]; then \
      apt-get update && apt-get install -y --no-install-recommends git openssh-client && rm -rf /var/lib/apt/lists/*; \
    fi
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
# Where services.yaml and fairlead.yaml are looked for.
WORKDIR /etc/fairlead
# 1000 is the base image's own user `node`. A new volume takes the folder's owner.
RUN ln -s /app/dist/main.js /usr/local/bin/fairlead \
 && mkdir -p /var/lib/fairlead \
 && chown 1000:1000 /var/lib/fairlead
ENV NODE_ENV=production \
    FAIRLEAD_DATA=/var/lib/fairlead
# Here services.yaml is looked for, unless the files come from git or are named.
WORKDIR /etc/fairlead
# Not root: the engine's socket is opened to it by its group (--group-add), or by a proxy over TCP.
USER 1000:1000
VOLUME /var/lib/fairlead
EXPOSE 8420
# Whether this process lives, not whether it is ready: while the engine is away no restart of Fairlead helps. docs/http.md
# says more.
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 CMD ["node", "--eval", \
  "const port = (process.env.FAIRLEAD_ADMIN_LISTEN ?? ':8421').split(':').at(-1); fetch(`http://127.0.0.1:${port}/livez`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
# Node is process 1 and handles TERM and INT itself. An init (docker run --init, `init: true`) is better still: it reaps
# what credential helpers may leave behind, and ends Node in the moment before its handlers stand.
# One thread of V8's own: the others would cost memory and have next to nothing to do.
ENTRYPOINT ["node", "--v8-pool-size=1", "/app/dist/main.js"]
CMD ["run"]
