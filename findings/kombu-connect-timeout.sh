#!/bin/sh
# kombu's Connection(connect_timeout=2).connect() gives up after 6 s: two attempts, with 2 s between.
# Guessed: the limit is the limit. Ends with 1 if a newer version keeps it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "kombu==${KOMBU:-5.7.0}" "amqp==${AMQP:-5.4.2}"
"$folder/venv/bin/python" - <<'PYTHON'
import socket
import sys
import time

import kombu

# It accepts and says nothing, as a server that hangs.
server = socket.create_server(("127.0.0.1", 0))
uri = f"amqp://127.0.0.1:{server.getsockname()[1]}"
began = time.monotonic()
try:
    kombu.Connection(uri, connect_timeout=2).connect()
except OSError as error:
    print(f"kombu {kombu.__version__}: {error!r} after {time.monotonic() - began:.1f} s, limit 2 s")
sys.exit(0 if time.monotonic() - began > 5 else 1)
PYTHON
