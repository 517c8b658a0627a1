"""Fields: strict, alike in marshmallow and JSON Schema, and clear about what is wrong."""

from datetime import date
from functools import cache
from inspect import isclass

import fastjsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError
from marshmallow.fields import Nested

import shared.contracts.rpc.clinics
import shared.contracts.rpc.relief
import shared.contracts.rpc.supervision
import shared.service.base_service
from shared.contracts import fields
from shared.contracts.json_schema import json_schema, validator
from shared.contracts.rpc.declare import Query
from shared.domain.periods import Week, parse_instant
from shared.domain.quantities import QUALIFIERS, Quantity
from shared.domain.report_periods import HalfYear, Month, Year
from tests.unit import strategies as make

ROOMS = (
    shared.contracts.rpc.clinics,
    shared.contracts.rpc.relief,
    shared.contracts.rpc.supervision,
)
TAKEN_BY_RPC = sorted(
    {
        value
        for module in (*ROOMS, shared.service.base_service)
        for value in vars(module).values()
        if isclass(value) and issubclass(value, Query)
    },
    key=lambda schema: (schema.__module__, schema.__name__),
)


class Part(Schema):
    code = fields.Id(required=True)
    count = fields.Whole()


class OtherPart(Schema):
    week = fields.Week(required=True)


class Answer(Schema):
    """The kinds of field that only answers have."""

    body = fields.RawText(required=True, longest=5)
    detail = fields.RawText(allow_none=True)
    counts = fields.Map(fields.Whole(least=1), required=True)
    parts = fields.Map(Nested(Part))
    either = fields.OneOf(Part, OtherPart, required=True)
    many = fields.Many(fields.Id(), most=None)
    stored = fields.Anything(required=True)


every_schema = pytest.mark.parametrize("schema", TAKEN_BY_RPC, ids=lambda schema: schema.__name__)
OVER_500 = {"value": "500", "qualifier": "over", "unit": "visit", "stated": "500多次"}


@cache
def compiled(schema):
    return validator(json_schema(schema))


@cache
def loader(schema):
    return schema()


def verdicts(schema, arguments):
    """(JSON Schema's, marshmallow's)."""
    found = []
    for check, refused in (
        (compiled(schema), fastjsonschema.JsonSchemaValueException),
        (loader(schema).load, ValidationError),
    ):
        try:
            check(arguments)
            found.append(True)
        except refused:
            found.append(False)
    return found


@pytest.mark.parametrize("schema", [*TAKEN_BY_RPC, Answer], ids=lambda schema: schema.__name__)
@settings(max_examples=5)
@given(data=st.data())
def test_what_a_schema_takes_is_what_its_json_schema_says(schema, data):
    arguments = data.draw(make.states(schema))
    assert verdicts(schema, arguments) == [True, True]
    for path in make.paths(arguments):
        wrong = data.draw(make.disturbed(make.at(arguments, path)))
        for changed in (make.without(arguments, path), make.replaced(arguments, path, wrong)):
            by_schema, by_marshmallow = verdicts(schema, changed)
            assert by_schema == by_marshmallow, (path, wrong)


@every_schema
@settings(max_examples=3)
@given(data=st.data())
def test_rpc_refuses_unknown_arguments_at_every_depth(schema, data):
    arguments = data.draw(make.states(schema))
    found = [path for path in make.paths(arguments) if isinstance(make.at(arguments, path), dict)]
    for path in [(), *found]:
        more = make.replaced({"": arguments}, ("", *path, "unknown"), 1)[""]
        assert verdicts(schema, more) == [False, False]


ONLY = {
    "Text": (fields.Text(), str),
    "Id": (fields.Id(), str),
    "OrgUnit": (fields.OrgUnit(), str),
    "Actor": (fields.Actor(), str),
    "Digest": (fields.Digest(), str),
    "IndicatorCode": (fields.IndicatorCode(), str),
    "Choice": (fields.Choice(["over", "5"]), str),
    "Precision": (fields.Precision(), str),
    "Whole": (fields.Whole(), int),
    "Flag": (fields.Flag(), bool),
    "Many": (fields.Many(fields.Text()), list),
    "Instant": (fields.Instant(), str),
    "Day": (fields.Day(), str),
    "Week": (fields.Week(), str),
    "Month": (fields.Month(), str),
    "HalfYear": (fields.HalfYear(), str),
    "Year": (fields.Year(), str),
    "ReportPeriod": (fields.ReportPeriod(), str),
    "Amount": (fields.Amount("person"), dict),
    "RawText": (fields.RawText(), str),
    "Map": (fields.Map(fields.Flag()), dict),
    "OneOf": (fields.OneOf(OtherPart), dict),
}


@pytest.mark.parametrize("field, kind", ONLY.values(), ids=ONLY)
def test_nothing_is_coerced(field, kind):
    for wrong in make.WRONG:
        if type(wrong) is not kind:
            with pytest.raises(ValidationError):
                field.deserialize(wrong)


@pytest.mark.parametrize(
    "field, text, meaning",
    [
        (fields.Day(), "2017-02-28", date(2017, 2, 28)),
        (fields.Day(), "2016-02-29", date(2016, 2, 29)),
        (fields.Week(), "2020-W53", Week(2020, 53)),
        (fields.Week(), "1903-W01", Week(1903, 1)),
        (fields.Week(), "9997-W52", Week(9997, 52)),
        (fields.Month(), "1903-01", Month(1903, 1)),
        (fields.HalfYear(), "2017-H2", HalfYear(2017, 2)),
        (fields.Year(), "9997", Year(9997)),
        (fields.ReportPeriod(), "2020-W53", Week(2020, 53)),
        (fields.ReportPeriod(), "2017-12", Month(2017, 12)),
        (fields.ReportPeriod(), "2017-H1", HalfYear(2017, 1)),
        (fields.ReportPeriod(), "2017", Year(2017)),
        (
            fields.Instant(),
            "2017-02-06T01:30:00.5Z",
            parse_instant("2017-02-06T09:30:00.500+08:00"),
        ),
        (fields.Amount("visit"), OVER_500, Quantity.from_json(OVER_500)),
    ],
)
def test_what_is_read_means_something(field, text, meaning):
    assert field.deserialize(text) == meaning


@pytest.mark.parametrize(
    "field, wrong",
    [
        *((fields.Day(), text) for text in ("2017-02-29", "2017-2-9", "20170209", "2017-02-09 ")),
        *((fields.Week(), text) for text in ("2017-W53", "2017-W00", "2017W06", "2017-w06")),
        *((fields.Week(), text) for text in ("1902-W01", "1902-W52", "9998-W01")),
        *((fields.Month(), text) for text in ("2017-13", "2017-W06", "2017", "1902-12", "2017-2")),
        *((fields.HalfYear(), text) for text in ("2017-H3", "2017-h1", "2017-06", "9998-H1")),
        *((fields.Year(), text) for text in ("17", "2017-01", "1902", "9998", "２０１７")),
        *((fields.ReportPeriod(), text) for text in ("2017-W53", "2017-00", "2017-H0", "1902")),
        *(
            (fields.Instant(), text)
            for text in (
                "2017-02-06",
                "2017-02-06T09:30:00",
                "2017-02-06 09:30:00+08:00",
                "2017-02-06T09:30+08:00",
                "2017-02-30T09:30:00+08:00",
                "2017-02-06T25:00:00+08:00",
                "2017-02-06T09:30:00+24:00",
                "2017-02-06T09:30:00.1234567+08:00",
            )
        ),
        *((fields.Text(longest=3), text) for text in ("", " ", "\u3000", "abcd", "a\n", "\ud800")),
        *((fields.Id(), text) for text in ("-a", "a b", "a" * 65, "é", "a\n")),
        *((fields.Actor(), text) for text in ("person", "person:", "robot:a", "person:a\n")),
        *((fields.Whole(least=1, most=5), number) for number in (0, 6, 2**53, -1)),
        *((fields.Many(fields.Flag(), least=1, most=2), flags) for flags in ([], [True] * 3)),
    ],
)
def test_what_means_nothing_is_refused(field, wrong):
    with pytest.raises(ValidationError):
        field.deserialize(wrong)


@pytest.mark.parametrize(
    "change, named",
    [
        ({"value": 500}, "value"),
        ({"value": 500.0}, "value"),
        ({"value": "NaN"}, "value"),
        ({"value": "Infinity"}, "value"),
        ({"value": "-1"}, "value"),
        ({"value": "1E3"}, "value"),
        ({"value": "05"}, "value"),
        ({"value": "1.50"}, "value"),
        # A half is no visit.
        ({"value": "2.5"}, "value"),
        ({"value": "1" * 16}, "value"),
        ({"value": None}, "value"),
        ({"qualifier": "not_stated"}, "value"),
        ({"qualifier": "nearly"}, "qualifier"),
        ({"qualifier": ["over"]}, "qualifier"),
        ({"unit": "person"}, "unit"),
        ({"unit": None}, "unit"),
        ({"unit": {}}, "unit"),
        ({"stated": 500}, "stated"),
        ({"stated": ""}, "stated"),
        ({"stated": "x" * 101}, "stated"),
        ({"note": "x"}, "note"),
    ],
)
def test_a_bad_quantity_names_what_is_wrong_in_it(change, named):
    with pytest.raises(ValidationError) as caught:
        fields.Amount("visit").deserialize(OVER_500 | change)
    assert set(caught.value.messages) == {named}


@pytest.mark.parametrize("name", ["value", "qualifier", "unit"])
def test_a_quantity_lacks_nothing(name):
    with pytest.raises(ValidationError) as caught:
        fields.Amount("visit").deserialize(make.without(OVER_500, [name]))
    assert name in caught.value.messages


def test_a_unit_that_nobody_declared_cannot_be_asked_for():
    with pytest.raises(ValueError, match="furlong"):
        fields.Amount("furlong")


INSTANT_FORM = "Must be an instant with its offset, such as 2017-02-06T09:30:00+08:00"
UNIT_FORM = "Must be a 6-, 9- or 12-digit division code, such as 410103005."


PLAIN = "printable text that isn't blank, such as 示例"


@pytest.mark.parametrize(
    "field, wrong, message",
    [
        (fields.OrgUnit(), "4101", UNIT_FORM),
        (fields.Text(), " ", f"Must be {PLAIN}."),
        (fields.Text(longest=3), "abcd", f"Must be at most 3 characters long: {PLAIN}."),
        (
            fields.Id(),
            "a b",
            f"Must be {fields.FORMS[fields.ID]}.",
        ),
        (
            fields.Actor(),
            "robot:a",
            "Must be person:<id> or service:<name>, such as person:zhang.san.",
        ),
        (
            fields.IndicatorCode(),
            "Clinics",
            "Must be <service>.<indicator>, such as clinics.consultations.",
        ),
        (fields.Digest(), "abc", f"Must be {fields.FORMS[fields.DIGEST]}."),
        (fields.Text(pattern="[a-c]+"), "d", "Must be text of the form [a-c]+."),
        (fields.Day(), "20170206", "Must be a date, such as 2017-02-06."),
        (fields.Week(), "201706", "Must be an ISO week, such as 2017-W06."),
        (fields.Week(), "2017-W53", "Must be an ISO week, such as 2017-W06: 2017 has no week 53."),
        (fields.Instant(), "2017-02-06", f"{INSTANT_FORM}."),
        (
            fields.Instant(),
            "1890-02-06T09:30:00+08:00",
            f"{INSTANT_FORM}: the year 1890 is outside 1902 to 9997.",
        ),
    ],
)
def test_an_error_says_the_form_and_gives_an_example(field, wrong, message):
    with pytest.raises(ValidationError) as caught:
        field.deserialize(wrong)
    assert caught.value.messages == [message]


@pytest.mark.parametrize(
    "units, change, message",
    [
        (
            ["visit"],
            {"value": "2.5"},
            'a whole number as text without leading zeros, such as "500"',
        ),
        (["hour"], {"value": "2.50"}, 'a decimal as text without extra zeros, such as "2.5"'),
        (
            ["visit"],
            {"qualifier": "not_stated"},
            "null where the qualifier is not_stated, such as null",
        ),
        (
            ["visit"],
            {"qualifier": "nearly"},
            "one of: exact, over, about, at_most, not_stated, such as exact",
        ),
        (["visit", "order"], {"unit": "person"}, "one of: visit, order, such as visit"),
        (["visit"], {"stated": ""}, "null or 1 to 100 printable characters, such as 500多人次"),
    ],
)
def test_an_error_in_a_quantity_says_the_form_of_the_part(units, change, message):
    with pytest.raises(ValidationError) as caught:
        fields.Amount(*units).deserialize(OVER_500 | {"unit": units[0]} | change)
    [name] = change
    name = "value" if name == "qualifier" and change[name] in QUALIFIERS else name
    assert caught.value.messages == {name: [f"Must be {message}."]}


def test_the_length_of_a_list_is_checked_before_its_items():
    with pytest.raises(ValidationError) as caught:
        fields.Many(fields.Id(), most=3).deserialize([None] * 4)
    assert caught.value.messages == ['Must be a list of 0 to 3 values, such as ["order-17"].']
