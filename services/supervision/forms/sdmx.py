"""SDMX-CSV 2.0: every figure of every cell as an observation, in codes only.

The same in every language, because it has no words: the data dictionary has them. Without a byte
order mark, which its readers would take for a part of the first head.
"""

import csv
import io
from collections.abc import Iterator
from typing import NamedTuple

from services.supervision.forms.figure_tables import key_of, means, weeks
from services.supervision.forms.front_tables import edition
from services.supervision.forms.model import qualifier, value
from services.supervision.forms.words import Pair
from shared.domain.periods import Week
from shared.domain.types import Json

STRUCTURE = "WARM:BRIEFING(1.0.0)"

DIMENSION, MEASURE, ATTRIBUTE = "dimension", "measure", "attribute"

# Column, its role, its meaning; in the order of the file.
COMPONENTS: tuple[tuple[str, str, Pair], ...] = (
    ("FREQ", DIMENSION, ("频率：W为每周", "frequency: W is weekly")),
    (
        "INDICATOR",
        DIMENSION,
        ("指标代码，点号写作连字符", "code of the indicator, with - for its point"),
    ),
    ("REF_AREA", DIMENSION, ("单位的区划代码，文本", "division code of the unit, as text")),
    (
        "BASIS",
        DIMENSION,
        (
            "WEEK为该周数，CUMULATIVE为累计，MEAN4为四周平均",
            "WEEK: of the week; CUMULATIVE: since the beginning; MEAN4: four-week mean",
        ),
    ),
    ("TIME_PERIOD", DIMENSION, ("ISO周，如2017-W06", "ISO week, such as 2017-W06")),
    ("OBS_VALUE", MEASURE, ("数值；空白不是0", "the number; empty is not 0")),
    ("QUALIFIER", ATTRIBUTE, ("限定，或为何没有数字", "the qualifier, or why there is no number")),
    ("OBS_STATUS", ATTRIBUTE, ("观测状态", "status of the observation")),
    (
        "CONF_STATUS",
        ATTRIBUTE,
        (
            "F可公开，N仅限内部，C不公布",
            "F: free; N: for internal use only; C: confidential",
        ),
    ),
    ("UNIT_MEASURE", ATTRIBUTE, ("计量单位代码", "code of the unit of measure")),
    ("GIVEN", ATTRIBUTE, ("报数项数", "how many gave a figure")),
    ("TOTAL", ATTRIBUTE, ("应有数字项数", "how many could have a figure")),
    ("ISSUE", ATTRIBUTE, ("期号", "number of the issue")),
    ("REVISION", ATTRIBUTE, ("修订号", "revision of the issue")),
)

# Those of SDMX's CL_OBS_STATUS, and R, which it lacks: as Eurostat's flag r.
OBS_STATUSES: dict[str, Pair] = {
    "A": ("正常", "normal value"),
    "P": ("暂定：通报尚未审签", "provisional: the issue isn't approved"),
    "R": ("本次修订改变的数", "revised: this revision changes it"),
    "L": (
        "未报数：有此事项，报送未给出数字",
        "missing: it happened, and the report gave no figure",
    ),
    "M": ("无：没有可以计数的事项", "missing: there was nothing that could have a figure"),
    "O": ("不详", "missing: nobody knows"),
    "Q": ("不公布", "missing: suppressed"),
}
_MISSING = {"not_stated": "L", "none": "M", "unknown": "O", "suppressed": "Q"}
_PROVISIONAL = ("draft", "provisional")


class _Observation(NamedTuple):
    cell: Json
    basis: str
    period: str
    shown: Json
    # Only of the week itself is it known how many gave a figure.
    counted: bool = False


def make(document: Json, lang: str) -> bytes:
    """The observations. The same document always gives the same bytes, whatever the language."""
    body = io.StringIO()
    writer = csv.writer(body)
    writer.writerow(["STRUCTURE", "STRUCTURE_ID", "ACTION", *(name for name, _, _ in COMPONENTS)])
    revised = {(row["indicator"], row["orgunit"]) for row in document["late"]}
    for observation in _observations(document):
        row = _row(document, observation, key_of(observation.cell) in revised)
        writer.writerow(
            ["datastructure", STRUCTURE, "I", *(row[name] for name, _, _ in COMPONENTS)]
        )
    return body.getvalue().encode()


def _observations(document: Json) -> Iterator[_Observation]:
    """Of each cell: this week, last week, the sum and the mean, where there are such figures. And
    of the trends the weeks before those."""
    period = document["period"]
    before, mean = str(Week.parse(period).previous()), means(document)
    for cell in document["cells"]:
        yield _Observation(cell, "WEEK", period, cell, counted=True)
        if cell["previous"] is not None:
            yield _Observation(cell, "WEEK", before, cell["previous"])
        if cell["cumulative"] is not None:
            yield _Observation(cell, "CUMULATIVE", period, cell["cumulative"])
        shown = mean.get(key_of(cell))
        if shown and (value(shown) is not None or qualifier(shown) in _MISSING):
            yield _Observation(cell, "MEAN4", period, shown)
    for week in weeks(document):
        # The last two weeks are those of the cells.
        if week["period"] < before:
            yield _Observation(week, "WEEK", week["period"], week)


def _row(document: Json, observation: _Observation, revised: bool) -> dict[str, str]:
    cell, shown, counted = observation.cell, observation.shown, observation.counted
    return {
        "FREQ": "W",
        # Codes of SDMX have no points.
        "INDICATOR": cell["indicator"].replace(".", "-"),
        "REF_AREA": cell["orgunit"],
        "BASIS": observation.basis,
        "TIME_PERIOD": observation.period,
        "OBS_VALUE": value(shown) or "",
        "QUALIFIER": qualifier(shown).upper(),
        "OBS_STATUS": _status(document, observation, revised),
        "CONF_STATUS": _confidentiality(document, shown),
        "UNIT_MEASURE": cell["unit"].upper(),
        "GIVEN": (cell["numerator"] or "") if counted else "",
        "TOTAL": (cell["denominator"] or "") if counted else "",
        "ISSUE": str(document["issue"] or ""),
        "REVISION": str(document["revision"]),
    }


def _status(document: Json, observation: _Observation, revised: bool) -> str:
    """A missing figure stays missing, whatever the issue is."""
    if value(observation.shown) is None:
        return _MISSING[qualifier(observation.shown)]
    if document["status"] in _PROVISIONAL:
        return "P"
    return "R" if revised and observation.counted else "A"


def _confidentiality(document: Json, shown: Json) -> str:
    if qualifier(shown) == "suppressed":
        return "C"
    return "F" if edition(document) == "public" else "N"
