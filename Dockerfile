# Vigil as an image: docker build -t vigil .   (docker compose up -d does it, too)
# Built with everything, run with the production dependencies only, less what Node.js never loads (deploy/slim.mjs).
FROM node:24-alpine AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json ./
COPY src ./src
COPY deploy/slim.mjs ./deploy/
RUN npm run build && npm prune --omit=dev && node deploy/slim.mjs node_modules dist

# Alpine with Node.js and nothing else: no npm, no yarn, no headers. Copied as one layer, since what a later layer removes
# would still be shipped.
FROM node:24-alpine AS system
RUN mv /usr/local/bin/node /node && rm -rf /usr/local/* /opt/* /tmp/* && mkdir /usr/local/bin && mv /node /usr/local/bin/node \
  && ln -s /app/dist/main.js /usr/local/bin/vigil

FROM scratch
LABEL org.opencontainers.image.title="Vigil" \
  org.opencontainers.image.description="A full Nightscout-compatible server" \
  org.opencontainers.image.licenses="MIT"
COPY --from=system / /
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin NODE_ENV=production DATA_DIR=/data PORT=1337
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY LICENSE ./
RUN mkdir /data && chown 1000:1000 /data
# `node` by number, so that Kubernetes can see that it is not root
USER 1000:1000
VOLUME /data
EXPOSE 1337
STOPSIGNAL SIGTERM
# knows PORT, HOSTNAME and whether SSL_KEY makes the server speak TLS; also for `docker compose exec vigil vigil backup`
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["vigil", "health"]
CMD ["node", "dist/main.js"]
