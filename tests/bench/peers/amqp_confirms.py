"""The limit of the relay: py-amqp publishes the same messages with pipelined confirms, no more."""

from amqp import Connection, Message

WINDOW = 500


def run(address, exchange, messages):
    """Publish (routing key, body, properties) and wait for every confirm."""
    with Connection(**address, confirm_publish=False) as connection:
        channel = connection.channel()
        channel.confirm_select()
        confirmed = [0]

        def on_ack(tag, multiple):
            confirmed[0] = tag if multiple else max(tag, confirmed[0])

        channel.events["basic_ack"].add(on_ack)
        for sent, (key, body, properties) in enumerate(messages, 1):
            channel.basic_publish(Message(body, **properties), exchange=exchange, routing_key=key)
            while sent - confirmed[0] > WINDOW:
                connection.drain_events(timeout=30)
        while confirmed[0] < len(messages):
            connection.drain_events(timeout=30)
