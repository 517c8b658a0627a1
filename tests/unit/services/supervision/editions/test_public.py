"""The public edition: every part is classified, and no protected number is anywhere."""

import copy
import json
import re

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from services.supervision.briefing.sections import ITEMS
from services.supervision.editions.classified import Each, LeaveOut, Make, Unclassified
from services.supervision.editions.items import KINDS, public_items
from services.supervision.editions.parts import PARTS
from services.supervision.editions.public import public
from services.supervision.editions.published import is_protected
from services.supervision.editions.texts import LEFT_OUT, counts_people
from services.supervision.forms import rendering
from services.supervision.indicators import DECLARED, EVER
from services.supervision.indicators.declare import PEOPLE, THINGS
from shared.domain import canonical
from shared.domain.wording import LANGUAGES
from tests.support import doc_pages
from tests.support.district import histories
from tests.unit.services.supervision.editions.weeks import (
    COMMUNITIES,
    DISTRICT,
    editions,
    internal,
)
from tests.unit.services.supervision.editions.weeks import PEOPLE as HIRES
from tests.unit.services.supervision.forms.test_html import event, platform
from tests.unit.services.supervision.forms.test_rendering import made, with_large_figures

WEEKS = st.sampled_from(histories.WEEKS)
HUGE = 10**9


def forms(document):
    for form in rendering.MEDIA_TYPES:
        for lang in LANGUAGES:
            yield rendering.render(document, form, lang)


@seed(18)
@settings(max_examples=12)
@given(histories.histories(), WEEKS, st.sampled_from([3, 5]))
def test_every_document_has_an_edition_that_can_be_read(events, week, threshold):
    document = made(events, week)
    before = copy.deepcopy(document)
    edition = public(document, [], threshold)
    assert document == before
    assert set(edition) - set(document) == {"edition", "left_out"}
    assert edition["edition"] == "public"
    for text in forms(edition):
        assert "None" not in text
    for cell in edition["cells"]:
        if cell["value"] is not None and is_protected(cell["indicator"]):
            assert float(cell["value"]) == 0 or float(cell["value"]) >= threshold
    # As it is stored: the same bytes, and the same from them.
    stored = json.loads(canonical.dumps(document))
    assert canonical.dumps(public(stored, [], threshold)) == canonical.dumps(edition)


def numbers(document):
    """The numbers of people in a document, wherever they are; each is given once in the facts."""
    found = set()
    for cell in document["cells"]:
        if is_protected(cell["indicator"]) and cell["value"]:
            found.add(cell["value"])
    for section in document["sections"]:
        for item in section["items"]:
            for figure in item.get("figures", {}).values():
                if figure["unit"] in ("person", "person_time", "visit", "prescription"):
                    found.add(figure["value"])
    return {it for it in found if it and len(it) > 6}


@seed(18)
@settings(max_examples=20)
@given(histories.histories().map(with_large_figures), WEEKS)
def test_where_all_numbers_are_small_none_is_anywhere(events, week):
    document = made(events, week)
    edition = public(document, [], HUGE)
    everything = [canonical.dumps(edition).decode(), *forms(edition)]
    for number in numbers(document):
        for text in everything:
            assert not re.search(rf"(?<![0-9.]){re.escape(number)}(?![0-9.])", text)


def parts_of(value, treatment, path=()):
    """(path, object) of every object in a document whose keys are classified."""
    if isinstance(treatment, LeaveOut):
        return
    if isinstance(treatment, Make):
        yield from parts_of(value, treatment.of, path)
    elif isinstance(value, list):
        for number, row in enumerate(value):
            yield from parts_of(row, treatment, (*path, number))
    elif isinstance(value, dict):
        if not isinstance(treatment, Each):
            yield path, value
        for name, part in value.items():
            inner = treatment.value if isinstance(treatment, Each) else None
            if isinstance(treatment, dict):
                inner = treatment[name]
            yield from parts_of(part, inner, (*path, name))


def busy():
    """A document with rows in as many parts as possible."""
    events = [
        *platform(10, "党群服务中心", "done", "in_progress"),
        event(
            "volunteering.activity.completed",
            1,
            name={"zh": "清扫", "en": "clean-up"},
            category="environment",
            status="completed",
            held_on="2017-01-04",
            planned_for=None,
            participants={"value": "40", "qualifier": "over", "unit": "person", "stated": None},
            communities=2,
            taking_part=["volunteers"],
            station=None,
            team=None,
        ),
    ]
    return made(events, histories.WEEKS[2])


BUSY = busy()
# One of each kind: the first row of a list, not each row.
PLACES = {
    ".".join("[]" if isinstance(name, int) else name for name in path) or "document": path
    for path, _ in reversed(list(parts_of(BUSY, PARTS)))
}


@pytest.mark.parametrize("path", PLACES.values(), ids=PLACES)
def test_a_new_key_anywhere_fails_until_it_is_classified(path):
    document = copy.deepcopy(BUSY)
    place = document
    for name in path:
        place = place[name]
    place["new_part"] = "3"
    with pytest.raises(Unclassified, match="new_part"):
        public(document, [], 5)


@pytest.mark.parametrize("kind", [kind for kind, treatment in KINDS.items() if treatment])
def test_a_new_key_of_an_item_fails_until_it_is_classified(kind):
    item = {"kind": kind, "said": {"zh": "某事"}, "figures": {}}
    with pytest.raises(Unclassified, match="new_part"):
        public_items([item | {"new_part": "3"}], {}, 5)


def test_a_new_kind_of_item_fails_until_it_is_classified():
    with pytest.raises(Unclassified, match="new_kind"):
        public_items([{"kind": "new_kind", "said": {"zh": "某事"}}], {}, 5)


@pytest.mark.parametrize("kind", [kind for kind, treatment in KINDS.items() if not treatment])
def test_items_about_single_residents_and_teams_are_left_out(kind):
    assert public_items([{"kind": kind, "said": {"zh": "某事"}}], {}, 5) == []


def test_every_part_of_the_document_has_a_row_in_the_decision():
    page = doc_pages.text("docs/decisions/0025-public-edition.md")
    rows = re.findall(r"^\| ((?:`[^|]+`)[^|]*) \|", page, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([a-z_.]+)`", row)}
    assert set(PARTS) <= {name.split(".")[0] for name in named}


def test_what_an_indicator_counts_is_the_same_in_all_declarations():
    for item in DECLARED:
        assert item.counts == EVER[item.code].counts, item.code


def test_indicators_of_people_are_protected_and_so_is_a_new_one():
    people = ("person", "person_time", "household", "visit", "order", "prescription", "hour")
    for item in EVER.values():
        assert item.counts != THINGS or item.unit not in people, item.code
    assert type(DECLARED[0]).__dataclass_fields__["counts"].default == PEOPLE


def test_every_kind_of_item_is_classified():
    assert len(KINDS) >= sum(map(len, ITEMS.values()))


def test_the_content_digest_is_over_the_public_content():
    edition, other = (public(internal({COMMUNITIES[0]: it}), [], 5) for it in (2, 3))
    # Both are suppressed: the digest must not show which number it is.
    assert edition["content_digest"] == other["content_digest"]
    assert edition["content_digest"] != internal({COMMUNITIES[0]: 2})["content_digest"]
    assert canonical.dumps(edition) == canonical.dumps(other)


def test_nothing_that_only_suppressed_figures_change_changes_the_edition():
    [first, second] = (
        editions([internal({COMMUNITIES[0]: 3, COMMUNITIES[1]: 20}), internal(it, week=2)])[1]
        for it in ({COMMUNITIES[0]: 3, COMMUNITIES[1]: 20}, {COMMUNITIES[0]: 20, COMMUNITIES[1]: 3})
    )
    assert canonical.dumps(first) == canonical.dumps(second)


def test_earlier_editions_are_taken_in_any_order_and_once():
    documents = [
        internal({COMMUNITIES[0]: number}, week) for week, number in ((1, 9), (2, 8), (3, 7))
    ]
    earlier = editions(documents[:2])
    one = public(documents[2], iter(earlier), 5)
    assert canonical.dumps(one) == canonical.dumps(public(documents[2], reversed(earlier), 5))
    [row] = [it for it in one["headline_table"] if it["indicator"] == "jobfairs.hires"]
    assert (row["this"]["value"], row["last"]["value"], row["cumulative"]["value"]) == (
        "7",
        "8",
        "24",
    )


def test_the_weeks_of_a_trend_are_those_that_were_printed():
    documents = [
        internal({COMMUNITIES[0]: number}, week) for week, number in enumerate((20, 3, 30), 1)
    ]
    *earlier, edition = editions(documents)
    trends = {row["indicator"]: row["weeks"] for row in edition["trends"]}
    printed = [(it["period"], it["value"], it["status"]) for it in trends["jobfairs.hires"]]
    assert printed == [
        ("2017-W01", "20", "complete"),
        ("2017-W02", None, "suppressed"),
        ("2017-W03", "30", "complete"),
    ]
    # Nobody knows what the week was in which nothing was published.
    [_, _, *others] = public(documents[2], earlier[1:], 5)["trends"]
    [hires] = [row["weeks"] for row in others if row["indicator"] == "jobfairs.hires"]
    assert [it["status"] for it in hires] == ["suppressed", "suppressed", "complete"]
    # Things are as they are.
    assert trends["clinics.clinics_held"] == documents[2]["trends"][2]["weeks"]


def test_names_of_small_groups_are_left_out():
    for value, listed in (("3", 0), ("30", 1), ("0", 1)):
        document = copy.deepcopy(BUSY)
        for section in document["sections"]:
            for item in section["items"]:
                if item["kind"] == "activity":
                    item["figures"]["participants"] |= {"value": value, "qualifier": "exact"}
        edition = public(document, [], 5)
        assert sum(len(section["items"]) for section in edition["sections"]) == listed


@pytest.mark.parametrize(
    "text, counts",
    [
        ("慰问3户困难家庭", True),
        ("为五名残疾人打扫卫生", True),
        ("走访20多人", True),
        ("helped three elderly residents", True),
        ("visits to 2 households", True),
        ("二七广场", False),
        ("第27届读书节", False),
        ("环境综合整治（含大气污染治理）", False),
        ("the 2017 spring fair", False),
    ],
)
def test_texts_that_count_people_are_found(text, counts):
    assert counts_people(text) == counts


def test_words_that_count_people_are_replaced():
    document = internal({})
    document["masthead"] |= {"reason": {"zh": "补报3人", "en": "three people were added"}}
    assert public(document, [], 5)["masthead"]["reason"] == LEFT_OUT


def test_people_are_named_by_name_and_office_and_never_by_an_id():
    document = internal({})
    people = {name: {"name": {"zh": "示例甲"}, "office": {"zh": "干事"}} for name in SIGNERS}
    actors = dict.fromkeys(("prepared_by", "submitted_by", "approved_by"), "person:zhang.san")
    document["masthead"] |= people | actors
    document["edited_points"] = [{"point": 1, "edited_by": "person:zhang.san"}]
    edition = public(document, [], 5)
    assert "person:" not in json.dumps(edition)
    assert {name: edition["masthead"][name] for name in SIGNERS} == people


SIGNERS = ("preparer", "signer")


def test_the_edition_says_its_threshold_and_what_is_left_out():
    edition = public(internal({COMMUNITIES[0]: 3}), [], 5)
    page = rendering.render(edition, "text", "en")
    assert "public edition" in page and "numbers from 1 to 4" in page
    assert "people hired: not published" in page
    assert "left out of the public edition" in page
    assert "公开版" in rendering.render(edition, "text", "zh")
    assert DISTRICT in edition["orgunits"]


@pytest.mark.parametrize(("small", "mean"), [(60, ("60", "exact")), (2, (None, "suppressed"))])
def test_a_week_that_is_not_printed_leaves_no_mean_and_says_so_by_its_qualifier(small, mean):
    reported = [60, small, 60, 60]
    weeks = [internal({COMMUNITIES[0]: it}, week) for week, it in enumerate(reported, 1)]
    table = editions(weeks)[-1]["headline_table"]
    [row] = [row for row in table if row["indicator"] == HIRES]
    assert (row["mean"]["value"], row["mean"]["qualifier"]) == mean
