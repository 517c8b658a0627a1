"""A receiver of webhooks: prints what it has taken, a message a line, until SIGTERM."""

import json
import signal
from contextlib import suppress

from tests.support.web_receiver import Receiver, listening

PORT = 8080


class Printing(Receiver):
    def receive(self, headers, body):
        answer = super().receive(headers, body)
        # ASCII: the engine cuts a long line within a character.
        print(json.dumps(self.taken[-1]), flush=True)
        return answer


signal.signal(signal.SIGTERM, signal.default_int_handler)
with listening(Printing(), PORT, host=""), suppress(KeyboardInterrupt):
    signal.pause()
