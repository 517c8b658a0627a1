"""Values that fit a marshmallow field, and values that don't, with the place that is at fault."""

from marshmallow import fields

from shared.contracts.fields import (
    COUNT,
    CRITERION,
    DECIMAL,
    EVENT_PATTERN,
    FORM_NAME,
    ID,
    ISSUE_URN,
    KEYID,
    SALTED_HASH,
    SUBSCRIBER,
    Actor,
    Amount,
    Anything,
    Choice,
    Day,
    Digest,
    DigestStart,
    Flag,
    HalfYear,
    Id,
    IndicatorCode,
    Instant,
    Many,
    Map,
    Month,
    OneOf,
    OrgUnit,
    RawText,
    ReportPeriod,
    Text,
    Week,
    Whole,
    Words,
    Year,
)

# Texts of a form of their own: each field has an example.
BY_EXAMPLE = (
    CRITERION,
    DECIMAL,
    ISSUE_URN,
    KEYID,
    FORM_NAME,
    SUBSCRIBER,
    EVENT_PATTERN,
    SALTED_HASH,
)
FITS = {
    Actor: "person:tester",
    Day: "2017-02-06",
    Digest: "0" * 64,
    DigestStart: "2edb24d1",
    Flag: False,
    Id: "x-1",
    IndicatorCode: "relief.orders_raised",
    Instant: "2017-02-06T09:30:00+08:00",
    OrgUnit: "410103001",
    RawText: "任何文字",
    Anything: None,
    fields.Dict: {},
    Text: "文字",
    Week: "2017-W06",
    Month: "2017-02",
    HalfYear: "2017-H1",
    Year: "2017",
    ReportPeriod: "2017-W06",
    Words: {"zh": "文字", "en": "words"},
}
# Of fields that mean more than their kind says.
FITS_BY_NAME = {
    # The example of GB 11643-1999: nobody's.
    "id_number": "11010519491231002X",
    "rule": "FREQ=MONTHLY;BYMONTHDAY=27",
    "status": "formed",
}
# Of a calendar notice of the year 2000.
LISTS_BY_NAME = {
    "holidays": [
        {"name": "节", "first": f"2000-{day}", "last": f"2000-{day}"}
        for day in ("01-01", "05-01", "10-01")
    ],
    "working": ["2000-01-08"],
}

NEVER_TEXT = [5, 1.5, True, [], {}, ["文字"]]
MISFITS = {
    Actor: ["tester", "person:", "robot:r2", "person:a b", "PERSON:a"],
    Day: ["2017-02-30", "20170206", "2017-2-6", "06.02.2017", "2017-W06-1", "2017-02-06T00:00:00Z"],
    Digest: ["", "0" * 63, "A" * 64, "g" * 64],
    DigestStart: ["", "0" * 7, "A" * 8, "g" * 8, "0" * 65],
    Flag: ["true", "", 1, 0, [], {}],
    Id: ["", "a b", "-a", "é", "a\n", "a\x00", "x" * 65],
    IndicatorCode: ["", "relief", "relief.", "Relief.orders_raised"],
    Instant: [
        "2017-02-06T09:30:00",
        "2017-02-06",
        "2017-02-30T09:30:00+08:00",
        "2017-02-06T24:30:00+08:00",
        "2017-02-06 09:30:00+08:00",
        "2017-02-06T09:30:00+08",
        "0001-01-01T00:00:00+08:00",
        "9999-12-31T23:59:59Z",
        "yesterday",
        "",
    ],
    OrgUnit: ["", "41010", "4101030", "410103001001001", "二七区", "410103 "],
    Text: ["", "   ", "a\x00b", "a\nb", "\ud800"],
    Week: [
        "2017-W53",
        "2017-W00",
        "2017-06",
        "2017W06",
        "2017-W6",
        "0000-W01",
        "1902-W01",
        "9998-W01",
    ],
    Month: ["2017-13", "2017-00", "2017-2", "201702", "2017-W06", "2017", "1902-01", "9998-01"],
    HalfYear: ["2017-H0", "2017-H3", "2017H1", "2017-02", "1902-H1", "9998-H1"],
    Year: ["17", "2017-02", "02017", "1902", "9998", "year"],
    ReportPeriod: ["2017-W53", "2017-13", "2017-H3", "17", "1902-H2", "9998", "week"],
}


def fitting(schema, **given):
    """Arguments that a schema takes: every field of it, as simple as can be."""
    return {name: fitting_field(field) for name, field in schema().fields.items()} | given


def fitting_field(field):
    """A value that the field takes."""
    if isinstance(field, fields.Nested):
        return fitting(type(field.schema))
    if isinstance(field, Many) and field.name in LISTS_BY_NAME:
        return LISTS_BY_NAME[field.name]
    if isinstance(field, Many):
        return [fitting_field(field.inner)] * max(1, field.least)
    if isinstance(field, Map):
        return {"code": fitting_field(field.inner)}
    if isinstance(field, OneOf):
        return fitting(field.schemas[0])
    if isinstance(field, Choice):
        return field.choices[0]
    if isinstance(field, Whole):
        return field.least
    if isinstance(field, Amount):
        return {"value": "1", "qualifier": "exact", "unit": field.units[0], "stated": None}
    if isinstance(field, Text) and field.pattern in BY_EXAMPLE:
        return field.example
    return FITS_BY_NAME.get(field.name) or FITS[_kind(field)]


def _kind(field):
    """Text in the form of an id is one, however long it may be."""
    return Id if isinstance(field, Text) and field.pattern == ID else type(field)


def misfits(schema):
    """(path of the fault, arguments) pairs: each has one fault, the rest of it fits."""
    whole = fitting(schema)
    yield ("no_such_field",), whole | {"no_such_field": 1}
    for name, field in schema().fields.items():
        if field.required:
            yield (name,), {key: value for key, value in whole.items() if key != name}
        for path, value in _misfits(field):
            yield (name, *path), whole | {name: value}


def _misfits(field):
    """(path below the field, value) pairs."""
    if not field.allow_none:
        yield (), None
    yield from _of_kind(field)


def _of_kind(field):
    if isinstance(field, fields.Nested):
        yield from (((), value) for value in ("文字", 5, []))
        yield from misfits(type(field.schema))
    elif isinstance(field, Many):
        yield from _misfit_lists(field)
    elif isinstance(field, Choice):
        yield from (((), value) for value in ["no such code", "", *NEVER_TEXT])
    elif isinstance(field, Whole):
        wrong = [str(field.least), True, field.least + 0.5, float(field.least), [], {}]
        outside = [field.least - 1, field.most + 1, 10**30]
        yield from (((), value) for value in wrong + outside)
    elif isinstance(field, Amount):
        yield from _misfit_amounts(field)
    elif isinstance(field, Words):
        yield from (((), value) for value in ("文字", 5, {}, []))
        yield ("fr",), {"zh": "文字", "fr": "mots"}
        if field.chinese:
            yield (), {"en": "words"}
        yield from ((("zh",), {"zh": value}) for value in [*MISFITS[Text], *NEVER_TEXT])
    else:
        yield from (((), value) for value in MISFITS[_kind(field)])
        if isinstance(field, Text):
            yield (), "9" * (field.longest + 1)
        if not isinstance(field, Flag):
            yield from (((), value) for value in NEVER_TEXT)


def _misfit_lists(field):
    yield from (((), value) for value in ("文字", 5, {}, {"0": "文字"}))
    one = fitting_field(field.inner)
    yield (), [one] * (field.most + 1)
    if field.least:
        yield (), []
    for path, value in _misfits(field.inner):
        yield ("1", *path), [one, value]


def _misfit_amounts(field):
    fits = fitting_field(field)
    yield from (((), value) for value in ("5", 5, [], True))
    yield ("more",), fits | {"more": 1}
    for name in ("value", "qualifier", "unit"):
        yield (name,), {key: value for key, value in fits.items() if key != name}
    for value in (5, 1.5, None, "", "-1", "01", "1e3", "1,000", "五百", "1.50", "9" * 16, []):
        yield ("value",), fits | {"value": value}
    if field.number == COUNT:
        yield ("value",), fits | {"value": "2.5"}
    for value in ("many", "", None, 5, []):
        yield ("qualifier",), fits | {"qualifier": value}
    yield ("value",), fits | {"qualifier": "not_stated"}
    for value in ("parsec", "", None, 5, {}):
        yield ("unit",), fits | {"unit": value}
    for value in (5, "", "a\nb", "多" * 101, []):
        yield ("stated",), fits | {"stated": value}
