# The image's Node brings npm; what builds and what is built is the Node that package.json pins.
FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run binary

FROM debian:bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends libatomic1 libstdc++6 \
  && rm -rf /var/lib/apt/lists/* \
  && useradd --system --uid 10001 tenantry \
  && install -d -o tenantry -g tenantry -m 700 /data /key
COPY --from=build /build/dist/tenantry /usr/local/bin/tenantry
USER tenantry
ENV TENANTRY_DATA=/data TENANTRY_KEY_FILE=/key/tenantry.key HOST=0.0.0.0 PORT=8080
VOLUME /data /key
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=5s CMD ["tenantry", "healthcheck"]
ENTRYPOINT ["tenantry"]
