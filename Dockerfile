# TypeScript and the type checker stay behind in this stage.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json ./
COPY scripts scripts
COPY docs/openapi.yaml docs/openapi.yaml
COPY src src
RUN npm run build

# A stage of its own, so that a change to the source does not install the dependencies again.
FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
# Everything belongs to root: the process can read its own code, not change it.
COPY package.json ./
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
# The image's user `node`. By number, since a cluster that insists on runAsNonRoot cannot judge a name.
USER 1000:1000
# The base image starts commands through a shell script; without it nothing stands between SIGTERM and node.
ENTRYPOINT []
# Not by npm either, which would take the signal. The framework reads PORT, 8080 when it is unset, and package.json's
# "main" for the function's module.
CMD ["node", "node_modules/@google-cloud/functions-framework/build/src/main.js", "--target=presence"]
