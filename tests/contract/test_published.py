"""The gate: what changes in the contract fits what the last release published."""

import copy
import json
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.catalogue import __main__ as command
from deploy.catalogue import compatibility
from deploy.catalogue.compatibility import (
    DELIBERATE,
    RECORD,
    current,
    problems,
    published,
    unexpected,
)
from deploy.catalogue.json_schema_fit import misfits
from deploy.local.places import ROOT
from shared.contracts import catalogue
from shared.contracts.json_schema import validator
from tests.unit import strategies as make

OLD = published()
HELD = "events/clinics.clinic.held.1.json"
RAISED = "events/relief.order.raised.1.json"
HOURS = "events/volunteering.hours.recorded.1.json"
HIRE = "events/jobfairs.hire.recorded.1.json"
FINDING = "events/supervision.finding.reported.1.json"
STATION = "events/volunteering.station.opened.1.json"
PLAN = "rpc/clinics.plan_clinic.json"
ORDER = "rpc/relief.raise_order.json"
LETTERS = "rpc/common.dead_letters.json"
LIVE = "rpc/supervision.live.json"
SHOWN = "rpc/relief.order.json"
HEALTH = "rpc/common.health.json"
TEXT = {"type": "string"}


def test_the_contract_fits_what_was_published():
    found = unexpected(problems(OLD, current()))
    assert not found, "\n".join(map(str, found))


def test_what_changes_on_purpose_does_change_and_is_in_the_changelog():
    places = {(it.file, it.misfit.path) for it in problems(OLD, current())}
    assert DELIBERATE.keys() <= places
    latest = (ROOT / "CHANGELOG.md").read_text("utf-8").split("\n## ")[1]
    for file, _ in DELIBERATE:
        assert f"`{file.split('.')[1]}`" in latest


def test_something_was_published():
    for folder in ("events", "rpc"):
        assert [path for path in OLD if path.startswith(f"{folder}/")]


def edited(path, change):
    """The published documents with one of them changed by `change(document)`."""
    new = copy.deepcopy(OLD[path])
    change(new)
    return OLD | {path: new}


def schema(document, name):
    """The schema of that name in an event, or in the arguments or the result of a method."""
    parts = (document, document.get("arguments", {}), document.get("result", {}))
    return next(part["$defs"][name] for part in parts if name in part.get("$defs", ()))


class Edit:
    """A change of one schema in a document."""

    def __init__(self, name, change):
        self.name, self.change = name, change

    def __call__(self, document):
        self.change(SimpleNamespace(**schema(document, self.name)))


def removes(field):
    def change(it):
        del it.properties[field]
        if field in it.required:
            it.required.remove(field)

    return change


def adds(field, kind=TEXT, required=False):
    def change(it):
        it.properties[field] = kind
        if required:
            it.required.append(field)

    return change


def renames(field, other):
    def change(it):
        it.properties[other] = it.properties.pop(field)
        it.required[it.required.index(field)] = other

    return change


def sets(field, **keywords):
    def change(it):
        it.properties[field].update(keywords)

    return change


def makes_optional(field):
    return lambda it: it.required.remove(field)


def makes_required(field):
    return lambda it: it.required.append(field)


CODES = ["daily_necessities", "temporary_relief", "cultural_activities"]
CODES += ["near_subsistence", "left_behind_children"]
KINDS = ["safety", "facility", "sanitation", "food", "other"]
STATUSES = ["raised", "claimed", "delivered", "confirmed", "rated", "rejected", "withdrawn"]

# File, edit, and what the gate says of it: (path, rule) pairs.
REFUSED = {
    "a field of an event removed": (
        HELD,
        Edit("ClinicState", removes("venue")),
        [("data.venue", "required")],
    ),
    "an optional field of an event removed": (
        HELD,
        Edit("ClinicState", removes("held_on")),
        [("data.held_on", "removed")],
    ),
    "a field of an event renamed": (
        RAISED,
        Edit("OrderState", renames("channel", "way")),
        [("data.channel", "required"), ("data.way", "required")],
    ),
    "a field of an event null": (
        HOURS,
        Edit("HoursState", sets("volunteer", type=["string", "null"])),
        [("data.volunteer", "null")],
    ),
    "a field of an event never null any more": (
        HOURS,
        Edit("HoursState", sets("reason", type="string")),
        [("data.reason", "null")],
    ),
    "a field that stored events lack": (
        HIRE,
        Edit("HireState", adds("contract", required=True)),
        [("data.contract", "required")],
    ),
    "a field of an event optional": (
        HIRE,
        Edit("HireState", makes_optional("hires")),
        [("data.hires", "required")],
    ),
    "a code that subscribers don't know": (
        FINDING,
        Edit("FindingState", sets("kind", enum=[*KINDS, "traffic"])),
        [("data.kind", "enum")],
    ),
    "a code of stored events gone": (
        FINDING,
        Edit("FindingState", sets("kind", enum=KINDS[:-1])),
        [("data.kind", "enum")],
    ),
    "a longer text in an event": (
        STATION,
        Edit("StationState", sets("name", maxLength=200)),
        [("data.name", "limit")],
    ),
    "a field of an event retyped": (
        STATION,
        Edit("StationState", sets("name", type="integer")),
        [("data.name", "type")],
    ),
    "another form of a text in an event": (
        STATION,
        Edit("StationState", sets("name", pattern="^[a-z]+$")),
        [("data.name", "form")],
    ),
    "a required argument": (
        PLAN,
        Edit("PlanClinic", adds("doctors", required=True)),
        [("arguments.doctors", "required")],
    ),
    "an argument that has to be given now": (
        PLAN,
        Edit("PlanClinic", makes_required("activity_key")),
        [("arguments.activity_key", "required")],
    ),
    "an argument removed": (
        ORDER,
        Edit("RaiseOrder", removes("channel")),
        [("arguments.channel", "unknown")],
    ),
    "an argument within an argument removed": (
        ORDER,
        Edit("Beneficiary", lambda it: it.properties.pop("age")),
        [("arguments.beneficiary.age", "unknown")],
    ),
    "a code not taken any more": (
        ORDER,
        Edit("RaiseOrder", sets("category", enum=CODES[1:])),
        [("arguments.category", "enum")],
    ),
    "null not taken any more": (
        PLAN,
        Edit("PlanClinic", sets("activity_key", type="string")),
        [("arguments.activity_key", "null")],
    ),
    "a shorter list taken": (
        ORDER,
        Edit("RaiseOrder", sets("items", maxItems=10)),
        [("arguments.items", "limit")],
    ),
    "another default": (
        LETTERS,
        Edit("DeadLettersQuery", sets("limit", default=50)),
        [("arguments.limit", "default")],
    ),
    "a field of a result removed": (
        LIVE,
        Edit("LiveCell", removes("value")),
        [("result.cells[].value", "required")],
    ),
    "a field of a result null": (
        LIVE,
        Edit("LiveCell", sets("orgunit", type=["string", "null"])),
        [("result.cells[].orgunit", "null")],
    ),
    "a field of a result retyped": (
        LIVE,
        Edit("LiveCell", sets("numerator", type="integer")),
        [("result.cells[].numerator", "type")],
    ),
    "a status that callers don't know": (
        SHOWN,
        Edit("Order", sets("status", enum=[*STATUSES, "shelved"])),
        [("result.status", "enum")],
    ),
    "a field of a result left out now and then": (
        SHOWN,
        Edit("Order", makes_optional("due")),
        [("result.due", "required")],
    ),
    "a quantity of a result in another unit": (
        "rpc/volunteering.ledger.json",
        lambda it: schema(it, "Ledger")["properties"]["sums"]["additionalProperties"]["properties"][
            "unit"
        ].update(enum=["day"]),
        [("result.sums.*.unit", "enum")],
    ),
    "a former name gone": (
        LETTERS,
        lambda it: it["former_names"].remove("parked"),
        [("parked", "gone")],
    ),
}

ACCEPTED = {
    "an optional field in an event": (HELD, Edit("ClinicState", adds("weather"))),
    "an optional field within a field of an event": (RAISED, Edit("OrderItem", adds("count"))),
    "other words about an event": (FINDING, lambda it: it.update(description="发现 · found")),
    "an optional argument": (PLAN, Edit("PlanClinic", adds("doctors"))),
    "an argument that may be left out": (ORDER, Edit("RaiseOrder", makes_optional("channel"))),
    "a further code taken": (ORDER, Edit("RaiseOrder", sets("category", enum=[*CODES, "other"]))),
    "null taken": (PLAN, Edit("PlanClinic", sets("venue", type=["string", "null"]))),
    "a longer text taken": (PLAN, Edit("PlanClinic", sets("venue", maxLength=200))),
    "any form of a text taken": (
        PLAN,
        Edit("PlanClinic", lambda it: it.properties.update(venue=TEXT)),
    ),
    "a field more in a result": (LIVE, Edit("LiveCell", adds("status", required=True))),
    "a status that isn't answered any more": (
        SHOWN,
        Edit("Order", sets("status", enum=STATUSES[:-1])),
    ),
    "a field of a result that is never null": (
        SHOWN,
        Edit("Order", sets("rating", type="integer")),
    ),
    "a field of a result that is always there": (SHOWN, Edit("Order", makes_required("rating"))),
    "a further error": (PLAN, lambda it: it["errors"].append("Forbidden")),
}


@pytest.mark.parametrize("path, change, said", REFUSED.values(), ids=REFUSED)
def test_an_incompatible_change_is_refused(path, change, said):
    found = problems(OLD, edited(path, change))
    assert [(it.file, it.misfit.path, it.misfit.rule) for it in found] == [
        (path, place, rule) for place, rule in said
    ]


@pytest.mark.parametrize("path, change", ACCEPTED.values(), ids=ACCEPTED)
def test_a_compatible_change_is_accepted(path, change):
    new = edited(path, change)
    assert new != OLD
    assert problems(OLD, new) == []


def test_a_refusal_names_file_place_rule_and_what_to_do():
    [problem] = problems(OLD, edited(*REFUSED["a code that subscribers don't know"][:2]))
    assert str(problem) == (
        f"docs/{FINDING}: data.kind: enum: publishers may write traffic, subscribers refuse it."
        " Add an optional field instead, or publish a new version of the event beside this one"
        f" ({RECORD})."
    )


@pytest.mark.parametrize("path", [HELD, PLAN, LETTERS])
def test_what_was_published_may_not_vanish(path):
    new = {other: document for other, document in OLD.items() if other != path}
    [problem] = problems(OLD, new)
    assert (problem.file, problem.misfit.rule) == (path, "gone")


# A version that is published until 1.5, and the newer one beside it.
NEWER = HELD.replace(".1.json", ".2.json")
FIRST = OLD[HELD] | {"$comment": f"{catalogue.UNTIL}1.5"}
BOTH = OLD | {HELD: FIRST, NEWER: edited(HELD, Edit("ClinicState", removes("venue")))[HELD]}


def without(path):
    return {other: document for other, document in BOTH.items() if other != path}


def test_an_event_may_get_a_new_version_beside_the_old_one():
    assert problems(OLD, BOTH) == []


def test_an_old_version_may_not_vanish_before_a_release_had_both():
    [problem] = problems(OLD, without(HELD))
    assert (problem.file, problem.misfit.rule) == (HELD, "gone")


@pytest.mark.parametrize("release", ["0.9.0", "1.4.10"])
def test_an_old_version_may_not_vanish_before_its_time(release, monkeypatch):
    monkeypatch.setattr(compatibility, "project_version", lambda: release)
    [problem] = problems(BOTH, without(HELD))
    assert str(problem) == (
        f"docs/{HELD}: gone: the version isn't published any more, and was announced until 1.5."
        f" Go on publishing it until then ({RECORD})."
    )


@pytest.mark.parametrize("release", ["1.5.0", "1.10.0", "2.0.0"])
def test_an_old_version_may_go_with_the_release_that_was_announced(release, monkeypatch):
    monkeypatch.setattr(compatibility, "project_version", lambda: release)
    assert problems(BOTH, without(HELD)) == []


def test_the_newest_version_may_not_vanish():
    [problem] = problems(BOTH, without(NEWER) | {HELD: OLD[HELD]})
    assert (problem.file, problem.misfit.rule) == (NEWER, "gone")


def test_each_version_is_compared_with_its_own_published_schema():
    change = Edit("ClinicState", removes("departments"))
    for path in (HELD, NEWER):
        new = copy.deepcopy(BOTH)
        change(new[path])
        [problem] = problems(BOTH, new)
        assert (problem.file, problem.misfit.path) == (path, "data.departments")


@pytest.mark.parametrize("until, rules", [("1.4", ["sooner"]), ("1.5", []), ("1.12", [])])
def test_the_time_of_an_old_version_may_only_become_longer(until, rules):
    new = BOTH | {HELD: FIRST | {"$comment": f"{catalogue.UNTIL}{until}"}}
    assert [it.misfit.rule for it in problems(BOTH, new)] == rules


NOT_FOUND = "errors/NotFound.json"
ERRORS = {NOT_FOUND: current()[NOT_FOUND]}


def test_an_error_may_neither_vanish_nor_lose_a_field():
    [gone] = problems(ERRORS, {})
    assert (gone.file, gone.misfit.rule) == (NOT_FOUND, "gone")
    less = copy.deepcopy(ERRORS)
    del less[NOT_FOUND]["$defs"]["NotFoundData"]["properties"]["id"]
    [removed] = problems(ERRORS, less)
    assert (removed.misfit.path, removed.misfit.rule) == ("exc_args[].id", "removed")
    assert problems({}, ERRORS) == problems(less, ERRORS) == []


def test_methods_and_events_may_come():
    assert problems(OLD, OLD | {"rpc/clinics.new.json": OLD[PLAN]}) == []
    assert problems(OLD, OLD | {"events/clinics.clinic.new.1.json": OLD[HELD]}) == []


def test_a_method_of_every_service_is_compared_with_what_one_service_declares_instead():
    own = copy.deepcopy(OLD[HEALTH])
    assert problems(OLD, OLD | {"rpc/clinics.health.json": own}) == []
    removes("parked")(SimpleNamespace(**schema(own, "Health")))
    [problem] = problems(OLD, OLD | {"rpc/clinics.health.json": own})
    assert (problem.file, problem.misfit.path) == ("rpc/clinics.health.json", "result.parked")


def test_a_keyword_that_is_not_understood_is_no_silent_yes():
    new = edited(PLAN, Edit("PlanClinic", sets("venue", contentEncoding="base64")))
    with pytest.raises(ValueError, match="contentEncoding"):
        problems(OLD, new)


ALTERNATIVES = {"anyOf": [{"type": "string", "maxLength": 9}, {"type": "null"}]}


@pytest.mark.parametrize(
    "writer, reader, rules",
    [
        (ALTERNATIVES, {"type": ["string", "null"], "maxLength": 9}, []),
        ({"type": ["string", "null"], "maxLength": 9}, ALTERNATIVES, []),
        (ALTERNATIVES, {"type": "string"}, ["null"]),
        (ALTERNATIVES, {"type": ["string", "null"], "maxLength": 5}, ["limit"]),
        ({"type": "string", "enum": ["a"]}, {"type": ["string", "null"], "enum": ["a", None]}, []),
        (
            {"type": ["string", "null"], "enum": ["a", None]},
            {"type": "string", "enum": ["a"]},
            ["null"],
        ),
        ({"type": "integer"}, {"type": "number"}, []),
        ({"type": "number"}, {"type": "integer"}, ["type"]),
        ({}, {}, []),
        ({"type": "object"}, {}, []),
        ({}, {"type": "object"}, ["type"]),
        ({"type": "string", "enum": ["a"]}, {"type": "string", "pattern": "a"}, ["form"]),
        ({"type": "integer", "minimum": 1}, {"type": "integer", "minimum": 0}, []),
        ({"type": "integer"}, {"type": "integer", "minimum": 0}, ["limit"]),
        ({"type": "array"}, {"type": "array", "minItems": 0}, []),
        (
            {"type": "object", "properties": {"a": TEXT}, "additionalProperties": False},
            {"type": "object", "additionalProperties": {"type": "integer"}},
            ["type"],
        ),
        (
            {"type": "object", "additionalProperties": {"type": "integer"}},
            {"type": "object", "additionalProperties": TEXT},
            ["type"],
        ),
    ],
)
def test_schemas_are_compared_by_what_they_allow(writer, reader, rules):
    assert [it.rule for it in misfits(writer, reader, ("one", "other"))] == rules


def parts(value):
    """Every schema of a field within a schema."""
    if isinstance(value, dict):
        for part in value.get("properties", {}).values():
            yield part
            yield from parts(part)
        for part in (*value.get("$defs", {}).values(), value.get("items")):
            yield from parts(part)


def disturb(data, whole):
    """Some change of one field, or of which fields are required."""
    field = data.draw(st.sampled_from(list(parts(whole))))
    keywords = sorted(field.keys() - {"$ref", "$defs", "anyOf", "not"})
    keyword = data.draw(st.sampled_from([*keywords, "required"]))
    if keyword == "required":
        chosen = data.draw(st.sampled_from(list(whole["$defs"].values())))
        chosen["required"] = data.draw(st.permutations(sorted(chosen["properties"])))[:3]
    elif isinstance(field[keyword], list) and len(field[keyword]) > 1:
        field[keyword] = field[keyword][1:]
    elif isinstance(field[keyword], int):
        field[keyword] = data.draw(st.integers(0, 3))
    else:
        del field[keyword]


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_what_is_found_compatible_is_accepted(data):
    """Whatever changes in a schema: events that the old one allows are no surprise to the new."""
    event_type = data.draw(st.sampled_from(make.event_types))
    old = current_event(event_type)
    new = copy.deepcopy(old)
    disturb(data, new)
    if not misfits(old, new, ("one", "other")):
        validator(new)(data.draw(make.events(event_type)))


def current_event(event_type):
    return json.loads(json.dumps(catalogue.event_document(event_type)))


@pytest.fixture
def released(tmp_path, monkeypatch):
    """What is published in a folder of the test's own."""
    monkeypatch.setattr(compatibility, "PUBLISHED", tmp_path)
    for path, document in OLD.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(json.dumps(document), encoding="utf-8")
    return tmp_path


def test_a_release_publishes_what_is_in_docs(released):
    (released / PLAN).unlink()
    (released / "events/old.thing.1.json").write_text("{}", encoding="utf-8")
    assert compatibility.release()
    (released / "events/old.thing.1.json").unlink()
    assert compatibility.release() == []
    assert compatibility.published() == current()


def test_an_incompatible_release_is_refused_and_says_why(released, monkeypatch, capsys):
    def needs_more(document):
        adds("doctors", required=True)(SimpleNamespace(**schema(document, "PlanClinic")))

    monkeypatch.setattr(compatibility, "current", lambda: edited(PLAN, needs_more))
    monkeypatch.setattr(command, "write", lambda: None)
    monkeypatch.setattr("sys.argv", ["catalogue", "--release"])
    assert command.main() == 1
    assert "arguments.doctors: required" in capsys.readouterr().err
    assert compatibility.published() == OLD
