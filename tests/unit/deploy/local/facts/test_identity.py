"""Entries are known again by what they say and by their week, not by their place in the file."""

import random

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from deploy.local.facts.fields import LONGEST_CODE
from deploy.local.facts.reader import BadFacts, read_facts
from shared.aggregates.aggregate import former_id, new_id

VISITS = {"orgunit": "410103016", "kind": "household"}
CLINIC = {"date": "2017-02-09", "orgunit": "410103006", "venue": "广场", "staff": 5}


@pytest.fixture
def read(tmp_path_factory):
    """`read(data)` → the facts of a file with that content."""

    def facts_of(data, week="2017-W06"):
        path = tmp_path_factory.mktemp("facts") / "facts.yaml"
        text = data if isinstance(data, str) else yaml.safe_dump(data, allow_unicode=True)
        path.write_text(f"{text}\nweek: {week}\n", encoding="utf-8")
        return read_facts(path)[0]

    return facts_of


def ids(facts):
    return [step.command_id for fact in facts for step in fact.steps]


def visits(*numbers):
    return {"relief": {"visits": [VISITS | {"visits": number} for number in numbers]}}


@pytest.mark.parametrize("seed", range(3))
def test_an_entry_keeps_its_id_whatever_is_taken_out_or_put_in_front(read, seed):
    numbers = list(range(1, 12))
    whole = dict(zip(numbers, ids(read(visits(*numbers))), strict=True))
    some = random.Random(seed).sample(numbers, 7)
    assert ids(read(visits(*some))) == [whole[number] for number in some]


def test_quotes_order_of_fields_and_empty_ones_make_no_other_entry(read):
    written = "relief: {visits: [{visits: 3, kind: household, orgunit: 410103016}]}"
    quoted = "relief: {visits: [{what: , orgunit: '410103016', kind: household, visits: '3'}]}"
    assert ids(read(written)) == ids(read(quoted))


def test_another_number_makes_another_entry(read):
    assert set(ids(read(visits(3)))) & set(ids(read(visits(4)))) == set()


def test_the_same_entry_in_another_week_is_another_fact(read):
    data = visits(3) | {"volunteering": {"stations": {"count": 123, "orgunit": "410103"}}}
    first, second = ids(read(data)), ids(read(data, "2017-W07"))
    assert set(first) & set(second) == set()
    assert "stock-stations:2017-W06:1" in first
    assert "stock-stations:2017-W07:1" in second


def test_an_id_that_was_used_in_another_week_is_free(read):
    clinic = CLINIC | {"id": "clinic-1"}
    later = clinic | {"date": "2017-02-16"}
    first, second = read({"clinics": [clinic]}), read({"clinics": [later]}, "2017-W07")
    assert set(ids(first)) & set(ids(second)) == set()


def test_an_entry_with_a_day_is_the_same_in_a_later_file(read):
    """What is repeated there, such as an order that goes on, isn't counted twice."""
    assert ids(read({"clinics": [CLINIC]})) == ids(read({"clinics": [CLINIC]}, "2017-W07"))


def test_two_entries_that_say_the_same_are_refused_until_they_have_ids(read):
    with pytest.raises(BadFacts, match="visits-3: says the same as visits-1.*give each an id"):
        read(visits(3, 4, 3))
    both = [VISITS | {"visits": 3, "id": name} for name in ("morning", "evening")]
    assert len(set(ids(read({"relief": {"visits": both}})))) == 2


def meeting(*actions):
    given = {"id": "m", "date": "2017-02-10", "actions": list(actions)}
    return {"programme": {"district": "410103", "meetings": [given]}}


def action(what, **more):
    return {"what": what, "responsible": "城管局", "due": "2017-02-17", **more}


def test_what_is_put_between_the_parts_of_an_entry_shifts_no_id(read):
    [before] = read(meeting(action("修路灯"), action("补台账")))
    [after] = read(
        meeting(action("新事项"), action("修路灯", closed="2017-02-12"), action("补台账"))
    )
    assert set(ids([before])) < set(ids([after]))


def test_two_parts_that_say_the_same_are_refused(read):
    with pytest.raises(BadFacts, match="m: says it twice"):
        read(meeting(action("修路灯"), action("修路灯")))


def test_a_residents_name_is_no_part_of_an_id(read):
    def order(**beneficiary):
        given = {"orgunit": "410103016009", "items": ["米"], "beneficiary": beneficiary}
        return ids(read({"relief": {"orders": [given]}}))

    assert order(name="甲", phone="1", age=70) == order(name="乙", address="二", age=70)
    assert order(age=70) != order(age=71)


def test_the_longest_id_leaves_room_for_what_the_command_does(read):
    name = "c" * LONGEST_CODE
    clinic = CLINIC | {"id": name, "next": ["回访"]}
    fair = {"id": f"f{name[1:]}", "orgunit": "410103007", "venue": "广场", "hires": [{"count": 2}]}
    round_of = VISITS | {"id": f"v{name[1:]}", "kind": "merchant", "merchants": 3}
    data = {"clinics": [clinic], "job_fairs": [fair], "relief": {"visits": [round_of]}}
    assert max(map(len, ids(read(data)))) <= 64


@given(st.text(min_size=1, max_size=64))
def test_one_command_id_makes_another_subject_in_each_service(command_id):
    made = {new_id(service, command_id) for service in ("relief", "clinics", "supervision")}
    assert len(made | {former_id(command_id)}) == 4
