"""Every complaint about an argument says what the field must be, with an example that it takes."""

import re

import pytest
from marshmallow import ValidationError

from shared.contracts.fields import SENTENCES, Many, Part, Said
from tests.support.methods import METHODS
from tests.support.misfits import misfits

WANTED = re.compile(r"Must be .+, such as .+\.", re.DOTALL)
every_method = pytest.mark.parametrize(
    "takes", [takes for *_, takes in METHODS], ids=[f"{it}.{name}" for it, name, _ in METHODS]
)


def messages(data):
    for found in data.values():
        yield from messages(found) if isinstance(found, dict) else found


def says_what_is_wanted(message):
    return message in SENTENCES or WANTED.fullmatch(message) is not None


@every_method
def test_each_misfit_is_answered_with_what_is_wanted(takes):
    for path, arguments in misfits(takes):
        with pytest.raises(ValidationError) as caught:
            takes().load(arguments)
        told = caught.value.normalized_messages()
        said = list(messages(told))
        assert [text for text in said if not says_what_is_wanted(text)] == [], path
        # What is complained about is an argument, or was given as one.
        assert told.keys() <= takes().fields.keys() | arguments.keys()


def every_field():
    for *_, takes in METHODS:
        for field in takes().fields.values():
            yield from within(field)


def within(field):
    yield field
    if isinstance(field, Many):
        yield from within(field.inner)
    if isinstance(field, Part):
        for inner in field.schema.fields.values():
            yield from within(inner)


def test_every_example_is_taken_by_its_field():
    for field in every_field():
        assert isinstance(field, Said), field
        if not (isinstance(field, Part) and "id_number" in field.schema.fields):
            field.deserialize(field.example)


@pytest.mark.parametrize("text", ["Not a valid string.", "Not a instant.", "Must be a date."])
def test_a_message_without_an_example_would_be_found(text):
    assert not says_what_is_wanted(text)
