"""AMQP 1.0 by Qpid Proton: PORT USER PASSWORD ADDRESS COUNT SECONDS [OFFSET] → a line of JSON for
each message, with everything that it brought by its place, or for a refusal."""

import sys

import seen
from proton import Described, symbol
from proton.handlers import MessagingHandler
from proton.reactor import Container, Filter

OFFSET = symbol("rabbitmq:stream-offset-spec")


class Reader(MessagingHandler):
    def __init__(self, port, user, password, address, count, seconds, offset=""):
        super().__init__(prefetch=10, auto_accept=False)
        self.url = f"amqp://127.0.0.1:{port}"
        # Left to itself, Proton takes the first mechanism that the broker lists.
        plain = {"user": user, "password": password, "allowed_mechs": "PLAIN"}
        self.login = plain if user else {"allowed_mechs": "ANONYMOUS"}
        self.address, self.left, self.seconds = address, int(count), float(seconds)
        self.options = Filter({OFFSET: Described(OFFSET, offset)}) if offset else None

    def on_start(self, event):
        login = self.login | {"allow_insecure_mechs": True, "reconnect": False}
        self.connection = event.container.connect(self.url, **login)
        event.container.create_receiver(self.connection, self.address, options=self.options)
        self.timer = event.container.schedule(self.seconds, self)

    def on_timer_task(self, event):
        self.end()

    def on_message(self, event):
        seen.message(event.message.body, places(event.message))
        self.accept(event.delivery)
        self.left -= 1
        if not self.left:
            self.end()

    def on_connection_error(self, event):
        self.refused(event.connection.remote_condition)

    def on_session_error(self, event):
        self.refused(event.session.remote_condition)

    def on_link_error(self, event):
        self.refused(event.link.remote_condition)

    def on_transport_error(self, event):
        self.refused(event.transport.condition)

    def refused(self, condition):
        seen.refused(condition.name)
        self.end()

    def end(self):
        self.timer.cancel()
        self.connection.close()


def places(message):
    found = {
        "message-id": message.id,
        "correlation-id": message.correlation_id,
        "content-type": message.content_type,
        "content-encoding": message.content_encoding,
        # Proton makes seconds of it.
        "creation-time": int(message.creation_time * 1000),
        "group-id": message.group_id,
        "subject": message.subject,
        "durable": message.durable,
    }
    found |= {f"application property {name}": it for name, it in (message.properties or {}).items()}
    return found | {f"annotation {name}": it for name, it in (message.annotations or {}).items()}


if __name__ == "__main__":
    Container(Reader(*sys.argv[1:])).run()
