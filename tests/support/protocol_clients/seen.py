"""What a client saw, as lines of JSON on standard output."""

import hashlib
import json


def line(what):
    print(json.dumps(what), flush=True)


def message(body, places):
    body = bytes(body)
    digest = hashlib.sha256(body).hexdigest()
    line({"size": len(body), "sha256": digest, "places": places})


def refused(why):
    line({"refused": str(why)})
