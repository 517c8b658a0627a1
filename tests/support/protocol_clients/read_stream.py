"""The stream protocol by rstream: PORT USER PASSWORD STREAM COUNT SECONDS → a line of JSON for each
message from the first one on, with everything that it brought by its place, or for a refusal."""

import asyncio
import sys

import seen
from rstream import Consumer, ConsumerOffsetSpecification, OffsetType, amqp_decoder


async def read(port, user, password, stream, count, seconds):
    login = {"vhost": "/", "username": user, "password": password}
    consumer = Consumer(host="127.0.0.1", port=int(port), **login)
    complete, left = asyncio.Event(), int(count)

    async def on_message(message, context):
        nonlocal left
        seen.message(message.body, places(message) | {"offset": context.offset})
        left -= 1
        if not left:
            complete.set()

    first = ConsumerOffsetSpecification(OffsetType.FIRST, None)
    try:
        await consumer.start()
        await consumer.subscribe(
            stream, on_message, decoder=amqp_decoder, offset_specification=first
        )
        await asyncio.wait_for(complete.wait(), float(seconds))
    except TimeoutError:
        pass
    except Exception as error:
        seen.refused(type(error).__name__)
    await consumer.close()


def places(message):
    given = {name: it for name, it in message.properties._asdict().items() if it is not None}
    found = {name.replace("_", "-"): text(it) for name, it in given.items()}
    more = {
        "application property": message.application_properties,
        "annotation": message.message_annotations,
    }
    for kind, values in more.items():
        found |= {f"{kind} {text(name)}": text(it) for name, it in (values or {}).items()}
    return found | ({"durable": message.header.durable} if message.header else {})


def text(value):
    return value.decode() if isinstance(value, bytes) else value


if __name__ == "__main__":
    asyncio.run(read(*sys.argv[1:]))
