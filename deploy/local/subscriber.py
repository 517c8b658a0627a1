"""`./warm subscriber …`: who gets reports and events."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.broker_definitions import password_hash
from deploy.local import secretfiles
from deploy.local.admin_channels import Channel, admin_channel
from deploy.local.broker_accounts import account_of, agree, close_connections
from deploy.local.errors import CannotRun
from deploy.local.options import Actor, AsJson, StackName, actor_or_login
from deploy.local.stack import Stack
from shared.domain.form_names import PUBLIC
from shared.domain.types import Json

app = typer.Typer(
    no_args_is_help=True,
    help="Subscribers: add, list, give a new password, test, remove; apply to a broker that lost"
    " its data.",
)

EDITION_NAMES = {"public": "公开版 public", "internal": "内部版 internal", None: "无 none"}

Name = Annotated[str, typer.Argument(help="Its name: small letters, digits, - and _.")]
Deployed = Annotated[
    bool,
    typer.Option("--deployed", help="Of the deployment on this machine, by docker-compose."),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", help="The address file. Default: NAME.amqp in this folder."),
]
Yes = Annotated[bool, typer.Option("--yes", help="Don't ask for confirmation.")]


@app.command()
def add(
    name: Name,
    reports: Annotated[
        str, typer.Option("--reports", help="public or internal. Default without --events: public.")
    ] = "",
    events: Annotated[
        list[str] | None,
        typer.Option("--events", help="Events that it gets, such as 'relief.order.*'; repeatable."),
    ] = None,
    out: Out = None,
    actor: Actor = "",
    stack: StackName = "",
    deployed: Deployed = False,
) -> None:
    """Add a subscriber: user, permissions, queues with their limits, and a file with its address.

    It gets what is published from now on. Earlier reports are in the stream `reports`.

    Example: ./warm subscriber add website --reports public

    Exit status: 0 added; 1 not done, or not completely: then `./warm subscriber apply`.
    """
    file = out or Path(f"{name}.amqp")
    if file.exists():
        raise CannotRun(f"{file} is there already.", "Move it away, or choose another with --out.")
    wanted = reports or (None if events else PUBLIC)
    with admin_channel(stack, deployed) as channel:
        given = {"reports": wanted, "events": list(events or ())}
        _give_password(channel, "add_subscriber", name, file, actor, given)
    _say_address(name, file)
    warm = "docker-compose run --rm -T office" if deployed else "./warm"
    print(f"{name}: 公钥也请交给订阅方 it needs the public key as well: {warm} key export")


@app.command("list")
def list_subscribers(
    as_json: AsJson = False, stack: StackName = "", deployed: Deployed = False
) -> None:
    """List the subscribers: what each gets since when, what waits, what it acknowledged last.

    Example: ./warm subscriber list

    Exit status: 0 listed.
    """
    with admin_channel(stack, deployed) as channel:
        found = channel.call("subscribers")
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for it in found:
        print("\n".join(_lines(it)))


@app.command()
def rotate(
    name: Name,
    out: Out = None,
    actor: Actor = "",
    stack: StackName = "",
    deployed: Deployed = False,
) -> None:
    """Give a subscriber a new password. Its open connections are closed; what waits stays.

    Example: ./warm subscriber rotate website

    Exit status: 0 the old password is worth nothing; 1 not done, or not completely: run it again.
    """
    file = out or Path(f"{name}.amqp")
    with admin_channel(stack, deployed) as channel:
        _give_password(channel, "rotate_subscriber", name, file, actor, {})
        close_connections(channel.control, name)
    _say_address(name, file)


@app.command()
def test(name: Name, actor: Actor = "", stack: StackName = "", deployed: Deployed = False) -> None:
    """Send a test message to the queue of one subscriber. It is no issue: its type is
    `supervision.subscriber.tested`, and it has no document.

    Whether its receipt came is in `./warm subscriber list`.

    Example: ./warm subscriber test website

    Exit status: 0 it is in the queue; 1 not done.
    """
    with admin_channel(stack, deployed) as channel:
        done = channel.call("test_subscriber", name=name, **_command(actor))
    print(f"{name}: 已发测试消息 test message sent ({done['event']})")


@app.command()
def remove(
    name: Name,
    yes: Yes = False,
    actor: Actor = "",
    stack: StackName = "",
    deployed: Deployed = False,
) -> None:
    """Remove a subscriber with its user, its queues and what waits in them.

    Example: ./warm subscriber remove website

    Exit status: 0 removed; 1 not done, or not completely: then `./warm subscriber apply`.
    """
    with admin_channel(stack, deployed) as channel:
        found = [it for it in channel.call("subscribers") if it["name"] == name]
        for it in found:
            queue = it["queue"]
            print(
                f"{name}: 将删除账号、队列与待收 {queue['waiting']} 条、投递未果"
                f" {queue['undelivered']} 条 / this drops its user, its queues, {queue['waiting']}"
                f" waiting and {queue['undelivered']} undelivered messages, and its receipts"
            )
        if found and not yes:
            typer.confirm(f"Remove {name}?", abort=True, err=True)
        channel.call("remove_subscriber", name=name, **_command(actor))
        apply_all(channel)
    print(f"{name}: 已移除 removed")


@app.command()
def apply(stack: StackName = "", deployed: Deployed = False) -> None:
    """Make the broker agree with supervision's subscribers: after it has lost its data, after a
    restore, after an interrupted command. Running it again changes nothing.

    Example: ./warm subscriber apply

    Exit status: 0 they agree; 1 not done.
    """
    with admin_channel(stack, deployed) as channel:
        names = apply_all(channel)
    print(f"一致 the broker has: {', '.join(names) or 'no added subscriber'}")


def apply_to(stack: Stack) -> None:
    """The same for a local stack that is starting; nothing where the broker isn't its own."""
    if stack.owns_servers:
        with admin_channel(stack.home.name, deployed=False) as channel:
            apply_all(channel)


def apply_all(channel: Channel) -> list[str]:
    """Make the broker agree with all; the names of the active ones. Those whose password nobody
    knows any more are named on the way."""
    stored = channel.call("subscriber_accounts")
    names = agree(channel.control, stored)
    for it in stored:
        if it["status"] == "active" and not it["password_hash"]:
            print(
                f"{it['name']}: 密码未知 password not known: ./warm subscriber rotate {it['name']}"
            )
    return names


def _give_password(
    channel: Channel, method: str, name: str, file: Path, actor: str, given: Json
) -> None:
    """Make a password, write the address with it, and make the broker agree."""
    password = secretfiles.password().decode()
    known = password_hash(password)
    channel.call(method, name=name, password_hash=known, **given, **_command(actor))
    secretfiles.write_private(file, f"{channel.address(name, password)}\n".encode())
    [stored] = [it for it in channel.call("subscriber_accounts") if it["name"] == name]
    agree(channel.control, [stored])
    queues = ", ".join(account_of(stored).sources)
    print(f"{name}: 队列 queues: {queues}")


def _command(actor: str) -> dict[str, Any]:
    return {"command_id": str(uuid.uuid4()), "actor": actor_or_login(actor)}


def _say_address(name: str, file: Path) -> None:
    print(
        f"{name}: 地址在 {file}，请交给订阅方后删除 / its address is in {file}: hand it over, then"
        " delete it; nobody can read the password anywhere else"
    )


def _lines(it: Json) -> Iterator[str]:
    own = "  本部署自有 the deployment's own" if it["own"] else ""
    missing = "  消息服务器上没有 NOT AT THE BROKER" if it["is_there"] is False else ""
    yield f"{it['name']}: {EDITION_NAMES[it['reports']]}{own}{missing}"
    if it["events"]:
        yield f"  事件 events: {', '.join(it['events'])}"
    if it["since"]:
        yield f"  自 since {it['since']}；密码 password {it['password_since'] or '不明 not known'}"
    queue = it["queue"]
    if queue["waiting"] is not None:
        oldest = f"，最早 oldest {queue['oldest']}" if queue["oldest"] else ""
        yield (
            f"  待收 waiting {queue['waiting']}{oldest}；在线 consumers {queue['consumers']}；"
            f"投递未果 undelivered {queue['undelivered']}"
        )
    last = it["last_acknowledged"]
    said = f"{last['period']} R{last['revision']} {last['at']}" if last else "无 none"
    yield f"  最近回执 last acknowledged: {said}"
    if test := it["test"]:
        answer = test["acknowledged"] or "尚无回执 no receipt yet"
        yield f"  测试 test {test['at']}: {answer}"
