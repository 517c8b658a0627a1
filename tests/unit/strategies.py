"""Values and events made from their declarations: a new event type is covered as it is."""

import copy
import json
from functools import cache

from hypothesis import strategies as st
from marshmallow import fields as marshmallow_fields

from shared.contracts import fields
from shared.contracts.envelope import CONTENT_TYPE, EnvelopeSchema
from shared.contracts.events import EVENT_TYPES
from shared.domain.periods import SHANGHAI, Week, format_instant
from shared.domain.quantities import QUALIFIERS
from shared.domain.report_periods import HalfYear, Month, Year
from shared.domain.visible_text import visible
from shared.domain.wording import LANGUAGES

# Every version that is read.
event_types = sorted(
    (version for newest in EVENT_TYPES.values() for version in newest.versions()),
    key=lambda event_type: (event_type.name, event_type.version),
)

_LETTERS = st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from(" 多\u2028\U0001f600")
_DAYS = st.dates(*(Week(year, 30).first_day for year in (1903, 2090)))
_INSTANTS = st.datetimes(
    *(Week(year, 30).start.replace(tzinfo=None) for year in (1903, 2090)),
    timezones=st.just(SHANGHAI),
)


def texts(longest):
    letters = st.text(_LETTERS, min_size=1, max_size=min(longest, 20))
    return letters.filter(lambda text: visible(text).strip())


def _text(field):
    if fields.PRINTABLE in field.pattern:
        return texts(field.longest)
    form = st.from_regex(field.pattern, fullmatch=True)
    return form.filter(lambda text: len(text) <= field.longest)


def amounts(field):
    """Qualified quantities as JSON."""
    unit = st.sampled_from(sorted(field.units))
    stated = st.none() | texts(fields.NAME)
    given = st.fixed_dictionaries(
        {
            "value": st.from_regex(field.number, fullmatch=True),
            "qualifier": st.sampled_from([q for q in QUALIFIERS if q != "not_stated"]),
            "unit": unit,
        },
        optional={"stated": stated},
    )
    missing = st.fixed_dictionaries(
        {"value": st.none(), "qualifier": st.just("not_stated"), "unit": unit, "stated": stated}
    )
    return given | missing


_PERIODS = {
    fields.Week: Week,
    fields.Month: Month,
    fields.HalfYear: HalfYear,
    fields.Year: Year,
}


def _periods(kind):
    return lambda field: _DAYS.map(kind.of_day).map(str)


# The first class that a field is an instance of says how its values are made.
_MAKERS = {
    fields.Text: _text,
    fields.Choice: lambda field: st.sampled_from(field.choices),
    fields.Whole: lambda field: st.integers(field.least, field.most),
    fields.Flag: lambda field: st.booleans(),
    fields.Instant: lambda field: _INSTANTS.map(format_instant),
    fields.Day: lambda field: _DAYS.map(str),
    **{kind: _periods(of) for kind, of in _PERIODS.items()},
    fields.ReportPeriod: lambda field: st.one_of(values(kind()) for kind in _PERIODS),
    fields.Words: lambda field: st.dictionaries(
        st.sampled_from(LANGUAGES), texts(field.text.longest), min_size=1
    ),
    fields.Amount: amounts,
    fields.Many: lambda field: st.lists(
        values(field.inner), min_size=field.least, max_size=min(field.most or 3, 3)
    ),
    fields.RawText: lambda field: st.text(_LETTERS, max_size=field.longest or 20),
    fields.Map: lambda field: st.dictionaries(st.text(max_size=8), values(field.inner)),
    fields.OneOf: lambda field: st.one_of(map(states, field.schemas)),
    fields.Anything: lambda field: json_values(),
    marshmallow_fields.Nested: lambda field: states(type(field.schema)),
}


def values(field):
    """JSON values that the field takes."""
    make = next(make for kind, make in _MAKERS.items() if isinstance(field, kind))
    return st.none() | make(field) if field.allow_none else make(field)


@cache
def states(schema):
    """JSON objects that the schema takes."""
    required, optional = {}, {}
    for name, field in schema().fields.items():
        (required if field.required else optional)[name] = values(field)
    return st.fixed_dictionaries(required, optional=optional)


@cache
def events(event_type):
    """Whole events of the type, as they are read."""
    fixed = {
        "source": f"/warm/{event_type.service}",
        "type": event_type.name,
        "dataschema": event_type.dataschema,
        "datacontenttype": CONTENT_TYPE,
    }
    attributes = {
        name: st.just(fixed[name]) if name in fixed else values(field)
        for name, field in EnvelopeSchema().fields.items()
        if name not in ("data", "traceparent")
    }
    return st.fixed_dictionaries(
        attributes | {"data": states(event_type.data)},
        optional={"traceparent": values(EnvelopeSchema().fields["traceparent"])},
    )


def paths(value, path=()):
    """The path of every part of a JSON value."""
    if path:
        yield path
    if isinstance(value, dict | list):
        parts = value.items() if isinstance(value, dict) else enumerate(value)
        for name, part in parts:
            yield from paths(part, (*path, name))


def at(value, path):
    for name in path:
        value = value[name]
    return value


def replaced(value, path, part):
    """A copy of the value with another part at `path`."""
    changed = copy.deepcopy(value)
    at(changed, path[:-1])[path[-1]] = part
    return changed


def in_place(value, path, parts):
    """The value itself with each of `parts` at `path` in turn: much faster than copies."""
    target, name = at(value, path[:-1]), path[-1]
    kept = target[name]
    for part in parts:
        target[name] = part
        yield part
    target[name] = kept


def without(value, path):
    """A copy of the value that lacks what is at `path`."""
    changed = copy.deepcopy(value)
    del at(changed, path[:-1])[path[-1]]
    return changed


# What goes wrong on a wire: each is right in some place and wrong in most.
WRONG = [
    None,
    True,
    False,
    0,
    1,
    -1,
    5,
    2**53,
    10**30,
    5.0,
    1.5,
    1e300,
    "",
    " ",
    "5",
    "over",
    "nearly",
    "not_stated",
    "person",
    "NaN",
    "1e3",
    "05",
    "1.50",
    "\u0665",
    "a\n",
    "a\x00",
    "a\x7f",
    "x" * 600,
    "\ud800",
    "2017-02-30",
    "2017-02-28\n",
    "20170228",
    "0000-01-01",
    "9999-12-31",
    "2017-W00",
    "2017-W53",
    "2017-w06",
    "2017-02-06T09:30:00",
    "2017-02-06T24:00:00+08:00",
    "2017-02-06T09:30:00+24:00",
    "2017-02-06t09:30:00z",
    "2017-02-06T09:30:60Z",
    "410103",
    "41010",
    [],
    ["5"],
    [None],
    ["x"] * 201,
    {},
]


def disturbed(part):
    """What may stand in place of `part`: often wrong, sometimes by a single character."""
    near = [] if not isinstance(part, str) else [part + "\n", f" {part}", part.upper(), [part]]
    return st.sampled_from([*WRONG, *near])


json_leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**63, -(2**63) - 1, 10**400])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(categories=("L", "N", "Cs", "Cc")), max_size=10)
    | st.sampled_from(["1.0", "/warm/relief", "relief.order.raised", "2017-02-06"])
)


def json_values(leaves=json_leaves):
    """Any JSON, lone surrogates and huge numbers included."""
    return st.recursive(
        leaves,
        lambda parts: (
            st.lists(parts, max_size=3) | st.dictionaries(st.text(max_size=8), parts, max_size=3)
        ),
        max_leaves=8,
    )


def wire(value):
    """The bytes of any JSON value, whatever text is in it."""
    return json.dumps(value).encode()
