# A relay for the public internet; docs/relay.md says how to run it.
FROM node:24-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
COPY src src
COPY workers workers
# A volume that the image does not hold yet belongs to root, and the relay could not keep its key.
RUN mkdir /data && chown node:node /data
USER node
ENV TABMESH_DATA=/data
VOLUME /data
EXPOSE 8788
# For --webtransport 4433; its library is among the optional dependencies, which npm ci brought.
EXPOSE 4433/udp
ENTRYPOINT ["node", "--experimental-transform-types", "--disable-warning=ExperimentalWarning", "src/node/cli.ts", "relay", "--host", "0.0.0.0"]
