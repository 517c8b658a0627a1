#!/bin/sh
# amqplib (Node): after `await connection.close()` on a connection that the broker has blocked (its
# alarm for disk or memory is on), the program doesn't end: the socket is half-closed and waited for.
# Guessed: once close() is done, nothing keeps the program alive, as on a connection that isn't
# blocked. Ends with 1 if a newer version lets it end.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent "amqplib@${AMQPLIB:-2.3.1}"
# A broker that opens a connection, and reads no more after it said `blocked`, as RabbitMQ does.
cat >broker.py <<'PYTHON'
import socket
import struct
import time


def method(number, arguments=b""):
    payload = struct.pack(">HH", 10, number) + arguments
    return struct.pack(">BHL", 1, 0, len(payload)) + payload + b"\xce"


def short(text):
    return bytes([len(text)]) + text


def until(peer, wanted):
    came = b""
    while wanted not in came:
        came += peer.recv(4096)


def long(text):
    return struct.pack(">L", len(text)) + text


server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
for blocked in (False, True):
    peer, _ = server.accept()
    until(peer, b"AMQP")
    peer.sendall(method(10, b"\x00\x09" + long(b"") + long(b"PLAIN") + long(b"en_US")))
    until(peer, struct.pack(">HH", 10, 11))
    peer.sendall(method(30, struct.pack(">HLH", 10, 4096, 0)))
    until(peer, struct.pack(">HH", 10, 40))
    peer.sendall(method(41, short(b"")))
    if blocked:
        peer.sendall(method(60, short(b"low on disk")))
        time.sleep(60)
    else:
        until(peer, struct.pack(">HH", 10, 50))
        peer.sendall(method(51))
        peer.close()
PYTHON
cat >client.js <<'JS'
const amqp = require("amqplib");
const file = require("fs").readFileSync("node_modules/amqplib/package.json");
const { version } = JSON.parse(file);
(async () => {
  const connection = await amqp.connect(`amqp://127.0.0.1:${process.argv[2]}`);
  connection.on("error", () => {});
  await new Promise((resolve) => setTimeout(resolve, 500));
  await connection.close();
  console.log(`amqplib ${version}, Node ${process.version}: close() is done`);
})();
JS
python3 broker.py >port &
broker=$!
while [ ! -s port ]; do sleep 0.1; done
status() { if timeout 10 node client.js "$(cat port)"; then echo 0; else echo $?; fi | tee "$1"; }
echo "not blocked:"; status open
echo "blocked:"; status blocked
kill $broker
# 124: timeout ended it after 10 s.
[ "$(tail -n 1 open)" = 0 ] && [ "$(tail -n 1 blocked)" = 124 ]
