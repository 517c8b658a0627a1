"""The public edition of an issue."""

from collections.abc import Iterable

from services.supervision.briefing.assemble import content_of
from services.supervision.briefing.period_words import of_kind
from services.supervision.editions.cells import public_cells
from services.supervision.editions.classified import treated
from services.supervision.editions.parts import PARTS, PARTS_LEFT_OUT, Context
from services.supervision.editions.published import Published
from shared.domain import canonical
from shared.domain.form_names import PUBLIC
from shared.domain.periods import Period, Week
from shared.domain.report_periods import parse_period
from shared.domain.types import Json

ADDS_WEEKS = {
    "zh": (
        "这些数字在本报告中是{this}各周（一周属于其星期四所在的{period}）通报公开版已公布数字之和，"
        "可能与内部版不同。"
    ),
    "en": (
        " In this report, these numbers are the sums of what the public editions of the briefings"
        " of its weeks printed (a week belongs to the {period} of its Thursday), and may differ"
        " from those of the internal edition."
    ),
}

# What is made for each edition, and what is made by those who sign.
_OF_ONE_EDITION = ("edition", "content_digest", "digest", "keyid", "signature")


def public(document: Json, earlier: Iterable[Json], threshold: int, number: int = 0) -> Json:
    """The public edition of an internal document, without `digest` and `signature`.

    `earlier` are all public editions that were published before it, in any order: of earlier
    weeks, and of this week's earlier revisions; each is read once. Documents that were published
    in full, before there were editions, are some of them. Without one of them, figures may be given
    back. `number` of them are public editions, as the document will say. Values from 1 to
    `threshold` - 1 are small.

    The same documents give the same edition. Raises Unclassified where the document has a part of
    which nobody has said what becomes of it.
    """
    published = Published(earlier, parse_period(document["period"]))
    cells = public_cells(document, published, threshold)
    body = {name: part for name, part in document.items() if name not in _OF_ONE_EDITION}
    made: Json = treated(body, PARTS, Context(document, cells, published, threshold))
    note = _note(threshold, type(published.period))
    made["notes"] |= {"public": note | {"earlier": number}}
    return made | {
        "edition": PUBLIC,
        "left_out": list(PARTS_LEFT_OUT),
        "content_digest": canonical.sha256(content_of(made)),
    }


def _note(threshold: int, kind: type[Period]) -> Json:
    """What the reader is told about the figures that aren't printed."""
    most = threshold - 1
    last, capital = of_kind("{last}", kind, "zh"), of_kind("{Last}", kind, "en")
    said = {
        "zh": (
            f"人员和居民诉求的数字，1至{most}的不公布；能由其推算出这些数字的较大数字也不公布。一个单位的数字不"
            f"公布，其下属单位的同一数字也不公布。{last}数、平均数和累计数只用已公布的数字计算，累计数可能因此写作“…多”。"
        ),
        "en": (
            f"Of people and of residents' affairs, numbers from 1 to {most} are not published, nor"
            " others from which they could be computed. Where a unit's number is not published,"
            f" those of the units below it aren't either. {capital}, mean and sums since the"
            " beginning use published numbers only, so that a sum may be printed as “over”."
        ),
    }
    if kind is not Week:
        said = {lang: text + of_kind(ADDS_WEEKS[lang], kind, lang) for lang, text in said.items()}
    return {"threshold": threshold, **said}
