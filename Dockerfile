# A relay for the public internet; docs/relay.md says how to run it.
FROM node:24-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
COPY src src
COPY workers workers
USER node
ENV TABMESH_DATA=/data
VOLUME /data
EXPOSE 8788
ENTRYPOINT ["node", "--experimental-transform-types", "--disable-warning=ExperimentalWarning", "src/node/cli.ts", "relay", "--host", "0.0.0.0"]
