# TypeScript, the packages and the bundler stay behind in this stage. The version is exact, so that a build can be repeated.
FROM node:24.21.0-slim AS build
WORKDIR /source
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json ./
COPY scripts scripts
COPY docs/openapi.yaml docs/openapi.yaml
COPY src src
RUN npm run build && node scripts/build-image.mjs /app && install -d -o 1000 /app/compile-cache
# Path, user and environment as below: the cache would not be found otherwise, and starts would take longer.
USER 1000:1000
ENV NODE_ENV=production
WORKDIR /app
RUN node /source/scripts/fill-compile-cache.mjs /app/compile-cache

FROM node:24.21.0-slim
ENV NODE_ENV=production NODE_COMPILE_CACHE=/app/compile-cache
WORKDIR /app
# Everything belongs to root: the process can read its own code, not change it.
COPY --from=build --chown=0:0 /app ./
# The image's user `node`. By number, since a cluster that insists on runAsNonRoot cannot judge a name.
USER 1000:1000
# The base image starts commands through a shell script; without it nothing stands between SIGTERM and node.
ENTRYPOINT []
# Not by npm either, which would take the signal. The framework reads PORT, 8080 when it is unset, and package.json's
# "main" for the function's module.
CMD ["node", "node_modules/@google-cloud/functions-framework/build/src/main.js", "--target=presence"]
