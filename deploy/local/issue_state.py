"""The lines that `./warm briefing status` prints, in Chinese and in English."""

from collections.abc import Iterator

from shared.contracts.events.briefing import BRIEFING_STATUSES, IN_REVIEW, WITHDRAWN
from shared.contracts.rpc.review import PARTS
from shared.domain.types import Json

STATUSES = BRIEFING_STATUSES | IN_REVIEW | WITHDRAWN
# Of an issue without a number, and of a person who isn't in the register.
NONE = "—"
UNREGISTERED = "人员名册未登记 not registered"


def lines(state: Json) -> Iterator[str]:
    """Where the issue stands, and what each person did."""
    zh, en = STATUSES[state["status"]]
    number = f"第{state['issue']}期 issue {state['issue']}" if state["issue"] else NONE
    yield f"{state['period']} {number} R{state['revision']}: {zh} {en}"
    yield f"  内容校验码 content digest {state['content_digest']}"
    yield f"  起草 drafted    {state['drafted_at']}  {state['drafted_by']}"
    for label, name in (("送审 submitted", "submitted"), ("签发 approved", "approved")):
        if who := state[f"{name}_by"]:
            at = state.get(f"{name}_at") or ""
            yield f"  {label:<11} {at}  {person(who)}".rstrip()
    if state["four_eyes"] is False:
        yield "  双人复核未启用 without four eyes"
    yield from withdrawn(state)
    for sign_off in state["sign_offs"]:
        yield f"  会签 signed off {sign_off['at']}  {person(sign_off['by'])}: {_part(sign_off)}"
    for edit in state["edited_points"]:
        who = person(edit["edited_by"])
        yield f"  要点 point {edit['point']} edited {edit['edited_at']}  {who}"
        yield f"    {' '.join(edit['words'].values())}"
        yield f"    按规则 by rules: {' '.join(edit['by_rules'].values())}"
    for comment in state["comments"]:
        yield from _comment(comment)


def withdrawn(state: Json) -> Iterator[str]:
    """That an issue was withdrawn, by whom and why; nothing of any other."""
    withdrawal = state["withdrawal"]
    if withdrawal is None:
        return
    reason = " ".join(withdrawal["reason"].values())
    yield f"  已撤回 WITHDRAWN {withdrawal['at']}  {person(withdrawal['by'])}: {reason}"
    yield f"  由其替代 successor: {withdrawal['successor'] or '无 none'}"


def person(who: Json) -> str:
    """Name and office, with the actor behind them."""
    actor = who["actor"] or NONE
    if not who["name"]:
        return f"{actor} ({UNREGISTERED})"
    name, office = (" ".join(who[part].values()) for part in ("name", "office"))
    return f"{name}, {office} ({actor})"


def _part(row: Json) -> str:
    zh, en = PARTS[row["part"]] if row["part"] else ("全文", "the whole")
    return f"{zh} {en}"


def _comment(comment: Json) -> Iterator[str]:
    done = comment["resolved_by"]
    open_or_done = f"已处理 resolved by {person(done)}" if done else "未处理 open"
    yield f"  意见 comment {comment['number']}  {_part(comment)}: {open_or_done}"
    yield f"    {person(comment['author'])}: {comment['text']}"
