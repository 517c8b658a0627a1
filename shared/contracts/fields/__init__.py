"""Strict marshmallow fields, for the arguments of RPC methods and the data of events.

Each field is declared twice, for marshmallow (`_deserialize`) and for JSON Schema
(`_jsonschema_type_mapping`); a property test compares the two verdicts. Nothing is coerced: "5" is
not 5, true is not 1.

Error messages are read by RPC callers. Each says what the field must be, with an example that the
field takes: "Must be a date, such as 2017-02-06." The few others are in SENTENCES.
"""

from shared.contracts.fields.amounts import Amount
from shared.contracts.fields.base import (
    EXACTLY,
    NO_STATUS,
    SCHEMA_MESSAGES,
    SENTENCES,
    Said,
    one_of,
)
from shared.contracts.fields.containers import Anything, Many, Map, OneOf, Part
from shared.contracts.fields.forms import (
    COUNT,
    CRITERION,
    DECIMAL,
    DIGEST,
    EVENT_PATTERN,
    FORM_NAME,
    FORMS,
    ID,
    ISSUE_URN,
    KEYID,
    LIST,
    NAME,
    PLAIN_FORM,
    PRINTABLE,
    SALTED_HASH,
    SUBSCRIBER,
    TEXT,
    WHOLE,
)
from shared.contracts.fields.moments import (
    Checked,
    Day,
    HalfYear,
    Instant,
    Month,
    ReportPeriod,
    Week,
    Year,
)
from shared.contracts.fields.texts import (
    Actor,
    Digest,
    DigestStart,
    Id,
    IndicatorCode,
    OrgUnit,
    RawText,
    Text,
    Words,
)
from shared.contracts.fields.values import Choice, Flag, Precision, Whole

__all__ = [
    "COUNT",
    "CRITERION",
    "DECIMAL",
    "DIGEST",
    "EVENT_PATTERN",
    "EXACTLY",
    "FORMS",
    "FORM_NAME",
    "SUBSCRIBER",
    "SALTED_HASH",
    "EVENT_PATTERN",
    "ID",
    "ISSUE_URN",
    "KEYID",
    "LIST",
    "NAME",
    "NO_STATUS",
    "PLAIN_FORM",
    "PRINTABLE",
    "SALTED_HASH",
    "SCHEMA_MESSAGES",
    "SENTENCES",
    "SUBSCRIBER",
    "TEXT",
    "WHOLE",
    "Actor",
    "Amount",
    "Anything",
    "Checked",
    "Choice",
    "Day",
    "Digest",
    "DigestStart",
    "Flag",
    "Id",
    "IndicatorCode",
    "Instant",
    "Many",
    "Map",
    "OneOf",
    "OrgUnit",
    "Part",
    "Precision",
    "RawText",
    "Said",
    "Text",
    "HalfYear",
    "Month",
    "ReportPeriod",
    "Week",
    "Year",
    "Whole",
    "Words",
    "one_of",
]
