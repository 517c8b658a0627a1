"""Starts one service: `python -m shared.service.runner relief`.

Checks the settings first, and stops within a bounded time on SIGTERM. Unfinished work is continued
after the next start.
"""

import eventlet

eventlet.monkey_patch()

import gc  # noqa: E402
import os  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402

from amqp import AMQPError  # noqa: E402
from mongoengine import ConnectionFailure  # noqa: E402
from nameko.runners import ServiceRunner  # noqa: E402
from pymongo.database import Database  # noqa: E402
from pymongo.errors import PyMongoError  # noqa: E402

from shared.domain.service_names import service_class  # noqa: E402
from shared.domain.types import Document  # noqa: E402
from shared.platform import amqp_text_tolerance, broker, database, logging_setup, topology  # noqa: E402
from shared.platform.database import Indexes  # noqa: E402
from shared.platform.retry import retry  # noqa: E402
from shared.platform.settings import BadSettings, Settings  # noqa: E402

log = logging_setup.get(__name__)

BAD_SETTINGS = 64
OVERTIME = 75
RETRY_SECONDS = 1


def wait_for_topology(settings: Settings, name: str) -> None:
    """Wait until the broker holds what the service needs; it declares nothing itself."""
    while True:
        try:
            missing = topology.check(settings.amqp_uri, name)
        except (OSError, AMQPError) as error:
            log.warning("broker unreachable", error=broker.describe(error))
        else:
            if not missing:
                return
            log.warning("broker topology incomplete", missing=missing)
        eventlet.sleep(RETRY_SECONDS)


def prepare_database(settings: Settings, name: str, indexes: Indexes) -> Database[Document]:
    """Connect and create the indexes; wait until the database is reachable.

    Raises BadSettings if the address can't be used.
    """

    def prepare() -> Database[Document]:
        service_db = database.connect(settings, name)
        database.create_indexes(service_db, {**database.INDEXES, **indexes})
        return service_db

    def failed(error: Exception) -> None:
        # The message of MongoEngine's error contains the address with its password.
        if not isinstance(database.normalized(error), database.UNREACHABLE):
            raise BadSettings(f"MONGODB_URI: {type(error).__name__}") from None
        log.warning("database unreachable", error=database.describe(error))

    return retry(
        prepare, seconds=RETRY_SECONDS, failed=failed, on=(PyMongoError, ConnectionFailure)
    )


def tune_garbage_collection() -> None:
    """Search for reference cycles less often: it took a sixth of a busy service's time
    (docs/speed.md). Objects created so far are kept for ever; later ones rarely form cycles."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def run(name: str, settings: Settings) -> None:
    """Run the service until SIGTERM or SIGINT."""
    service = service_class(name)
    config = {
        **broker.nameko_config(settings.amqp_uri),
        "max_workers": settings.max_workers,
        "settings": settings,
        "keys": service.keys(settings),
        "database": prepare_database(settings, name, service.indexes),
    }
    wait_for_topology(settings, name)
    tune_garbage_collection()
    runner = ServiceRunner(config)
    runner.add_service(service)
    stop_on_signal(runner, settings.drain_seconds)
    runner.start()
    log.info("started")
    runner.wait()
    log.info("stopped")


def stop_on_signal(runner: ServiceRunner, drain_seconds: float) -> None:
    """Stop on SIGTERM and SIGINT, in `drain_seconds` at most."""
    stopping: list[bool] = []

    def stop(_signum: int, _frame: object) -> None:
        # Stopping the runner twice would hang.
        if not stopping:
            stopping.append(True)
            # A signal handler can't use eventlet's primitives, so it only starts a green thread.
            eventlet.spawn_n(_stop, runner, drain_seconds)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def _stop(runner: ServiceRunner, drain_seconds: float) -> None:
    log.info("stopping")
    eventlet.spawn_after(drain_seconds, _exit_in_overtime)
    runner.stop()


def _exit_in_overtime() -> None:
    """End the process, for example if the runner waits for an unreachable broker.

    Unfinished work is unacknowledged or pending, and is done after the next start.
    """
    log.warning("stopped in overtime")
    os._exit(OVERTIME)


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in topology.SERVICES:
        print(
            f"usage: python -m shared.service.runner {'|'.join(topology.SERVICES)}", file=sys.stderr
        )
        return BAD_SETTINGS
    try:
        settings = Settings.from_environment()
    except BadSettings as error:
        print(f"Can't start {arguments[0]}:\n{error}", file=sys.stderr)
        return BAD_SETTINGS
    logging_setup.configure(arguments[0], settings.log_level)
    amqp_text_tolerance.tolerate()
    try:
        run(arguments[0], settings)
    except BadSettings as error:
        print(f"Can't start {arguments[0]}:\n{error}", file=sys.stderr)
        return BAD_SETTINGS
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
