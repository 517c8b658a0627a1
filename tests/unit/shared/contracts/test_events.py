"""The published language: what every event type has to be."""

import re

import pytest
from marshmallow import RAISE, fields

from shared.contracts.events import EVENT_TYPES
from shared.contracts.events.clinics import CLINIC_FIGURES, ClinicState
from shared.platform.topology import SERVICES
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
def test_no_type_has_a_place_for_personal_data(event_type):
    assert not {name for name, _ in all_fields(event_type.data)} & PERSONAL


def test_types_differ_by_name_and_by_what_people_read():
    for name in ("name", "dataschema", "en"):
        assert len({getattr(item, name) for item in EVENT_TYPES.values()}) == len(EVENT_TYPES)


def test_every_figure_of_a_clinic_is_in_its_state_in_its_own_unit():
    declared = ClinicState().fields
    assert {name: declared[name].units for name in CLINIC_FIGURES} == {
        name: (unit,) for name, unit in CLINIC_FIGURES.items()
    }
