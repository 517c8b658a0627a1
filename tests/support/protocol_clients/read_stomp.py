"""STOMP 1.2 by stomp.py: PORT USER PASSWORD DESTINATION COUNT SECONDS [VHOST [OFFSET]] → a line of
JSON when it is subscribed, for each message, with everything that it brought by its place, and for
a refusal. The virtual host "-" is that of the client's own choice."""

import sys
import threading

import seen
import stomp


class Reader(stomp.ConnectionListener):
    def __init__(self, connection, count):
        self.connection, self.left, self.ended = connection, count, threading.Event()

    def on_receipt(self, frame):
        seen.line({"subscribed": True})

    def on_message(self, frame):
        # The client has made text of the body.
        headers = {f"header {name}": it for name, it in frame.headers.items()}
        seen.message(frame.body.encode(), headers)
        self.connection.ack(frame.headers["ack"])
        self.left -= 1
        if not self.left:
            self.ended.set()

    def on_error(self, frame):
        seen.refused(f"{frame.headers['message']}: {frame.body}")
        self.ended.set()


def read(port, user, password, destination, count, seconds, vhost="/", offset=""):
    chosen = {} if vhost == "-" else {"vhost": vhost}
    connection = stomp.Connection12(
        [("127.0.0.1", int(port))], reconnect_attempts_max=1, heartbeats=(0, 0), **chosen
    )
    reader = Reader(connection, int(count))
    connection.set_listener("", reader)
    login = {"username": user, "passcode": password} if user else {}
    try:
        connection.connect(wait=True, **login)
    except stomp.exception.ConnectFailedException:
        return
    # One message at a time: a stream allows no other way of acknowledgement.
    headers = {"prefetch-count": "1", "receipt": "subscribed"}
    headers |= {"x-stream-offset": offset} if offset else {}
    connection.subscribe(destination, id="1", ack="client-individual", headers=headers)
    reader.ended.wait(float(seconds))


if __name__ == "__main__":
    read(*sys.argv[1:])
