"""What a subscriber does with one message, without a broker: once, again, or set aside."""

import json
import random
import sqlite3

import pytest

from shared.domain import canonical
from tests.support.signed_reports import Office, body, event, message, retirement
from warm_client.backoff import Backoff
from warm_client.events import Refused
from warm_client.intake import Handle, Intake, Retries, Wait
from warm_client.keys import KeyRing
from warm_client.store import Store, TakenMeanwhile, cannot_store

OFFICE = Office()
STRANGE = Office(b"\x02" * 32)


class Consumer:
    """Carries steps out. `fails` is how often the handler still raises."""

    def __init__(self, path=":memory:", fails=0, **options):
        self.store = Store(path)
        self.keys = KeyRing([OFFICE.pem])
        self.intake = Intake(self.store, self.keys, Retries(attempts=3), **options)
        self.fails = fails
        self.waits = []
        with self.store.transaction() as db:
            db.execute("CREATE TABLE IF NOT EXISTS kept (name TEXT)")

    def take(self, content, sent_to_us=True):
        self.carry_out(self.intake.steps(content, sent_to_us))

    def carry_out(self, steps):
        answer = None
        try:
            while True:
                answer = self._do(steps.send(answer))
        except StopIteration:
            pass

    def _do(self, step):
        if isinstance(step, Wait):
            self.waits.append(step.seconds)
            return None
        assert isinstance(step, Handle)
        try:
            with self.store.handling(step.report, step.body, step.receipt) as db:
                db.execute("INSERT INTO kept VALUES (?)", (step.report.name,))
                if self.fails:
                    self.fails -= 1
                    raise ValueError("no room")
        except TakenMeanwhile:
            return None
        except Exception as error:
            if cannot_store(error):
                raise
            return error
        return None

    @property
    def kept(self):
        with self.store.transaction() as db:
            return [row[0] for row in db.execute("SELECT name FROM kept")]

    @property
    def receipts(self):
        found = [json.loads(receipt) for _, receipt in self.store.receipts()]
        return [(it["outcome"], it.get("reason", "")) for it in found]

    @property
    def aside(self):
        return [(it.reason, it.body) for it in self.store.aside()]


def test_a_report_is_handled_once_and_accepted_each_time_it_is_sent():
    consumer = Consumer()
    content = message(OFFICE, 1)
    for sent_to_us in (False, True, False):
        consumer.take(content, sent_to_us)
    assert consumer.kept == ["2017-W06-r0"]
    assert consumer.receipts == [("accepted", "")]
    ((identity, receipt),) = consumer.store.receipts()
    consumer.store.receipt_sent(identity, receipt)
    consumer.take(content, sent_to_us=False)
    assert consumer.receipts == []
    consumer.take(content, sent_to_us=True)
    assert consumer.receipts == [("accepted", "")]


def test_a_handler_that_fails_is_asked_again_later_and_what_it_wrote_is_undone():
    consumer = Consumer(fails=2)
    consumer.take(message(OFFICE, 1))
    assert consumer.kept == ["2017-W06-r0"]
    assert consumer.waits == [1.0, 2.0]
    assert consumer.aside == []


def test_a_report_that_is_refused_too_often_is_set_aside_and_the_office_hears_no_details():
    consumer = Consumer(fails=3)
    content = message(OFFICE, 1)
    consumer.take(content)
    consumer.take(content)
    consumer.take(message(OFFICE, 2))
    assert consumer.kept == ["2017-W07-r0"]
    assert consumer.aside == [("ValueError: no room", content)]
    said = "the subscriber's handler failed 3 times: ValueError"
    assert consumer.receipts == [("refused", said), ("accepted", "")]


def test_a_full_disk_is_not_the_handlers_fault():
    consumer = Consumer()
    with consumer.store.transaction() as db:
        (pages,) = db.execute("PRAGMA page_count").fetchone()
        db.execute(f"PRAGMA max_page_count = {pages}")
        db.execute(
            "CREATE TRIGGER large AFTER INSERT ON kept BEGIN"
            " INSERT INTO kept SELECT hex(zeroblob(100000)) WHERE new.name LIKE '2017%'; END"
        )
    with pytest.raises(sqlite3.OperationalError, match="full"):
        consumer.take(message(OFFICE, 1))
    assert not cannot_store(sqlite3.OperationalError("no such table"))


def test_what_cant_be_text_is_set_aside_too():
    consumer = Consumer()
    consumer.take(body(event(OFFICE.issue(1))).replace(b'"id": "', b'"id": "\\ud800'))
    consumer.store.set_aside(b"x", "\ud800", None, None)
    assert [reason for reason, _ in consumer.aside] == ["the id is too long or not printable", "?"]


def test_two_processes_with_one_store_handle_a_report_once(tmp_path):
    first, second = Consumer(tmp_path / "store"), Consumer(tmp_path / "store")
    content = message(OFFICE, 1)
    steps = second.intake.steps(content, True)
    late = next(steps)
    first.take(content)
    assert second._do(late) is None
    assert first.kept == ["2017-W06-r0"]


def test_refusals_are_counted_across_restarts(tmp_path):
    content = message(OFFICE, 1)
    for _ in range(2):
        # It ends while the message waits for its next attempt.
        consumer = Consumer(tmp_path / "store", fails=1)
        steps = consumer.intake.steps(content, True)
        assert isinstance(steps.send(consumer._do(next(steps))), Wait)
        consumer.store.close()
    consumer = Consumer(tmp_path / "store", fails=1)
    consumer.take(content)
    assert [reason for reason, _ in consumer.aside] == ["ValueError: no room"]


def test_what_is_set_aside_can_be_handled_again():
    consumer = Consumer(fails=3)
    content = message(OFFICE, 1)
    consumer.take(content)
    consumer.carry_out(consumer.intake.again(content))
    assert consumer.kept == ["2017-W06-r0"]
    assert consumer.aside == []
    assert consumer.receipts == [("accepted", "")]


def test_what_is_invalid_never_reaches_the_handler():
    consumer = Consumer()
    data = OFFICE.issue(1)
    bad = body(event(data | {"document": data["document"].replace("温暖", "冷淡")}))
    consumer.take(bad)
    consumer.take(b"garbage")
    assert consumer.kept == []
    assert consumer.aside == [("the digest doesn't match", bad), ("not JSON", b"garbage")]
    assert consumer.receipts == [("refused", "the digest doesn't match")]


def test_a_damaged_copy_doesnt_hide_the_good_one():
    consumer = Consumer()
    good = message(OFFICE, 1)
    consumer.take(good.replace("温暖".encode(), "冷淡".encode()))
    consumer.take(good)
    assert consumer.kept == ["2017-W06-r0"]


def test_another_document_of_a_known_issue_is_set_aside():
    consumer = Consumer()
    consumer.take(message(OFFICE, 1))
    consumer.take(message(OFFICE, 1, title="另一份"))
    assert consumer.kept == ["2017-W06-r0"]
    assert consumer.aside[0][0] == "another document of this issue and revision is known"


def test_an_unknown_key_is_waited_for():
    consumer = Consumer()
    steps = consumer.intake.steps(message(STRANGE, 1), True)
    assert isinstance(next(steps), Wait)
    consumer.keys.add(STRANGE.pem)
    assert isinstance(steps.send(None), Handle)


def test_a_key_that_stays_unknown_is_named():
    consumer = Consumer()
    consumer.take(message(STRANGE, 1))
    assert consumer.aside[0][0] == f"unknown key {STRANGE.signer.keyid}"


def test_a_test_of_the_operator_is_answered_and_brings_no_report():
    consumer = Consumer()
    state = {"name": "archive", "status": "added"}
    data = state | {"digest": canonical.sha256(state)}
    tested = {"type": "supervision.subscriber.tested"}
    content = body(event(data) | tested)
    assert consumer.intake.is_settled(content)
    consumer.take(content)
    assert (consumer.kept, consumer.aside) == ([], [])
    ((_, receipt),) = consumer.store.receipts()
    assert json.loads(receipt)["digest"] == data["digest"]
    consumer.take(body(event(data | {"name": "other"}) | tested))
    assert consumer.aside[0][0] == "the digest of the test doesn't match"


def test_what_was_published_before_the_first_wanted_issue_is_skipped_without_a_receipt():
    consumer = Consumer(from_issue=3)
    for number in (1, 2):
        consumer.take(message(OFFICE, number))
        consumer.take(message(OFFICE, number))
    assert (consumer.kept, consumer.receipts) == ([], [])
    consumer.take(message(OFFICE, 4))
    consumer.take(message(OFFICE, 3))
    assert consumer.kept == ["2017-W09-r0", "2017-W08-r0"]


def test_a_revision_of_an_older_issue_is_wanted_too_once_it_has_begun():
    consumer = Consumer(from_issue=3)
    consumer.take(message(OFFICE, 3))
    consumer.take(body(event(OFFICE.issue(1, revision=1), "revised")))
    assert consumer.kept == ["2017-W08-r0", "2017-W06-r1"]


def test_waits_grow_and_are_not_the_same_for_all():
    first, second = (Backoff(1.0, 8.0, random.Random(seed)) for seed in (1, 2))
    waits = [first.wait() for _ in range(6)]
    assert all(top / 2 <= it <= top for it, top in zip(waits, (1, 2, 4, 8, 8, 8), strict=True))
    assert waits != [second.wait() for _ in range(6)]
    first.reset()
    assert first.wait() <= 1.0


@pytest.mark.parametrize("refusals, seconds", [(1, 1.0), (2, 2.0), (7, 60.0), (500, 60.0)])
def test_a_handlers_waits_have_a_limit(refusals, seconds):
    assert Retries().delay(refusals) == seconds


def test_a_retired_key_is_known_after_a_restart_without_a_broker(tmp_path):
    path = tmp_path / "store"
    before, after = (
        body(event(OFFICE.issue(number), sourcesequence=sequence))
        for number, sequence in [(1, 59), (2, 61)]
    )
    consumer = Consumer(path)
    consumer.intake.learn(body(retirement(OFFICE, sourcesequence=60)))
    consumer.take(before)
    consumer.take(after)
    assert consumer.kept == ["2017-W06-r0"]
    [(reason, _)] = consumer.aside
    assert "retired" in reason
    again = Consumer(path)
    with pytest.raises(Refused, match="retired"):
        again.carry_out(again.intake.again(after))
    assert again.kept == ["2017-W06-r0"]


@pytest.mark.parametrize(
    "changes", [{"sourcesequence": None}, {"data": {}}, {"data": {"keyid": []}}]
)
def test_a_retirement_that_says_too_little_is_ignored(changes):
    consumer = Consumer()
    consumer.intake.learn(body(retirement(OFFICE, sourcesequence=60) | changes))
    consumer.take(message(OFFICE, 1))
    assert consumer.kept == ["2017-W06-r0"]
