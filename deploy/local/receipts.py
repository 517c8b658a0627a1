"""`./warm briefing receipts` and `send-again`: who has an issue."""

import json
import uuid
from collections.abc import Iterator
from typing import Annotated

import typer

from deploy.local.options import PERIOD_HELP, Actor, AsJson, StackName, actor_or_login
from deploy.local.service_calls import service_client
from shared.domain.types import Json

SECONDS = 60
NOT_TAKEN = 4

Period = Annotated[str, typer.Argument(help=PERIOD_HELP)]
Revision = Annotated[
    int | None,
    typer.Option("--revision", help="Number of the revision. Default: the last one."),
]

STATES = {
    "acknowledged": ("已回执", "acknowledged by its receipt"),
    "refused": ("拒收", "refused"),
    "waiting": ("待收，在其队列中", "waiting in its queue"),
    "left": ("已出队，无回执", "left its queue, no receipt"),
    "unknown": ("不明", "unknown"),
}
NOTICES = {
    "published": ("印发", "published"),
    "revised": ("修订", "revised"),
    "withdrawn": ("撤回", "withdrawn"),
}
# What supervision gives as a reason of its own; others are the subscriber's words.
REASONS = {
    "came back too often": "退回次数过多",
    "published before its queue was watched": "印发时尚未监测其队列",
    "the broker didn't answer, or the issue is on its way": "消息服务器无应答，或本期正在发送",
}


def receipts(
    period: Period, revision: Revision = None, as_json: AsJson = False, stack: StackName = ""
) -> None:
    """Show which known subscriber has an issue: acknowledged, refused, waiting, or left its queue.

    Example: ./warm briefing receipts 2017-W06

    Exit status: 0 no subscriber is late; 4 one hasn't taken the issue in time; 1 no such issue.
    """
    with service_client(stack, SECONDS) as rpc:
        found = rpc.call("supervision", "receipts", period=period, revision=revision)
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(found)))
    raise typer.Exit(NOT_TAKEN if any(it["late"] for it in found["subscribers"]) else 0)


def send_again(
    period: Period,
    subscriber: Annotated[str, typer.Argument(help="Its name, such as archive.")],
    revision: Revision = None,
    actor: Actor = "",
    stack: StackName = "",
) -> None:
    """Send an issue again, to the queue of one subscriber alone.

    Its event keeps its id, so that a subscriber which has it already takes it once.

    Example: ./warm briefing send-again 2017-W06 archive

    Exit status: 0 it is in the queue; 1 not done, or no answer: run it again.
    """
    with service_client(stack, SECONDS) as rpc:
        done = rpc.call(
            "supervision",
            "send_again",
            command_id=str(uuid.uuid4()),
            actor=actor_or_login(actor),
            period=period,
            revision=revision,
            subscriber=subscriber,
        )
    print(f"{period} → {subscriber}: 已重发 sent again ({done['messages']})")


def _lines(found: Json) -> Iterator[str]:
    notice = " ".join(NOTICES[found["notice"]])
    issue = f"第{found['issue']}期 issue {found['issue']} R{found['revision']}"
    yield f"{found['period']} {issue}: {notice} {found['sent']}"
    if found["checked"] is None:
        yield "  队列情况不明：消息服务器无应答，或本期正在发送"
        yield "  queues not seen: the broker didn't answer, or the issue is on its way"
    for it in found["subscribers"]:
        yield from _subscriber(it)


def _subscriber(it: Json) -> Iterator[str]:
    late = "  逾期 LATE" if it["late"] else ""
    since = f" {it['since']}" if it["since"] else ""
    yield f"{it['subscriber']}: {' '.join(STATES[it['state']])}{since}{late}"
    if it["reason"]:
        chinese = REASONS.get(it["reason"])
        yield f"  原因 reason: {f'{chinese} / ' if chinese else ''}{it['reason']}"
    queue = it["queue"]
    if queue["waiting"] is not None:
        oldest = f"，最早 oldest {queue['oldest']}" if queue["oldest"] else ""
        yield (
            f"  队列 queue: 待收 waiting {queue['waiting']}{oldest}；在线 consumers"
            f" {queue['consumers']}；投递未果 undelivered {queue['undelivered']}"
        )
    if it["sent_again"]:
        yield f"  重发 sent again: {', '.join(it['sent_again'])}"
    last = it["last_acknowledged"]
    said = f"{_issue(last)} {last['at']}" if last else "无 none"
    yield f"  最近回执 last acknowledged: {said}"
    for refused in it["refused"]:
        reason = f" ({refused['reason']})" if refused["reason"] else ""
        yield f"  拒收 refused: {_issue(refused)} {refused['at']}{reason}"
    invalid = it["invalid_receipts"]
    if invalid:
        about = f"{invalid['messages']}, {invalid['last']}, {invalid['why']}"
        yield f"  无效回执 invalid receipts: {about}"


def _issue(it: Json) -> str:
    return f"{it['period']} R{it['revision']}"
