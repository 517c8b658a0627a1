"""What a replay and a discard do to dead letters, by a clock that the test sets."""

from datetime import timedelta

import pytest
from pymongo import MongoClient

from shared.aggregates.repository import Repository
from shared.domain.clock import Clock
from shared.domain.errors import Conflict, NotFound
from shared.domain.periods import format_instant
from shared.messaging.action_log import ActionLog
from shared.messaging.dead_letter_actions import MOST_NOTED, DeadLetterActions
from shared.messaging.dead_letter_retention import BATCH, DeadLetterRetention
from shared.messaging.dead_letter_store import UNKNOWN, DeadLetterStore
from shared.messaging.deliveries import Delivery
from shared.platform import database
from tests.support.contract_check import check_result
from tests.support.running import PERSON, WEEK

NOT_JSON = {"reason": "not_json"}


class Letters:
    """The dead letters of one service, and the acts on them."""

    def __init__(self, repository):
        database.create_indexes(repository)
        self.now = WEEK.start
        clock = Clock(lambda: self.now)
        self.parked = repository["parked"]
        self.dead_letters = DeadLetterStore(self.parked, clock)
        self.actions = repository["parked_acts"]
        self.dead_letter_actions = DeadLetterActions(self.parked, ActionLog(self.actions), clock)
        self.repository = Repository(repository["aggregates"], clock, "supervision")

    def add(self, *bodies, reason="not_json"):
        for body in bodies:
            self.dead_letters.add(Delivery(body, "relief.events", "visit.recorded"), reason)

    def add_many(self, count):
        entry = {"body": b"", "reason": "not_json", "state": "parked", "attempts": 0}
        times = {"first_seen": self.now, "last_seen": self.now, "next_try": None}
        self.parked.insert_many([{"_id": f"{n:032}", **entry, **times} for n in range(count)])

    def replay(self, which=NOT_JSON, command_id="replay-1", per_second=50, limit=10_000):
        arguments = {**which, "per_second": per_second, "limit": limit}
        command = self.repository.command("replay_dead_letters", command_id, PERSON, arguments)
        return self.dead_letter_actions.replay(command, which, per_second, limit)["messages"]

    def discard(self, which=NOT_JSON, command_id="discard-1", why="not ours"):
        command = self.repository.command(
            "discard_dead_letters", command_id, PERSON, {**which, "why": why}
        )
        return self.dead_letter_actions.discard(command, which, why)["messages"]

    def ids(self, **query):
        return [entry["_id"] for entry in self.parked.find(query).sort("first_seen", 1)]

    def audits(self):
        return [len(entry.get("audit", ())) for entry in self.parked.find()]

    def pass_time(self, seconds):
        self.now += timedelta(seconds=seconds)

    def try_due(self, at_most):
        """One second of a retry loop that is able to try so many: all of them fail again."""
        tried = self.dead_letters.due()[:at_most]
        for entry in tried:
            self.dead_letters.failed_again(entry, entry["reason"])
        self.pass_time(1)
        return [entry["_id"] for entry in tried]


@pytest.fixture
def letters(stack):
    with MongoClient(stack.mongodb_uri, tz_aware=True) as client:
        client.drop_database("warm_test")
        yield Letters(client["warm_test"])
        client.drop_database("warm_test")


def test_a_replay_is_spread_over_time_and_takes_the_oldest_first(letters):
    for n in range(5):
        letters.add(b"%d" % n)
        letters.pass_time(1)
    oldest = letters.ids()[:4]
    assert letters.replay(per_second=2, limit=4) == 4
    assert letters.try_due(100) == oldest[:1]
    assert letters.try_due(100) == oldest[1:3]
    assert letters.try_due(100) == oldest[3:]
    assert letters.dead_letter_actions.progress("replay-1")["parked_again"] == {"not_json": 4}


def test_a_replay_that_was_held_up_goes_on_at_its_rate(letters):
    letters.add_many(100)
    letters.replay(per_second=5)
    assert len(letters.try_due(100)) == 1
    letters.pass_time(3600)
    tried = [len(letters.try_due(100)) for _ in range(10)]
    assert tried == [1, *[5] * 9]


def test_two_replays_that_were_held_up_keep_their_own_rates(letters):
    letters.add_many(100)
    letters.replay(per_second=5, limit=50, command_id="first")
    letters.replay({"ids": letters.ids(state="parked")}, per_second=2, command_id="second")
    letters.pass_time(3600)
    for _ in range(6):
        letters.try_due(100)
    left = [
        letters.dead_letter_actions.progress(replay)["waiting"] for replay in ("first", "second")
    ]
    assert left == [50 - 1 - 25, 50 - 1 - 10]


def test_what_waits_for_itself_is_tried_soon_in_a_replay_of_ten_thousand(letters):
    letters.add_many(10_000)
    assert letters.replay(per_second=1000) == 10_000
    for _ in range(30):
        letters.try_due(20)
    letters.add(b"{}", reason="handler_failed")
    [other] = letters.ids(reason="handler_failed")
    tried = [other in letters.try_due(20) for _ in range(30)]
    assert any(tried)


def test_a_message_that_fails_again_stays_a_dead_letter_with_its_new_reason_and_tried_once_only(
    letters,
):
    letters.add(b"{", reason="not_json")
    letters.replay()
    [entry] = letters.dead_letters.due()
    letters.dead_letters.failed_again(entry, "wrong_type", "time")
    [entry] = letters.dead_letters.list()
    assert (entry["state"], entry["reason"], entry["attempts"]) == ("parked", "wrong_type", 1)
    assert letters.dead_letters.due() == []


def test_a_handler_that_fails_again_on_a_replayed_message_goes_on_trying_by_itself(letters):
    letters.add(b"{}", reason="handler_failed")
    letters.discard({"reason": "handler_failed"})
    letters.replay({"ids": letters.ids()})
    [entry] = letters.dead_letters.due()
    letters.dead_letters.failed_again(entry, "handler_failed")
    assert letters.dead_letter_actions.progress("replay-1")["parked_again"] == {"handler_failed": 1}
    letters.pass_time(5)
    assert len(letters.dead_letters.due()) == 1


def test_a_repeated_replay_touches_nothing_again_nor_what_came_since(letters):
    letters.add(b"1", b"2")
    assert letters.replay() == 2
    letters.add(b"3")
    for _ in range(2):
        assert letters.replay() == 2
    assert sorted(letters.audits()) == [0, 1, 1]


def test_a_replay_that_was_interrupted_is_finished_by_its_repetition(letters, monkeypatch):
    letters.add(b"1", b"2", b"3")

    def dies(*_, **__):
        raise InterruptedError

    with monkeypatch.context() as patched:
        patched.setattr(ActionLog, "finish", dies)
        with pytest.raises(InterruptedError):
            letters.replay(limit=2)
    assert letters.replay(limit=2) == 2
    assert sorted(letters.audits()) == [0, 1, 1]


@pytest.mark.parametrize(
    "other", [{"per_second": 7}, {"limit": 7}, {"which": {"reason": "empty"}}], ids=str
)
def test_the_same_id_with_other_arguments_is_a_conflict(letters, other):
    letters.add(b"1")
    letters.replay()
    with pytest.raises(Conflict):
        letters.replay(**other)
    with pytest.raises(Conflict):
        letters.discard(command_id="replay-1")
    assert letters.audits() == [1]


def test_an_unknown_id_is_not_found_and_nothing_is_touched(letters):
    letters.add(b"1")
    for act in (letters.replay, letters.discard):
        with pytest.raises(NotFound) as caught:
            act({"ids": [*letters.ids(), "nobody"]})
        assert caught.value.data["id"] == "nobody"
    assert (letters.audits(), letters.dead_letter_actions.audit(10)) == ([0], [])


def test_what_is_resolved_is_touched_by_neither(letters):
    letters.add(b"1")
    letters.replay()
    letters.dead_letters.resolved(letters.dead_letters.due()[0])
    assert letters.replay({"ids": letters.ids()}, command_id="again") == 0
    assert letters.discard({"ids": letters.ids()}) == 0
    assert letters.parked.find_one()["state"] == "resolved"


def test_a_discarded_message_keeps_its_body_and_counts_as_unresolved_no_more(letters):
    letters.add(b"{1", b"{2")
    [first, second] = letters.ids()
    assert letters.discard({"ids": [first]}, why="a scanner's") == 1
    assert (letters.dead_letters.count(), letters.dead_letters.by_reason()) == (1, {"not_json": 1})
    assert [entry["id"] for entry in letters.dead_letters.list()] == [second]
    shown = letters.dead_letters.show(first)
    assert (shown["state"], shown["body"][:1]) == ("discarded", "{")
    [act] = shown["audit"]
    assert (act["actor"], act["action"], act["why"]) == (PERSON, "discard", "a scanner's")


def test_a_discarded_message_stays_so_when_it_comes_again_or_its_unit_is_registered(letters):
    letters.dead_letters.add(Delivery(b"1", "x", "y"), "unknown_orgunit", orgunit="410103001999")
    letters.discard({"reason": "unknown_orgunit"})
    letters.dead_letters.add(Delivery(b"1", "x", "y"), "unknown_orgunit", orgunit="410103001999")
    letters.dead_letters.units_registered(["410103001999"])
    [entry] = letters.parked.find()
    assert (entry["state"], entry["seen"]) == ("discarded", 2)


def test_a_discarded_message_is_replayed_by_its_id_and_not_by_its_reason(letters):
    letters.add(b"1")
    letters.discard()
    assert letters.replay(command_id="all") == 0
    assert letters.replay({"ids": letters.ids()}, command_id="one") == 1
    assert len(letters.dead_letters.due()) == 1


def test_a_message_discarded_while_it_is_tried_stays_so_unless_it_succeeds(letters):
    letters.add(b"1", b"2", reason="handler_failed")
    letters.pass_time(1)
    [one, other] = letters.dead_letters.due()
    letters.discard({"reason": "handler_failed"})
    letters.dead_letters.failed_again(one, "handler_failed")
    letters.dead_letters.resolved(other)
    assert sorted(entry["state"] for entry in letters.parked.find()) == ["discarded", "resolved"]


def test_the_acts_are_listed_newest_first_with_who_and_why(letters):
    letters.add(b"1", b"2")
    letters.replay()
    letters.pass_time(1)
    letters.discard(why="not ours")
    acts = [
        (act["action"], act["actor"], act["messages"])
        for act in letters.dead_letter_actions.audit(10)
    ]
    assert acts == [("discard", PERSON, 2), ("replay", PERSON, 2)]
    assert letters.dead_letter_actions.audit(1)[0]["why"] == "not ours"


def test_the_causes_are_counted_whole_with_their_times(letters):
    letters.add(b"1", b"2")
    letters.pass_time(60)
    letters.add(b"3")
    letters.add(b"4", reason="handler_failed")
    failed, broken = letters.dead_letters.groups()
    assert (failed["reason"], failed["messages"], failed["waiting"]) == ("handler_failed", 1, 1)
    assert (broken["reason"], broken["messages"], broken["waiting"]) == ("not_json", 3, 0)
    assert broken["first_seen"] < broken["last_seen"] == failed["last_seen"]


DAYS = {"bodies": 30, "resolved": 400, "discarded": 1100}


def swept(letters, days=0):
    """After so many days; every part of the work is done."""
    letters.pass_time(days * 86_400)
    kept = {name: timedelta(days=number) for name, number in DAYS.items()}
    retention = DeadLetterRetention(letters.parked, letters.actions, **kept)
    while retention.sweep(letters.now):
        pass


def resolve(letters, body=b"1"):
    """The id of a message that was handled after all."""
    letters.add(body)
    [identity] = letters.ids(state="parked")
    letters.replay({"ids": [identity]}, command_id=f"replay-{identity}")
    letters.dead_letters.resolved(letters.dead_letters.due()[0])
    return identity


def test_a_resolved_message_loses_its_body_and_later_its_entry(letters):
    identity = resolve(letters)
    swept(letters, 29)
    assert letters.dead_letters.show(identity)["body"] == "1"
    swept(letters, 2)
    shown = letters.dead_letters.show(identity)
    assert (shown["body"], shown["size"], len(shown["audit"])) == ("", 1, 1)
    assert shown["body_removed"] == format_instant(letters.now)
    check_result("relief", "dead_letter", shown)
    swept(letters, 370)
    with pytest.raises(NotFound) as refused:
        letters.dead_letters.show(identity)
    assert refused.value.data["reason"] == UNKNOWN


def test_a_message_that_comes_again_after_its_body_was_removed_has_it_again(letters):
    identity = resolve(letters)
    swept(letters, 31)
    letters.add(b"1")
    swept(letters, 500)
    shown = letters.dead_letters.show(identity)
    assert (shown["state"], shown["body"], "body_removed" in shown) == ("parked", "1", False)


def test_a_discarded_message_is_kept_whole_from_the_day_on_which_it_was_discarded(letters):
    letters.add(b"1")
    swept(letters, 2000)
    letters.discard()
    swept(letters, 1099)
    [identity] = letters.ids()
    assert letters.dead_letters.show(identity)["body"] == "1"
    swept(letters, 2)
    assert letters.ids() == []


def test_what_is_unresolved_is_never_removed_and_the_counts_do_not_change(letters):
    letters.add(b"1", b"2")
    letters.add(b"3", reason="handler_failed")
    before = letters.dead_letters.groups()
    swept(letters, 10_000)
    assert letters.dead_letters.groups() == before
    assert all(letters.dead_letters.body({"_id": it}) for it in letters.ids())


def test_the_actions_are_listed_as_long_as_discarded_messages_are_kept(letters):
    letters.add(b"1")
    letters.discard()
    swept(letters, 1099)
    assert len(letters.dead_letter_actions.audit(10)) == 1
    swept(letters, 2)
    assert letters.dead_letter_actions.audit(10) == []


def test_a_message_that_is_replayed_for_ever_names_its_newest_actions_only(letters):
    letters.add(b"1")
    for n in range(MOST_NOTED + 5):
        letters.replay({"ids": letters.ids()}, command_id=f"replay-{n}")
        letters.pass_time(1)
        letters.dead_letters.failed_again(letters.dead_letters.due()[0], "not_json")
    shown = letters.dead_letters.show(letters.ids()[0])
    assert [act["command_id"] for act in shown["audit"]] == [
        f"replay-{n}" for n in range(5, MOST_NOTED + 5)
    ]
    last = f"replay-{MOST_NOTED + 4}"
    assert letters.dead_letter_actions.progress(last)["parked_again"] == {"not_json": 1}


def test_a_sweep_takes_a_part_of_what_is_old(letters):
    letters.add_many(3 * BATCH)
    change = {"state": "resolved", "resolved": letters.now}
    letters.parked.update_many({}, {"$set": change})
    letters.pass_time(401 * 86_400)
    kept = {name: timedelta(days=number) for name, number in DAYS.items()}
    retention = DeadLetterRetention(letters.parked, letters.actions, **kept)
    assert retention.sweep(letters.now) <= 2 * BATCH
    assert letters.parked.count_documents({}) == 2 * BATCH
