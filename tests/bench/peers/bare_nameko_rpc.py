"""The limit of a command: a nameko RPC method that does one `insert_one`, no more."""

import eventlet

eventlet.monkey_patch()

import sys  # noqa: E402

from nameko.rpc import Rpc, RpcConsumer  # noqa: E402
from nameko.runners import ServiceRunner  # noqa: E402
from pymongo import MongoClient  # noqa: E402

WORKERS = 20


class QuorumConsumer(RpcConsumer):
    """The same type of queue as ours, which survives a node as ours does."""

    def setup(self):
        super().setup()
        self.queue.queue_arguments = {"x-queue-type": "quorum"}


class QuorumRpc(Rpc):
    rpc_consumer = QuorumConsumer()


rpc = QuorumRpc.decorator


def service(collection):
    class Bare:
        name = "bare"

        @rpc
        def store(self, **arguments):
            collection.insert_one(arguments | {"_id": arguments["command_id"]})
            return {"id": arguments["command_id"]}

        @rpc
        def nothing(self):
            return {}

    return Bare


def main(amqp_uri, mongodb_uri):
    client = MongoClient(mongodb_uri, w="majority", journal=True)
    runner = ServiceRunner({"AMQP_URI": amqp_uri, "max_workers": WORKERS})
    runner.add_service(service(client.bench.bare))
    runner.start()
    runner.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
