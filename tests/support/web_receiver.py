"""A receiver of webhooks, which answers as the test wants. It checks signatures as the scheme's own
library does."""

import base64
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()


class Receiver:
    """`answers` are the next statuses; then 204. A status that is a threading.Event holds the
    request until it is set. `requests` are the headers and the body of each."""

    def __init__(self):
        self.answers, self.taken, self.requests = [], [], []

    @property
    def issues(self):
        return [message["data"]["issue"] for message in self.taken]

    def receive(self, headers, body):
        self.requests.append((dict(headers), body))
        message = Webhook(SECRET).verify(body, dict(headers))
        assert headers["content-type"] == "application/json"
        answer = self.answers.pop(0) if self.answers else 204
        if isinstance(answer, threading.Event):
            answer.wait()
            answer = 204
        if answer == 204:
            self.taken.append(message)
        return answer


@contextmanager
def listening(receiver, port=0, host="127.0.0.1"):
    """The receiver's address on this machine, while it listens on the address `host`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            self.send_response(receiver.receive(self.headers, body))
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer((host, port), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hooks"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
