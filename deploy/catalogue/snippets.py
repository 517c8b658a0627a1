"""Programs to copy and run: hear an event, call a method. AMQP_URI has the broker's address."""

import json
import shlex

from deploy.catalogue import examples
from shared.contracts.events.declare import EventType
from shared.platform.declarations import events_exchange
from shared.platform.topology import RPC_EXCHANGE

_HEAR = """\
import json, os
import pika  # pip install pika

connection = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URI"]))
channel = connection.channel()
# A queue for as long as this program runs. A subscriber of a deployment has one: consume it.
classic = {{"x-queue-type": "classic"}}
queue = channel.queue_declare("", exclusive=True, arguments=classic).method.queue
channel.queue_bind(queue, {exchange!r}, {key!r})
print("等待事件 waiting for events", flush=True)
for delivery, properties, body in channel.consume(queue):
    event = json.loads(body)
    if event["dataschema"] == {dataschema!r}:
        print(event["id"], event["time"], event["orgunit"], event["data"], flush=True)
    channel.basic_ack(delivery.delivery_tag)
"""

_CALL = """\
import json, os, uuid
import pika  # pip install pika

parameters = pika.URLParameters(os.environ["AMQP_URI"])
connection = pika.BlockingConnection(parameters)
channel = connection.channel()
address = str(uuid.uuid4())
queue = f"rpc.reply-{{address}}"
classic = {{"x-queue-type": "classic"}}
channel.queue_declare(queue, exclusive=True, auto_delete=True, arguments=classic)
channel.queue_bind(queue, {exchange!r}, address)
arguments = json.loads(r'''
{arguments}
''')
channel.basic_publish(
    {exchange!r},
    {method!r},
    json.dumps({{"args": [], "kwargs": arguments}}),
    pika.BasicProperties(
        content_type="application/json",
        reply_to=address,
        correlation_id=address,
        user_id=parameters.credentials.username,
        expiration="10000",
    ),
)
_, _, body = next(channel.consume(queue, auto_ack=True, inactivity_timeout=10))
answer = json.loads(body or b'"no answer in 10 s"')
print(json.dumps(answer, ensure_ascii=False, indent=2))
"""

# amqp-tools can't set `user_id`, which a command needs.
_SHELL = """\
# apt install amqp-tools
amqp-consume -u "$AMQP_URI" -q rpc.reply-me-$$ -x -e {exchange} -r me-$$ -c 1 cat &
sleep 1
amqp-publish -u "$AMQP_URI" -e {exchange} -r {method} -C application/json -t me-$$ -b {body}
wait
"""


def hear(event_type: EventType) -> str:
    """A Python program that prints events of this version."""
    return _HEAR.format(
        exchange=events_exchange(event_type.service),
        key=event_type.routing_key,
        dataschema=event_type.dataschema,
    )


def call(full: str, method: str) -> str:
    """A Python program that calls `method` with the golden arguments of `full`, and prints the
    answer."""
    given = examples.request(full)["kwargs"]
    arguments = json.dumps(given, ensure_ascii=False, indent=2)
    return _CALL.format(exchange=RPC_EXCHANGE, method=method, arguments=arguments)


def shell(full: str, method: str) -> str:
    """The same as commands of a shell, for a method that changes nothing."""
    body = shlex.quote(json.dumps(examples.request(full), ensure_ascii=False))
    return _SHELL.format(exchange=RPC_EXCHANGE, method=method, body=body)
