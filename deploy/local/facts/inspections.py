"""Patrols, and what was found and put right."""

from deploy.local.facts.fact_builder import Story, check_order
from shared.contracts.events.oversight import FINDING_KINDS, PATROL_KINDS, RHYTHMS

# Who rectified a finding can't close it.
INSPECTOR = "person:programme-inspector"

EVERY = {"daily": "day", "weekly": "week", "monthly": "month", "yearly": "year"}
PROBLEMS = ("problem_found", "problem_solved")


def inspection(key, entry, frame):
    """A patrol, or a problem as far as it was solved."""
    entry.needed("kind")
    kind = entry.choice("kind", [*PATROL_KINDS, *PROBLEMS])
    if kind in PROBLEMS:
        yield _finding(key, entry, kind == "problem_solved", frame)
    else:
        yield _patrol(key, entry, kind, frame)


def _patrol(key, patrol, kind, frame):
    story = Story("supervision", key)
    rhythm = patrol.choice("rhythm", [*EVERY, *RHYTHMS])
    story.create(
        "record_patrol",
        frame.when(patrol),
        orgunit=patrol.orgunit(),
        kind=kind,
        every=EVERY.get(rhythm, rhythm),
        what=patrol.words("what"),
        unannounced=patrol.flag("unannounced"),
        findings=patrol.amount("findings", "finding"),
    )
    return story.fact


def _finding(key, finding, solved, frame):
    finding.needed("what")
    check_order(finding, {"date": "reported", "rectified": "rectified", "closed": "closed"})
    story = Story("supervision", key)
    reported = frame.when(finding)
    made = story.create(
        "report_finding",
        reported,
        orgunit=finding.orgunit(),
        kind=finding.choice("category", FINDING_KINDS, "other"),
        what=finding.words("what"),
        asset=finding.text("asset"),
        responsible=finding.text("responsible"),
        due=finding.iso_day("due"),
    )
    closed = frame.when(finding, "closed") if finding.get("closed") else None
    # When it was put right, at the latest, if nobody says so.
    rectified = frame.when(finding, "rectified") if finding.get("rectified") else closed
    if solved or rectified:
        story.then("rectify_finding", made, rectified or reported)
    if solved or closed:
        story.then("close_finding", made, closed or rectified or reported, actor=INSPECTOR)
    return story.fact
