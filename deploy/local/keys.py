"""`./warm key …`: the keys that sign issues."""

import uuid
from collections.abc import Iterator
from typing import Annotated

import typer

from deploy.local.errors import CannotRun
from deploy.local.options import Actor, StackName, actor_or_login
from deploy.local.service_calls import service_client
from shared.contracts.events.keys import KEY_STATUSES
from shared.domain.types import Json

app = typer.Typer(
    no_args_is_help=True,
    help="The keys that sign issues: list them, export one for a subscriber, announce the next one,"
    " retire a former one.",
)


@app.command("list")
def list_keys(stack: StackName = "") -> None:
    """Print every key that was announced, in the order of their use.

    Example: ./warm key list

    Exit status: 0 printed.
    """
    with service_client(stack) as rpc:
        present = rpc.call("supervision", "signing_key")["keyid"]
        announced = rpc.call("supervision", "signing_keys")
        for key in announced:
            print("\n".join(_lines(key, key["keyid"] == present)))
        if present not in [key["keyid"] for key in announced]:
            print(f"{present}: used now; announced before its first signature")


@app.command()
def export(
    keyid: Annotated[
        str, typer.Argument(help="As listed. Default: the key in use.", show_default=False)
    ] = "",
    stack: StackName = "",
) -> None:
    """Print a public key in PEM, for a subscriber. Tell its fingerprint, which is the keyid, on
    another way.

    Example: ./warm key export > office.pem

    Exit status: 0 printed; 1 no such key.
    """
    with service_client(stack) as rpc:
        present = rpc.call("supervision", "signing_key")
        # The present key is announced only before its first signature.
        keys = [present, *rpc.call("supervision", "signing_keys")]
    wanted = keyid or present["keyid"]
    found = [key["pem"] for key in keys if key["keyid"] == wanted]
    if not found:
        raise CannotRun(f"No key {wanted} was announced.", "See ./warm key list")
    print(found[0], end="")


@app.command()
def announce(
    file: Annotated[
        typer.FileText,
        typer.Argument(help="The public half of the next key, in PEM. - reads standard input."),
    ],
    used_from: Annotated[
        str, typer.Option("--used-from", help="When it will be used, at the earliest.")
    ],
    actor: Actor = "",
    stack: StackName = "",
) -> None:
    """Announce the next key before it is used, signed with the present one. Subscribers read it
    from the stream `keys`.

    Example: ./warm key announce next.pem --used-from 2017-03-01T00:00:00+08:00

    Exit status: 0 announced; 1 refused.
    """
    lines = file.read().strip().splitlines()
    given = {"public_key": "".join(lines[1:-1]), "used_from": used_from}
    _act(stack, "announce_key", actor, given)


@app.command()
def retire(
    keyid: Annotated[str, typer.Argument(help="Of a former key, as listed.")],
    reason: Annotated[str, typer.Option("--reason", help="Why it isn't used any more.")],
    actor: Actor = "",
    stack: StackName = "",
) -> None:
    """A former key isn't used any more. What it has signed stays valid.

    Example: ./warm key retire 18519ccb4bbb3584 --reason 按计划每年更换

    Exit status: 0 retired; 1 refused.
    """
    _act(stack, "retire_key", actor, {"keyid": keyid, "reason": reason})


def _act(stack: str, method: str, actor: str, given: Json) -> None:
    command: Json = {"command_id": str(uuid.uuid4()), "actor": actor_or_login(actor)}
    with service_client(stack) as rpc:
        changed = rpc.call("supervision", method, **command, **given)["id"]
        [key] = [it for it in rpc.call("supervision", "signing_keys") if it["id"] == changed]
    print("\n".join(_lines(key)))


def _lines(key: Json, is_present: bool = False) -> Iterator[str]:
    status = "  现用 in use" if is_present else ""
    yield f"{key['keyid']}  {' '.join(KEY_STATUSES[key['status']])}{status}"
    yield f"  启用 used from: {key['used_from']}"
    if key["previous"]:
        signed = "经其签名 signed by it" if key["signature"] else "未经其签名 not signed by it"
        yield f"  前一密钥 previous: {key['previous']}（{signed}）"
    if key["retired_at"]:
        yield f"  停用 retired: {key['retired_at']} {key['reason']}"
