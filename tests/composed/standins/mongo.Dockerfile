# In the place of mongo:6.0, as it is in what docker-compose.yml relies on: user 999, mongod and
# mongosh on the path, data in /data/db. The program mongod is put beside this file.
FROM warm-standin/debian13 AS shell
RUN apt-get -q=2 update \
    && DEBIAN_FRONTEND=noninteractive apt-get -q=2 install --yes --no-install-recommends npm
RUN npm install --silent --global mongosh@2.5.0

FROM warm-standin/debian13
RUN groupadd --gid 999 mongodb && useradd --uid 999 --gid 999 --home-dir /data/db mongodb \
    && apt-get -q=2 update \
    && DEBIAN_FRONTEND=noninteractive apt-get -q=2 install --yes --no-install-recommends nodejs libcurl4 \
    && rm -rf /var/lib/apt/lists/* \
    && mkdir -p /data/db /data/configdb && chown mongodb:mongodb /data/db /data/configdb \
    && ln -s ../lib/node_modules/mongosh/bin/mongosh.js /usr/local/bin/mongosh
COPY --from=shell /usr/local/lib/node_modules /usr/local/lib/node_modules
COPY mongod /usr/local/bin/mongod
