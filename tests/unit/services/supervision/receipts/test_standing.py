"""How an issue stands with a subscriber, beside a queue that is played message by message."""

from collections import deque

from hypothesis import given, settings
from hypothesis import strategies as st

from services.supervision.receipts.standing import (
    BEFORE,
    CAME_BACK,
    NOT_SEEN,
    Sending,
    Subscriber,
    Word,
    standing,
    waiting,
)

AT = ["2017-02-13T12:00:00+08:00", "2017-02-20T12:00:00+08:00", "2017-02-27T12:00:00+08:00"]
SENT = [Sending(at, name) for at, name in zip(AT, "abc", strict=True)]


def subscriber(count=0, sendings=SENT, since=AT[0], **more):
    return Subscriber(since, sendings, count, **more)


def test_what_nobody_has_taken_is_what_was_sent_last():
    for count, names in ((0, ""), (1, "c"), (2, "bc"), (3, "abc"), (7, "abc")):
        known = subscriber(count)
        assert "".join(it.event for it in waiting(known)) == names
        for at, name in zip(AT, "abc", strict=True):
            found = standing(known, [name])
            assert found[:2] == (("waiting", at) if name in names else ("left", None))


def test_leaving_the_queue_is_no_receipt():
    assert standing(subscriber(0), ["a"]).state == "left"
    word = Word("accepted", AT[1], None)
    assert standing(subscriber(0, receipts={"a": word}), ["a"]) == ("acknowledged", AT[1], None)


def test_a_refusal_is_given_with_its_reason_and_the_last_word_counts():
    refused = Word("refused", AT[1], "另一个摘要")
    assert standing(subscriber(0, receipts={"a": refused}), ["a"]) == (
        "refused",
        AT[1],
        "另一个摘要",
    )
    both = {"a": refused, "a2": Word("accepted", AT[2], None)}
    sendings = [*SENT, Sending(AT[0], "a2")]
    assert standing(subscriber(0, sendings, receipts=both), ["a", "a2"]).state == "acknowledged"


def test_a_receipt_counts_although_a_copy_waits_but_not_after_it_was_sent_again():
    word = {"a": Word("accepted", AT[1], None)}
    assert standing(subscriber(3, receipts=word), ["a"]).state == "acknowledged"
    again = [*SENT, Sending("2017-03-01T09:00:00+08:00", "a")]
    found = standing(subscriber(1, again, receipts=word), ["a"])
    assert found == ("waiting", "2017-03-01T09:00:00+08:00", None)
    assert standing(subscriber(0, again, receipts=word), ["a"]).state == "left"


def test_of_several_copies_the_first_that_waits_says_since_when():
    again = [*SENT, Sending("2017-03-01T09:00:00+08:00", "b")]
    assert standing(subscriber(3, again), ["b"]) == ("waiting", AT[1], None)
    assert standing(subscriber(1, again), ["b"]).since == "2017-03-01T09:00:00+08:00"


def test_what_came_back_too_often_is_refused_until_it_is_returned():
    kept = {"a": AT[1]}
    assert standing(subscriber(0, kept=kept), ["a"]) == ("refused", AT[1], CAME_BACK)
    returned = [*SENT, Sending(AT[2], "a")]
    assert standing(subscriber(1, returned, kept=kept), ["a"]).state == "waiting"
    assert standing(subscriber(0, returned, kept=kept), ["a"]).state == "left"


def test_nothing_is_said_of_a_time_when_nobody_looked():
    known = subscriber(1, since=AT[2])
    assert standing(known, ["a"]) == ("unknown", None, BEFORE)
    assert standing(known, ["c"]).state == "waiting"
    again = [*SENT, Sending("2017-03-01T09:00:00+08:00", "a")]
    assert standing(subscriber(0, again, since=AT[2]), ["a"]).state == "left"


def test_without_the_brokers_count_only_receipts_are_known():
    word = {"a": Word("accepted", AT[1], None)}
    assert standing(subscriber(None, receipts=word), ["a"]).state == "acknowledged"
    assert standing(subscriber(None), ["b"]) == ("unknown", None, NOT_SEEN)


class Played:
    """A queue and its one consumer with a prefetch of 1, as the broker's manual describes them."""

    def __init__(self):
        self.queue, self.hand, self.undelivered = deque(), None, []
        self.issues, self.clock = 0, 0
        # What supervision sees of it.
        self.sendings, self.receipts, self.kept = [], {}, {}
        # The truth of each issue since it was sent last: what it said, and whether it gave up.
        self.said, self.gave_up = {}, {}

    def now(self):
        self.clock += 1
        return f"2017-02-13T12:00:{self.clock:04}"

    def put(self, event):
        self.queue.append(event)
        self.sendings.append(Sending(self.now(), event))
        self.said[event] = self.gave_up[event] = None

    def act(self, name, which):
        getattr(self, name)(which)

    def publish(self, _):
        self.put(f"event-{self.issues}")
        self.issues += 1

    def send_again(self, which):
        if self.issues:
            self.put(f"event-{which % self.issues}")

    def take(self, _):
        if self.hand is None and self.queue:
            self.hand = self.queue.popleft()

    def acknowledge(self, _):
        self.hand = None

    def lose_connection(self, _):
        if self.hand:
            self.queue.appendleft(self.hand)
            self.hand = None

    def give_up(self, _):
        if self.hand and self.hand not in self.queue:
            self.undelivered.append(self.hand)
            self.kept[self.hand] = self.gave_up[self.hand] = self.now()
            self.hand = None

    def return_all(self, _):
        for event in self.undelivered:
            self.put(event)
        self.undelivered = []

    def send_receipt(self, which):
        if self.hand:
            outcome = ("accepted", "refused")[which % 2]
            self.said[self.hand] = outcome
            self.receipts[self.hand] = Word(outcome, self.now(), None)

    def true_state(self, event):
        if self.said[event]:
            return {"accepted": "acknowledged", "refused": "refused"}[self.said[event]]
        if event in self.queue:
            return "waiting"
        return "refused" if self.gave_up[event] else "left"


ACTS = [name for name in vars(Played) if name not in ("now", "put", "act", "true_state")]
ACTS = [name for name in ACTS if not name.startswith("_")]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 9)), max_size=40))
def test_whatever_happens_to_a_queue_each_issue_stands_as_it_does(acts):
    played = Played()
    for act in acts:
        played.act(*act)
        known = Subscriber("2017", played.sendings, len(played.queue), played.receipts, played.kept)
        assert [it.event for it in waiting(known)] == list(played.queue)
        for number in range(played.issues):
            event = f"event-{number}"
            assert standing(known, [event]).state == played.true_state(event)
