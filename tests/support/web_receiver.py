"""A receiver of webhooks, which answers as the test wants."""

import base64
import hashlib
import hmac
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = bytes(range(32))
SECRET = "whsec_" + base64.b64encode(KEY).decode()


class Receiver:
    """`answers` are the next statuses; then 204. A status that is a threading.Event holds the
    request until it is set."""

    def __init__(self):
        self.answers, self.taken, self.attempts = [], [], 0

    @property
    def issues(self):
        return [message["data"]["issue"] for message in self.taken]

    def receive(self, headers, body):
        self.attempts += 1
        require_signature(headers, body)
        answer = self.answers.pop(0) if self.answers else 204
        if isinstance(answer, threading.Event):
            answer.wait()
            answer = 204
        if answer == 204:
            self.taken.append(json.loads(body))
        return answer


def require_signature(headers, body):
    """As the scheme has it, computed here once more."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["content-type"] == "application/json"


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
