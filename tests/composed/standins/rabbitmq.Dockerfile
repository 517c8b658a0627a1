# In the place of rabbitmq:4.0, as it is in what docker-compose.yml relies on: user 999, the
# programs on the path, data in /var/lib/rabbitmq, settings in /etc/rabbitmq/conf.d.
FROM warm-standin/debian13
RUN groupadd --gid 999 rabbitmq \
    && useradd --uid 999 --gid 999 --home-dir /var/lib/rabbitmq --no-create-home rabbitmq \
    && apt-get -q=2 update \
    && DEBIAN_FRONTEND=noninteractive apt-get -q=2 install --yes --no-install-recommends rabbitmq-server \
    && rm -rf /var/lib/apt/lists/* /etc/rabbitmq/rabbitmq-env.conf /var/lib/rabbitmq/.erlang.cookie \
    && ln -s /usr/lib/rabbitmq/lib/rabbitmq_server-* /opt/rabbitmq
# Debian's own wrappers change the user, which here is the right one already.
ENV PATH=/opt/rabbitmq/sbin:$PATH HOME=/var/lib/rabbitmq LANG=C.UTF-8 RABBITMQ_LOGS=-
