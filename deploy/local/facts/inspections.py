"""Patrols, and problems that were found and solved."""

from collections.abc import Iterator

from deploy.local.facts.fact_builder import Fact, FactBuilder, FileContext, check_order
from deploy.local.facts.fields import Fields
from deploy.local.facts.identity import Key
from shared.contracts.events.oversight import FINDING_KINDS, PATROL_KINDS, RHYTHMS

# The person who rectified a finding can't close it.
INSPECTOR = "person:programme-inspector"

EVERY = {"daily": "day", "weekly": "week", "monthly": "month", "yearly": "year"}
PROBLEMS = ("problem_found", "problem_solved")


def inspection(key: Key, entry: Fields, context: FileContext) -> Iterator[Fact]:
    """A patrol, or a problem up to its last known state."""
    entry.require("kind")
    kind = entry.choice("kind", [*PATROL_KINDS, *PROBLEMS])
    if kind in PROBLEMS:
        yield _finding(key, entry, kind == "problem_solved", context)
    else:
        yield _patrol(key, entry, kind, context)


def _patrol(key: Key, patrol: Fields, kind: str | None, context: FileContext) -> Fact:
    builder = FactBuilder("supervision", key)
    rhythm = patrol.choice("rhythm", [*EVERY, *RHYTHMS])
    builder.create(
        "record_patrol",
        context.when(patrol),
        orgunit=patrol.orgunit(),
        kind=kind,
        every=EVERY.get(rhythm, rhythm) if rhythm else None,
        what=patrol.words("what"),
        unannounced=patrol.flag("unannounced"),
        findings=patrol.amount("findings", "finding"),
    )
    return builder.fact


def _finding(key: Key, finding: Fields, solved: bool, context: FileContext) -> Fact:
    finding.require("what")
    check_order(finding, {"date": "reported", "rectified": "rectified", "closed": "closed"})
    builder = FactBuilder("supervision", key)
    reported = context.when(finding)
    created = builder.create(
        "report_finding",
        reported,
        orgunit=finding.orgunit(),
        kind=finding.choice("category", FINDING_KINDS) or "other",
        what=finding.words("what"),
        asset=finding.text("asset"),
        responsible=finding.text("responsible"),
        due=finding.iso_day("due"),
    )
    closed = context.when(finding, "closed") if finding.get("closed") else None
    # Without a day of its own, the latest possible one.
    rectified = context.when(finding, "rectified") if finding.get("rectified") else closed
    if solved or rectified:
        builder.then("rectify_finding", created, rectified or reported)
    if solved or closed:
        builder.then("close_finding", created, closed or rectified or reported, actor=INSPECTOR)
    return builder.fact
