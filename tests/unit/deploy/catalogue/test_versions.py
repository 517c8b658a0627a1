"""The page about versions: what runs side by side, and what the next release changes."""

import copy

import pytest

from deploy.catalogue import versions
from deploy.catalogue.compatibility import DELIBERATE, published
from tests.support.event_versions import NAME, THIRD, declared

HELD = "events/clinics.clinic.held.1.json"
OLD = published()


def page(monkeypatch, new):
    monkeypatch.setattr(versions, "current", lambda: new)
    return "\n".join(versions.lines())


def section(text, heading):
    return text.split(heading, 1)[1].split("\n##", 1)[0]


def test_a_version_is_listed_with_the_next_one_and_the_release_that_ends_it():
    with declared(THIRD):
        [row] = [line for line in versions.lines() if line.startswith(f"| `{NAME}`")]
    assert row.endswith("| 9.0 |")
    assert [f"{NAME}.{it}.json" in row for it in (1, 2, 3)] == [False, True, True]


def test_the_same_contract_changes_nothing(monkeypatch):
    text = page(monkeypatch, OLD)
    for heading in ("### 新增 ", "### 不再发布", "### 新增字段"):
        assert versions.NOTHING in section(text, heading)


def test_what_comes_and_what_goes_is_named(monkeypatch):
    new = {path: it for path, it in OLD.items() if path != HELD}
    new["rpc/clinics.new.json"] = OLD["rpc/clinics.plan_clinic.json"]
    text = page(monkeypatch, new)
    assert "`clinics.new`" in section(text, "### 新增 ")
    assert "`clinics.clinic.held.1`" in section(text, "### 不再发布")


@pytest.mark.parametrize(
    "schema, row",
    [
        ("ClinicState", f"[clinics.clinic.held.1](../{HELD}) | `ClinicState.doctors`"),
        ("EnvelopeSchema", "每个事件 every event | `EnvelopeSchema.doctors`"),
    ],
)
def test_a_new_field_is_named_with_its_place(schema, row, monkeypatch):
    new = copy.deepcopy(OLD)
    new[HELD]["$defs"][schema]["properties"]["doctors"] = {"type": "string"}
    assert f"| {row} |" in section(page(monkeypatch, new), "### 新增字段")


def test_what_changes_on_purpose_is_there_with_its_reason():
    text = section("\n".join(versions.lines()), "### 有意的不兼容变化")
    for reason in DELIBERATE.values():
        assert reason in text
