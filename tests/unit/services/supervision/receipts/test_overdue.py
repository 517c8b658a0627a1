"""What is reported of issues that a subscriber hasn't taken in time."""

from datetime import timedelta

import pytest

from services.supervision.receipts.overdue import overdue
from services.supervision.receipts.standing import Sending, Subscriber, Word
from shared.domain.periods import Week, format_instant

DAY = timedelta(hours=24)
SENT = Week(2017, 6).cutoff


def issue(week, revision=0, days=0, kind="published"):
    at = format_instant(SENT + timedelta(days=days))
    event = {"id": f"{week}-{revision}", "type": f"supervision.briefing.{kind}", "at": at}
    return {"period": f"2017-W{week:02}", "revision": revision, "events": [event]}


def reported(issues, after, count=0, **known):
    sendings = [Sending(it["at"], it["id"]) for one in issues for it in one["events"]]
    subscriber = Subscriber(format_instant(SENT), sendings, count, **known)
    return list(overdue("archive", subscriber, issues, SENT + after, DAY))


def test_it_is_reported_from_the_set_time_on():
    soon = DAY - timedelta(microseconds=1)
    assert reported([issue(6)], soon, count=1) == []
    assert reported([issue(6)], DAY, count=1) == [
        "archive: 2017-W06 R0 waits since 2017-02-13T12:00:00+08:00"
    ]
    assert reported([issue(6)], DAY, count=0) == []


def test_a_refused_issue_counts_as_not_taken():
    word = Word("refused", format_instant(SENT), "x")
    assert reported([issue(6)], DAY, receipts={"6-0": word}) == [
        "archive: 2017-W06 R0 is refused since 2017-02-13T12:00:00+08:00"
    ]
    kept = {"6-0": format_instant(SENT)}
    assert len(reported([issue(6)], DAY, kept=kept)) == 1


@pytest.mark.parametrize("with_receipts", [True, False])
def test_an_issue_without_the_usual_receipt_counts_as_not_taken(with_receipts):
    issues = [issue(5), issue(6), issue(7, days=7)]
    first = {"6-0": Word("accepted", format_instant(SENT + timedelta(days=1)), None)}
    found = reported(issues, timedelta(days=9), receipts=first if with_receipts else {})
    # Before its first receipt nobody expected one.
    line = "archive: 2017-W07 R0 left its queue without a receipt, sent 2017-02-20T12:00:00+08:00"
    assert found == ([line] if with_receipts else [])


def test_only_the_last_revision_of_a_week_is_reported():
    issues = [issue(6), issue(6, revision=1, days=1, kind="revised")]
    (line,) = reported(issues, timedelta(days=3), count=2)
    assert line.startswith("archive: 2017-W06 R1 waits")


def test_what_was_refused_is_reported_for_four_weeks_and_what_waits_for_ever():
    word = {"6-0": Word("refused", format_instant(SENT), None)}
    assert reported([issue(6)], timedelta(days=28), receipts=word)
    assert not reported([issue(6)], timedelta(days=28, seconds=1), receipts=word)
    assert reported([issue(6)], timedelta(days=400), count=1)
