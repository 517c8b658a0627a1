# Stands in for the official rabbitmq:4.0, with Debian's package.
ARG BASE
FROM $BASE
RUN groupadd --gid 999 rabbitmq \
    && useradd --uid 999 --gid 999 --home-dir /var/lib/rabbitmq --no-create-home rabbitmq
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends rabbitmq-server \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/lib/rabbitmq/* \
    && chown -R 999:999 /var/lib/rabbitmq /var/log/rabbitmq
# RabbitMQ's own scripts: Debian's change the user first, which takes root.
RUN ln -s /usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/* /usr/local/bin/
# As the official image has it.
RUN mkdir -p /etc/rabbitmq/conf.d \
    && printf 'loopback_users.guest = false\nlog.console = true\n' \
       > /etc/rabbitmq/conf.d/10-defaults.conf
ENV HOME=/var/lib/rabbitmq LANG=C.UTF-8 RABBITMQ_LOGS=-
VOLUME /var/lib/rabbitmq
EXPOSE 4369 5671 5672 25672
CMD ["rabbitmq-server"]
