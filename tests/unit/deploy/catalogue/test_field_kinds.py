"""The kind of a field, in the words of the catalogue."""

import pytest
from marshmallow import Schema, fields

from deploy.catalogue import field_kinds
from deploy.catalogue.kinds import reference
from deploy.catalogue.markdown import table
from shared.contracts.fields import Anything, Choice, Many, Map, OneOf, RawText, Text, Whole

COLOURS = {"red": ("红", "red"), "blue": ("蓝", "blue")}


class Part(Schema):
    colour = Choice(COLOURS, required=True)


class Thing(Schema):
    parts = Many(fields.Nested(Part), required=True, most=3)
    part = fields.Nested(Part, load_default=dict)
    note = Text(allow_none=True, load_default="a|b")
    size = Whole(least=1, most=9)


def test_fields_of_objects_follow_theirs():
    assert [row[0] for row in field_kinds.field_rows(Thing)] == [
        "`parts`",
        "`parts[].colour`",
        "`part`",
        "`part.colour`",
        "`note`",
        "`size`",
    ]


def test_a_field_is_described_by_its_kind():
    parts, colour, part, _, note, size = field_kinds.argument_rows(Thing)
    assert parts[1:] == ("list of up to 3: object", "是 yes", "—")
    assert colour[1] == "one of `red` 红, `blue` 蓝"
    assert part[3] == "`{}`"
    text = reference("Text", "text, up to 100 characters")
    assert note[1:] == (f"{text}; or `null`", "—", '`"a|b"`')
    assert size[1:] == (reference("Whole", "whole number from 1 to 9"), "—", "—")


def test_an_answer_is_described_down_to_its_parts():
    counts = Map(fields.Nested(Part), required=True)
    whole = Schema.from_dict({"counts": counts, "body": RawText(), "more": Anything()})
    listed = Many(fields.Nested(whole), most=None)
    assert field_kinds.result_about(listed) == "list: object."
    assert field_kinds.result_rows(listed) == [
        ("`[].counts`", "object of codes, each with: object", "是 yes"),
        ("`[].counts.*.colour`", "one of `red` 红, `blue` 蓝", "是 yes"),
        ("`[].body`", "any text", "—"),
        ("`[].more`", "any JSON; or `null`", "—"),
    ]
    assert field_kinds.result_about(RawText()) == "any text."
    assert field_kinds.result_rows(RawText()) == []
    assert field_kinds.kind(OneOf(Part, Thing)) == "object, one of `Part`, `Thing` (see events.md)"


def test_a_field_of_an_unknown_kind_is_refused():
    with pytest.raises(TypeError, match="no description of Email"):
        field_kinds.field_rows(Schema.from_dict({"mail": fields.Email()}))


def test_a_bar_stays_in_its_cell():
    assert table(("a", "b"), [("x|y", "z")])[2] == r"| x\|y | z |"
