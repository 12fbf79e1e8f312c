# The server with the built wall. Redis and a broker are separate: see docker-compose.yml.
FROM node:20.20.2-bookworm-slim AS build
WORKDIR /app
COPY . .
RUN npm ci --no-audit --no-fund && node scripts/build.mjs
# Only what the server needs to run stays: no compiler, no bundler, no browser libraries.
RUN npm ci --no-audit --no-fund --omit=dev --workspace apps/server --include-workspace-root=false

FROM node:20.20.2-bookworm-slim
ENV NODE_ENV=production \
    CITYWALL_HOST=0.0.0.0 \
    CITYWALL_PORT=8080 \
    CITYWALL_DATA_DIR=/data
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/libs ./libs
COPY --from=build /app/apps/server ./apps/server
COPY --from=build /app/apps/wall/dist ./apps/wall/dist
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.CITYWALL_PORT + '/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "apps/server/dist/bundle/main.js"]
