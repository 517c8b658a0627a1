"""The published language: what every event type has to be."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import RAISE, fields

from shared.contracts.events import EVENT_TYPES, briefing, published_versions
from shared.contracts.events.clinics import CLINIC_FIGURES, ClinicState
from shared.contracts.fields import Said
from shared.platform.topology import SERVICES
from shared.platform.version import project_version
from tests.support.event_versions import FIRST, SECOND, THIRD, declared
from tests.unit import strategies as make

every_type = pytest.mark.parametrize("event_type", make.event_types, ids=lambda item: item.name)
PERSONAL = {"phone", "address", "age", "id_number", "beneficiary", "person", "personal"}


def all_fields(schema):
    for name, field in schema().fields.items():
        yield name, field
        inner = getattr(field, "inner", field)
        if isinstance(inner, fields.Nested):
            yield from all_fields(type(inner.schema))


@every_type
def test_a_type_is_named_service_entity_verb(event_type):
    assert re.fullmatch(r"[a-z]+\.[a-z_]+\.[a-z_]+", event_type.name)
    assert event_type.service in SERVICES
    assert event_type.name == f"{event_type.service}.{event_type.routing_key}"
    assert event_type.dataschema == f"urn:warm:{event_type.name}:{event_type.version}"


@every_type
def test_a_type_is_said_in_both_languages(event_type):
    assert re.search(r"[\u4e00-\u9fff]", event_type.zh)
    assert event_type.en.isascii() and event_type.en


@every_type
def test_data_is_closed_when_written(event_type):
    assert event_type.data().unknown == RAISE


@every_type
def test_a_refusal_can_say_what_a_field_takes(event_type):
    for _, field in all_fields(event_type.data):
        assert not isinstance(field, Said) or field.wanted()


@every_type
def test_no_type_has_a_place_for_personal_data(event_type):
    assert not {name for name, _ in all_fields(event_type.data)} & PERSONAL


def test_types_differ_by_name_and_by_what_people_read():
    for name in ("name", "dataschema", "en"):
        assert len({getattr(item, name) for item in EVENT_TYPES.values()}) == len(EVENT_TYPES)


@pytest.mark.parametrize("newest", EVENT_TYPES.values(), ids=lambda item: item.name)
def test_an_earlier_version_is_published_until_a_release_that_is_to_come(newest):
    for version in newest.published():
        until = version.beside and version.beside.until
        assert (until is None) == (version is newest)
        assert until is None or numbers(until) > numbers(project_version()), (
            f"{version.dataschema} isn't published any more: take its `beside` away"
        )


def numbers(release):
    return [int(part) for part in release.split(".")]


@pytest.mark.parametrize("newest", [THIRD, *EVENT_TYPES.values()], ids=lambda item: item.name)
def test_versions_of_a_type_are_numbered_without_a_gap(newest):
    versions = list(newest.versions())
    assert [it.version for it in versions] == list(range(newest.version, 0, -1))
    assert {it.name for it in versions} == {newest.name}


def test_a_version_that_is_not_published_any_more_is_still_read():
    assert list(THIRD.versions()) == [THIRD, SECOND, FIRST]
    assert list(THIRD.published()) == [SECOND, THIRD]
    with declared(THIRD):
        versions = [it for it in published_versions() if it.name == THIRD.name]
    assert versions == [SECOND, THIRD]


def test_data_of_an_earlier_version_follow_from_those_of_the_newest():
    state = {"kinds": [{"kind": "rice", "parcels": 3}, {"kind": "oil", "parcels": 4}]}
    assert list(THIRD.written(state)) == [(SECOND, {"parcels": 7}), (THIRD, state)]
    assert list(FIRST.written({"packets": 1})) == [(FIRST, {"packets": 1})]


@pytest.mark.parametrize(
    "newest", [it for it in EVENT_TYPES.values() if it.earlier], ids=lambda item: item.name
)
@settings(max_examples=20)
@given(data=st.data())
def test_data_of_every_version_are_what_its_schema_says(newest, data):
    for version, state in newest.written(data.draw(make.states(newest.data))):
        version.data().load(state)


def test_the_first_version_of_a_published_issue_names_its_readable_forms_alone():
    about = {"lang": "zh", "media_type": "a/b", "sha256": "0" * 64, "size": 1, "urn": "urn:a"}
    forms = [{"format": name, **about} for name in ("pdf", "text", "csv-dictionary", "html")]
    state = {"issue": 1, "edition": "public", "manifest": {"renderings": forms}}
    (first, data), (second, same) = briefing.PUBLISHED.written(state)
    assert (first.version, second.version, same) == (1, 2, state)
    assert data == {"issue": 1, "renderings": [forms[1], forms[3]]}


def test_every_figure_of_a_clinic_is_in_its_state_in_its_own_unit():
    declared = ClinicState().fields
    assert {name: declared[name].units for name in CLINIC_FIGURES} == {
        name: (unit,) for name, unit in CLINIC_FIGURES.items()
    }
