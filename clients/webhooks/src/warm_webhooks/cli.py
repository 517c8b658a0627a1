"""The command `warm-webhooks`."""

import argparse
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path

from warm_client import Address, BadAddress, KeyRing
from warm_webhooks.endpoints import BadEndpoints, read
from warm_webhooks.forwarder import Forwarder
from warm_webhooks.ledger import Ledger, State

DESCRIPTION = "Sends reports to web addresses. 将通报推送至网址。"


def main(arguments: list[str] | None = None) -> int:
    """0 done; 1 it can't be done, and standard error says why."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    try:
        return int(options.act(options))
    except (BadEndpoints, BadAddress, OSError, ValueError) as error:
        print(f"warm-webhooks: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="warm-webhooks", description=DESCRIPTION)
    parser.add_argument("--store", type=Path, required=True, help="its own SQLite file")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="receive and send, until SIGTERM")
    run.add_argument("--address-file", type=Path, required=True, help="file with the AMQP address")
    run.add_argument("--keys", type=Path, required=True, help="the office's public keys, PEM")
    run.add_argument("--endpoints", type=Path, required=True, help="TOML file, see README.md")
    run.set_defaults(act=_run)
    status = commands.add_parser("status", help="each endpoint: how far it is, what is wrong")
    status.set_defaults(act=_status)
    enable = commands.add_parser("enable", help="send again to an endpoint that was disabled")
    enable.add_argument("name")
    enable.set_defaults(act=_enable)
    replay = commands.add_parser("replay", help="send again everything from an issue on")
    replay.add_argument("name")
    replay.add_argument("--from-issue", type=int, required=True, metavar="N")
    replay.set_defaults(act=_replay)
    return parser


def _run(options: argparse.Namespace) -> int:
    Forwarder(
        Address.from_file(options.address_file),
        read(options.endpoints),
        store=options.store,
        keys=KeyRing.from_file(options.keys),
    ).run()
    return 0


def _status(options: argparse.Namespace) -> int:
    ledger = Ledger(options.store)
    for state in ledger.states():
        print(_line(state, ledger.waiting(state.name)))
    return 0


def _line(state: State, waiting: int) -> str:
    if state.disabled:
        condition = f"disabled ({state.disabled})"
    elif state.failures:
        condition = f"failing since {_time(state.failing_since)} ({state.last_error}),"
        condition += f" next attempt {_time(state.next_at)}"
    else:
        condition = f"delivered at {_time(state.delivered_at)}"
    return f"{state.name}: {waiting} waiting, {condition}"


def _time(seconds: float | None) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds") if seconds else "—"


def _known(ledger: Ledger, name: str) -> None:
    if ledger.state(name) is None:
        names = ", ".join(it.name for it in ledger.states())
        raise ValueError(f"no endpoint {name}; known are {names or 'none yet: run it once'}")


def _enable(options: argparse.Namespace) -> int:
    ledger = Ledger(options.store)
    _known(ledger, options.name)
    ledger.enable(options.name)
    print(f"{options.name}: {ledger.waiting(options.name)} waiting")
    return 0


def _replay(options: argparse.Namespace) -> int:
    ledger = Ledger(options.store)
    _known(ledger, options.name)
    count = ledger.set_back(options.name, options.from_issue)
    if not count:
        raise ValueError(f"issue {options.from_issue} isn't in {options.store}")
    print(f"{options.name}: {count} waiting")
    return 0


if __name__ == "__main__":
    sys.exit(main())
