"""PyMongo from green threads. Tests run it as a process, since patching is for good."""

# ruff: noqa: E402 - patched before anything else imports a socket
import eventlet

eventlet.monkey_patch()

import sys

from pymongo import MongoClient

THREADS, EACH = 50, 20

client = MongoClient(sys.argv[1])
collection = client["warm_assumptions"][sys.argv[2]]


def write(thread):
    for number in range(EACH):
        collection.insert_one({"_id": f"{thread}-{number}"})


def ticks_during_a_slow_query():
    query = eventlet.spawn(lambda: list(collection.find({"$where": "sleep(500) || true"}).limit(1)))
    ticks = 0
    while not query.dead:
        eventlet.sleep(0.01)
        ticks += 1
    return ticks


pool = eventlet.GreenPool(THREADS)
for _ in pool.imap(write, range(THREADS)):
    pass
print(collection.count_documents({}), ticks_during_a_slow_query())
client.close()
