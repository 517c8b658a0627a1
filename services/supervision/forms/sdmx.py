"""SDMX-CSV 2.0: every figure of every cell as an observation, in codes only.

The same in every language, because it has no words: the data dictionary has them. Without a byte
order mark, which its readers would take for a part of the first head.
"""

import csv
import io
from collections.abc import Iterator
from typing import NamedTuple

from services.supervision.briefing.period_words import kind_of, of_kind
from services.supervision.forms.figure_tables import key_of, means, weeks
from services.supervision.forms.front_tables import edition
from services.supervision.forms.model import qualifier, value
from services.supervision.forms.words import Pair
from shared.contracts.series import series_of
from shared.domain.periods import Period, Week
from shared.domain.report_periods import HalfYear, Month, Year, parse_period
from shared.domain.types import Json


class _Kind(NamedTuple):
    """How SDMX writes the reports on a kind of period: the code of CL_FREQ with its words, what a
    figure is of, and a period."""

    freq: str
    often: Pair
    basis: str
    mean: str
    example: str


KINDS: dict[type[Period], _Kind] = {
    Week: _Kind("W", ("每周", "weekly"), "WEEK", "MEAN4", "2017-W06"),
    Month: _Kind("M", ("每月", "monthly"), "MONTH", "MEAN3", "2017-02"),
    HalfYear: _Kind("S", ("每半年", "half-yearly"), "HALF_YEAR", "MEAN2", "2017-S1"),
    Year: _Kind("A", ("每年", "annual"), "YEAR", "MEAN2", "2017"),
}

DIMENSION, MEASURE, ATTRIBUTE = "dimension", "measure", "attribute"

# Column, its role, its meaning; in the order of the file.
COMPONENTS: tuple[tuple[str, str, Pair], ...] = (
    ("FREQ", DIMENSION, ("频率：{freq}为{often}", "frequency: {freq} is {often}")),
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
            "{basis}为该{period}数，CUMULATIVE为累计，{mean_code}为{mean}",
            "{basis}: of the {period}; CUMULATIVE: since the beginning; {mean_code}: {mean}",
        ),
    ),
    ("TIME_PERIOD", DIMENSION, ("{calendar}，如{example}", "{calendar}, such as {example}")),
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
    "P": ("暂定：{report}尚未审签", "provisional: the issue isn't approved"),
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


def structure_of(period: str) -> str:
    """The data structure of the series to which the report on this period belongs."""
    return f"WARM:{series_of(parse_period(period)).name.upper()}(1.0.0)"


def time_period(period: str) -> str:
    """The period as SDMX writes it: its half-years are semesters, 2017-S1."""
    return period.replace("-H", "-S")


def components(kind: type[Period]) -> Iterator[tuple[str, Pair]]:
    """Column and meaning, of the reports on a kind of period."""
    it = KINDS[kind]
    codes = {"freq": it.freq, "basis": it.basis, "mean_code": it.mean, "example": it.example}
    for name, _, (zh, en) in COMPONENTS:
        yield (
            name,
            (
                of_kind(zh, kind, "zh", often=it.often[0], **codes),
                of_kind(en, kind, "en", often=it.often[1], **codes),
            ),
        )


def make(document: Json, lang: str) -> bytes:
    """The observations. The same document always gives the same bytes, whatever the language."""
    body = io.StringIO()
    writer = csv.writer(body)
    writer.writerow(["STRUCTURE", "STRUCTURE_ID", "ACTION", *(name for name, _, _ in COMPONENTS)])
    revised = {(row["indicator"], row["orgunit"]) for row in document["late"]}
    structure = structure_of(document["period"])
    for observation in _observations(document):
        row = _row(document, observation, key_of(observation.cell) in revised)
        writer.writerow(
            ["datastructure", structure, "I", *(row[name] for name, _, _ in COMPONENTS)]
        )
    return body.getvalue().encode()


def _observations(document: Json) -> Iterator[_Observation]:
    """Of each cell: this period, the one before, the sum and the mean, where there are such
    figures. And of the trends the periods before those."""
    period, kind = document["period"], KINDS[kind_of(document["period"])]
    before, mean = str(parse_period(period).previous()), means(document)
    for cell in document["cells"]:
        yield _Observation(cell, kind.basis, period, cell, counted=True)
        if cell["previous"] is not None:
            yield _Observation(cell, kind.basis, before, cell["previous"])
        if cell["cumulative"] is not None:
            yield _Observation(cell, "CUMULATIVE", period, cell["cumulative"])
        shown = mean.get(key_of(cell))
        if shown and (value(shown) is not None or qualifier(shown) in _MISSING):
            yield _Observation(cell, kind.mean, period, shown)
    for week in weeks(document):
        # The last two periods are those of the cells.
        if week["period"] < before:
            yield _Observation(week, kind.basis, week["period"], week)


def _row(document: Json, observation: _Observation, revised: bool) -> dict[str, str]:
    cell, shown, counted = observation.cell, observation.shown, observation.counted
    return {
        "FREQ": KINDS[kind_of(document["period"])].freq,
        # Codes of SDMX have no points.
        "INDICATOR": cell["indicator"].replace(".", "-"),
        "REF_AREA": cell["orgunit"],
        "BASIS": observation.basis,
        "TIME_PERIOD": time_period(observation.period),
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
