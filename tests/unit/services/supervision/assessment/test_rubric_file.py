"""A rubric's file is read as it is written, or refused with the place of each mistake."""

from pathlib import Path

import pytest
import yaml

from services.supervision.assessment import rubrics
from services.supervision.assessment.rubrics import (
    FOLDER,
    read_rubric,
    rubric_from,
    rubric_of,
    versions,
)
from shared.contracts.fields import SENTENCES
from shared.domain.canonical import sha256
from shared.domain.errors import ValidationFailed
from shared.domain.report_periods import HalfYear
from tests.support.assessment.made import (
    ACTIVITIES,
    ONE,
    PRACTICES,
    RAISED,
    content,
    count,
    label,
    observed,
    ranked,
    share,
    steps,
)

# A rubric that is in force never changes: a change is a new version.
RELEASED = {"2017-1": "4d5ee73c1f5d6b965a3392127b92bd251b497dfcd430583c5b4ace2d9b930871"}


def errors_of(text):
    with pytest.raises(ValidationFailed) as caught:
        read_rubric(text)
    return caught.value.data


def errors(content):
    return errors_of(yaml.safe_dump(content, allow_unicode=True))


def between(**changes):
    return count(formula="between", zero_at=0, full_at=10) | {"target": None} | changes


@pytest.mark.parametrize("version", versions())
def test_a_released_rubric_is_what_it_was(version):
    assert sha256(rubric_of(version).content) == RELEASED[version]


def test_the_example_says_that_nobody_has_adopted_it():
    example = rubric_of("2017-1").content
    assert example["standing"] == "example"
    assert "示例" in example["note"]["zh"]
    assert "examples" in example["note"]["en"]
    header = (FOLDER / "2017-1.yaml").read_text(encoding="utf-8").split("\n\n")[0]
    assert "AN EXAMPLE" in header


def test_an_unknown_version_is_refused_with_those_that_exist():
    with pytest.raises(ValidationFailed) as caught:
        rubric_of("2016-9")
    assert caught.value.data == {"version": ["Must be one of: 2017-1, such as 2017-1."]}


def test_a_file_is_named_by_its_version(tmp_path: Path, monkeypatch):
    text = (FOLDER / "2017-1.yaml").read_text(encoding="utf-8")
    (tmp_path / "2017-2.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(rubrics.RUBRICS, "folder", tmp_path)
    with pytest.raises(ValidationFailed) as caught:
        rubric_of("2017-2")
    assert "version" in caught.value.data


def test_the_tenth_version_of_a_year_comes_after_the_second(tmp_path: Path, monkeypatch):
    for version in ("2017-10", "2016-3", "2017-2"):
        (tmp_path / f"{version}.yaml").touch()
    monkeypatch.setattr(rubrics.RUBRICS, "folder", tmp_path)
    assert versions() == ["2016-3", "2017-2", "2017-10"]


def test_numbers_may_be_written_with_and_without_quotes():
    text = yaml.safe_dump(content(count(weight=10, target="2.5"), total="10"))
    plain = text.replace("'2.5'", "2.5").replace("total: '10'", "total: 10")
    assert plain != text
    assert read_rubric(plain) == read_rubric(text)


@pytest.mark.parametrize("version", versions())
def test_a_rubric_can_be_read_again_from_a_document(version):
    rubric = rubric_of(version)
    assert rubric_from(rubric.content) == rubric


def test_a_repeated_key_is_refused_with_its_line():
    found = errors_of("version: 2017-1\nlabel: {zh: 一, en: one}\nversion: 2017-2\n")
    assert found["rubric"] == [
        (
            "Must be YAML, such as `total: 100`: line 3: version is given twice, first on line 1:"
            " put the two together."
        )
    ]


@pytest.mark.parametrize("text", ["", "- 1", "5", "rubric"])
def test_a_file_that_is_no_object_is_refused(text):
    assert errors_of(text) == {"_schema": ["Must be an object, such as {}."]}


def test_a_file_without_anything_names_every_field_that_is_needed():
    assert errors_of("{}").keys() == content(count()).keys() - {"declared"}


MISTAKES = {
    "an unknown field": (content(count(), weight=3), ("weight",)),
    "an unknown field of a criterion": (content(count(goal=3)), ("criteria", 0, "goal")),
    "a label in one language": (content(count(label={"zh": "一"})), ("criteria", 0, "label", "en")),
    "a version of another form": (content(count(), version="v1"), ("version",)),
    "a weight of nothing": (content(count(weight=0), total=1), ("criteria", 0, "weight")),
    "a weight below 0": (content(count(weight=-1), total=1), ("criteria", 0, "weight")),
    "a weight finer than points": (
        content(count(weight="0.125"), total=1),
        ("criteria", 0, "weight"),
    ),
    "a number with an extra zero": (content(count(target="2.50")), ("criteria", 0, "target")),
    "a number with an exponent": (content(count(target="1e3")), ("criteria", 0, "target")),
    "a float": (content(count(target=True)), ("criteria", 0, "target")),
    "another sum of weights": (content(count(weight=50), total=100), ("total",)),
    "more than the total": (content(count(), least_weight=101), ("least_weight",)),
    "an unknown formula": (content(count(formula="2 + 2")), ("criteria", 0, "formula")),
    "an unknown indicator": (
        content(count(measure={"numerator": "relief.nothing"})),
        ("criteria", 0, "measure", "numerator"),
    ),
    "a figure that isn't declared": (
        content(count(bonus=steps(PRACTICES)), declared=[]),
        ("criteria", 0, "bonus", "source"),
    ),
    "a declared figure named like an indicator": (
        content(count(), declared=[{"code": RAISED, "label": label(), "unit": "order"}]),
        ("declared", 0, "code"),
    ),
    "a code that is there twice": (
        content(count(weight=50), count(weight=50)),
        ("criteria", 1, "code"),
    ),
    "a unit in two groups": (
        content(
            count(),
            groups=[{"code": it, "label": label(), "units": [ONE]} for it in ("urban", "outer")],
        ),
        ("groups", 1, "units", 0),
    ),
    "a formula without its target": (content(count(target=None)), ("criteria", 0, "target")),
    "a field of another formula": (content(count(zero_at=3)), ("criteria", 0, "zero_at")),
    "a cap where nothing can be above": (content(ranked(cap=200)), ("criteria", 0, "cap")),
    "a figure of observations": (
        content(observed(measure={"numerator": ACTIVITIES})),
        ("criteria", 0, "measure"),
    ),
    "less of a target": (content(count(direction="less")), ("criteria", 0, "direction")),
    "a cap below the weight": (content(count(cap=99)), ("criteria", 0, "cap")),
    "a direction against its ends": (
        content(between(direction="less")),
        ("criteria", 0, "full_at"),
    ),
    "two ends that are one": (content(between(full_at=0)), ("criteria", 0, "full_at")),
    "a share without a least denominator": (
        content(share(least=None)),
        ("criteria", 0, "least"),
    ),
    "a share without its factor": (
        content(share(measure={"numerator": ACTIVITIES, "denominator": RAISED})),
        ("criteria", 0, "measure", "times"),
    ),
    "a least denominator of a count": (content(count(least=5)), ("criteria", 0, "least")),
    "the chance of a share, of a count": (
        content(count(chance="share")),
        ("criteria", 0, "chance"),
    ),
    "the chance of a median": (
        content(count(measure={"numerator": "relief.days_to_deliver_median"}, chance="count")),
        ("criteria", 0, "chance"),
    ),
    "a bonus for what is scored already": (
        content(count(bonus=steps(ACTIVITIES))),
        ("criteria", 0, "bonus", "source"),
    ),
    "a deduction for what has a bonus": (
        content(count(bonus=steps(PRACTICES), deduction=steps(PRACTICES))),
        ("criteria", 0, "deduction", "source"),
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_by_its_place_and_alone(name):
    rubric, place = MISTAKES[name]
    found = errors(rubric)
    for part in place:
        assert list(found) == [part]
        found = found[part]
    assert all(it.startswith("Must ") or it in SENTENCES for it in found)


def test_what_the_mistakes_are_made_of_is_accepted():
    made = [count(), share(), ranked(), observed(), between(), between(code="other")]
    for criterion in made:
        assert read_rubric(yaml.safe_dump(content(criterion))).version == "2017-1"


def test_a_half_year_has_the_last_rubric_that_is_in_force_by_then(monkeypatch):
    table = ((HalfYear(2017, 1), "2017-1"), (HalfYear(2018, 2), "2018-1"))
    monkeypatch.setattr(rubrics, "IN_FORCE", table)
    expected = {
        HalfYear(2016, 2): "2017-1",
        HalfYear(2017, 1): "2017-1",
        HalfYear(2018, 1): "2017-1",
        HalfYear(2018, 2): "2018-1",
        HalfYear(2019, 1): "2018-1",
    }
    assert {period: rubrics.version_for(period) for period in expected} == expected


def test_rubrics_in_force_are_in_order_and_of_this_release():
    firsts = [first for first, _ in rubrics.IN_FORCE]
    assert firsts == sorted(set(firsts))
    assert {version for _, version in rubrics.IN_FORCE} <= set(rubrics.versions())
    assert rubrics.rubric_for(HalfYear(2017, 1)).version == "2017-1"
